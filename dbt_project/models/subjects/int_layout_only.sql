select
    source_id,
    table_name,
    max(case when tested_on = 'layout only' then 1 else 0 end) = 1 as is_layout_only
from {{ source('landing', 'rebalance__source_column') }}
group by source_id, table_name
