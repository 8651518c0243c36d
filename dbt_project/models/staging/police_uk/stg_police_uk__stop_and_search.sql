{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='sync_all_columns',
        pre_hook="{{ forget_old_files('police_uk_stop_and_search', 'search') }}",
    )
}}
-- depends_on: {{ source('landing', 'police_uk_stop_and_search__search') }}
-- depends_on: {{ source('landing', 'rebalance__release') }}

with search as (
    select new_file.*
    from {{ read_landing('police_uk_stop_and_search__search', new_files('police_uk_stop_and_search', 'search')) }}
        as new_file
)

select
    landing_file,
    release_id,
    force_slug,
    cast(month as date) as month,
    type as search_type,
    gender,
    age_range,
    officer_defined_ethnicity,
    object_of_search,
    outcome,
    count(*) as searches,
    '{{ local_md5(model.raw_code) }}' as made_by,
    {{ build_started_at() }} as staged_at
from search
group by
    landing_file,
    release_id,
    force_slug,
    cast(month as date),
    type,
    gender,
    age_range,
    officer_defined_ethnicity,
    object_of_search,
    outcome
