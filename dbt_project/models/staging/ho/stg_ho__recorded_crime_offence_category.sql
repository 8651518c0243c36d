select
    release_id,
    offence_group,
    offence_code,
    offence_description,
    offence_subgroup,
    police_uk_category,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ho_recorded_crime__offence_category') }}
