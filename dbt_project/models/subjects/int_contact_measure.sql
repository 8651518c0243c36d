-- How many people are in contact with the justice system in England and Wales, and what share of them are women, on
-- remand or aged 50 and over, on every day that is known: what a study's population is compared with.
with history as (
    select
        *,
        -- A day that has only a part of the population takes the whole of another row of its year.
        coalesce(total, max(total) over (partition by extract(year from counted_on))) as everybody
    from {{ ref('prison_population_history') }}
    where is_verified and coverage = 'England & Wales'
),

-- Prisons of women against all others on the day of each monthly list.
listed as (
    select
        population.month,
        max(population.period_start) as counted_on,
        sum(population.population) as people,
        sum(case when prison.sex_held = 'women' then population.population else 0 end) as women
    from {{ ref('int_prison_population_month') }} as population
    inner join {{ ref('int_prison') }} as prison on population.prison_code = prison.prison_code
    where population.is_latest_release and population.population > 0 and prison.sex_held is not null
    group by population.month
),

figure as (
    select * from {{ ref('int_value') }}
    where is_latest_release and area_code = 'K04000001' and age_band in ('All ages', '10-17')
),

counted as (
    select
        case indicator_id
            when 'prison_population' then 'prison'
            when 'probation_caseload' then 'probation'
            when 'arrest_rate' then 'police_custody'
            when 'child_custody_population' then 'youth_custody'
        end as setting,
        sex,
        period_end,
        source_id,
        coalesce(numerator, value) as people
    from figure
    where
        category is null
        and (
            (indicator_id = 'prison_population' and age_band = 'All ages')
            or (indicator_id = 'arrest_rate' and numerator is not null)
            or indicator_id = 'child_custody_population'
        )
    union all
    select 'probation' as setting, sex, period_end, source_id, coalesce(numerator, value) as people
    from figure
    where indicator_id = 'probation_caseload' and category = 'all in the community'
),

measure as (
    select
        'prison' as setting, 'people' as measure, counted_on, cast(total as double) as value, source,
        true as is_fact
    from history
    where total is not null
    union all
    select
        'prison' as setting, 'women_share' as measure, counted_on, 100.0 * female / total as value, source,
        true as is_fact
    from history
    where female is not null and total is not null
    union all
    select
        'prison' as setting, 'remand_share' as measure, counted_on, 100.0 * remand / everybody as value, source,
        true as is_fact
    from history
    where remand is not null
    union all
    select
        'prison' as setting, 'aged_50_plus_share' as measure, counted_on, 100.0 * aged_50_plus / everybody as value,
        source,
        true as is_fact
    from history
    where aged_50_plus is not null
    union all
    select
        'prison' as setting, 'women_share' as measure, counted_on, 100.0 * women / people as value,
        'moj_prison_population_monthly' as source,
        false as is_fact
    from listed
    union all
    select
        'prison' as setting,
        case indicator_id when 'remand_share' then 'remand_share' else 'aged_50_plus_share' end as measure,
        period_end as counted_on,
        value,
        source_id as source,
        false as is_fact
    from figure
    where
        indicator_id in ('remand_share', 'prisoners_aged_50_plus')
        and sex = 'persons' and category is null and value is not null
    union all
    select
        setting, 'people' as measure, period_end as counted_on, people as value, source_id as source,
        false as is_fact
    from counted
    where sex = 'persons' and people is not null
    union all
    select
        women.setting, 'women_share' as measure, women.period_end as counted_on,
        100.0 * women.people / nullif(everybody.people, 0) as value,
        women.source_id as source,
        false as is_fact
    from counted as women
    inner join counted as everybody
        on
            women.setting = everybody.setting
            and women.period_end = everybody.period_end
            and women.source_id = everybody.source_id
            and everybody.sex = 'persons'
    where women.sex = 'female'
),

-- One figure a day: what this warehouse counted before what the table of facts says.
ranked as (
    select
        *,
        row_number() over (
            partition by setting, measure, counted_on
            order by is_fact asc, source asc, value desc
        ) as choice
    from measure
    where value is not null
)

select setting, measure, counted_on, value, source
from ranked
where choice = 1
