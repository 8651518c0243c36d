{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='sync_all_columns',
        pre_hook="{{ forget_old_files('police_uk_street', 'crime', besides='placed_with <> ' ~ releases_fingerprint('ons_geography')) }}",
    )
}}
-- depends_on: {{ source('landing', 'rebalance__release') }}
{%- set registered = registered_files('police_uk_street', 'crime') %}
{%- set files = new_files('police_uk_street', 'crime') %}

with crime as (
    select * from {{ ref('stg_police_uk__street') }}
    where
        crime_type <> 'Anti-social behaviour'
        and {{ is_of_files(files, registered) }}
),

force as (
    select * from {{ ref('police_force') }}
),

placed as (
    select
        crime.landing_file,
        crime.release_id,
        crime.force_slug,
        force.pfa_code,
        crime.month,
        area.csp_code,
        case
            when crime.force_slug is null then 'force_not_named'
            when force.pfa_code is null then 'force_has_no_area'
            when crime.lsoa_code is null then 'no_location'
            when area.pfa_code is null then 'lsoa_not_in_lookup'
            when area.pfa_code <> force.pfa_code then 'outside_force_area'
            when area.csp_code is null then 'several_partnerships'
            when not area.is_csp_current then 'former_partnership'
            else 'partnership'
        end as placement,
        crime.crime_type,
        crime.crimes
    from crime
    left join force on crime.force_slug = force.force_slug
    left join {{ ref('int_lsoa_placement') }} as area on crime.lsoa_code = area.lsoa_code
)

select
    landing_file,
    release_id,
    force_slug,
    pfa_code,
    month,
    placement,
    case when placement = 'partnership' then csp_code end as csp_code,
    cast(sum(crimes) as bigint) as recorded_crimes,
    cast(sum(case when crime_type = 'Drugs' then crimes else 0 end) as bigint) as drug_offences,
    '{{ local_md5(model.raw_code) }}' as made_by,
    {{ releases_fingerprint('ons_geography') }} as placed_with
from placed
group by
    landing_file,
    release_id,
    force_slug,
    pfa_code,
    month,
    placement,
    case when placement = 'partnership' then csp_code end
