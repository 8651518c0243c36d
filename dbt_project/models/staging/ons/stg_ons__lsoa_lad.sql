-- A vintage of a country that was issued again is taken as it was issued last.
with release as (
    select release_id, published_on, retrieved_at
    from {{ ref('stg_rebalance__release') }}
    where source_id = 'ons_geography'
),

ranked as (
    select
        landed.*,
        dense_rank() over (
            partition by landed.lsoa_vintage, landed.lad_vintage, substr(landed.lsoa_code, 1, 1)
            order by release.published_on desc nulls last, release.retrieved_at desc, landed.release_id desc
        ) as age_rank
    from {{ source('landing', 'ons_geography__lsoa_lad') }} as landed
    left join release on landed.release_id = release.release_id
)

select distinct
    lsoa_vintage,
    lsoa_code,
    lsoa_name,
    lad_vintage,
    lad_code,
    lad_name,
    release_id
from ranked
where age_rank = 1
