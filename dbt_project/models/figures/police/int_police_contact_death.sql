-- Deaths by force area, year and type, as each release has them. A table that lists only the forces with a death says
-- nothing of the others; they are nought where what it lists comes to its own total (or to more: a death that two
-- forces share is listed under both).
with death as (
    select * from {{ ref('stg_iopc__deaths') }}
    where measure = 'fatalities' and financial_year is not null
),

by_authority as (
    select
        death.release_id,
        death.death_type,
        death.financial_year,
        death.period_start,
        death.period_end,
        force.pfa_code,
        death.value,
        death.status,
        death.note
    from death
    left join {{ ref('police_force_alias') }} as alias on lower(death.category) = alias.alias
    left join {{ ref('police_force') }} as force on alias.force_slug = force.force_slug
    where death.breakdown = 'force' and not death.is_total
),

published_total as (
    select release_id, death_type, financial_year, max(value) as deaths
    from death
    where breakdown = 'force' and is_total
    group by release_id, death_type, financial_year
),

year_and_type as (
    select
        by_authority.release_id,
        by_authority.death_type,
        by_authority.financial_year,
        by_authority.period_start,
        by_authority.period_end,
        sum(by_authority.value) >= max(published_total.deaths) and count(*) = count(by_authority.value) as is_whole,
        sum(case when by_authority.pfa_code is null then by_authority.value else 0 end) as without_area
    from by_authority
    left join published_total
        on
            by_authority.release_id = published_total.release_id
            and by_authority.death_type = published_total.death_type
            and by_authority.financial_year = published_total.financial_year
    group by
        by_authority.release_id,
        by_authority.death_type,
        by_authority.financial_year,
        by_authority.period_start,
        by_authority.period_end
),

by_area as (
    select
        release_id, death_type, financial_year, pfa_code,
        sum(value) as deaths,
        count(*) as figures,
        count(value) as known_figures,
        max(case when status = 'revised' then 1 else 0 end) as is_revised,
        {{ listed('note', ' ') }} as note
    from by_authority
    where pfa_code is not null
    group by release_id, death_type, financial_year, pfa_code
),

by_area_and_type as (
    select
        year_and_type.release_id,
        year_and_type.death_type,
        year_and_type.period_start,
        year_and_type.period_end,
        force.pfa_code as area_code,
        'police_force_area' as area_level,
        case
            when by_area.figures = by_area.known_figures then by_area.deaths
            when by_area.figures is null and year_and_type.is_whole then 0
        end as deaths,
        coalesce(by_area.is_revised, 0) as is_revised,
        case
            when by_area.figures is null and year_and_type.is_whole
                then 'Not listed by the publisher: the forces that are listed come to the total.'
            else by_area.note
        end as note
    from year_and_type
    cross join {{ ref('police_force') }} as force
    left join by_area
        on
            year_and_type.release_id = by_area.release_id
            and year_and_type.death_type = by_area.death_type
            and year_and_type.financial_year = by_area.financial_year
            and force.pfa_code = by_area.pfa_code
    where force.pfa_code is not null
),

by_country_and_type as (
    select
        death.release_id,
        death.death_type,
        death.period_start,
        death.period_end,
        'K04000001' as area_code,
        'country' as area_level,
        death.value as deaths,
        case when death.status = 'revised' then 1 else 0 end as is_revised,
        death.note
    from death
    where death.breakdown = 'all'
),

by_type as (
    select * from by_area_and_type
    union all
    select * from by_country_and_type
),

all_types as (
    select
        release_id,
        cast(null as {{ text_type() }}) as death_type,
        period_start,
        period_end,
        area_code,
        area_level,
        case when count(deaths) = 5 then sum(deaths) end as deaths,
        max(is_revised) as is_revised,
        case when count(deaths) < 5 then 'Not all five types of death are known.' end as note
    from by_type
    group by release_id, period_start, period_end, area_code, area_level
),

every_group as (
    select * from by_type
    union all
    select * from all_types
),

unplaced as (
    select release_id, period_start, sum(without_area) as deaths
    from year_and_type
    group by release_id, period_start
)

select
    indicator.indicator_id,
    every_group.area_code,
    every_group.area_level,
    'financial_year' as period_type,
    every_group.period_start,
    every_group.period_end,
    case when every_group.death_type is not null then 'death_type' end as category_type,
    every_group.death_type as category,
    cast(every_group.deaths as double) as numerator,
    case
        when every_group.deaths is null then 'not_available'
        when every_group.is_revised = 1 then 'revised'
        else 'observed'
    end as status,
    every_group.release_id,
    case
        when every_group.area_level = 'country' and unplaced.deaths > 0 and every_group.death_type is null
            then
                cast(cast(unplaced.deaths as bigint) as {{ text_type() }})
                || ' of these deaths are in no force area''s figure (several forces, or a body without an area).'
        else every_group.note
    end as note
from every_group
cross join {{ ref('indicator_definition') }} as indicator
left join unplaced
    on every_group.release_id = unplaced.release_id and every_group.period_start = unplaced.period_start
where indicator.indicator_id in ('police_contact_deaths', 'police_contact_death_rate')
