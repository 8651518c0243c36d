select
    release_id,
    org_code,
    org_name,
    parent_org,
    period,
    department_type,
    measure,
    is_total,
    period_start,
    period_end,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'nhse_ae_attendances__activity') }}
