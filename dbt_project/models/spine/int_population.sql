-- Mid-year estimates on the codes of today, by age and of all ages (age null); of a former code, as published.
with release as (
    select * from {{ ref('stg_rebalance__release') }}
    where source_id = 'ons_population'
),

prefix as (
    select * from {{ ref('area_code_prefix') }}
    where
        area_level in ('local_authority_district', 'upper_tier_local_authority', 'region', 'country')
        and country in ('England', 'Wales', 'England and Wales')
),

successor as (
    select * from {{ ref('int_area_successor') }}
    where former_level in ('local_authority_district', 'upper_tier_local_authority')
),

-- All ages are age -1 until the end, because a join finds no null.
estimate as (
    select
        population.release_id,
        population.year,
        population.area_code,
        prefix.area_level,
        population.sex,
        coalesce(population.age, -1) as age,
        max(case when population.is_top_age then 1 else 0 end) as is_top_age,
        max(population.population) as population
    from {{ ref('stg_ons__population') }} as population
    inner join prefix on substr(population.area_code, 1, 3) = prefix.prefix
    where population.population is not null and (population.age is not null or population.is_total)
    group by
        population.release_id, population.year, population.area_code, prefix.area_level, population.sex,
        coalesce(population.age, -1)
),

measured as (
    select
        release_id, year, area_code, area_level, sex,
        max(case when age = -1 then 1 else 0 end) as has_total,
        max(age) as last_age,
        max(case when is_top_age = 1 then age end) as open_age,
        sum(case when age >= 0 then 1 else 0 end) as known_ages,
        sum(case when age >= 0 then population end) as sum_of_ages
    from estimate
    group by release_id, year, area_code, area_level, sex
),

-- Where no total is published: the ages added, up to the open last one, if none is missing.
with_total as (
    select release_id, year, area_code, area_level, sex, age, is_top_age, population
    from estimate
    union all
    select
        release_id, year, area_code, area_level, sex, -1 as age, 0 as is_top_age, sum_of_ages as population
    from measured
    where has_total = 0 and open_age = last_age and known_ages = last_age + 1
),

by_sex as (
    select release_id, year, area_code, area_level, sex, age, is_top_age, population
    from with_total
    union all
    select
        added.release_id, added.year, added.area_code, added.area_level, 'persons' as sex, added.age,
        max(added.is_top_age) as is_top_age, sum(added.population) as population
    from with_total as added
    where
        added.sex in ('female', 'male')
        and not exists (
            select 1
            from measured
            where
                measured.release_id = added.release_id
                and measured.year = added.year
                and measured.area_code = added.area_code
                and measured.sex = 'persons'
        )
    group by added.release_id, added.year, added.area_code, added.area_level, added.age
    having count(*) = 2
),

-- A release's districts, carried to today's codes: whole sets of former ones only.
carried as (
    select
        by_sex.release_id,
        by_sex.year,
        coalesce(successor.area_code, by_sex.area_code) as area_code,
        by_sex.sex,
        by_sex.age,
        max(by_sex.is_top_age) as is_top_age,
        sum(by_sex.population) as population,
        max(case when successor.former_code is null then by_sex.population end) as own_population,
        count(successor.former_code) as former_codes,
        max(successor.former_codes_of_area) as codes_of_area
    from by_sex
    left join successor on by_sex.area_code = successor.former_code and successor.is_exact
    where by_sex.area_level = 'local_authority_district'
    group by
        by_sex.release_id, by_sex.year, coalesce(successor.area_code, by_sex.area_code), by_sex.sex, by_sex.age
),

district_of_release as (
    select
        release_id, year, area_code, sex, age, is_top_age,
        coalesce(own_population, population) as population,
        own_population is null as is_carried
    from carried
    where own_population is not null or former_codes = codes_of_area
),

-- Of a year, the release with the most districts, so that those of a year go together; of several, the newest.
coverage as (
    select release_id, year, sex, count(*) as figures
    from district_of_release
    group by release_id, year, sex
),

offered as (
    select release_id, year, area_code, sex
    from district_of_release
    group by release_id, year, area_code, sex
),

preferred as (
    select
        offered.*,
        row_number() over (
            partition by offered.year, offered.area_code, offered.sex
            order by coverage.figures desc, {{ newest_first('offered') }}
        ) as choice
    from offered
    inner join coverage
        on
            offered.release_id = coverage.release_id
            and offered.year = coverage.year
            and offered.sex = coverage.sex
    left join release on offered.release_id = release.release_id
),

