select
    release_id,
    offence_group,
    area_level,
    area_code,
    area_name,
    year_label,
    year_ending,
    period_start,
    period_end,
    is_total,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_crime_severity__score') }}
