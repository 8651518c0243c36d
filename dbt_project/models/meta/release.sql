select
    source_id,
    table_name,
    release_id,
    source_file,
    archive_sha256,
    origin,
    address,
    published_on,
    retrieved_at,
    landed_at,
    rows_in,
    rows_landed,
    rows_quarantined,
    notes,
    latest_period,
    landing_file
from {{ source('landing', 'rebalance__release') }}
