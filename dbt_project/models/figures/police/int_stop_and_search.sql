with search as (
    select * from {{ ref('stg_police_uk__stop_and_search') }}
    where month is not null
),

force as (
    select * from {{ ref('police_force') }}
    where pfa_code is not null
),

release as (
    select * from {{ ref('stg_rebalance__release') }}
    where source_id = 'police_uk_stop_and_search'
),

force_month as (
    select
        force.pfa_code,
        search.month,
        search.release_id,
        sum(search.searches) as searches,
        sum(case when search.outcome is not null then search.searches else 0 end) as with_outcome,
        sum(
            case
                when search.outcome is not null and lower(search.outcome) not like '%no further action%'
                    then search.searches
                else 0
            end
        ) as with_action
    from search
    inner join force on search.force_slug = force.force_slug
    group by force.pfa_code, search.month, search.release_id
),

release_month as (
    select
        force_month.*,
        -- Hardly any force searches so few people in a month: the file may have been cut short.
        force_month.searches < 10 as is_thin,
        row_number() over (
            partition by force_month.pfa_code, force_month.month
            order by {{ newest_first('force_month') }}
        ) as age_rank
    from force_month
    left join release on force_month.release_id = release.release_id
),

rolling as (
    select
        pfa_code,
        month,
        release_id,
        max(case when is_thin then 1 else 0 end) over twelve = 1 as is_thin,
        sum(searches) over twelve as searches,
        sum(with_outcome) over twelve as with_outcome,
        sum(with_action) over twelve as with_action,
        count(*) over twelve as months,
        min(month) over twelve as first_month
    from release_month
    where age_rank = 1
    window twelve as (partition by pfa_code order by month rows between 11 preceding and current row)
),

counted as (
    select
        'month' as period_type,
        pfa_code, month as period_start, month, release_id, is_thin, searches, with_outcome, with_action
    from release_month
    union all
    select
        'rolling_12_months' as period_type,
        pfa_code, first_month as period_start, month, release_id, is_thin, searches, with_outcome, with_action
    from rolling
    where months = 12 and first_month = {{ date_plus('month', -11, 'month') }}
),

measure as (
    select
        counted.*,
        'stop_and_search_rate' as indicator_id,
        searches as numerator,
        cast(null as bigint) as denominator,
        case when is_thin then 'low_reliability' else 'observed' end as status,
        case
            when is_thin then 'The file has fewer than 10 searches for a whole force: it may be a part of the month.'
        end as note
    from counted
    union all
    select
        counted.*,
        'stop_and_search_action_share' as indicator_id,
        with_action as numerator,
        with_outcome as denominator,
        case
            when with_outcome = 0 then 'not_available'
            when is_thin then 'low_reliability'
            else 'observed'
        end as status,
        case
            when with_outcome = 0 then 'The force gave no outcome of any search.'
            when with_outcome < searches
                then
                    cast(cast(searches - with_outcome as bigint) as {{ text_type() }})
                    || ' searches without an outcome are left out.'
        end as note
    from counted
)

select
    indicator_id,
    pfa_code as area_code,
    'police_force_area' as area_level,
    period_type,
    period_start,
    {{ month_end('month') }} as period_end,
    cast(case when status <> 'not_available' then numerator end as double) as numerator,
    cast(case when status <> 'not_available' then denominator end as double) as denominator,
    status,
    release_id,
    note
from measure
