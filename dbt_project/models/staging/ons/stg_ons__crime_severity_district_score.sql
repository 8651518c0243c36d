select
    release_id,
    area_code,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_crime_severity__district_score') }}
