-- Deaths of people in prison, in contact with the police, and under probation supervision, each as its publisher counts
-- them, with what is known of deaths after release. The settings are never added: they count different things.
with release as (
    select * from {{ ref('stg_rebalance__release') }}
),

area as (
    select * from {{ ref('int_area') }}
),

-- The population of prisons over a year: the mean of its four quarter-ends, as released last.
prison_quarter as (
    select
        population.period_end,
        population.value,
        row_number() over (
            partition by population.period_end order by {{ newest_first('population') }}, population.source_row asc
        ) as choice
    from {{ ref('stg_moj__offender_management_population') }} as population
    left join release
        on population.release_id = release.release_id and release.source_id = 'moj_offender_management'
    where
        population.series = 'population_by_custody_type'
        and population.is_total
        and population.sex = 'all'
        and population.age_band = 'all'
        and population.value is not null
),

prison_population as (
    select
        cast(extract(year from period_end) as integer) as population_year,
        avg(value) as population
    from prison_quarter
    where choice = 1
    group by extract(year from period_end)
    having count(*) = 4
),

-- People supervised at the end of December, in the middle of the financial year.
supervised as (
    select population_year, population
    from (
        select
            cast(extract(year from caseload.period_end) as integer) as population_year,
            caseload.value as population,
            row_number() over (
                partition by caseload.period_end order by {{ newest_first('caseload') }}, caseload.source_row asc
            ) as choice
        from {{ ref('stg_hmpps__probation_caseload') }} as caseload
        left join release
            on caseload.release_id = release.release_id and release.source_id = 'hmpps_probation_caseload'
        where
            caseload.measure = 'all_supervision'
            and caseload.sex = 'all'
            and caseload.value is not null
            and extract(month from caseload.period_end) = 12
    ) as aged
    where choice = 1
),

in_prison as (
    select
        'prison' as setting,
        'moj_deaths_in_custody' as source_id,
        death.release_id,
        'K04000001' as area_code,
        death.period_type,
        death.period_start,
        death.period_end,
        'persons' as sex,
        death.age_band,
        death.cause,
        death.value as deaths,
        death.status,
        case when death.period_type = 'calendar_year' and death.age_band = 'all' then prison_population.population end
            as people,
        'Prisoners, the mean of four quarter-ends' as people_are
    from {{ ref('stg_moj__deaths_in_custody') }} as death
    left join prison_population
        on cast(extract(year from death.period_start) as integer) = prison_population.population_year
    where
        death.area_level = 'country'
        and (
            death.breakdown = 'cause'
            or (death.breakdown = 'cause_and_age' and death.age_band <> 'all')
        )
),

with_police as (
    select
        'police_contact' as setting,
        'iopc_deaths' as source_id,
        release_id,
        area_code,
        period_type,
        period_start,
        period_end,
        'persons' as sex,
        'all' as age_band,
        coalesce(category, 'all') as cause,
        numerator as deaths,
        status,
        cast(null as double) as people,
        cast(null as {{ text_type() }}) as people_are
    from {{ ref('int_police_contact_death') }}
    where indicator_id = 'police_contact_deaths'
),

under_supervision as (
    select
        case death.supervision
            when 'all' then 'probation_supervision'
            else 'probation_supervision: ' || death.supervision
        end as setting,
        'hmpps_deaths_of_offenders' as source_id,
        death.release_id,
        case death.probation_region when 'all' then 'K04000001' when 'wales' then 'W92000004' end as area_code,
        death.period_type,
        death.period_start,
        death.period_end,
        case death.sex when 'all' then 'persons' else death.sex end as sex,
        death.age_band,
        replace(replace(death.cause, '-', '_'), ' ', '_') as cause,
        death.value as deaths,
        death.status,
        case
            when
                death.supervision = 'all'
                and death.sex = 'all'
                and death.age_band = 'all'
                and death.probation_region = 'all'
                then supervised.population
        end as people,
        'People under probation supervision on 31 December' as people_are
    from {{ ref('stg_hmpps__deaths_of_offenders') }} as death
    left join supervised
        on cast(extract(year from death.period_start) as integer) = supervised.population_year
    where
        death.ethnicity = 'all'
        -- Probation regions are no areas of the statistics office, but for Wales.
        and death.probation_region in ('all', 'wales')
),