district as (
    select found.*
    from district_of_release as found
    inner join preferred
        on
            found.release_id = preferred.release_id
            and found.year = preferred.year
            and found.area_code = preferred.area_code
            and found.sex = preferred.sex
    where preferred.choice = 1
),

newest as (
    select max(vintage) as vintage from {{ ref('int_area_relation') }}
),

-- Larger areas with all the districts that they have, none of which is in another of the kind.
part as (
    select
        relation.vintage,
        relation.child_code,
        relation.parent_code,
        relation.parent_level as area_level,
        count(*) over (partition by relation.parent_level, relation.parent_code) as parts,
        sum(case when relation.is_exact then 0 else 1 end) over (
            partition by relation.parent_level, relation.parent_code
        ) as shared_parts
    from {{ ref('int_area_relation') }} as relation
    inner join newest on relation.vintage = newest.vintage
    where relation.child_level = 'local_authority_district' and relation.child_code <> relation.parent_code
),

summed as (
    select
        part.vintage,
        part.parent_code as area_code,
        part.area_level,
        district.year,
        district.sex,
        district.age,
        max(district.is_top_age) as is_top_age,
        sum(district.population) as population,
        min(district.release_id) as release_id
    from part
    inner join district on part.child_code = district.area_code
    where part.shared_parts = 0
    group by part.vintage, part.parent_code, part.area_level, district.year, district.sex, district.age
    having count(*) = max(part.parts)
),

country as (
    select
        year,
        sex,
        age,
        max(is_top_age) as is_top_age,
        sum(population) as population,
        min(release_id) as release_id
    from summed
    where area_level = 'country'
    group by year, sex, age
    having count(*) = 2
),

-- What is published of larger areas, for years whose districts are not all at hand; and of former codes.
published_area as (
    select by_sex.release_id, by_sex.year, by_sex.area_code, by_sex.area_level, by_sex.sex, count(*) as figures
    from by_sex
    where
        by_sex.area_level <> 'local_authority_district'
        or by_sex.area_code in (select former_code from successor)
    group by by_sex.release_id, by_sex.year, by_sex.area_code, by_sex.area_level, by_sex.sex
),

published_choice as (
    select
        published_area.*,
        row_number() over (
            partition by published_area.year, published_area.area_code, published_area.sex
            order by published_area.figures desc, {{ newest_first('published_area') }}
        ) as choice
    from published_area
    left join release on published_area.release_id = release.release_id
),

published as (
    select by_sex.*
    from by_sex
    inner join published_choice
        on
            by_sex.release_id = published_choice.release_id
            and by_sex.year = published_choice.year
            and by_sex.area_code = published_choice.area_code
            and by_sex.sex = published_choice.sex
    where published_choice.choice = 1
),

every_figure as (
    select
        area_code, 'local_authority_district' as area_level, year, sex, age, is_top_age, population,
        case when is_carried then 'former_districts' else 'published' end as made_from,
        cast(null as integer) as vintage, release_id, 1 as preference
    from district
    union all
    select
        area_code, area_level, year, sex, age, is_top_age, population, 'districts' as made_from, vintage, release_id,
        2 as preference
    from summed
    union all
    select
        'K04000001' as area_code, 'country' as area_level, year, sex, age, is_top_age, population,
        'countries' as made_from, cast(null as integer) as vintage, release_id, 2 as preference
    from country
    union all
    select
        area_code, area_level, year, sex, age, is_top_age, population, 'published' as made_from,
        cast(null as integer) as vintage, release_id, 3 as preference
    from published
),

best as (
    select area_code, year, sex, min(preference) as preference
    from every_figure
    group by area_code, year, sex
)

select
    every_figure.area_code,
    every_figure.area_level,
    every_figure.area_code not in (select former_code from successor) as is_current,
    every_figure.year,
    every_figure.sex,
    case when every_figure.age >= 0 then every_figure.age end as age,
    every_figure.is_top_age = 1 as is_top_age,
    every_figure.population,
    every_figure.made_from,
    every_figure.vintage,
    every_figure.release_id
from every_figure
inner join best
    on
        every_figure.area_code = best.area_code
        and every_figure.year = best.year
        and every_figure.sex = best.sex
        and every_figure.preference = best.preference
