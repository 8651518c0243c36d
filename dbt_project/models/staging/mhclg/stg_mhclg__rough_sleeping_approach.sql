select
    release_id,
    year,
    period_start,
    period_end,
    area_code,
    area_name,
    approach,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'mhclg_rough_sleeping__approach') }}
