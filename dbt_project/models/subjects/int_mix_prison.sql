-- People in prison by prison and country, by sex, kind of custody and age, on the day of the newest monthly list; and
-- those who were in prison in England at any time in a year. The list has no sex, custody or age: mix_basis says what
-- they rest on. Sites that hold children alone are in int_mix_youth_custody.
with sex_of as (
    select 'male' as sex
    union all
    select 'female' as sex
),

newest_month as (
    select max(month) as month from {{ ref('int_prison_population_month') }}
    where is_latest_release
),

held as (
    select
        population.prison_code,
        population.period_start as counted_on,
        population.population as people,
        -- A function that is not for women is one of men's prisons.
        coalesce(prison.sex_held, case when prison.predominant_function <> 'Female' then 'men' end) as sex_held,
        prison.country_code,
        prison.predominant_function
    from {{ ref('int_prison_population_month') }} as population
    inner join newest_month on population.month = newest_month.month
    inner join {{ ref('int_prison') }} as prison on population.prison_code = prison.prison_code
    where
        population.is_latest_release
        and population.population > 0
        and coalesce(prison.prison_type, '') <> 'immigration removal centre'
        and coalesce(prison.predominant_function, '') <> 'YJB'
),

prison_total as (
    select
        sum(case when sex_held = 'women' then people else 0 end) as women,
        sum(case when sex_held = 'men' then people else 0 end) as men,
        sum(case when sex_held = 'men' and predominant_function = 'Reception' then people else 0 end)
            as men_in_reception
    from held
),

newest as (
    {{ newest_figures(['remand_share', 'prison_population', 'prison_first_receptions']) }}
),

remand as (
    select
        sex_of.sex,
        max(case when newest.sex = sex_of.sex then newest.value end) as of_sex,
        max(case when newest.sex = 'persons' then newest.value end) as of_everybody
    from newest
    cross join sex_of
    where newest.indicator_id = 'remand_share' and newest.age_band = 'All ages' and newest.category is null
    group by sex_of.sex
),

band as (
    select '15-20' as age_band, 15 as age_from, 20 as age_to
    union all
    select '21-29' as age_band, 21 as age_from, 29 as age_to
    union all
    select '30-39' as age_band, 30 as age_from, 39 as age_to
    union all
    select '40-49' as age_band, 40 as age_from, 49 as age_to
    union all
    select '50+' as age_band, 50 as age_from, 69 as age_to
),

age as (
    select
        band.age_band, band.age_from, band.age_to,
        coalesce(newest.numerator, newest.value) as people
    from newest
    inner join band on newest.age_band = band.age_band
    where
        newest.indicator_id = 'prison_population' and newest.sex = 'persons' and newest.category is null
        and newest.area_code = 'K04000001'
),

age_share as (
    select age_band, age_from, age_to, people / sum(people) over () as share
    from age
    union all
    select 'All ages' as age_band, cast(null as integer) as age_from, cast(null as integer) as age_to, 1.0 as share
    where not exists (select 1 from age)
),

prison_sex as (
    select
        held.*,
        sex_of.sex,
        case
            when held.sex_held = 'men' and sex_of.sex = 'male' then 1.0
            when held.sex_held = 'women' and sex_of.sex = 'female' then 1.0
            when held.sex_held in ('men', 'women') then 0.0
            when sex_of.sex = 'female' then prison_total.women / nullif(prison_total.women + prison_total.men, 0)
            else prison_total.men / nullif(prison_total.women + prison_total.men, 0)
        end as sex_share,
        prison_total.men,
        prison_total.men_in_reception
    from held
    cross join prison_total
    cross join sex_of
),

