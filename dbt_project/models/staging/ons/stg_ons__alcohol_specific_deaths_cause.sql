select
    release_id,
    period_start,
    period_end,
    area_code,
    area_name,
    sex,
    age_group,
    icd10_code,
    cause,
    is_total,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_alcohol_specific_deaths__cause') }}
