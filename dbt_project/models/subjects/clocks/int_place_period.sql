-- Each period that a source has figures of a place for, and the day on which the first of them came. A figure that is
-- suppressed has been sent; one that is missing or not available has not. Only places of the kinds that the source
-- publishes itself: a place that is a sum of others says nothing of who sent what.
with published as (
    select
        source_id,
        sender_level,
        ', ' || area_levels || ',' as levels
    from {{ source('landing', 'rebalance__source') }}
),

figure as (
    select
        figure.source_id,
        figure.area_code,
        figure.area_name,
        figure.area_level,
        case
            -- An authority of one tier is a district and an upper tier too.
            when
                area.is_upper_tier
                and (
                    published.sender_level = 'upper_tier_local_authority'
                    or (
                        published.levels like '%, upper_tier_local_authority,%'
                        and published.levels not like '%, ' || figure.area_level || ',%'
                    )
                )
                then 'upper_tier_local_authority'
            when published.levels like '%, ' || figure.area_level || ',%' then figure.area_level
        end as place_kind,
        area.valid_to,
        figure.period_end,
        cast(figure.retrieved_at as date) as received_on
    from {{ ref('int_value') }} as figure
    inner join published on figure.source_id = published.source_id
    inner join {{ ref('int_area') }} as area on figure.area_code = area.area_code
    where figure.status not in ('missing', 'not_available', 'not_applicable') and figure.retrieved_at is not null
),

-- Of the police archive it is known which force sent which month, whether or not the month's files were taken in.
listed as (
    select
        'police_uk_' || inventory.dataset as source_id,
        inventory.area_code,
        area.area_name,
        area.area_level,
        area.area_level as place_kind,
        area.valid_to,
        {{ month_end('inventory.month') }} as period_end,
        cast(release.retrieved_at as date) as received_on
    from {{ ref('stg_police_uk__archive_inventory_force_month') }} as inventory
    inner join {{ ref('stg_rebalance__release') }} as release
        on inventory.release_id = release.release_id and release.source_id = 'police_uk_archive_inventory'
    inner join {{ ref('int_area') }} as area on inventory.area_code = area.area_code
    where inventory.is_listed
)

select
    source_id,
    area_code,
    max(area_name) as area_name,
    max(area_level) as area_level,
    max(place_kind) as place_kind,
    max(valid_to) as valid_to,
    period_end,
    min(received_on) as received_on
from (
    select * from figure
    union all
    select * from listed
) as sent
where place_kind is not null
group by source_id, area_code, period_end
