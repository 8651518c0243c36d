-- Wilson: Newcombe RG. Two-sided confidence intervals for the single proportion: comparison of seven methods. Stat Med
-- 1998;17:857-72, table I, method 3. Poisson below ten: Garwood F. Fiducial limits for the Poisson distribution.
-- Biometrika 1936;28:437-42. Byar: within 0.2% of the exact limits (chi-squared quantiles, computed with SciPy 1.17)
-- from ten on, as Public Health England's Technical guide: confidence intervals (2018) says.
with proportion as (
    select 81 as numerator, 263 as denominator, 0.2553 as lower_limit, 0.3662 as upper_limit
    union all
    select 15, 148, 0.0624, 0.1605
    union all
    select 0, 20, 0.0, 0.1611
    union all
    select 1, 29, 0.0061, 0.1718
),

observed_count as (
    select 0 as observed, 0.0 as lower_limit, 3.689 as upper_limit, 0.0005 as tolerance
    union all
    select 1, 0.0253, 5.572, 0.0005
    union all
    select 5, 1.623, 11.668, 0.0006
    union all
    select 9, 4.115, 17.085, 0.0005
    union all
    select 10, 4.795388696, 18.390356042, 0.002 * 4.795388696
    union all
    select 25, 16.178681848, 36.904931698, 0.002 * 16.178681848
    union all
    select 100, 81.363991251, 121.626793792, 0.002 * 81.363991251
    union all
    select 1000, 938.973018408, 1063.952136016, 0.002 * 938.973018408
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
        'count ' || cast(observed_count.observed as {{ text_type() }}) as example,
        observed_count.lower_limit,
        observed_count.upper_limit,
        observed_count.tolerance,
        {{ byar_lower('observed_count.observed', 'limits.lower_95') }} as found_lower,
        {{ byar_upper('observed_count.observed', 'limits.upper_95') }} as found_upper
    from observed_count
    left join {{ ref('poisson_limit') }} as limits on observed_count.observed = limits.observed
)

select *
from found
where not coalesce(
    abs(found_lower - lower_limit) <= tolerance and abs(found_upper - upper_limit) <= tolerance, false
)
