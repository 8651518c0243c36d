-- A vintage that was issued again is taken as it was issued last.
with release as (
    select release_id, published_on, retrieved_at
    from {{ ref('stg_rebalance__release') }}
    where source_id = 'ons_geography'
),

ranked as (
    select
        landed.*,
        dense_rank() over (
            partition by landed.vintage, landed.area_level, landed.area_code
            order by release.published_on desc nulls last, release.retrieved_at desc, landed.release_id desc
        ) as age_rank
    from {{ source('landing', 'ons_geography__area_name') }} as landed
    left join release on landed.release_id = release.release_id
)

select
    vintage,
    area_level,
    area_code,
    area_name,
    area_name_welsh,
    release_id
from ranked
where age_rank = 1
