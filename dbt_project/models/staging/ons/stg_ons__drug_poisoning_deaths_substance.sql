select
    release_id,
    period_type,
    period_start,
    period_end,
    area_code,
    substance,
    age_group,
    is_total,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_drug_poisoning_deaths__substance') }}
