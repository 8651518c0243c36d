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

source_of as (
    select
        source_id,
        {{ months_of_cadence('cadence') }} as cadence_months,
        usual_lag_days,
        warn_after_days
    from {{ source('landing', 'rebalance__source') }}
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
    source_of.cadence_months,
    {{ months_to_next('latest.period_type') }} as own_months,
    case
        -- A source without a rhythm promises nothing further; a series that has ended is followed to today.
        when source_of.cadence_months is null and ended.last_period_end is null then null
        when {{ months_to_next('latest.period_type') }} is not null
            then {{ months_to_next('latest.period_type') }}
        when latest.period_type = 'part_year' then null
        else greatest(coalesce(source_of.cadence_months, 12), coalesce(usual.months, 1))
    end as step,
    source_of.usual_lag_days,
    source_of.warn_after_days
from latest
left join source_of on latest.source_id = source_of.source_id
left join usual on latest.indicator_id = usual.indicator_id and latest.period_type = usual.period_type
left join ended on latest.indicator_id = ended.indicator_id and latest.period_type = ended.period_type
