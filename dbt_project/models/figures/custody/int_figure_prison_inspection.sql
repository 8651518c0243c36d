-- Of the prisons inspected in a year, those whose outcomes were good or reasonably good, by each test of a healthy
-- prison.
with outcome as (
    select * from {{ ref('stg_hmi__prisons_outcomes') }}
    where area_level = 'country'
)

select
    'prison_inspection_' || healthy_prison_test as indicator_id,
    'K04000001' as area_code,
    period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(null as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from outcome
