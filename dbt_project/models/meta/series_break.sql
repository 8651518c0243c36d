select
    source_id,
    table_name,
    since,
    what,
    effect,
    applies_to
from {{ source('landing', 'rebalance__series_break') }}
