with lookup as (
    select * from {{ ref('stg_ons__lad_csp_pfa') }}
),

pair as (
    select vintage, lad_code as child_code, csp_code as parent_code from lookup
    union
    select vintage, lad_code as child_code, pfa_code as parent_code from lookup
    union
    select vintage, csp_code as child_code, pfa_code as parent_code from lookup
    union
    select vintage, lad_code as child_code, {{ country_of('lad_code') }} as parent_code from lookup
    union
    select vintage, csp_code as child_code, {{ country_of('csp_code') }} as parent_code from lookup
    union
    select vintage, pfa_code as child_code, {{ country_of('pfa_code') }} as parent_code from lookup
    union
    select vintage, {{ country_of('pfa_code') }} as child_code, 'K04000001' as parent_code from lookup
),

levelled as (
    select
        pair.vintage,
        pair.child_code,
        child.area_level as child_level,
        pair.parent_code,
        parent.area_level as parent_level,
        -- England and Wales is the country of a country.
        case when pair.parent_code = 'K04000001' then 'england_and_wales' else parent.area_level end as family
    from pair
    inner join {{ ref('area_code_prefix') }} as child on substr(pair.child_code, 1, 3) = child.prefix
    inner join {{ ref('area_code_prefix') }} as parent on substr(pair.parent_code, 1, 3) = parent.prefix
),

counted as (
    select
        *,
        count(*) over (partition by vintage, child_code, family) as parents_of_child
    from levelled
)

select
    cast(vintage as integer) as vintage,
    child_code,
    child_level,
    parent_code,
    parent_level,
    cast(parents_of_child as integer) as parents_of_child,
    -- How a child's figure divides among several parents is not known: no weight, rather than an even or a guessed one.
    cast(case when parents_of_child = 1 then 1 end as double) as weight,
    parents_of_child = 1 as is_exact
from counted
