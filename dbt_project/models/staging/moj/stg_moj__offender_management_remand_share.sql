select
    release_id,
    period_start,
    period_end,
    sex,
    age_band,
    nationality,
    value,
    unit,
    unit_multiplier,
    observation_status,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_offender_management__remand_share') }}
