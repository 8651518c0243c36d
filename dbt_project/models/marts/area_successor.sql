select
    former_code,
    former_name,
    former_level,
    area_code,
    area_name,
    area_level,
    changed_on,
    relation,
    weight,
    former_codes_of_area,
    is_exact,
    is_whole_known
from {{ ref('int_area_successor') }}