-- Men on remand are held in reception prisons, women in all of theirs.
prison_remand as (
    select
        prison_sex.*,
        case
            when
                prison_sex.sex = 'male'
                and prison_sex.men_in_reception > 0
                and prison_sex.predominant_function = 'Reception'
                then
                    least(
                        0.95,
                        coalesce(remand.of_sex, remand.of_everybody) / 100.0
                        * prison_sex.men / prison_sex.men_in_reception
                    )
            when
                prison_sex.sex = 'male' and prison_sex.men_in_reception > 0
                and prison_sex.predominant_function is not null
                then 0.0
            else coalesce(remand.of_sex, remand.of_everybody) / 100.0
        end as remand_share
    from prison_sex
    left join remand on prison_sex.sex = remand.sex
),

custody as (
    select 'remand' as custody_type, true as is_known
    union all
    select 'sentenced' as custody_type, true as is_known
    union all
    select 'all' as custody_type, false as is_known
),

prison_cell as (
    select
        prison_remand.prison_code, prison_remand.country_code, prison_remand.counted_on, prison_remand.sex,
        prison_remand.sex_held,
        prison_remand.predominant_function,
        custody.custody_type,
        age_share.age_band,
        age_share.age_from,
        age_share.age_to,
        prison_remand.people * prison_remand.sex_share * age_share.share
        * case custody.custody_type
            when 'remand' then prison_remand.remand_share
            when 'sentenced' then 1.0 - prison_remand.remand_share
            when 'all' then 1.0
        end as people
    from prison_remand
    cross join age_share
    inner join custody on (prison_remand.remand_share is not null) = custody.is_known
),

prison_basis as (
    select
        prison_code,
        case
            when sex_held in ('men', 'women') then 'Sex is that of the prison'
            else 'Sex as in all prisons'
        end
        || case
            when predominant_function = 'Reception'
                then '; men on remand are put in the reception prisons, the sentenced everywhere'
            when sex_held = 'men' and predominant_function is not null
                then '; nobody on remand, for it is no reception prison'
            else '; remand as for all prisoners of the sex'
        end
        || '; age as in all prisons.' as mix_basis
    from held
),

country as (
    select 'E92000001' as area_code
    union all
    select 'W92000004' as area_code
    union all
    select 'K04000001' as area_code
),

prison_place as (
    select
        'prison' as setting, 'prison' as place_kind, cell.prison_code as place_code, cell.counted_on, cell.sex,
        cell.custody_type, cell.age_band, cell.age_from, cell.age_to, cell.people, 0.0 as people_log_sd,
        prison_basis.mix_basis
    from prison_cell as cell
    inner join prison_basis on cell.prison_code = prison_basis.prison_code
    union all
    select
        'prison' as setting, 'country' as place_kind, country.area_code as place_code, cell.counted_on, cell.sex,
        cell.custody_type, cell.age_band, cell.age_from, cell.age_to, cell.people, 0.0 as people_log_sd,
        'The prisons of the monthly list added up.' as mix_basis
    from prison_cell as cell
    inner join country on country.area_code in (cell.country_code, 'K04000001')
),

-- Those in prison on a day and those first received in a year: everybody who was there at any time.
reception as (
    select max(coalesce(numerator, newest.value)) as received
    from newest
    where indicator_id = 'prison_first_receptions' and period_type = 'calendar_year' and sex = 'persons'
),

everybody_held as (
    select sum(people) as people from prison_cell
),

prison_year as (
    select
        'prison_in_a_year' as setting, 'country' as place_kind, 'E92000001' as place_code, cell.counted_on, cell.sex,
        'all' as custody_type, cell.age_band, cell.age_from, cell.age_to,
        cell.people * (1.0 + reception.received / everybody_held.people) as people,
        0.1 as people_log_sd,
        'People in prison on the day and first receptions of the newest year, shared between England and Wales, sexes'
        || ' and ages as the people held; somebody first received twice is counted twice.' as mix_basis
    from prison_cell as cell
    cross join reception
    cross join everybody_held
    where cell.country_code = 'E92000001' and reception.received is not null
),

every_place as (
    select * from prison_place
    union all
    select * from prison_year
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
from every_place
group by setting, place_kind, place_code, sex, custody_type, age_band
having sum(people) > 0
