select
    release_id,
    area_code,
    scheme,
    other_code,
    name,
    valid_from,
    valid_to,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_geography__other_code') }}
