{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='sync_all_columns',
        pre_hook="{{ forget_old_files('police_uk_street', 'crime') }}",
    )
}}
-- depends_on: {{ source('landing', 'police_uk_street__crime') }}
-- depends_on: {{ source('landing', 'rebalance__release') }}

with crime as (
    select new_file.*
    from {{ read_landing('police_uk_street__crime', new_files('police_uk_street', 'crime')) }} as new_file
)

select
    landing_file,
    release_id,
    force_slug,
    cast(month as date) as month,
    lsoa_code,
    -- The area's name is its district's, a space and four characters ('Cornwall 012B').
    substr(lsoa_name, 1, length(lsoa_name) - 5) as district_name,
    crime_type,
    last_outcome_category,
    count(*) as crimes,
    '{{ local_md5(model.raw_code) }}' as made_by,
    {{ build_started_at() }} as staged_at
from crime
group by
    landing_file,
    release_id,
    force_slug,
    cast(month as date),
    lsoa_code,
    substr(lsoa_name, 1, length(lsoa_name) - 5),
    crime_type,
    last_outcome_category
