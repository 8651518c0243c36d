-- What has been wrong for long enough that somebody has to do something: one incident of a source or of a sender at a
-- time. Made of what happened and of the contracts alone: nothing is remembered here, and building again tells the same
-- history. A spell is one thing that went wrong from a day on and until a day; spells that touch are one incident.
with asked_day as (
    select
        ask.source_id,
        ask.asked_on,
        ask.failing_days,
        ask.failing_since,
        ask.problem,
        source.incident_after,
        count(unreadable.source_file) as unreadable_files,
        max(unreadable.problem) as unreadable_problem,
        lead(ask.asked_on) over (partition by ask.source_id order by ask.asked_on) as next_asked_on
    from {{ source('landing', 'rebalance__ask') }} as ask
    inner join {{ source('landing', 'rebalance__source') }} as source on ask.source_id = source.source_id
    left join {{ source('landing', 'rebalance__unreadable') }} as unreadable
        on
            ask.source_id = unreadable.source_id
            and ask.asked_on >= unreadable.first_failed_on
            and (unreadable.settled_on is null or ask.asked_on < unreadable.settled_on)
    group by
        ask.source_id, ask.asked_on, ask.failing_days, ask.failing_since, ask.problem, source.incident_after
),

-- Days in a row that ended with a file that could not be read.
unread_spell as (
    select
        *,
        row_number() over (partition by source_id order by asked_on)
        - row_number() over (partition by source_id, unreadable_files > 0 order by asked_on) as spell
    from asked_day
),

unread_day as (
    select
        *,
        count(*) over so_far as unread_days,
        min(asked_on) over so_far as unread_since
    from unread_spell
    where unreadable_files > 0
    window so_far as (
        partition by source_id, spell order by asked_on rows between unbounded preceding and current row
    )
),

bad_day as (
    select
        source_id,
        'fetch_failed' as kind,
        asked_on,
        next_asked_on,
        failing_since as failed_from,
        failing_days as failures,
        problem
    from asked_day
    where failing_days >= incident_after
    union all
    select
        source_id,
        'unreadable' as kind,
        asked_on,
        next_asked_on,
        unread_since as failed_from,
        unread_days as failures,
        unreadable_problem as problem
    from unread_day
    where unread_days >= incident_after
),

-- A bad day begins a spell where the day asked before it was none.
bad_day_numbered as (
    select
        bad_day.*,
        sum(case when earlier.asked_on is null then 1 else 0 end) over (
            partition by bad_day.source_id, bad_day.kind order by bad_day.asked_on
            rows between unbounded preceding and current row
        ) as spell
    from bad_day
    left join bad_day as earlier
        on
            bad_day.source_id = earlier.source_id
            and bad_day.kind = earlier.kind
            and bad_day.asked_on = earlier.next_asked_on
),

bad_day_latest as (
    select
        *,
        row_number() over (partition by source_id, kind, spell order by asked_on desc) as age_rank,
        min(asked_on) over (partition by source_id, kind, spell) as opened_on,
        min(failed_from) over (partition by source_id, kind, spell) as first_failed_on
    from bad_day_numbered
),

asked_spell as (
    select
        source_id,
        cast(null as {{ text_type() }}) as sender_area_code,
        cast(null as {{ text_type() }}) as sender_area_name,
        kind,
        first_failed_on,
        opened_on,
        next_asked_on as closed_on,
        failures,
        case
            when kind = 'fetch_failed'
                then
                    'It could not be fetched on ' || {{ counted('failures', 'day') }} || ' in a row: '
                    || coalesce(problem, 'no reason is known')
            else
                'A file that came could not be read on ' || {{ counted('failures', 'day') }} || ' in a row: ' || problem
        end as problem
    from bad_day_latest
    where age_rank = 1
),

