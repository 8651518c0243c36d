select
    release_id,
    area_code,
    area_name,
    drug,
    drug_class,
    measure,
    size_band,
    financial_year,
    period_start,
    period_end,
    value,
    unit,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ho_drug_seizures__seizure_size') }}
