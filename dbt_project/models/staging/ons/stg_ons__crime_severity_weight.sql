select
    release_id,
    offence_code,
    offence_description,
    offence_group,
    severity_code,
    severity_offence,
    severity_category,
    police_uk_category,
    police_uk_subclass,
    police_uk_offence,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ons_crime_severity__weight') }}