late_spell as (
    select
        source_id,
        cast(null as {{ text_type() }}) as sender_area_code,
        cast(null as {{ text_type() }}) as sender_area_name,
        'publisher_late' as kind,
        -- What was late before it was first looked for here became an incident on the day of the first look, which
        -- for the bundled edition can be later than the day that it is reckoned from.
        least(greatest(late_from, newest_since), {{ build_day() }}) as first_failed_on,
        least(greatest(very_late_from, newest_since), {{ build_day() }}) as opened_on,
        came_on as closed_on,
        {{ days_between('due_on', 'coalesce(came_on, ' ~ build_day() ~ ')') }} as failures,
        'The period to ' || {{ day_in_words('awaited_period_end') }} || ' of the table ' || table_name
        || ' was due on ' || {{ day_in_words('due_on') }}
        || case
            when came_on is null then ' and has not come'
            else '; a newer one came on ' || {{ day_in_words('came_on') }}
        end as problem
    from {{ ref('int_awaited_period') }}
    where
        very_late_from <= {{ build_day() }}
        and (came_on is null or came_on > greatest(very_late_from, newest_since))
),

sender as (
    select
        sent.source_id,
        sent.area_code,
        max(sent.area_name) as area_name,
        sent.place_kind,
        min(sent.period_end) as first_period_end,
        max(sent.valid_to) as valid_to,
        source.incident_after
    from {{ ref('int_place_period') }} as sent
    inner join {{ source('landing', 'rebalance__source') }} as source
        on sent.source_id = source.source_id and sent.place_kind = source.sender_level
    group by sent.source_id, sent.area_code, sent.place_kind, source.incident_after
),

-- Each period that half of the senders sent, for each of them from its own first on and while it was a place, and from
-- when it had that or a later one.
expected as (
    select
        sender.source_id,
        sender.area_code,
        sender.area_name,
        sender.incident_after,
        case
            when sender.valid_to < {{ build_day() }} then {{ date_plus('day', 1, 'sender.valid_to') }}
        end as gone_on,
        shared.period_number,
        shared.period_end,
        shared.shared_from,
        sent.received_on,
        min(sent.received_on) over (
            partition by sender.source_id, sender.area_code order by shared.period_number
            rows between current row and unbounded following
        ) as this_or_later_on
    from sender
    inner join {{ ref('int_shared_period') }} as shared
        on
            sender.source_id = shared.source_id
            and sender.place_kind = shared.place_kind
            and sender.first_period_end <= shared.period_end
            and (sender.valid_to is null or sender.valid_to >= shared.period_end)
    left join {{ ref('int_place_period') }} as sent
        on
            sender.source_id = sent.source_id
            and sender.area_code = sent.area_code
            and shared.period_end = sent.period_end
),

-- As many periods in a row as it takes: silent from when the others had sent the last of them, until the sender sent
-- the first of them or any later one, or was none any more.
silent as (
    select
        last_of.source_id,
        last_of.area_code,
        last_of.area_name,
        first_of.period_end as first_period_end,
        first_of.shared_from as first_failed_on,
        last_of.period_end as last_period_end,
        last_of.shared_from as silent_from,
        least(first_of.this_or_later_on, first_of.gone_on) as silent_until,
        last_of.incident_after
    from expected as last_of
    inner join expected as first_of
        on
            last_of.source_id = first_of.source_id
            and last_of.area_code = first_of.area_code
            and last_of.period_number - last_of.incident_after + 1 = first_of.period_number
    where
        coalesce(least(first_of.this_or_later_on, first_of.gone_on) > last_of.shared_from, true)
),

-- All such runs that end on the same day are one silence.
sender_spell as (
    select
        source_id,
        area_code as sender_area_code,
        area_name as sender_area_name,
        'sender_silent' as kind,
        min(first_failed_on) as first_failed_on,
        min(silent_from) as opened_on,
        silent_until as closed_on,
        count(*) + max(incident_after) - 1 as failures,
        max(area_name) || ' has sent nothing for ' || {{ counted('count(*) + max(incident_after) - 1', 'period') }}
        || ' that others sent, from the one to ' || {{ day_in_words('min(first_period_end)') }}
        || ' to the one to ' || {{ day_in_words('max(last_period_end)') }} as problem
    from silent
    group by source_id, area_code, area_name, silent_until
),

