select
    release_id,
    table_number,
    table_title,
    period_start,
    period_end,
    period_type,
    area_level,
    area_code,
    area_name,
    use_type,
    is_total,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ho_use_of_force__conducted_energy_device') }}
