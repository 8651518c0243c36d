select
    release_id,
    list_name,
    code,
    parent,
    description,
    is_prison_area,
    is_active,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'hmpps_prison_register__nomis_reference') }}
