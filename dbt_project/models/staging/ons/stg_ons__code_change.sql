-- A change that was listed again is taken as it was listed last.
select
    old_code,
    old_name,
    new_code,
    new_name,
    change_type,
    change_year,
    release_id
from {{ of_newest_release(
    'ons_geography', 'code_change', ['landed.old_code', 'landed.new_code', 'landed.change_year']
) }}
