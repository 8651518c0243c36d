-- How far a place is worse off than England in a subject: of the subject's indicators that can be judged, the share on
-- which it is worse, by Laplace's rule of succession, (worse + 1) / (judged + 2). So a place of which little can be
-- judged stands near a half, and none has no need at all.
with judged as (
    select
        area_code,
        domain,
        count(*) as indicators,
        sum(case when compared_with_england = 'worse' then 1 else 0 end) as worse
    from {{ ref('place_profile') }}
    where compared_with_england in ('better', 'similar', 'worse')
    group by area_code, domain
),

resident as (
    select
        area_code,
        population,
        row_number() over (partition by area_code order by year desc) as age_rank
    from {{ ref('int_population_by_area') }}
    where sex = 'persons' and population is not null
),

subject as (
    select distinct domain from {{ ref('int_gap_series') }}
)

select
    area.area_code,
    subject.domain,
    cast(resident.population as double) as people,
    cast(coalesce(judged.worse, 0) + 1 as double) / (coalesce(judged.indicators, 0) + 2) as need
from {{ ref('int_area') }} as area
cross join subject
left join judged on area.area_code = judged.area_code and subject.domain = judged.domain
left join resident on area.area_code = resident.area_code and resident.age_rank = 1
where area.is_current
