select
    release_id,
    financial_year,
    period_start,
    period_end,
    period_type,
    measure,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ho_alcohol_licensing__headline') }}
