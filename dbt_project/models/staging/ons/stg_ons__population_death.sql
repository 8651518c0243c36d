select
    release_id,
    year,
    period_start,
    period_end,
    area_code,
    area_name,
    sex,
    age_label,
    cause_code,
    cause,
    is_total,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_population__death') }}
