-- Every figure on today's codes with its indicator's method, and with the denominator that its definition names.
with figure as (
    select
        figure.*,
        indicator.denominator_kind,
        coalesce(indicator.age_from, 0) as age_from,
        coalesce(indicator.age_to, 200) as age_to,
        {{ population_year('figure.period_start', 'figure.period_end') }} as population_year
    from {{ ref('int_figure_rolled') }} as figure
    inner join {{ ref('int_indicator') }} as indicator on figure.indicator_id = indicator.indicator_id
),

wanted as (
    select distinct area_code, sex, age_from, age_to, population_year
    from figure
    where denominator_kind = 'population' and denominator is null
),

-- The years with an estimate of all ages, and those with one of the first of some ages.
known as (
    select area_code, sex, year, 0 as age_from from {{ ref('int_population_by_area') }}
    union
    select area_code, sex, year, age as age_from from {{ ref('int_population_by_age') }}
    where age in (select wanted.age_from from wanted)
),

-- The mid-year estimate of the period's year; else the newest of the five years before it; never a later one.
estimated as (
    select
        wanted.area_code,
        wanted.sex,
        wanted.age_from,
        wanted.age_to,
        wanted.population_year,
        max(known.year) as estimate_year
    from wanted
    inner join known
        on
            wanted.area_code = known.area_code
            and wanted.sex = known.sex
            and wanted.age_from = known.age_from
            and wanted.population_year >= known.year
            and wanted.population_year - 5 <= known.year
    group by wanted.area_code, wanted.sex, wanted.age_from, wanted.age_to, wanted.population_year
),

of_all_ages as (
    select estimated.*, population.population
    from estimated
    inner join {{ ref('int_population_by_area') }} as population
        on
            estimated.area_code = population.area_code
            and estimated.sex = population.sex
            and estimated.estimate_year = population.year
    where estimated.age_from = 0 and estimated.age_to = 200
),

of_some_ages as (
    select
        estimated.area_code,
        estimated.sex,
        estimated.age_from,
        estimated.age_to,
        estimated.population_year,
        estimated.estimate_year,
        {{ residents_aged(
            'estimated.age_from', 'estimated.age_to', age='population.age', population='population.population'
        ) }} as population
    from estimated
    inner join {{ ref('int_population_by_age') }} as population
        on
            estimated.area_code = population.area_code
            and estimated.sex = population.sex
            and estimated.estimate_year = population.year
    where estimated.age_from > 0 or estimated.age_to < 200
    group by
        estimated.area_code, estimated.sex, estimated.age_from, estimated.age_to, estimated.population_year,
        estimated.estimate_year
),

resident as (
    select area_code, sex, age_from, age_to, population_year, estimate_year, population from of_all_ages
    union all
    select area_code, sex, age_from, age_to, population_year, estimate_year, population from of_some_ages
)

select
    {% for column in figure_columns() if not column.startswith('denominator') -%}
        figure.{{ column }},
    {% endfor -%}
    -- The population that a publisher divides by goes before ours.
    coalesce(figure.denominator, cast(resident.population as double)) as denominator,
    figure.denominator_low,
    figure.denominator_high,
    figure.denominator is not null or figure.denominator_kind = 'none' as denominator_is_published,
    figure.as_published_area_code,
    figure.carried_by,
    case
        when figure.denominator_kind <> 'population' or figure.denominator is not null then null
        when resident.population is null
            then
                'No rate: no population estimate for '
                || cast(figure.population_year as {{ text_type() }}) || ' or the five years before.'
        when resident.estimate_year < figure.population_year
            then
                'Population of mid-' || cast(resident.estimate_year as {{ text_type() }}) || ': that of mid-'
                || cast(figure.population_year as {{ text_type() }}) || ' is not at hand.'
    end as denominator_note
from figure
left join resident
    on
        figure.denominator_kind = 'population'
        and figure.denominator is null
        and figure.area_code = resident.area_code
        and figure.sex = resident.sex
        and figure.age_from = resident.age_from
        and figure.age_to = resident.age_to
        and figure.population_year = resident.population_year
