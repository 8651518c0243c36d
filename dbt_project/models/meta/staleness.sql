-- Three clocks, kept apart: whether the source answers, whether its publisher has published what was awaited, and how
-- old the newest figures are. Only build_day() moves them on; that a table was built again does not.
with ask as (
    select
        *,
        row_number() over (partition by source_id order by asked_on desc) as age_rank,
        max(answered_at) over (partition by source_id) as last_answered_at
    from {{ source('landing', 'rebalance__ask') }}
),

answer as (
    select
        source.source_id,
        source.incident_after,
        ask.asked_at as last_asked_at,
        ask.last_answered_at,
        case
            when ask.last_answered_at is not null
                then greatest(0, {{ days_between('cast(ask.last_answered_at as date)', build_day()) }})
        end as days_since_answer,
        coalesce(ask.failing_days, 0) as failing_days,
        case when ask.failed > 0 then ask.problem end as fetch_problem,
        case
            when ask.source_id is null then 'never_asked'
            when ask.answered_at is null then 'failing'
            when ask.failed > 0 then 'partly_failing'
            else 'ok'
        end as fetch_state
    from {{ source('landing', 'rebalance__source') }} as source
    left join ask on source.source_id = ask.source_id and ask.age_rank = 1
),

release as (
    select
        source_id,
        table_name,
        coalesce(published_on, cast(retrieved_at as date)) as released_on,
        case when published_on is null then 'first_received' else 'published' end as released_basis,
        row_number() over (
            partition by source_id, table_name
            order by coalesce(published_on, cast(retrieved_at as date)) desc, published_on desc nulls last
        ) as age_rank
    from {{ source('landing', 'rebalance__release') }}
),

landing_table as (
    select
        'table' as scope,
        described.source_id,
        described.table_name,
        cast(null as {{ text_type() }}) as area_code,
        cast(null as {{ text_type() }}) as area_name,
        cast(null as {{ text_type() }}) as area_level,
        release.released_on as last_released_on,
        release.released_basis as last_released_basis,
        awaited.awaited_period_end,
        awaited.due_on as next_due_on,
        awaited.late_from,
        awaited.very_late_from,
        case
            when {{ build_day() }} >= awaited.late_from then {{ days_between('awaited.due_on', build_day()) }}
            else 0
        end as days_late,
        case
            when release.source_id is null then 'nothing_landed'
            when described.ended_after is not null then 'ended'
            when awaited.newest_period_end is null then 'undated'
            when described.cadence = 'irregular' then 'irregular'
            when {{ build_day() }} >= awaited.very_late_from then 'very_late'
            when {{ build_day() }} >= awaited.late_from then 'late'
            when {{ build_day() }} > awaited.due_on then 'due'
            else 'on_time'
        end as release_state,
        awaited.newest_period_end,
        described.ended_after,
        described.ended_why,
        described.cadence,
        described.warn_after_days,
        described.fail_after_days,
        described.threshold_reason
    from {{ source('landing', 'rebalance__table') }} as described
    left join release
        on
            described.source_id = release.source_id
            and described.table_name = release.table_name
            and release.age_rank = 1
    left join {{ ref('int_awaited_period') }} as awaited
        on
            described.source_id = awaited.source_id
            and described.table_name = awaited.table_name
            and awaited.came_on is null
),

newest_shared as (
    select
        *,
        row_number() over (partition by source_id, place_kind order by period_end desc) as age_rank
    from {{ ref('int_shared_period') }}
),

newest_of_place as (
    select
        source_id,
        area_code,
        area_name,
        area_level,
        place_kind,
        max(period_end) as newest_period_end,
        max(received_on) as last_received_on
    from {{ ref('int_place_period') }}
    -- A place that is none any more has nothing to come.
    where valid_to is null or valid_to >= {{ build_day() }}
    group by source_id, area_code, area_name, area_level, place_kind
),

place as (
    select
        'place' as scope,
        newest.source_id,
        cast(null as {{ text_type() }}) as table_name,
        newest.area_code,
        newest.area_name,
        newest.area_level,
        newest.last_received_on as last_released_on,
        'first_received' as last_released_basis,
        case when newest.newest_period_end < shared.period_end then shared.period_end end as awaited_period_end,
        cast(null as date) as next_due_on,
        case when newest.newest_period_end < shared.period_end then shared.shared_from end as late_from,
        cast(null as date) as very_late_from,
        case
            when newest.newest_period_end < shared.period_end
                then greatest(0, {{ days_between('shared.shared_from', build_day()) }})
            else 0
        end as days_late,
        case when newest.newest_period_end < shared.period_end then 'behind' else 'on_time' end as release_state,
        newest.newest_period_end,
        cast(null as date) as ended_after,
        cast(null as {{ text_type() }}) as ended_why,
        source.cadence,
        source.warn_after_days,
        source.fail_after_days,
        source.threshold_reason
    from newest_of_place as newest
    inner join {{ source('landing', 'rebalance__source') }} as source on newest.source_id = source.source_id
    inner join newest_shared as shared
        on
            newest.source_id = shared.source_id
            and newest.place_kind = shared.place_kind
            and shared.age_rank = 1
    where
        newest.place_kind = source.sender_level
        or (newest.newest_period_end < shared.period_end and source.cadence <> 'irregular')
),

