-- A vintage that was issued again is taken as it was issued last.
select distinct
    vintage,
    lad_code,
    lad_name,
    csp_code,
    csp_name,
    pfa_code,
    pfa_name,
    release_id
from {{ of_newest_release('ons_geography', 'lad_csp_pfa', ['landed.vintage']) }}
