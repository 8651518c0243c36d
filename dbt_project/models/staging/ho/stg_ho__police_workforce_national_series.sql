select
    release_id,
    worker_type,
    measure,
    area_code,
    area_name,
    period_start,
    period_end,
    period_type,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ho_police_workforce__national_series') }}
