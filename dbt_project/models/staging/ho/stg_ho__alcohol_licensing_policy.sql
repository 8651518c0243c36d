select
    release_id,
    subject,
    financial_year,
    period_start,
    period_end,
    period_type,
    region_name,
    area_name,
    area_code,
    area_level,
    measure,
    answer,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ho_alcohol_licensing__policy') }}
