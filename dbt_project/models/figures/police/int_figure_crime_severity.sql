-- The score of all recorded crime, and the parts of it by offence group, which add up to it.
select
    'crime_severity_score' as indicator_id,
    area_code,
    'financial_year' as period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    case when not is_total then 'offence group' end as category_type,
    case when not is_total then offence_group end as category,
    cast(value as double) as value,
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
from {{ ref('stg_ons__crime_severity_score') }}
