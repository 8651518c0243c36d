select
    release_id,
    old_vintage,
    old_code,
    old_name,
    new_vintage,
    new_code,
    new_name,
    change,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_geography__lsoa_change') }}
