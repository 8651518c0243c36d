-- People who came into prison, left it and were called back to it in a quarter or a year.
with published as (
    select * from {{ ref('stg_moj__offender_management_flow') }}
),

-- Counts of people of which a file gives the four quarters of a year and not the year.
four_quarters as (
    select
        release_id,
        measure,
        unit,
        cast(extract(year from period_start) as integer) as flow_year,
        min(period_start) as period_start,
        max(period_end) as period_end,
        sum(value) as value,
        min({{ status_rank('status') }}) as worst
    from published
    where period_type = 'quarter' and unit = 'people'
    group by release_id, measure, unit, extract(year from period_start)
    having count(*) = 4 and count(value) = 4
),

flow as (
    select
        release_id, measure, unit, period_type, period_start, period_end, value, status,
        cast(null as {{ text_type() }}) as note
    from published
    union all
    select
        four_quarters.release_id, four_quarters.measure, four_quarters.unit, 'calendar_year' as period_type,
        four_quarters.period_start, four_quarters.period_end, four_quarters.value,
        {{ status_of_rank('four_quarters.worst') }} as status,
        'The sum of its four quarters.' as note
    from four_quarters
    where
        not exists (
            select 1
            from published
            where
                published.release_id = four_quarters.release_id
                and published.measure = four_quarters.measure
                and published.period_type = 'calendar_year'
                and published.period_start = four_quarters.period_start
        )
),

release as (
    select * from {{ ref('stg_rebalance__release') }}
    where source_id = 'moj_offender_management'
),

recalls as (
    select * from flow
    where measure = 'licence_recalls'
),

-- The releases of a recalls' period: those of the same file where it has them, else of the newest that does.
released as (
    select
        recalls.release_id,
        recalls.period_type,
        recalls.period_start,
        flow.value,
        row_number() over (
            partition by recalls.release_id, recalls.period_type, recalls.period_start
            order by
                case when flow.release_id = recalls.release_id then 0 else 1 end,
                {{ newest_first('flow') }}
        ) as choice
    from recalls
    inner join flow
        on
            recalls.period_type = flow.period_type
            and recalls.period_start = flow.period_start
            and flow.measure = 'releases_from_sentence'
            and flow.value is not null
    left join release on flow.release_id = release.release_id
),

figure as (
    select
        case measure
            when 'first_receptions' then 'prison_first_receptions'
            when 'remand_admissions' then 'prison_remand_admissions'
            when 'sentenced_admissions' then 'prison_sentenced_admissions'
            when 'recall_admissions' then 'prison_recall_admissions'
            when 'releases_from_sentence' then 'prison_releases'
            when 'licence_recalls' then 'licence_recalls'
            when 'mean_sentence_length' then 'mean_sentence_length_released'
            when 'mean_time_served' then 'mean_time_served'
        end as indicator_id,
        period_type,
        period_start,
        period_end,
        case when unit = 'months' then value end as value,
        case when unit = 'people' then value end as numerator,
        cast(null as double) as denominator,
        status,
        release_id,
        note
    from flow
    union all
    select
        'licence_recall_rate' as indicator_id,
        recalls.period_type,
        recalls.period_start,
        recalls.period_end,
        cast(null as double) as value,
        recalls.value as numerator,
        released.value as denominator,
        recalls.status,
        recalls.release_id,
        case when released.value is null then 'No rate: releases of this period are not at hand.' end as note
    from recalls
    left join released
        on
            recalls.release_id = released.release_id
            and recalls.period_type = released.period_type
            and recalls.period_start = released.period_start
            and released.choice = 1
)

select
    indicator_id,
    'K04000001' as area_code,
    period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    note
from figure
