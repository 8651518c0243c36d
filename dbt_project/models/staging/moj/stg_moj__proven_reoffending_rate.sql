select
    release_id,
    breakdown,
    group_name,
    is_total,
    age_group,
    period_start,
    period_end,
    period_type,
    value,
    unit,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_proven_reoffending__rate') }}
