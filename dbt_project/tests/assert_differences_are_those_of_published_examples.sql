-- depends_on: {{ ref('poisson_limit') }}
-- Newcombe RG. Interval estimation for the difference between independent proportions: comparison of eleven methods.
-- Stat Med 1998;17:873-90, table II, method 10, contrasts (a) to (h), to its four decimals; the 99.8% limits and the
-- nine decimals of (a) and (d) are those of statsmodels 0.15 (confint_proportions_2indep, method newcomb). The ratio
-- of the rates of breast cancer in women with and without fluoroscopy (Boice JD, Monson RR. J Natl Cancer Inst
-- 1977;59:823-32; 41 in 28,010 and 15 in 19,017 woman-years) by exp(ln(ratio) -/+ z * sqrt(1/41 + 1/15)) in NumPy.
with contrast as (
    select 56 as x1, 70 as n1, 48 as x2, 80 as n2, 0.0524 as lower_limit, 0.3339 as upper_limit
    union all
    select 9, 10, 3, 10, 0.1705, 0.8090
    union all
    select 6, 7, 2, 7, 0.0582, 0.8062
    union all
    select 5, 56, 0, 29, -0.0381, 0.1926
    union all
    select 0, 10, 0, 20, -0.1611, 0.2775
    union all
    select 0, 10, 0, 10, -0.2775, 0.2775
    union all
    select 10, 10, 0, 20, 0.6791, 1.0000
    union all
    select 10, 10, 0, 10, 0.6075, 1.0000
),

exact_contrast as (
    select
        56 as x1,
        70 as n1,
        48 as x2,
        80 as n2,
        0.05243147240236498 as lower_95,
        0.33387265403690614 as upper_95,
        -0.03348725364244223 as lower_998,
        0.4018117646026352 as upper_998
    union all
    select
        5, 56, 0, 29, -0.038137147903536936, 0.19256001385511165, -0.1666616007496382, 0.27332304949935227
),

rates as (
    select
        41 as first_count,
        15 as second_count,
        (41 / 28010.0) / (15 / 19017.0) as ratio
),

found as (
    select
        'table II' as example,
        lower_limit,
        upper_limit,
        0.00005 as tolerance,
        {{ newcombe_lower('x1', 'n1', 'x2', 'n2') }} as found_lower,
        {{ newcombe_upper('x1', 'n1', 'x2', 'n2') }} as found_upper
    from contrast
    union all
    select
        'to nine decimals',
        lower_95,
        upper_95,
        0.000000001,
        {{ newcombe_lower('x1', 'n1', 'x2', 'n2') }},
        {{ newcombe_upper('x1', 'n1', 'x2', 'n2') }}
    from exact_contrast
    union all
    select
        '99.8%',
        lower_998,
        upper_998,
        0.000000001,
        {{ newcombe_lower('x1', 'n1', 'x2', 'n2', 99.8) }},
        {{ newcombe_upper('x1', 'n1', 'x2', 'n2', 99.8) }}
    from exact_contrast
    union all
    select
        'ratio of rates',
        1.0272259976476372,
        3.3525633144278704,
        0.000000001,
        {{ rate_ratio_lower('ratio', 'first_count', 'second_count') }},
        {{ rate_ratio_upper('ratio', 'first_count', 'second_count') }}
    from rates
)

select *
from found
where not coalesce(
    abs(found_lower - lower_limit) <= tolerance and abs(found_upper - upper_limit) <= tolerance, false
)
