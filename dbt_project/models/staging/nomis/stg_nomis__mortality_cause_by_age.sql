select
    release_id,
    period_start,
    period_end,
    sex,
    cause,
    cause_level,
    age,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'nomis_mortality__cause_by_age') }}
