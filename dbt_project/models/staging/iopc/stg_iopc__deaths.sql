select
    release_id,
    death_type,
    table_number,
    measure,
    breakdown,
    category,
    is_total,
    financial_year,
    period_start,
    period_end,
    value,
    status,
    note,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'iopc_deaths__death') }}
