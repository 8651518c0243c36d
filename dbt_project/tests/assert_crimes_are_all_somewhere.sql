-- Each crime that was staged is in its force area's figure or unplaced for want of an area; and a force area's figure
-- is its partnerships' and what is in none of them.
with staged as (
    select release_id, sum(crimes) as crimes
    from {{ ref('stg_police_uk__street') }}
    where
        crime_type <> 'Anti-social behaviour'
        and staged_at = (select max(staged_at) from {{ ref('stg_police_uk__street') }})
    group by release_id
),

placed as (
    select
        release_id,
        sum(recorded_crimes) as crimes,
        sum(case when pfa_code is not null and month is not null then recorded_crimes else 0 end) as in_force_area,
        sum(case when placement = 'partnership' then recorded_crimes else 0 end) as in_partnership
    from {{ ref('int_street_crime_placed') }}
    group by release_id
),

figure as (
    select
        release_id,
        sum(case when area_level = 'police_force_area' then numerator end) as force_area,
        coalesce(sum(case when area_level = 'community_safety_partnership' then numerator end), 0) as partnerships,
        sum(case when status = 'not_available' then 1 else 0 end) as not_counted
    from {{ ref('int_street_crime') }}
    where indicator_id = 'recorded_crime_rate' and period_type = 'month'
    group by release_id
)

select staged.release_id, 'staged and placed' as what, staged.crimes as expected, placed.crimes as found
from staged
left join placed on staged.release_id = placed.release_id
where placed.crimes is null or staged.crimes <> placed.crimes
union all
select placed.release_id, 'force area' as what, placed.in_force_area as expected, figure.force_area as found
from placed
left join figure on placed.release_id = figure.release_id
where placed.in_force_area <> coalesce(figure.force_area, 0)
union all
select placed.release_id, 'partnerships' as what, placed.in_partnership as expected, figure.partnerships as found
from placed
inner join figure on placed.release_id = figure.release_id
where
    placed.in_partnership < figure.partnerships
    or (placed.in_partnership > figure.partnerships and figure.not_counted = 0)
