select
    release_id,
    period_start,
    period_end,
    age_group,
    icd10_code,
    cause,
    is_total,
    measure,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'nomis_mortality__leading_cause') }}
