select
    release_id,
    financial_year,
    period_start,
    period_end,
    area_level,
    area_code,
    area_name,
    ethnic_group,
    ethnic_detail,
    is_total,
    value,
    status,
    note,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ho_police_powers__stop_and_search_rate') }}
