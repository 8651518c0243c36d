select
    release_id,
    table_title,
    period_type,
    period_start,
    period_end,
    area_level,
    service,
    cause,
    sex,
    age_band,
    is_total,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ppo_fatal_incidents__investigation') }}
