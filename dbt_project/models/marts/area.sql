select
    area_code,
    area_name,
    area_level,
    is_upper_tier,
    country,
    valid_from,
    valid_to,
    is_current
from {{ ref('int_area') }}
