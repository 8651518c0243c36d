-- What the inspectorate gave a youth justice service, where the service is one authority's.
with score as (select * from {{ ref('stg_hmip__inspection_ratings_score') }})

select
    'youth_justice_inspection_score' as indicator_id,
    area_code,
    'day' as period_type,
    report_published as period_start,
    report_published as period_end,
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
    case when is_joint_inspection then 'Joint inspection of several inspectorates.' end as note
from score
where area_code is not null
