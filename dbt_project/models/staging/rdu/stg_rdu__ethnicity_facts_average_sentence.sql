select
    release_id,
    ethnicity,
    sex,
    age_group,
    period_start,
    period_end,
    period_type,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'rdu_ethnicity_facts__average_sentence') }}
