-- By whatever way places are added, each larger area comes to its own population: at every level, where all its parts
-- have a population and are in no other.
with newest as (
    select * from {{ ref('area_relation') }}
    where vintage = (select max(vintage) from {{ ref('area_relation') }})
),

population as (
    select * from {{ ref('int_population_by_area') }}
),

year_and_sex as (
    select distinct year, sex from population
),

added as (
    select
        relation.child_level,
        relation.parent_level,
        relation.parent_code as area_code,
        year_and_sex.year,
        year_and_sex.sex,
        sum(population.population * relation.weight) as total,
        count(*) as parts,
        count(population.population * relation.weight) as known_parts,
        sum(case when relation.is_exact then 1 else 0 end) as exact_parts
    from newest as relation
    cross join year_and_sex
    left join population
        on
            relation.child_code = population.area_code
            and year_and_sex.year = population.year
            and year_and_sex.sex = population.sex
    group by
        relation.child_level, relation.parent_level, relation.parent_code, year_and_sex.year, year_and_sex.sex
),

conserved as (
    select
        relation.child_level,
        relation.parent_level,
        population.year,
        population.sex,
        sum(population.population * relation.weight) as divided,
        sum(cast(population.population as double) / relation.parents_of_child) as people
    from newest as relation
    inner join population on relation.child_code = population.area_code
    where relation.weight is not null
    group by relation.child_level, relation.parent_level, population.year, population.sex
),

district as (
    select population.year, population.sex, sum(population.population) as total, count(*) as parts
    from newest as relation
    inner join population on relation.child_code = population.area_code
    where relation.child_level = 'local_authority_district' and relation.parent_level = 'country'
    group by population.year, population.sex
)

select
    added.child_level, added.parent_level, added.area_code, added.year, added.sex, added.total, population.population
from added
inner join population
    on
        added.area_code = population.area_code
        and added.year = population.year
        and added.sex = population.sex
where
    -- With a part in several parents, a share by the people of another year is near, and no sum.
    added.parts = added.known_parts
    and added.parts = added.exact_parts
    and abs(added.total - population.population) > 0.5
union all
-- Divided by their weights among parents of any kind, children come to what they are: nobody is lost or there twice.
select
    conserved.child_level, conserved.parent_level, 'all' as area_code, conserved.year, conserved.sex,
    conserved.divided as total, conserved.people as population
from conserved
where abs(conserved.divided - conserved.people) > 0.5
union all
-- All districts together are England and Wales.
select
    'local_authority_district' as child_level, 'country' as parent_level, population.area_code, district.year,
    district.sex, district.total, population.population
from district
inner join population
    on population.area_code = 'K04000001' and district.year = population.year and district.sex = population.sex
where
    district.parts = (
        select count(*) from newest
        where child_level = 'local_authority_district' and parent_level = 'country'
    )
    and abs(district.total - population.population) > 0.5
union all
-- The City of London is one district, one partnership, one upper tier and one force area.
select
    'local_authority_district' as child_level, 'any' as parent_level, district.area_code, district.year, district.sex,
    district.population as total, population.population
from population as district
inner join {{ ref('int_district_placement') }} as placement on district.area_code = placement.district_code
inner join population
    on
        population.area_code in (placement.csp_code, placement.pfa_code)
        and district.year = population.year
        and district.sex = population.sex
where district.area_code = 'E09000001' and district.population <> population.population
union all
-- What a release publishes of a larger area is what its districts come to here.
select
    'published' as child_level, population.area_level as parent_level, population.area_code, population.year,
    population.sex, published.population as total, population.population
from {{ ref('stg_ons__population') }} as published
inner join population
    on
        published.area_code = population.area_code
        and published.year = population.year
        and published.sex = population.sex
        and published.release_id = population.release_id
where
    published.is_total
    and published.age is null
    and population.made_from <> 'published'
    and abs(published.population - population.population) > 0.5
union all
-- The ages of a place come to all its ages.
select
    'age' as child_level, by_age.area_level as parent_level, by_age.area_code, by_age.year, by_age.sex,
    sum(by_age.population) as total, max(population.population) as population
from {{ ref('int_population_by_age') }} as by_age
inner join population
    on
        by_age.area_code = population.area_code
        and by_age.year = population.year
        and by_age.sex = population.sex
group by by_age.area_level, by_age.area_code, by_age.year, by_age.sex
having
    max(case when by_age.is_top_age then by_age.age end) + 1 = count(*)
    and abs(sum(by_age.population) - max(population.population)) > 0.5
