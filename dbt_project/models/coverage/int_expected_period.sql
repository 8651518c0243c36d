-- Every period of an indicator: those that were published for somebody, those that are missing between them, and those
-- that should have followed, up to the last that has ended.
with period as (
    select distinct indicator_id, period_type, period_start, period_end
    from {{ ref('int_published_period') }}
),

met as (
    select
        indicator_id,
        period_type,
        period_start,
        period_end,
        lead(period_end) over (
            partition by indicator_id, period_type order by period_end, period_start
        ) as next_period_end
    from period
),

digit as (
    {% for number in range(10) -%}
        select {{ number }} as number{{ ' union all' if not loop.last }}
    {% endfor -%}
),

whole_number as (
    select 100 * hundreds.number + 10 * tens.number + ones.number as number
    from digit as hundreds
    cross join digit as tens
    cross join digit as ones
    where 100 * hundreds.number + 10 * tens.number + ones.number > 0
),

-- How many months there are to fill after a published period: up to today after the newest; up to the next, where that
-- is whole steps on and the publisher keeps a rhythm.
to_fill as (
    select
        met.indicator_id,
        met.period_type,
        met.period_start,
        met.period_end,
        rhythm.step,
        case
            when met.next_period_end is null then {{ months_between('met.period_end', build_day()) }} + 1
            when
                rhythm.own_months is not null
                and rhythm.cadence_months is not null
                and mod({{ months_between('met.period_end', 'met.next_period_end') }}, rhythm.step) = 0
                then {{ months_between('met.period_end', 'met.next_period_end') }} - 1
        end as months
    from met
    inner join {{ ref('int_rhythm') }} as rhythm
        on met.indicator_id = rhythm.indicator_id and met.period_type = rhythm.period_type
    where rhythm.step is not null
),

missing as (
    select
        to_fill.indicator_id,
        to_fill.period_type,
        {{ date_plus('month', 'cast(whole_number.number * to_fill.step as integer)', 'to_fill.period_start') }}
            as period_start,
        {{ end_moved('to_fill.period_end', 'cast(whole_number.number * to_fill.step as integer)') }} as period_end
    from to_fill
    inner join whole_number on to_fill.months >= whole_number.number * to_fill.step
)

select indicator_id, period_type, period_start, period_end, true as is_published
from met
union all
select indicator_id, period_type, period_start, period_end, false as is_published
from missing
where period_end < {{ build_day() }}
