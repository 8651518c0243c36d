select
    release_id,
    worker_type,
    measure,
    rank,
    sex,
    area_code,
    area_name,
    region_name,
    period_start,
    period_end,
    period_type,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ho_police_workforce__rank_strength') }}
