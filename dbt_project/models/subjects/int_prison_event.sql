-- What happened in a prison in a period, counted: incidents, deaths, adjudications, tests. A code that a release gives
-- under two names (Peterborough and Peterborough (Male) in 2011) is one prison, and its counts are added.
with incident as (
    select
        measure as measure_id,
        prison_code,
        period_type,
        period_start,
        period_end,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        value,
        status,
        'moj_safety_in_custody' as source_id,
        'prison_incident' as table_name,
        release_id,
        0 as is_copy
    from {{ ref('stg_moj__safety_in_custody_prison_incident') }}
    where prison_code is not null and measure not in ('deaths', 'self_inflicted_deaths')
),

death as (
    select
        'deaths' as measure_id,
        prison_code,
        period_type,
        period_start,
        period_end,
        case when cause <> 'all' then 'apparent cause' end as category_type,
        case when cause <> 'all' then cause end as category,
        value,
        status,
        'moj_deaths_in_custody' as source_id,
        'death' as table_name,
        release_id,
        case when published_by = 'publisher' then 0 else 1 end as is_copy
    from {{ ref('stg_moj__deaths_in_custody') }}
    where breakdown = 'prison' and prison_code is not null
),

adjudication as (
    select
        adjudication.prison_code,
        adjudication.period_start,
        adjudication.period_end,
        adjudication.outcome,
        adjudication.offence,
        adjudication.value,
        adjudication.status,
        adjudication.release_id
    from {{ ref('stg_moj__adjudications') }} as adjudication
    where adjudication.prison_code is not null
),

adjudication_group as (
    select
        prison_code, period_start, period_end, value, status, release_id,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category
    from adjudication
    union all
    select
        prison_code, period_start, period_end, value, status, release_id,
        'outcome' as category_type,
        outcome as category
    from adjudication
    union all
    select
        prison_code, period_start, period_end, value, status, release_id,
        'offence' as category_type,
        offence as category
    from adjudication
),

tested as (
    select
        'bbv_' || measure as measure_id,
        prison_code,
        period_type,
        period_start,
        period_end,
        'virus' as category_type,
        virus as category,
        value,
        status,
        'ukhsa_bbv_prisons' as source_id,
        'testing' as table_name,
        release_id,
        0 as is_copy
    from {{ ref('stg_ukhsa__bbv_prisons') }}
    where prison_code is not null
),

event as (
    select * from incident
    union all
    select * from death
    union all
    select
        'adjudications' as measure_id,
        prison_code,
        'quarter' as period_type,
        period_start,
        period_end,
        category_type,
        category,
        value,
        status,
        'moj_adjudications' as source_id,
        'adjudication' as table_name,
        release_id,
        0 as is_copy
    from adjudication_group
    union all
    select * from tested
),

added as (
    select
        measure_id,
        prison_code,
        period_type,
        period_start,
        period_end,
        category_type,
        category,
        -- A sum in which one part is not known is not known.
        case when count(*) = count(value) then sum(value) end as events,
        case
            when count(*) > count(value) then max(case when value is null then status end)
            else coalesce(max(case when status <> 'observed' then status end), 'observed')
        end as status,
        source_id,
        table_name,
        release_id,
        is_copy
    from event
    group by
        measure_id, prison_code, period_type, period_start, period_end, category_type, category, source_id, table_name,
        release_id, is_copy
),

-- The publisher's own table before a copy of it, then the newest.
ranked as (
    select
        added.*,
        row_number() over (
            partition by
                added.measure_id, added.prison_code, added.period_type, added.period_start, added.period_end,
                added.category_type, added.category
            order by added.is_copy asc, {{ newest_first('added') }}
        ) as age_rank
    from added
    left join {{ ref('stg_rebalance__release') }} as release
        on added.source_id = release.source_id and added.release_id = release.release_id
)

select
    measure_id,
    prison_code,
    period_type,
    period_start,
    period_end,
    category_type,
    category,
    events,
    status,
    source_id,
    table_name,
    release_id,
    is_copy = 1 as is_copy,
    age_rank = 1 as is_latest_release
from ranked
