select
    release_id,
    table_number,
    stage,
    offence_type,
    remand_status,
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
from {{ source('landing', 'moj_courts__remand') }}
