-- A child's weights add up to one at a level, or none of them is known; where it has one parent it is all in it.
select vintage, child_level, child_code, parent_level, count(*) as parents, sum(weight) as weight
from {{ ref('area_relation') }}
-- England and Wales is a country of countries, so a district is in one country, and a country in one.
group by vintage, child_level, child_code, parent_level
having
    (count(weight) > 0 and abs(sum(weight) - 1) > 0.000001)
    or count(weight) not in (0, count(*))
    or (count(*) > 1 and sum(case when is_exact then 1 else 0 end) > 0)
    or (count(*) = 1 and sum(case when is_exact then 1 else 0 end) = 0)
    or count(*) <> max(parents_of_child)
    or sum(case when weight is null and weight_basis is not null then 1 else 0 end) > 0
