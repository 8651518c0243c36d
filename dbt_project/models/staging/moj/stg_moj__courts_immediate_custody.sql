select
    release_id,
    offence_type,
    sentence_length,
    is_total,
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
from {{ source('landing', 'moj_courts__immediate_custody') }}
