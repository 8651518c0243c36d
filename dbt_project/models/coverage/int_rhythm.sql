-- How each indicator goes on by kind of period: the step from one period to the next, and the source's cadence and lag.
with period as (
    select distinct indicator_id, source_id, period_type, period_start, period_end
    from {{ ref('int_published_period') }}
),

met as (
    select
        indicator_id,
        source_id,
        period_type,
        period_end,
        lead(period_end) over (
            partition by indicator_id, period_type order by period_end, period_start
        ) as next_period_end
    from period
),

latest as (
    select indicator_id, source_id, period_type, max(period_end) as latest_period_end
    from period
    group by indicator_id, source_id, period_type
),

distance as (
    select
        indicator_id,
        period_type,
        {{ months_between('period_end', 'next_period_end') }} as months,
        count(*) as times
    from met
    where next_period_end is not null and {{ months_between('period_end', 'next_period_end') }} > 0
    group by indicator_id, period_type, {{ months_between('period_end', 'next_period_end') }}
),

-- How far from one period to the next it mostly was: the rhythm of days, pooled years and the like.
usual as (
    select indicator_id, period_type, months
    from (
        select
            indicator_id,
            period_type,
            months,
            row_number() over (
                partition by indicator_id, period_type order by times desc, months asc
            ) as choice
        from distance
    ) as ranked
    where choice = 1
),

newest as (
    select distinct value.indicator_id, value.source_id, value.period_type, value.release_id
    from {{ ref('int_value') }} as value
    inner join latest
        on
            value.indicator_id = latest.indicator_id
            and value.period_type = latest.period_type
            and value.period_end = latest.latest_period_end
    where value.is_latest_release
),

-- A table may come otherwise than its source as a whole; where the newest figures came in tables of several paces, it
-- is the source's that holds.
of_table as (
    select
        newest.indicator_id,
        newest.period_type,
        max(described.cadence) as cadence,
        max(described.usual_lag_days) as usual_lag_days,
        max(described.warn_after_days) as warn_after_days
    from newest
    inner join {{ source('landing', 'rebalance__release') }} as landed
        on newest.source_id = landed.source_id and newest.release_id = landed.release_id
    inner join {{ source('landing', 'rebalance__table') }} as described
        on landed.source_id = described.source_id and landed.table_name = described.table_name
    where landed.rows_landed > 0 and described.kind <> 'lookup'
    group by newest.indicator_id, newest.period_type
    having
        min(described.cadence) = max(described.cadence)
        and min(described.usual_lag_days) = max(described.usual_lag_days)
        and min(described.warn_after_days) = max(described.warn_after_days)
),

pace as (
    select
        latest.indicator_id,
        latest.period_type,
        {{ months_of_cadence('coalesce(of_table.cadence, source_of.cadence)') }} as cadence_months,
        coalesce(of_table.usual_lag_days, source_of.usual_lag_days) as usual_lag_days,
        coalesce(of_table.warn_after_days, source_of.warn_after_days) as warn_after_days
    from latest
    left join {{ source('landing', 'rebalance__source') }} as source_of on latest.source_id = source_of.source_id
    left join of_table
        on latest.indicator_id = of_table.indicator_id and latest.period_type = of_table.period_type
),

ended as (
    select indicator_id, period_type, max(last_period_end) as last_period_end
    from {{ ref('int_series_end') }}
    group by indicator_id, period_type
)

select
    latest.indicator_id,
    latest.source_id,
    latest.period_type,
    latest.latest_period_end,
    pace.cadence_months,
    {{ months_to_next('latest.period_type') }} as own_months,
    case
        -- A source without a rhythm promises nothing further; a series that has ended is followed to today.
        when pace.cadence_months is null and ended.last_period_end is null then null
        when {{ months_to_next('latest.period_type') }} is not null
            then {{ months_to_next('latest.period_type') }}
        when latest.period_type = 'part_year' then null
        else greatest(coalesce(pace.cadence_months, 12), coalesce(usual.months, 1))
    end as step,
    pace.usual_lag_days,
    pace.warn_after_days
from latest
inner join pace on latest.indicator_id = pace.indicator_id and latest.period_type = pace.period_type
left join usual on latest.indicator_id = usual.indicator_id and latest.period_type = usual.period_type
left join ended on latest.indicator_id = ended.indicator_id and latest.period_type = ended.period_type
