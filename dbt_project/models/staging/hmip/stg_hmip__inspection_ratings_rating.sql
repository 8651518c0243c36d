select
    release_id,
    service_name,
    service_code,
    area_code,
    report_published,
    standard,
    rating,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'hmip_inspection_ratings__rating') }}
