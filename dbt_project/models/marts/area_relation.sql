select
    vintage,
    child_code,
    child_level,
    parent_code,
    parent_level,
    parents_of_child,
    weight,
    weight_basis,
    is_exact
from {{ ref('int_area_relation') }}
