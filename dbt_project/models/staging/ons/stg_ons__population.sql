select
    release_id,
    cast(year as integer) as year,
    period_start,
    area_code,
    area_name,
    geography,
    sex,
    age,
    age_label,
    is_top_age,
    is_total,
    value as population,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_population__estimate') }}
