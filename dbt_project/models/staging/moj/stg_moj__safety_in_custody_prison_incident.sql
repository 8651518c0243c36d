select
    release_id,
    measure,
    period_type,
    period_start,
    period_end,
    area_level,
    prison_code,
    prison_name,
    sex,
    is_total,
    table_title,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_safety_in_custody__prison_incident') }}
