select
    release_id,
    force_slug,
    dataset,
    first_month,
    last_month,
    months_listed,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'police_uk_archive_inventory__force_series') }}
