-- Children in custody: the mean of the newest year for England and Wales, and those held at sites for children alone on
-- the day of the newest monthly list.
{%- set nobody = "cast(null as " ~ text_type() ~ ")" %}

with newest_month as (
    select max(month) as month from {{ ref('int_prison_population_month') }}
    where is_latest_release
),

held as (
    select
        population.prison_code, population.period_start as counted_on, population.population as people,
        prison.sex_held
    from {{ ref('int_prison_population_month') }} as population
    inner join newest_month on population.month = newest_month.month
    inner join {{ ref('int_prison') }} as prison on population.prison_code = prison.prison_code
    where
        population.is_latest_release and population.population > 0
        and prison.predominant_function = 'YJB'
),

newest as (
    {{ newest_figures(['child_custody_population', 'child_remand_population']) }}
),

child_sex as (
    select sex, coalesce(numerator, newest.value) / sum(coalesce(numerator, newest.value)) over () as share
    from newest
    where
        indicator_id = 'child_remand_population' and sex in ('male', 'female')
        and category is null and age_band = '10-17' and area_code = 'K04000001'
),

child_held as (
    select
        'country' as place_kind, area_code as place_code, period_end as counted_on,
        coalesce(numerator, newest.value) as people, {{ nobody }} as sex_held
    from newest
    where indicator_id = 'child_custody_population' and category is null and area_code = 'K04000001'
    union all
    select 'prison' as place_kind, prison_code as place_code, counted_on, people, sex_held
    from held
),

child_place as (
    select
        'youth_custody' as setting, child_held.place_kind, child_held.place_code, child_held.counted_on, child_sex.sex,
        'all' as custody_type,
        '10-17' as age_band,
        10 as age_from,
        17 as age_to,
        child_held.people
        * case
            when child_held.sex_held = 'men' then case child_sex.sex when 'male' then 1.0 else 0.0 end
            else child_sex.share
        end as people,
        0.0 as people_log_sd,
        case
            when child_held.sex_held = 'men' then 'Boys alone are held there.'
            else 'Sex as of children on remand in England and Wales, for it is not published of all in custody.'
        end as mix_basis
    from child_held
    cross join child_sex
)

select
    setting,
    place_kind,
    place_code,
    sex,
    custody_type,
    age_band,
    age_from,
    age_to,
    people,
    people_log_sd,
    counted_on,
    mix_basis
from child_place
where people > 0
