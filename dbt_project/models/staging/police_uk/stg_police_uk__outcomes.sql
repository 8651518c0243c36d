select
    release_id,
    crime_id,
    month,
    reported_by,
    falls_within,
    longitude,
    latitude,
    location,
    lsoa_code,
    lsoa_name,
    outcome_type,
    file_month,
    force_slug
from {{ source('landing', 'police_uk_outcomes__outcome') }}
