-- What Public Health England's funnel plot tools give, as published with PHEindicatormethods (tests/testthat): limits
-- of proportions (testdata_funnel_prop_outputs.csv, percentages to six decimals) and primary care trusts outside them
-- (testdata_funnel_prop_inputs.csv); limits of rates per 100,000 by events (testdata_funnel_rate_outputs.csv), which
-- are exact Poisson limits where ours are Byar's from ten events on.
with proportion as (
    select
        18 as denominator,
        62.390093 as lower_95,
        98.894803 as upper_95,
        51.864359 as lower_998,
        100.0 as upper_998
    union all
    select 102, 72.974925, 88.309971, 68.553233, 92.731663
    union all
    select 1008, 78.203374, 83.081521, 76.796814, 84.488082
    union all
    select 9998, 79.867989, 81.416907, 79.421375, 81.863521
    union all
    select 110000, 80.408963, 80.875933, 80.274317, 81.010578
    union all
    select 1, 3.204264, 100.0, 0.0, 100.0
),

trust as (
    select 'New Forest' as trust, 35078.488 as numerator, 41980 as denominator, 'above_998' as place
    union all
    select 'Norwich', 24803.6256, 31824, 'below_998'
    union all
    select 'South Gloucestershire', 50050.7443, 61921, 'within'
    union all
    select 'West Norfolk', 26789.238, 33012, 'above_95'
    union all
    select 'North Devon', 30277.5312, 37828, 'below_95'
    union all
    select 'North East Lincolnshire', 31759.385, 39350, 'within'
),

rate as (
    select
        1 as events,
        20.85059119 as lower_95,
        4588.535848 as upper_95,
        12.58170943 as lower_998,
        116108.569 as upper_998,
        0.00001 as tolerance_95,
        0.0001 as tolerance_998
    union all
    select 5, 49.78092521, 357.7858395, 35.30048174, 785.6132963, 0.00001, 0.00001
    union all
    select 9, 61.19760093, 254.0592274, 46.14605812, 426.3325728, 0.00001, 0.00001
    union all
    select 10, 63.17010446, 242.2579623, 48.13632908, 392.4043292, 0.002, 0.016
    union all
    select 104, 95.87787415, 142.1808715, 86.58805154, 160.4288333, 0.002, 0.001
    union all
    select 1040, 109.3207387, 123.568931, 105.6515342, 128.0966975, 0.00001, 0.0001
),

found as (
    select
        'proportion ' || cast(denominator as {{ text_type() }}) as example,
        (
            abs(100 * {{ funnel_proportion_lower('0.80642448', 'denominator') }} - lower_95) < 0.000002
            and abs(100 * {{ funnel_proportion_upper('0.80642448', 'denominator') }} - upper_95) < 0.000002
            and abs(100 * {{ funnel_proportion_lower('0.80642448', 'denominator', 99.8) }} - lower_998) < 0.000002
            and abs(100 * {{ funnel_proportion_upper('0.80642448', 'denominator', 99.8) }} - upper_998) < 0.000002
        ) as is_as_published
    from proportion
    union all
    select
        trust,
        place = {{ funnel_position(
            '0.80642448',
            wilson_lower('numerator', 'denominator'),
            wilson_upper('numerator', 'denominator'),
            wilson_lower('numerator', 'denominator', 99.8),
            wilson_upper('numerator', 'denominator', 99.8),
        ) }}
    from trust
    union all
    select
        'rate ' || cast(rate.events as {{ text_type() }}),
        abs({{ funnel_rate_lower('116.1720835', 'rate.events', 'limits.upper_95') }} / rate.lower_95 - 1)
        < rate.tolerance_95
        and abs({{ funnel_rate_upper('116.1720835', 'rate.events', 'limits.lower_95') }} / rate.upper_95 - 1)
        < rate.tolerance_95
        and abs({{ funnel_rate_lower('116.1720835', 'rate.events', 'limits.upper_998', 99.8) }} / rate.lower_998 - 1)
        < rate.tolerance_998
        and abs({{ funnel_rate_upper('116.1720835', 'rate.events', 'limits.lower_998', 99.8) }} / rate.upper_998 - 1)
        < rate.tolerance_998
    from rate
    left join {{ ref('poisson_limit') }} as limits on rate.events = limits.observed
)

select *
from found
where not coalesce(is_as_published, false)
