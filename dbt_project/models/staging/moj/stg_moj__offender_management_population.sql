select
    release_id,
    series,
    period_start,
    period_end,
    period_type,
    sex,
    age_band,
    custody_type,
    is_total,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_offender_management__population') }}
