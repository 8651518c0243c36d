-- How far a place is worse off than England in a subject: of the subject's indicators that can be judged, the share on
-- which it is worse; of all of them where the subject has fewer than three; a half where that cannot be said either.
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

overall as (
    select area_code, sum(indicators) as indicators, sum(worse) as worse
    from judged
    group by area_code
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
    case
        when judged.indicators >= 3 then cast(judged.worse as double) / judged.indicators
        when overall.indicators >= 3 then cast(overall.worse as double) / overall.indicators
        else 0.5
    end as need
from {{ ref('int_area') }} as area
cross join subject
left join judged on area.area_code = judged.area_code and subject.domain = judged.domain
left join overall on area.area_code = overall.area_code
left join resident on area.area_code = resident.area_code and resident.age_rank = 1
where area.is_current
