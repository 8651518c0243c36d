select
    release_id,
    period_type,
    period_start,
    period_end,
    area_code,
    area_name,
    area_level,
    sex,
    measure,
    value,
    status,
    lower_95,
    upper_95,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_alcohol_specific_deaths__local_authority') }}
