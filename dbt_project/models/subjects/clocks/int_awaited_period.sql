-- Each newest period that a table has had, since when, and the one awaited from then on: from when on that is
-- late, and when it came. Made of what came and of the contracts alone: no day of building is in it, so that building
-- again makes nothing fresh, and the same files tell the same history.
with landed as (
    select
        release.source_id,
        release.table_name,
        -- A month is landed as its first day.
        case
            when described.period_column_type = 'month' then {{ month_end('release.latest_period') }}
            else release.latest_period
        end as period_end,
        cast(release.retrieved_at as date) as received_on
    from {{ source('landing', 'rebalance__release') }} as release
    inner join {{ source('landing', 'rebalance__table') }} as described
        on release.source_id = described.source_id and release.table_name = described.table_name
    where release.latest_period is not null
),

-- A later file of an earlier period moves nothing.
newest as (
    select
        source_id,
        table_name,
        received_on,
        max(period_end) over (
            partition by source_id, table_name order by received_on
            range between unbounded preceding and current row
        ) as newest_period_end
    from landed
),

held as (
    select
        source_id,
        table_name,
        newest_period_end,
        min(received_on) as newest_since
    from newest
    group by source_id, table_name, newest_period_end
),

followed as (
    select
        held.*,
        lead(held.newest_since) over (
            partition by held.source_id, held.table_name order by held.newest_period_end
        ) as came_on
    from held
),

awaiting as (
    select
        followed.source_id,
        followed.table_name,
        followed.newest_period_end,
        followed.newest_since,
        followed.came_on,
        described.usual_lag_days,
        described.warn_after_days,
        described.fail_after_days,
        case
            -- Of a table that was stopped, what came later than expected was late; what will not come is not.
            when described.ended_after is not null and followed.came_on is null then null
            when described.cadence = 'month'
                then {{ month_end(date_plus('month', 1, 'followed.newest_period_end')) }}
            when described.cadence = 'quarter'
                then {{ month_end(date_plus('month', 3, 'followed.newest_period_end')) }}
            when described.cadence = 'year'
                then {{ month_end(date_plus('month', 12, 'followed.newest_period_end')) }}
        end as awaited_period_end
    from followed
    inner join {{ source('landing', 'rebalance__table') }} as described
        on followed.source_id = described.source_id and followed.table_name = described.table_name
),

due as (
    select
        awaiting.*,
        promise.promised_on,
        coalesce(
            promise.promised_on, {{ date_plus('day', 'awaiting.usual_lag_days', 'awaiting.awaited_period_end') }}
        ) as due_on,
        coalesce(
            {{ date_plus('day', 1, 'promise.promised_on') }},
            {{ date_plus('day', 'awaiting.warn_after_days + 1', 'awaiting.awaited_period_end') }}
        ) as late_from
    from awaiting
    left join {{ source('landing', 'rebalance__promise') }} as promise
        on
            awaiting.source_id = promise.source_id
            and awaiting.awaited_period_end = {{ month_end('promise.period_end') }}
)

select
    source_id,
    table_name,
    newest_period_end,
    newest_since,
    awaited_period_end,
    promised_on,
    due_on,
    late_from,
    greatest(
        late_from, {{ date_plus('day', 'fail_after_days + 1', 'awaited_period_end') }}
    ) as very_late_from,
    came_on
from due
