{{ config(materialized='view') }}

select
    area_code,
    area_level,
    year,
    sex,
    age,
    is_top_age,
    population,
    made_from,
    vintage,
    release_id
from {{ ref('int_population') }}
where is_current and age is not null
