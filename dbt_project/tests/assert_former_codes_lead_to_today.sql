-- Every former code leads to codes of today, with shares that add up to one, and what was published on former codes
-- comes to what is counted on today's.
with successor as (
    select * from {{ ref('area_successor') }}
),

population as (
    select * from {{ ref('int_population_by_area') }}
),

added as (
    select
        successor.area_code,
        successor.former_level,
        population.year,
        population.sex,
        sum(population.population) as total
    from successor
    inner join population on successor.former_code = population.area_code
    where successor.is_exact and successor.is_whole_known
    group by successor.area_code, successor.former_level, population.year, population.sex
    having count(*) = max(successor.former_codes_of_area)
)

select 'leads to a former code' as what, former_code as area_code, null as year, null as expected, null as found
from successor
where area_code in (select former.former_code from {{ ref('area_successor') }} as former)
union all
select 'leads nowhere' as what, change.old_code as area_code, null as year, null as expected, null as found
from {{ ref('stg_ons__code_change') }} as change
left join {{ ref('area_successor') }} as known on change.old_code = known.former_code
where
    substr(change.old_code, 1, 1) in ('E', 'W')
    and change.change_type in ('merger', 'new_code', 'termination')
    and (change.new_code is null or change.new_code <> change.old_code)
    and known.former_code is null
union all
select 'shares' as what, former_code as area_code, null as year, 1 as expected, sum(weight) as found
from successor
group by former_code
having abs(sum(weight) - 1) > 0.000001 or count(weight) not in (0, count(*))
union all
select 'is not today''s' as what, successor.area_code, null as year, null as expected, null as found
from successor
inner join {{ ref('area') }} as area on successor.area_code = area.area_code
where not area.is_current
union all
select
    'population' as what, added.area_code, added.year, population.population as expected, added.total as found
from added
inner join population
    on
        added.area_code = population.area_code
        and added.year = population.year
        and added.sex = population.sex
where abs(added.total - population.population) > 0.5
