-- Cases at the criminal courts. A case that is sent for trial is at both courts, so that each court has indicators of
-- its own and the two are never added.
with caseload as (
    select * from {{ ref('stg_moj__courts_caseload') }}
)

select
    court || '_court_' || measure as indicator_id,
    'K04000001' as area_code,
    case when measure = 'outstanding' then 'day' else period_type end as period_type,
    case when measure = 'outstanding' then period_end else period_start end as period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    value as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from caseload
-- Cases left are a stock: a year's are those of its last quarter again.
where measure <> 'outstanding' or period_type = 'quarter'
