select
    release_id,
    prison_code,
    prison_name,
    is_total,
    period_start,
    period_end,
    measure,
    value,
    unit,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_prison_population_monthly__establishment_copy') }}
