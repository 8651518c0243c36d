-- What data.police.uk lists of each force, by data set and month, beside the files that were taken in. A month is
-- listed where any of its listings has it; a force's months of which no listing says anything are not here.
with listed as (
    select
        dataset,
        force_slug,
        area_code,
        month,
        max(case when is_listed then 1 else 0 end) = 1 as is_listed
    from {{ ref('stg_police_uk__archive_inventory_force_month') }}
    -- The British Transport Police and Northern Ireland have no area here.
    where area_code is not null
    group by dataset, force_slug, area_code, month
),

taken_in as (
    select distinct source_id, source_file
    from {{ source('landing', 'rebalance__release') }}
    where source_id in ('police_uk_street', 'police_uk_outcomes', 'police_uk_stop_and_search')
),

named as (
    select
        listed.*,
        'police_uk_' || listed.dataset as source_id,
        substr(cast(listed.month as {{ text_type() }}), 1, 7) || '-' || listed.force_slug || '-'
        || replace(listed.dataset, '_', '-') || '.csv' as file_name
    from listed
)

select
    named.source_id,
    'police_uk.' || named.dataset as series_id,
    named.force_slug,
    named.area_code,
    named.month as period_start,
    {{ month_end('named.month') }} as period_end,
    named.file_name,
    named.is_listed,
    taken_in.source_file is not null as is_taken_in
from named
left join taken_in on named.source_id = taken_in.source_id and named.file_name = taken_in.source_file
