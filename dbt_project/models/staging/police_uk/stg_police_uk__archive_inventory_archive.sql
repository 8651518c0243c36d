select
    release_id,
    archive_month,
    label,
    size_label,
    first_month,
    last_month,
    contains,
    md5,
    is_md5_of_file,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'police_uk_archive_inventory__archive') }}
