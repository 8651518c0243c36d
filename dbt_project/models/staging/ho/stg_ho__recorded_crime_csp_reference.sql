select
    release_id,
    csp_name,
    police_force_name,
    police_force_code,
    region,
    area_code,
    area_level,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ho_recorded_crime__csp_reference') }}
