select
    release_id,
    measure,
    period_type,
    period_start,
    period_end,
    area_level,
    cause,
    sex,
    is_total,
    unit,
    published_by,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_safety_in_custody__national_year') }}
