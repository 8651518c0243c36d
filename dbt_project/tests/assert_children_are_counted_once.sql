-- Over the relations that are exact, a child is in one parent of a level and weighs one; over the others it has no
-- weight.
select vintage, child_code, parent_level, count(*) as parents, sum(weight) as weight
from {{ ref('area_relation') }}
-- England and Wales is a country of countries, so a district is in one country, and a country in one.
group by vintage, child_code, parent_level
having
    sum(coalesce(weight, 0)) > 1
    or (count(*) > 1 and sum(case when is_exact then 1 else 0 end) > 0)
    or count(*) <> max(parents_of_child)
