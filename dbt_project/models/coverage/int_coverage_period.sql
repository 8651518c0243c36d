-- The periods in which each kind of area should have figures of an indicator, from its own first one on, and when they
-- are due and late.
with own as (
    select * from {{ ref('int_published_period') }}
),

kind as (
    select distinct indicator_id, source_id, period_type, entity_code
    from own
),

-- From the kind of area's own first period on; the newest of its own up to then says which groups there are.
of_area as (
    select
        kind.indicator_id,
        kind.source_id,
        kind.period_type,
        kind.entity_code,
        expected.period_start,
        expected.period_end,
        expected.is_published,
        own.figures is not null as is_published_of_kind,
        max(case when own.figures is not null then expected.period_end end) over (
            partition by kind.indicator_id, kind.period_type, kind.entity_code
            order by expected.period_end
            range between unbounded preceding and current row
        ) as pattern_period_end,
        max(case when own.figures is not null then expected.period_end end) over (
            partition by kind.indicator_id, kind.period_type, kind.entity_code
        ) as latest_of_kind
    from kind
    inner join {{ ref('int_expected_period') }} as expected
        on kind.indicator_id = expected.indicator_id and kind.period_type = expected.period_type
    left join own
        on
            kind.indicator_id = own.indicator_id
            and kind.period_type = own.period_type
            and kind.entity_code = own.entity_code
            and expected.period_start = own.period_start
            and expected.period_end = own.period_end
),

-- Parts of a publication's span come with the whole of it: months that are published by the year are due with the year.
due as (
    select
        of_area.*,
        rhythm.latest_period_end,
        ended.last_period_end,
        rhythm.usual_lag_days,
        rhythm.warn_after_days,
        case
            when of_area.is_published or rhythm.cadence_months is null then of_area.period_end
            else
                {{ end_moved(
                    'rhythm.latest_period_end',
                    'cast(ceil(cast(' ~ months_between('rhythm.latest_period_end', 'of_area.period_end')
                    ~ ' as double) / rhythm.cadence_months) * rhythm.cadence_months as integer)',
                ) }}
        end as publication_end,
        rhythm.own_months,
        rhythm.cadence_months is not null as has_cadence
    from of_area
    inner join {{ ref('int_rhythm') }} as rhythm
        on of_area.indicator_id = rhythm.indicator_id and of_area.period_type = rhythm.period_type
    left join {{ ref('int_series_end') }} as ended
        on
            of_area.indicator_id = ended.indicator_id
            and of_area.period_type = ended.period_type
            and of_area.entity_code = ended.entity_code
    where
        of_area.pattern_period_end is not null
        and (
            of_area.is_published_of_kind
            or rhythm.own_months is not null
            -- Of days, pooled years and the like, only the next are known, and of the kinds that have the newest.
            or (not of_area.is_published and of_area.latest_of_kind = rhythm.latest_period_end)
        )
)

select
    row_number() over (
        order by due.indicator_id, due.period_type, due.entity_code, due.period_end, due.period_start
    ) as period_key,
    due.indicator_id,
    due.source_id,
    due.period_type,
    due.entity_code,
    due.period_start,
    due.period_end,
    due.is_published,
    due.is_published_of_kind,
    due.own_months is not null as is_regular,
    due.pattern_period_end,
    due.latest_of_kind,
    due.latest_period_end,
    coalesce(due.period_end > due.last_period_end, false) as is_after_the_end,
    coalesce(
        promise.promised_on, {{ date_plus('day', 'cast(due.usual_lag_days as integer)', 'due.publication_end') }}
    ) as due_on,
    case
        when due.has_cadence
            then
                coalesce(
                    {{ date_plus('day', 1, 'promise.promised_on') }},
                    {{ date_plus('day', 'cast(due.warn_after_days as integer) + 1', 'due.publication_end') }}
                )
    end as late_from
from due
left join {{ source('landing', 'rebalance__promise') }} as promise
    on due.source_id = promise.source_id and due.period_end = promise.period_end
