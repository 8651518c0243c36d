select
    release_id,
    age_id,
    age,
    minimum_years,
    maximum_years,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ohid_fingertips__age_group') }}
