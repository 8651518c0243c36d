-- Deaths in prison by apparent cause and age, and their rates for every 1,000 people in prison. The publisher's rates
-- and its average of twelve months' population are not at hand; people in prison on 30 June, the middle of the year,
-- stand in its place. Deaths of the safety in custody extract are of twelve months that it does not state, and are left
-- out.
with death as (
    select *
    from {{ ref('stg_moj__deaths_in_custody') }}
    where area_level = 'country'
),

-- Two series have everybody in prison on 30 June, with the same figure where they have the same day; the longer comes
-- first.
mid_year as (
    select
        period_end as counted_on,
        value as people,
        row_number() over (partition by period_end order by series asc, release_id desc) as choice
    from {{ ref('stg_moj__offender_management_population') }}
    where
        series in ('population_by_age', 'population_by_custody_type')
        and age_band = 'all'
        and custody_type = 'all'
        and value is not null
),

-- A workbook can hold a total in several tables; the one by cause comes first.
counted as (
    select
        death.*,
        row_number() over (
            partition by
                death.release_id, death.period_type, death.period_start, death.period_end, death.cause, death.age_band
            order by case when death.breakdown = 'cause' then 0 else 1 end, death.breakdown, death.source_sheet
        ) as choice
    from death
),

indicator as (
    select 'all_deaths_prison' as indicator_id
    union all
    select 'self_inflicted_deaths_prison' as indicator_id
),

figure as (
    select
        'deaths_in_prison' as indicator_id,
        period_type,
        period_start,
        period_end,
        age_band,
        cause,
        value as numerator,
        cast(null as double) as denominator,
        status,
        release_id,
        case when period_type = 'part_year' then 'January to September: not a whole year.' end as note
    from counted
    where choice = 1
    union all
    select
        indicator.indicator_id,
        counted.period_type,
        counted.period_start,
        counted.period_end,
        counted.age_band,
        case when indicator.indicator_id = 'self_inflicted_deaths_prison' then 'all' else counted.cause end as cause,
        counted.value as numerator,
        mid_year.people as denominator,
        counted.status,
        counted.release_id,
        case
            when mid_year.people is null then 'No rate: the population of 30 June is not at hand.'
            else 'For every 1,000 people in prison on 30 June; the publisher divides by its average of twelve months.'
        end as note
    from counted
    cross join indicator
    left join mid_year
        on
            extract(year from counted.period_start) = extract(year from mid_year.counted_on)
            and extract(month from mid_year.counted_on) = 6
            and extract(day from mid_year.counted_on) = 30
            and mid_year.choice = 1
    where
        counted.choice = 1
        and counted.period_type = 'calendar_year'
        and counted.age_band = 'all'
        and (indicator.indicator_id = 'all_deaths_prison' or counted.cause = 'self_inflicted')
)

select
    indicator_id,
    'K04000001' as area_code,
    case when period_type = 'rolling_year' then 'rolling_12_months' else period_type end as period_type,
    period_start,
    period_end,
    'persons' as sex,
    case when age_band = 'all' then 'All ages' else age_band end as age_band,
    case when cause <> 'all' then 'apparent cause' end as category_type,
    case when cause <> 'all' then replace(cause, '_', ' ') end as category,
    cast(null as double) as value,
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
