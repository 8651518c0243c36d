-- The places that rows which could not be taken in name, by code or by name, in the row's cell or in the reason for
-- which it was set aside. Names of fewer than four letters are in too many words to tell anything.
with quarantined as (
    select distinct source_id, release_id, coalesce(cell, '') || ' ' || reason as words
    from {{ source('landing', 'rebalance__quarantine') }}
)

select distinct
    quarantined.source_id,
    quarantined.release_id,
    area.area_code
from quarantined
inner join {{ ref('int_area') }} as area
    on
        {{ is_within('area.area_code', 'quarantined.words') }}
        or (length(area.area_name) > 3 and {{ is_within('area.area_name', 'quarantined.words') }})
where area.is_current
