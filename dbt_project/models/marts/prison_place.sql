select
    prison_code,
    prison_name,
    country,
    postcode,
    district_code,
    pfa_code,
    status
from {{ ref('int_prison_place') }}
