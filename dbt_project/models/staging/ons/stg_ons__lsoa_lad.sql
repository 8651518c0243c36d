-- A vintage of a country that was issued again is taken as it was issued last.
select distinct
    lsoa_vintage,
    lsoa_code,
    lsoa_name,
    lad_vintage,
    lad_code,
    lad_name,
    release_id
from {{ of_newest_release(
    'ons_geography', 'lsoa_lad', ['landed.lsoa_vintage', 'landed.lad_vintage', 'substr(landed.lsoa_code, 1, 1)']
) }}
