-- stand-in until the theme is merged
select
    indicator_id, area_code, period_type, period_start, period_end, sex, age_band, category_type, category,
    value, lower_95, upper_95, numerator, cast(null as double) as numerator_low, cast(null as double) as numerator_high,
    denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    note
from {{ ref('int_fingertips') }}
