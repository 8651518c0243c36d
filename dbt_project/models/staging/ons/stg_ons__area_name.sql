-- A vintage that was issued again is taken as it was issued last.
select
    vintage,
    area_level,
    area_code,
    area_name,
    area_name_welsh,
    release_id
from {{ of_newest_release('ons_geography', 'area_name', ['landed.vintage', 'landed.area_level', 'landed.area_code']) }}