aged as (
    select
        row_of.*,
        answer.incident_after,
        answer.last_asked_at,
        answer.last_answered_at,
        answer.days_since_answer,
        answer.failing_days,
        answer.fetch_problem,
        answer.fetch_state,
        case
            when row_of.newest_period_end is not null
                then greatest(0, {{ days_between('row_of.newest_period_end', build_day()) }})
        end as period_age_days,
        -- Of what comes regularly the newest period may be as old as the next one is when it is late.
        row_of.warn_after_days
        + case row_of.cadence when 'month' then 31 when 'quarter' then 92 when 'year' then 366 else 0 end
            as old_after_days,
        row_of.fail_after_days
        + case row_of.cadence when 'month' then 31 when 'quarter' then 92 when 'year' then 366 else 0 end
            as very_old_after_days
    from (
        select * from landing_table
        union all
        select * from place
    ) as row_of
    inner join answer on row_of.source_id = answer.source_id
),

judged as (
    select
        *,
        case
            when newest_period_end is null then 'no_period'
            when period_age_days > very_old_after_days then 'very_old'
            when period_age_days > old_after_days then 'old'
            else 'recent'
        end as period_state
    from aged
),

summed as (
    select
        *,
        case
            when scope = 'place' and release_state = 'behind' then 'behind'
            when scope = 'place' then 'well'
            when fetch_state = 'failing' then 'failing'
            when release_state = 'very_late' then 'very_late'
            when release_state = 'late' then 'late'
            -- Where the clock of the releases runs it says so sooner.
            when release_state = 'irregular' and period_state in ('very_old', 'old') then period_state
            when fetch_state = 'partly_failing' then 'partly_failing'
            when release_state = 'nothing_landed' then 'nothing_landed'
            when release_state in ('ended', 'due') then release_state
            else 'well'
        end as state
    from judged
)

select
    scope,
    source_id,
    table_name,
    area_code,
    area_name,
    area_level,
    last_asked_at,
    last_answered_at,
    days_since_answer,
    failing_days,
    fetch_problem,
    fetch_state,
    last_released_on,
    last_released_basis,
    awaited_period_end,
    next_due_on,
    late_from,
    very_late_from,
    days_late,
    release_state,
    newest_period_end,
    period_age_days,
    old_after_days,
    very_old_after_days,
    period_state,
    cadence,
    warn_after_days,
    fail_after_days,
    incident_after,
    threshold_reason,
    state,
    case
        when state in ('very_late', 'very_old') or (state = 'failing' and failing_days >= incident_after) then 'fail'
        when state in ('well', 'due', 'ended') then 'ok'
        else 'warn'
    end as severity,
    case
        when scope = 'place' then ''
        when fetch_state = 'failing'
            then
                'Did not answer when last asked, on ' || {{ day_in_words('cast(last_asked_at as date)') }}
                || coalesce(
                    '; last answered on ' || {{ day_in_words('cast(last_answered_at as date)') }},
                    '; has never answered'
                )
                || '. '
        when fetch_state = 'partly_failing'
            then 'Some of it could not be fetched on ' || {{ day_in_words('cast(last_asked_at as date)') }} || '. '
        else ''
    end
    || case
        when release_state = 'behind'
            then
                area_name || ' has figures to ' || {{ day_in_words('newest_period_end') }} || '; others have those to '
                || {{ day_in_words('awaited_period_end') }} || '.'
        when scope = 'place' then area_name || ' has figures to ' || {{ day_in_words('newest_period_end') }} || '.'
        when release_state = 'nothing_landed' then 'Nothing of it has been received.'
        when release_state = 'ended'
            then 'Stopped by its publisher after ' || {{ day_in_words('ended_after') }} || ': ' || ended_why
        when release_state in ('late', 'very_late')
            then
                'The period to ' || {{ day_in_words('awaited_period_end') }} || ' was due on '
                || {{ day_in_words('next_due_on') }} || ' and has not come; the newest ends on '
                || {{ day_in_words('newest_period_end') }} || '.'
        when release_state = 'due'
            then
                'The period to ' || {{ day_in_words('awaited_period_end') }} || ' has been due since '
                || {{ day_in_words('next_due_on') }} || ' and is late from ' || {{ day_in_words('late_from') }}
                || ' on; the newest ends on ' || {{ day_in_words('newest_period_end') }} || '.'
        when release_state = 'on_time'
            then
                'The newest period ends on ' || {{ day_in_words('newest_period_end') }} || '; the one to '
                || {{ day_in_words('awaited_period_end') }} || ' is due on ' || {{ day_in_words('next_due_on') }} || '.'
        when release_state = 'irregular'
            then
                'The newest figures are of ' || {{ day_in_words('newest_period_end') }}
                || case when period_state = 'recent' then '' else ': too old to be taken for the present' end
                || '; it comes at no fixed time.'
        else
            'It names no period; its newest file '
            || case when last_released_basis = 'published' then 'was published on ' else 'first came on ' end
            || {{ day_in_words('last_released_on') }} || '.'
    end as in_words
from summed