spell as (
    select * from asked_spell
    union all
    select * from late_spell
    union all
    select * from sender_spell
),

-- The latest day on which any spell before was over; a spell without an end has none.
ordered as (
    select
        *,
        max(coalesce(closed_on, cast('9999-12-31' as date))) over (
            partition by source_id, sender_area_code order by opened_on, kind, problem
            rows between unbounded preceding and 1 preceding
        ) as over_before
    from spell
),

numbered as (
    select
        *,
        sum(case when over_before is null or opened_on > over_before then 1 else 0 end) over (
            partition by source_id, sender_area_code order by opened_on, kind, problem
            rows between unbounded preceding and current row
        ) as incident_number
    from ordered
),

-- What is wrong now goes before what is over, and of that what has been wrong longest, as it opened the incident.
ranked as (
    select
        *,
        row_number() over (
            partition by source_id, sender_area_code, incident_number
            order by
                case when closed_on is null then 0 else 1 end, opened_on, first_failed_on, kind, problem
        ) as spell_rank,
        count(*) over (partition by source_id, sender_area_code, incident_number, kind, closed_on is null) as alike
    from numbered
),

joined as (
    select
        source_id,
        sender_area_code,
        incident_number,
        max(sender_area_name) as sender_area_name,
        max(case when spell_rank = 1 then kind end) as kind,
        {{ listed('kind', ', ') }} as kinds,
        min(first_failed_on) as first_failed_on,
        min(opened_on) as opened_on,
        case when count(*) = count(closed_on) then max(closed_on) end as closed_on,
        max(case when spell_rank = 1 then failures end) as failures,
        max(case when spell_rank = 1 then problem end) as problem,
        max(case when spell_rank = 1 then alike end) as alike
    from ranked
    group by source_id, sender_area_code, incident_number
),

told as (
    select
        *,
        problem
        || case
            when kind = 'publisher_late' and alike > 1
                then ' (and ' || cast(alike - 1 as {{ text_type() }}) || ' more like it)'
            else ''
        end as last_problem
    from joined
),

asked as (
    select source_id, max(asked_on) as last_asked_on
    from {{ source('landing', 'rebalance__ask') }}
    group by source_id
)

select
    md5(
        told.source_id || '|' || coalesce(told.sender_area_code, '') || '|'
        || cast(told.opened_on as {{ text_type() }})
    ) as incident_id,
    told.source_id,
    told.sender_area_code,
    told.sender_area_name,
    told.kind,
    told.kinds,
    told.first_failed_on,
    told.opened_on,
    coalesce(told.closed_on, greatest(told.opened_on, asked.last_asked_on)) as updated_on,
    told.closed_on,
    told.failures,
    told.last_problem,
    case told.kind
        when 'fetch_failed'
            then
                'Open ' || source.landing_page || ' in a browser. If the page is there, its addresses have changed: '
                || 'look at the contract''s discovery. If it is not, wait, or save the files by hand and use the '
                || 'folder edition'
        when 'unreadable'
            then
                'Try the file with `rebalance sources check`, compare its layout with the contract, and add the '
                || 'publisher''s new names to the contract or the new layout to the reader; what was read before stays'
        when 'publisher_late'
            then
                'Look at ' || source.landing_page || ': if the period is there, it has not been taken in; if the '
                || 'publisher has stopped it, say so in the contract (ended); if it is late, ask when it will come'
        else
            'Ask the sender, or the publisher (' || source.landing_page || '), whether the figures were sent; if they '
            || 'will not be, grant an exemption'
    end as what_to_do,
    source.title || ': ' || told.last_problem
    || case
        when told.closed_on is null then '. Open since ' || {{ day_in_words('told.opened_on') }} || '.'
        else
            '. Well again since ' || {{ day_in_words('told.closed_on') }} || ', after '
            || {{ counted(days_between('told.opened_on', 'told.closed_on'), 'day') }} || '.'
    end as in_words,
    told.closed_on is null as is_open
from told
inner join {{ source('landing', 'rebalance__source') }} as source on told.source_id = source.source_id
left join asked on told.source_id = asked.source_id
