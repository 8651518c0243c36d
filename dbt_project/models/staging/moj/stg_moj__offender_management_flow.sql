select
    release_id,
    series,
    period_start,
    period_end,
    period_type,
    measure,
    value,
    unit,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_offender_management__flow') }}
