select
    source_id,
    table_name,
    release_id,
    source_file,
    source_sheet,
    source_row,
    source_column,
    cell,
    reason
from {{ source('landing', 'rebalance__quarantine') }}
