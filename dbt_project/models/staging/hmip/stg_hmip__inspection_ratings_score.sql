select
    release_id,
    service_name,
    service_code,
    area_code,
    area_level,
    report_published,
    is_joint_inspection,
    report_url,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'hmip_inspection_ratings__score') }}
