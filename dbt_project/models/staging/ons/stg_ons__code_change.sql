-- A change that was listed again is taken as it was listed last.
with release as (
    select release_id, published_on, retrieved_at
    from {{ ref('stg_rebalance__release') }}
    where source_id = 'ons_geography'
),

ranked as (
    select
        landed.*,
        dense_rank() over (
            partition by landed.old_code, landed.new_code, landed.change_year
            order by release.published_on desc nulls last, release.retrieved_at desc, landed.release_id desc
        ) as age_rank
    from {{ source('landing', 'ons_geography__code_change') }} as landed
    left join release on landed.release_id = release.release_id
)

select
    old_code,
    old_name,
    new_code,
    new_name,
    change_type,
    change_year,
    release_id
from ranked
where age_rank = 1
