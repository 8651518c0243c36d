select
    source_id,
    table_name,
    column_name,
    type,
    unit,
    description,
    published_as,
    tested_on
from {{ source('landing', 'rebalance__source_column') }}
