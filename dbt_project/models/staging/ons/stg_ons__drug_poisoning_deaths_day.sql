select
    release_id,
    period_start,
    period_end,
    area_code,
    substance,
    deaths,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_drug_poisoning_deaths__day') }}
