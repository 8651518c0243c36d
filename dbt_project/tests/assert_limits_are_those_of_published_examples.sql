-- Wilson: Newcombe RG. Two-sided confidence intervals for the single proportion: comparison of seven methods. Stat Med
-- 1998;17:857-72, table I, method 3, to its four decimals; and to nine those of statsmodels 0.15 (proportion_confint,
-- method wilson) at both levels. Poisson below ten: Garwood F. Fiducial limits for the Poisson distribution.
-- Biometrika 1936;28:437-42, at 95%; at 99.8% the tables of the funnel plot tool for ratios that Public Health England
-- published (PHEindicatormethods, testdata_funnel_ratio_outputs.csv), found there by bisection to seven digits. Byar:
-- within 0.2% of the exact limits from ten on at 95%, as Public Health England's Technical guide: confidence intervals
-- (2018) says (chi-squared quantiles, computed with SciPy 1.17), within 1.5% at 99.8%; and to nine decimals the
-- formula in Python's decimal arithmetic with fifty digits.
with proportion as (
    select 81 as numerator, 263 as denominator, 0.2553 as lower_limit, 0.3662 as upper_limit
    union all
    select 15, 148, 0.0624, 0.1605
    union all
    select 0, 20, 0.0, 0.1611
    union all
    select 1, 29, 0.0061, 0.1718
),

exact_proportion as (
    select
        81 as numerator,
        263 as denominator,
        0.2552885198782742 as lower_95,
        0.36620957698280004 as upper_95,
        0.22803574024200476 as lower_998,
        0.40138942190936955 as upper_998
    union all
    select 15, 148, 0.06238639953073628, 0.16048724172330803, 0.04738368050657231, 0.20364553090199017
    union all
    select 0, 20, 0.0, 0.1611251580528194, 0.0, 0.32317041462405505
    union all
    select 1, 29, 0.006113214292762667, 0.17175521879320294, 0.003016001358716963, 0.29658645803642136
    union all
    select 3938080, 51441896, 0.07648131783504301, 0.0766266324104327, 0.07643946494435921, 0.0766685792736255
),

observed_count as (
    select
        0 as observed,
        0.0 as lower_95,
        3.689 as upper_95,
        0.0005 as tolerance_95,
        0.0 as lower_998,
        6.907755278982 as upper_998,
        0.000001 as tolerance_998
    union all
    select 1, 0.0253, 5.572, 0.0005, 0.001000547, 9.233410143, 0.00001
    union all
    select 5, 1.623, 11.668, 0.0006, 0.739371928, 16.45474478, 0.00001
    union all
    select 9, 4.115, 17.085, 0.0005, 2.452425214, 22.65737951, 0.00001
    union all
    select 10, 4.795388696, 18.390356042, 0.002 * 4.795388696, 2.960519925, 24.13397235, 0.015 * 4.795388696
    union all
    select 25, 16.178681848, 36.904931698, 0.002 * 16.178681848, 12.33695203, 44.63607076, 0.005 * 12.33695203
    union all
    select 100, 81.363991251, 121.626793792, 0.002 * 81.363991251, 71.92139974, 134.9243187, 0.001 * 71.92139974
    union all
    select 1000, 938.973018408, 1063.952136016, 0.002 * 938.973018408, 905.120790935, 1101.626943879, 0.01
),

exact_byar as (
    select
        10 as observed,
        4.787449913967562 as lower_95,
        18.391458605756476 as upper_95,
        2.916318374695685 as lower_998,
        24.193724927880538 as upper_998
    union all
    select 65, 50.16318771045944, 82.84913854593987, 42.880261471480196, 94.000290844318
    union all
    select 1045, 982.5932018073327, 1110.33121298565, 947.9407035610375, 1148.8061609880328
),

found as (
    select
        'wilson ' || cast(numerator as {{ text_type() }}) || '/' || cast(denominator as {{ text_type() }}) as example,
        lower_limit,
        upper_limit,
        0.00005 as tolerance,
        {{ wilson_lower('numerator', 'denominator') }} as found_lower,
        {{ wilson_upper('numerator', 'denominator') }} as found_upper
    from proportion
    union all
    select
        'wilson to nine decimals',
        lower_95,
        upper_95,
        0.000000001,
        {{ wilson_lower('numerator', 'denominator') }},
        {{ wilson_upper('numerator', 'denominator') }}
    from exact_proportion
    union all
    select
        'wilson 99.8%',
        lower_998,
        upper_998,
        0.000000001,
        {{ wilson_lower('numerator', 'denominator', 99.8) }},
        {{ wilson_upper('numerator', 'denominator', 99.8) }}
    from exact_proportion
    union all
    select
        'count ' || cast(observed_count.observed as {{ text_type() }}),
        observed_count.lower_95,
        observed_count.upper_95,
        observed_count.tolerance_95,
        {{ byar_lower('observed_count.observed', 'limits.lower_95') }},
        {{ byar_upper('observed_count.observed', 'limits.upper_95') }}
    from observed_count
    left join {{ ref('poisson_limit') }} as limits on observed_count.observed = limits.observed
    union all
    select
        'count 99.8% ' || cast(observed_count.observed as {{ text_type() }}),
        observed_count.lower_998,
        observed_count.upper_998,
        observed_count.tolerance_998,
        {{ byar_lower('observed_count.observed', 'limits.lower_998', 99.8) }},
        {{ byar_upper('observed_count.observed', 'limits.upper_998', 99.8) }}
    from observed_count
    left join {{ ref('poisson_limit') }} as limits on observed_count.observed = limits.observed
    union all
    select
        'byar to nine decimals',
        lower_95,
        upper_95,
        0.000000001,
        {{ byar_lower('observed', 'null') }},
        {{ byar_upper('observed', 'null') }}
    from exact_byar
    union all
    select
        'byar 99.8% to nine decimals',
        lower_998,
        upper_998,
        0.000000001,
        {{ byar_lower('observed', 'null', 99.8) }},
        {{ byar_upper('observed', 'null', 99.8) }}
    from exact_byar
)

select *
from found
where not coalesce(
    abs(found_lower - lower_limit) <= tolerance and abs(found_upper - upper_limit) <= tolerance, false
)
