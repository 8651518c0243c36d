select
    release_id,
    area_code,
    area_name,
    category,
    period_start,
    period_end,
    is_total,
    value as call_outs,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'local_ambulance_incidents__incident') }}