investigated as (
    select
        'ombudsman_investigation: ' || service as setting,
        'ppo_fatal_incidents' as source_id,
        release_id,
        'K04000001' as area_code,
        period_type,
        period_start,
        period_end,
        case sex when 'all' then 'persons' else sex end as sex,
        age_band,
        replace(replace(cause, '-', '_'), ' ', '_') as cause,
        value as deaths,
        status,
        cast(null as double) as people,
        cast(null as {{ text_type() }}) as people_are
    from {{ ref('stg_ppo__fatal_incidents') }}
    where area_level = 'country'
),

counted as (
    select * from in_prison
    union all
    select * from with_police
    union all
    select * from under_supervision
    union all
    select * from investigated
),

-- A publication can give a total in several tables; they are one figure.
ranked as (
    select
        counted.*,
        release.published_on,
        row_number() over (
            partition by
                counted.setting,
                counted.area_code,
                counted.period_start,
                counted.period_end,
                counted.sex,
                counted.age_band,
                counted.cause, counted.release_id
            order by counted.deaths desc
        ) as copy_number,
        dense_rank() over (
            partition by
                counted.setting,
                counted.area_code,
                counted.period_start,
                counted.period_end,
                counted.sex,
                counted.age_band,
                counted.cause
            order by {{ newest_first('counted') }}
        ) as age_rank
    from counted
    left join release on counted.source_id = release.source_id and counted.release_id = release.release_id
    where counted.area_code is not null
),

limited as (
    select ranked.*, limits.lower_95 as exact_lower, limits.upper_95 as exact_upper
    from ranked
    left join {{ ref('poisson_limit') }} as limits on ranked.deaths = limits.observed
    where ranked.copy_number = 1
)

select
    limited.setting,
    limited.cause,
    limited.area_code,
    area.area_name,
    area.area_level,
    limited.period_type,
    limited.period_start,
    limited.period_end,
    limited.sex,
    limited.age_band,
    limited.deaths,
    {{ byar_lower('limited.deaths', 'limited.exact_lower') }} as deaths_lower_95,
    {{ byar_upper('limited.deaths', 'limited.exact_upper') }} as deaths_upper_95,
    limited.people,
    case when limited.people > 0 then limited.people_are end as people_are,
    1000.0 * limited.deaths / nullif(limited.people, 0) as rate_per_1000,
    1000.0 * {{ byar_lower('limited.deaths', 'limited.exact_lower') }} / nullif(limited.people, 0) as rate_lower_95,
    1000.0 * {{ byar_upper('limited.deaths', 'limited.exact_upper') }} / nullif(limited.people, 0) as rate_upper_95,
    limited.status,
    limited.source_id,
    limited.release_id,
    limited.published_on,
    limited.age_rank = 1 as is_latest_release,
    source.tested_on = 'layout only' as is_layout_only,
    case limited.setting
        when 'prison'
            then
                'Self-inflicted deaths are those apparently at one''s own hand, whatever the intent: not suicides as'
                || ' the statistics office counts them.'
        when 'police_contact' then 'Deaths during or following police contact that the office was told of.'
        else
            'Deaths that the service or the ombudsman was told of. They are not to be compared with deaths in prison:'
            || ' supervised people die outside, and the service may not learn of it.'
    end as note
from limited
inner join area on limited.area_code = area.area_code
left join {{ source('landing', 'rebalance__source') }} as source on limited.source_id = source.source_id
union all
-- A gap with a name: nobody publishes it.
select
    'after_release_28_days' as setting,
    'all' as cause,
    country.area_code,
    country.area_name,
    'country' as area_level,
    cast(null as {{ text_type() }}) as period_type,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    'persons' as sex,
    'all' as age_band,
    cast(null as double) as deaths,
    cast(null as double) as deaths_lower_95,
    cast(null as double) as deaths_upper_95,
    cast(null as double) as people,
    cast(null as {{ text_type() }}) as people_are,
    cast(null as double) as rate_per_1000,
    cast(null as double) as rate_lower_95,
    cast(null as double) as rate_upper_95,
    'not_available' as status,
    cast(null as {{ text_type() }}) as source_id,
    cast(null as {{ text_type() }}) as release_id,
    cast(null as date) as published_on,
    true as is_latest_release,
    cast(null as boolean) as is_layout_only,
    'Deaths within 28 days of release are published by nobody as a series: they need the Ministry of Justice''s'
    || ' releases linked to the statistics office''s deaths.' as note
from {{ ref('country') }} as country
where country.area_code = 'K04000001'
