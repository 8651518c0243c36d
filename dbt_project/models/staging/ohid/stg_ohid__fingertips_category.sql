select
    release_id,
    category_type,
    category,
    sequence,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ohid_fingertips__category') }}
