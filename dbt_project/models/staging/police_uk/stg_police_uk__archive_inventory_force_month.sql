select
    release_id,
    force_slug,
    area_code,
    month,
    dataset,
    listing,
    is_listed,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'police_uk_archive_inventory__force_month') }}
