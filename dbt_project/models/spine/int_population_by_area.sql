select
    area_code,
    area_level,
    is_current,
    year,
    sex,
    population,
    made_from,
    vintage,
    release_id
from {{ ref('int_population') }}
where age is null
