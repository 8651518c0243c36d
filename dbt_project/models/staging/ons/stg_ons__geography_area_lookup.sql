select
    release_id,
    child_vintage,
    child_level,
    child_code,
    child_name,
    parent_vintage,
    parent_level,
    parent_code,
    parent_name,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_geography__area_lookup') }}
