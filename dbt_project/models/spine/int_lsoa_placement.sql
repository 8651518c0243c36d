with lookup as (
    select * from {{ ref('stg_ons__lsoa_lad') }}
),

newest as (
    select lsoa_code, max(lad_vintage) as lad_vintage
    from lookup
    group by lsoa_code
),

pair as (
    select distinct lookup.lsoa_code, lookup.lad_code
    from lookup
    inner join newest on lookup.lsoa_code = newest.lsoa_code and lookup.lad_vintage = newest.lad_vintage
),

-- An area of 2011 that later boundaries cut across is in two districts, so in neither for sure.
alone as (
    select lsoa_code, min(lad_code) as district_code
    from pair
    group by lsoa_code
    having count(*) = 1
)

select
    alone.lsoa_code,
    alone.district_code,
    placement.pfa_code,
    placement.csp_code,
    placement.partnerships,
    coalesce(placement.is_csp_current, false) as is_csp_current
from alone
left join {{ ref('int_district_placement') }} as placement on alone.district_code = placement.district_code
