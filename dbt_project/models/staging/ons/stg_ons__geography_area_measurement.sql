select
    release_id,
    vintage,
    area_level,
    area_code,
    area_name,
    measure,
    value,
    unit,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_geography__area_measurement') }}
