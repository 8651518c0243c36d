select
    release_id,
    period_start,
    period_end,
    sex,
    measure,
    is_total,
    value,
    unit,
    status,
    is_break,
    note,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'hmpps_probation_caseload__caseload') }}
