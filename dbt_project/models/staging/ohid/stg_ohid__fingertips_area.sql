select
    release_id,
    area_code,
    area_name,
    level,
    hierarchy,
    area_type,
    area_type_code,
    children,
    parents,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ohid_fingertips__area') }}
