-- A prison's code never stands in the relation of areas: its people are not the people of the place that it is in.
select prison.prison_code
from {{ ref('prison') }} as prison
inner join {{ ref('area_relation') }} as relation
    on prison.prison_code in (relation.child_code, relation.parent_code)
