-- Arrests of the newest year that has them by sex and for children, by police force area and together.
with figure as (
    select * from {{ ref('int_value') }}
    where is_latest_release
),

arrest as (
    select
        figure.area_code,
        figure.period_end,
        max(case when indicator_id = 'arrest_rate' and sex = 'male' then numerator end) as men_and_boys,
        max(case when indicator_id = 'arrest_rate' and sex = 'female' then numerator end) as women_and_girls,
        max(case when indicator_id = 'child_arrest_rate' and sex = 'male' then numerator end) as boys,
        coalesce(
            max(case when indicator_id = 'child_arrest_rate' and sex = 'female' then numerator end),
            max(case when indicator_id = 'child_arrest_rate' and sex = 'persons' then numerator end)
            - max(case when indicator_id = 'child_arrest_rate' and sex = 'male' then numerator end)
        ) as girls
    from figure
    where
        indicator_id in ('arrest_rate', 'child_arrest_rate')
        and area_level = 'police_force_area' and category is null and numerator is not null
    group by figure.area_code, figure.period_end
),

newest_arrest as (
    select *
    from (
        select
            arrest.*,
            row_number() over (partition by area_code order by period_end desc) as age_rank
        from arrest
        where men_and_boys is not null and women_and_girls is not null and boys is not null and girls is not null
    ) as ranked
    where age_rank = 1
),

arrest_cell as (
    select
        area_code,
        period_end,
        'male' as sex,
        '18+' as age_band,
        18 as age_from,
        69 as age_to,
        men_and_boys - boys as people
    from newest_arrest
    union all
    select
        area_code,
        period_end,
        'female' as sex,
        '18+' as age_band,
        18 as age_from,
        69 as age_to,
        women_and_girls - girls as people
    from newest_arrest
    union all
    select area_code, period_end, 'male' as sex, '10-17' as age_band, 10 as age_from, 17 as age_to, boys as people
    from newest_arrest
    union all
    select area_code, period_end, 'female' as sex, '10-17' as age_band, 10 as age_from, 17 as age_to, girls as people
    from newest_arrest
),

newest_year as (
    select max(period_end) as period_end from newest_arrest
),

-- Each force area, and all of them together.
place as (
    select false as is_whole
    union all
    select true as is_whole
),

police_place as (
    select
        'police_custody' as setting,
        case place.is_whole when true then 'country' else 'police_force_area' end as place_kind,
        case place.is_whole when true then 'K04000001' else arrest_cell.area_code end as place_code,
        case place.is_whole when true then newest_year.period_end else arrest_cell.period_end end as counted_on,
        arrest_cell.sex,
        'arrest' as custody_type,
        arrest_cell.age_band,
        arrest_cell.age_from,
        arrest_cell.age_to,
        arrest_cell.people,
        0.0 as people_log_sd,
        'Arrests of a year by sex and age. An arrest is no person: somebody arrested twice is counted twice.'
            as mix_basis
    from arrest_cell
    cross join newest_year
    cross join place
)

select
    setting,
    place_kind,
    place_code,
    sex,
    custody_type,
    age_band,
    max(age_from) as age_from,
    max(age_to) as age_to,
    sum(people) as people,
    max(people_log_sd) as people_log_sd,
    max(counted_on) as counted_on,
    min(mix_basis) as mix_basis
from police_place
group by setting, place_kind, place_code, sex, custody_type, age_band
having sum(people) > 0
