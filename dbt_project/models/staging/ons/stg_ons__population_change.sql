select
    release_id,
    year,
    period_start,
    period_end,
    period_type,
    area_code,
    area_name,
    component,
    is_total,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_population__change') }}
