-- Series that their publisher has stopped, by indicator, kind of period and kind of area, with the last day that they
-- cover. What is not there after that is not late.
with published as (
    select
        indicator_id,
        source_id,
        period_type,
        {{ entity_code('area_code') }} as entity_code,
        release_id,
        max(period_end) as latest_period_end
    from {{ ref('int_value') }}
    where is_latest_release and coalesce(carried_by, 'as_published') <> 'summed'
    group by indicator_id, source_id, period_type, {{ entity_code('area_code') }}, release_id
),

kind as (
    select indicator_id, source_id, period_type, entity_code, max(latest_period_end) as latest_period_end
    from published
    group by indicator_id, source_id, period_type, entity_code
),

latest as (
    select indicator_id, source_id, period_type, max(latest_period_end) as latest_period_end
    from kind
    group by indicator_id, source_id, period_type
),

newest as (
    select distinct latest.indicator_id, latest.source_id, latest.period_type, published.release_id
    from latest
    inner join published
        on
            latest.indicator_id = published.indicator_id
            and latest.period_type = published.period_type
            and latest.latest_period_end = published.latest_period_end
),

-- Where all tables of the releases that its newest figures came in have ended.
of_table as (
    select
        newest.indicator_id,
        newest.period_type,
        max(described.ended_after) as last_period_end,
        max(described.ended_why) as why,
        max(described.replaced_by) as replaced_by
    from newest
    inner join {{ source('landing', 'rebalance__release') }} as landed
        on newest.source_id = landed.source_id and newest.release_id = landed.release_id
    inner join {{ source('landing', 'rebalance__table') }} as described
        on landed.source_id = described.source_id and landed.table_name = described.table_name
    where landed.rows_landed > 0
    group by newest.indicator_id, newest.period_type
    having count(*) = count(described.ended_after)
),

-- A year that goes on as another kind of year: the publisher changed its reporting year.
of_year as (
    select
        kind.indicator_id,
        kind.period_type,
        kind.entity_code,
        kind.latest_period_end as last_period_end,
        other.period_type as goes_on_as,
        row_number() over (
            partition by kind.indicator_id, kind.period_type, kind.entity_code
            order by other.latest_period_end desc, other.period_type asc
        ) as choice
    from kind
    inner join kind as other
        on kind.indicator_id = other.indicator_id and kind.entity_code = other.entity_code
    where
        {{ months_to_next('kind.period_type') }} = 12
        and {{ months_to_next('other.period_type') }} = 12
        and other.latest_period_end > {{ date_plus('month', 12, 'kind.latest_period_end') }}
),

declared as (
    select indicator_id, period_type, last_period_end, why, replaced_by, 1 as preference
    from {{ ref('series_end') }}
    union all
    select indicator_id, period_type, last_period_end, why, replaced_by, 2 as preference
    from of_table
),

every_one as (
    select
        kind.indicator_id,
        kind.period_type,
        kind.entity_code,
        declared.last_period_end,
        declared.why,
        declared.replaced_by,
        declared.preference
    from kind
    inner join declared on kind.indicator_id = declared.indicator_id and kind.period_type = declared.period_type
    union all
    select
        indicator_id,
        period_type,
        entity_code,
        last_period_end,
        'It goes on by ' || replace(goes_on_as, '_', ' ') as why,
        cast(null as {{ text_type() }}) as replaced_by,
        3 as preference
    from of_year
    where choice = 1
),

ranked as (
    select
        *,
        row_number() over (partition by indicator_id, period_type, entity_code order by preference) as choice
    from every_one
)

select indicator_id, period_type, entity_code, last_period_end, why, replaced_by
from ranked
where choice = 1
