select
    release_id,
    healthy_prison_test,
    test_name,
    financial_year,
    period_type,
    period_start,
    period_end,
    area_level,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'hmi_prisons_outcomes__outcome') }}
