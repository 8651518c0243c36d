-- Deaths from all causes by year of registration, at all ages.
select
    'deaths_all_causes_rate' as indicator_id,
    area_code,
    'calendar_year' as period_type,
    period_start,
    period_end,
    sex,
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
from {{ ref('stg_nomis__mortality_death') }}
where
    is_all_causes
    and measure = 'Deaths'
    and age_group = 'total (all ages)'
    -- Residents of elsewhere, and the total with them, are of no place here.
    and {{ matches('area_code', '[EWK][0-9]{8}') }}
