-- Any district code of any vintage, once, with the force area and the partnership that it is in: an estimate or a
-- lookup of any year can be placed by it. A code that was never in a lookup is placed by its one successor.
with relation as (
    select * from {{ ref('int_area_relation') }}
    where child_level = 'local_authority_district'
),

newest as (
    select child_code as district_code, max(vintage) as vintage
    from relation
    group by child_code
),

current_vintage as (
    select max(vintage) as vintage from relation
),

met as (
    select
        newest.district_code,
        newest.district_code as placed_by,
        newest.vintage,
        max(case when relation.parent_level = 'police_force_area' then relation.parent_code end) as pfa_code,
        max(
            case
                when relation.parent_level = 'community_safety_partnership' and relation.is_exact
                    then relation.parent_code
            end
        ) as csp_code,
        sum(case when relation.parent_level = 'community_safety_partnership' then 1 else 0 end) as partnerships
    from newest
    inner join relation on newest.district_code = relation.child_code and newest.vintage = relation.vintage
    group by newest.district_code, newest.vintage
),

successor as (
    select old_code, min(new_code) as new_code
    from {{ ref('stg_ons__code_change') }}
    where change_type in ('merger', 'new_code') and new_code is not null and new_code <> old_code
    group by old_code
    having count(distinct new_code) = 1
),

-- A new code that no lookup has yet (Barnsley and Sheffield from 2025) is the old code's district where it is only
-- renamed.
predecessor as (
    select new_code, min(old_code) as old_code
    from {{ ref('stg_ons__code_change') }}
    where change_type = 'new_code' and new_code is not null and new_code <> old_code
    group by new_code
    having count(distinct old_code) = 1
),

by_change as (
    select
        successor.old_code as district_code,
        met.placed_by,
        met.vintage,
        met.pfa_code,
        met.csp_code,
        met.partnerships
    from successor
    inner join met on successor.new_code = met.district_code
    where not exists (select 1 from met as known where known.district_code = successor.old_code)
    union all
    select
        predecessor.new_code as district_code,
        met.placed_by,
        met.vintage,
        met.pfa_code,
        met.csp_code,
        met.partnerships
    from predecessor
    inner join met on predecessor.old_code = met.district_code
    where not exists (select 1 from met as known where known.district_code = predecessor.new_code)
),

every_code as (
    select district_code, placed_by, vintage, pfa_code, csp_code, partnerships from met
    union all
    select district_code, placed_by, vintage, pfa_code, csp_code, partnerships from by_change
)

select
    every_code.district_code,
    every_code.placed_by,
    every_code.vintage,
    every_code.pfa_code,
    every_code.csp_code,
    cast(every_code.partnerships as integer) as partnerships,
    every_code.csp_code is not null and exists (
        select 1
        from {{ ref('int_area_relation') }} as partnership
        inner join current_vintage on partnership.vintage = current_vintage.vintage
        where partnership.parent_code = every_code.csp_code
    ) as is_csp_current
from every_code
