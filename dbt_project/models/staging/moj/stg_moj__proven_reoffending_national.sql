select
    release_id,
    method,
    period_type,
    period_start,
    period_end,
    age_group,
    measure,
    value,
    unit,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_proven_reoffending__national') }}
