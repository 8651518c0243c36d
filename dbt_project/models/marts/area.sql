select
    area_code,
    area_name,
    area_level,
    country,
    valid_from,
    valid_to,
    is_current
from {{ ref('int_area') }}
