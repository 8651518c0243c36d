select
    release_id,
    period_start,
    period_end,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_prison_population_monthly__weekly') }}
