select
    release_id,
    area_code,
    area_name,
    area_level,
    drug,
    drug_class,
    is_total,
    financial_year,
    period_start,
    period_end,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ho_drug_seizures__seizure') }}
