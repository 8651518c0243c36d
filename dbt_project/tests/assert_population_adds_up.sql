-- By whatever way districts are added, England and Wales comes to the same: through force areas and through
-- partnerships.
with newest as (
    select * from {{ ref('area_relation') }}
    where vintage = (select max(vintage) from {{ ref('area_relation') }})
),

population as (
    select * from {{ ref('int_population_by_area') }}
),

partnerships_of_force_area as (
    select
        relation.parent_code as area_code,
        population.year,
        population.sex,
        sum(population.population) as total,
        count(*) as parts
    from newest as relation
    inner join population on relation.child_code = population.area_code
    where
        relation.child_level = 'community_safety_partnership'
        and relation.parent_level = 'police_force_area'
    group by relation.parent_code, population.year, population.sex
),

force_areas_of_country as (
    select
        'K04000001' as area_code,
        population.year,
        population.sex,
        sum(population.population) as total,
        count(*) as parts
    from newest as relation
    inner join population on relation.child_code = population.area_code
    where relation.child_level = 'police_force_area' and relation.parent_level = 'country'
    group by population.year, population.sex
),

expected_parts as (
    select parent_code as area_code, count(*) as parts from newest
    where child_level = 'community_safety_partnership' and parent_level = 'police_force_area'
    group by parent_code
    union all
    select 'K04000001' as area_code, count(*) as parts from newest
    where child_level = 'police_force_area' and parent_level = 'country'
),

added as (
    select * from partnerships_of_force_area
    union all
    select * from force_areas_of_country
)

select added.area_code, added.year, added.sex, added.total, population.population
from added
-- Only where every part has a population; where a district is in several partnerships, none of them has.
inner join expected_parts on added.area_code = expected_parts.area_code and added.parts = expected_parts.parts
inner join population
    on
        added.area_code = population.area_code
        and added.year = population.year
        and added.sex = population.sex
where abs(added.total - population.population) > 0.5
union all
-- The City of London is one district, one partnership and one force area.
select district.area_code, district.year, district.sex, district.population as total, population.population
from population as district
inner join {{ ref('int_district_placement') }} as placement on district.area_code = placement.district_code
inner join population
    on
        population.area_code in (placement.csp_code, placement.pfa_code)
        and district.year = population.year
        and district.sex = population.sex
where district.area_code = 'E09000001' and district.population <> population.population
