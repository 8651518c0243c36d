-- stand-in until the spine is merged
with change as (
    select old_code as former_code, min(new_code) as area_code, min(change_type) as change_type
    from {{ ref('stg_ons__code_change') }}
    where change_type in ('merger', 'new_code') and new_code is not null and new_code <> old_code
    group by old_code having count(distinct new_code) = 1
)
select former_code, area_code,
    case when count(*) over (partition by area_code) = 1 then 'renamed' else 'merged' end as relation,
    cast(1.0 as double) as weight, cast(1 as integer) as former_parts,
    cast(count(*) over (partition by area_code) as integer) as area_parts
from change
