select
    release_id,
    court,
    period_start,
    period_end,
    period_type,
    measure,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_courts__caseload') }}
