select
    release_id,
    police_force_name,
    police_force_code,
    community_safety_partnership_name,
    community_safety_partnership_code,
    district_code,
    district_name,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'ho_recorded_crime__combined_district') }}
