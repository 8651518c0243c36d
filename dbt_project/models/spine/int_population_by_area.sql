with release as (
    select * from {{ ref('stg_rebalance__release') }}
    where source_id = 'ons_population'
),

-- A total as published, or the sum of the single years of age up to the open last one, where none of them is missing.
total as (
    select
        release_id,
        year,
        area_code,
        sex,
        max(case when age is null and is_total then population end) as published_total,
        sum(case when age is not null then population end) as sum_of_ages,
        count(case when age is not null then population end) as known_ages,
        max(case when population is not null then age end) as last_age,
        max(case when is_top_age and population is not null then age end) as open_age
    from {{ ref('stg_ons__population') }}
    where area_code is not null
    group by release_id, year, area_code, sex
),

estimate as (
    select
        total.year,
        total.area_code,
        total.sex,
        coalesce(total.published_total, total.sum_of_ages) as population,
        total.release_id,
        row_number() over (
            partition by total.year, total.area_code, total.sex
            order by {{ newest_first('total') }}
        ) as age_rank
    from total
    left join release on total.release_id = release.release_id
    where
        total.published_total is not null
        or (total.open_age = total.last_age and total.known_ages = total.last_age + 1)
),

published as (
    select
        estimate.year,
        estimate.area_code,
        prefix.area_level,
        estimate.sex,
        estimate.population,
        estimate.release_id
    from estimate
    inner join {{ ref('area_code_prefix') }} as prefix on substr(estimate.area_code, 1, 3) = prefix.prefix
    where
        estimate.age_rank = 1
        and prefix.area_level in (
            'local_authority_district', 'community_safety_partnership', 'police_force_area', 'region', 'country'
        )
),

-- Each partnership and force area with all the districts that it has in some vintage; never part of them.
part as (
    select relation.vintage, relation.child_code, relation.parent_code, 'police_force_area' as area_level
    from {{ relations_to_sum('local_authority_district', 'police_force_area') }} as relation
    union all
    select relation.vintage, relation.child_code, relation.parent_code, 'community_safety_partnership' as area_level
    from {{ relations_to_sum('local_authority_district', 'community_safety_partnership') }} as relation
),

year_and_sex as (
    select distinct year, sex from published
    where area_level = 'local_authority_district'
),

summed as (
    select
        year_and_sex.year,
        year_and_sex.sex,
        part.vintage,
        part.parent_code as area_code,
        part.area_level,
        sum(published.population) as population,
        min(published.release_id) as release_id
    from year_and_sex
    cross join part
    left join published
        on
            part.child_code = published.area_code
            and year_and_sex.year = published.year
            and year_and_sex.sex = published.sex
    group by year_and_sex.year, year_and_sex.sex, part.vintage, part.parent_code, part.area_level
    having count(*) = count(published.population)
),

newest_whole as (
    select
        *,
        row_number() over (partition by year, sex, area_code order by vintage desc) as age_rank
    from summed
),

country as (
    select
        year,
        sex,
        'K04000001' as area_code,
        sum(population) as population,
        min(release_id) as release_id
    from published
    where area_code in ('E92000001', 'W92000004')
    group by year, sex
    having count(*) = 2
),

-- For years in which only districts were published: all the force areas together.
force_areas as (
    select
        year,
        sex,
        'K04000001' as area_code,
        sum(population) as population,
        min(release_id) as release_id
    from newest_whole
    where age_rank = 1 and area_level = 'police_force_area'
    group by year, sex
    having
        count(*) = (
            select count(distinct relation.child_code)
            from {{ ref('int_area_relation') }} as relation
            where
                relation.child_level = 'police_force_area'
                and relation.vintage = (select max(newest.vintage) from {{ ref('int_area_relation') }} as newest)
        )
),

every_estimate as (
    select
        year, area_code, area_level, sex, population, release_id,
        'published' as made_from, cast(null as integer) as vintage, 1 as preference
    from published
    union all
    select
        year, area_code, area_level, sex, population, release_id,
        'districts' as made_from, vintage, 2 as preference
    from newest_whole
    where age_rank = 1
    union all
    select
        year, area_code, 'country' as area_level, sex, population, release_id,
        'countries' as made_from, cast(null as integer) as vintage, 2 as preference
    from country
    union all
    select
        year, area_code, 'country' as area_level, sex, population, release_id,
        'force_areas' as made_from, cast(null as integer) as vintage, 3 as preference
    from force_areas
),

preferred as (
    select
        *,
        row_number() over (partition by year, sex, area_code order by preference) as choice
    from every_estimate
)

select
    area_code,
    area_level,
    year,
    sex,
    population,
    made_from,
    vintage,
    release_id
from preferred
where choice = 1
