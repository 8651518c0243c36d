-- Adults who are dependent on alcohol, as estimated for the publisher by a model.
select
    'alcohol_dependence_estimate' as indicator_id,
    area_code,
    period_type,
    period_start,
    period_end,
    'persons' as sex,
    '18+' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    value,
    lower_limit as lower_95,
    upper_limit as upper_95,
    cast(null as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from {{ ref('stg_ndtms__treatment_need_estimate') }}
where area_code is not null and substance = 'alcohol'
