select
    release_id,
    offence,
    sex,
    period_start,
    period_end,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_prison_population_monthly__sentenced_by_offence') }}
