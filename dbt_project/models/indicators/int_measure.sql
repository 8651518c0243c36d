-- Every computed indicator's numerator, with the denominator that its definition names.
with measure as (
    select
        indicator_id, area_code, area_level, period_type, period_start, period_end,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        numerator, cast(null as double) as own_denominator, status, release_id, note
    from {{ ref('int_street_crime') }}
    union all
    select
        indicator_id, area_code, area_level, period_type, period_start, period_end,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        numerator, denominator as own_denominator, status, release_id, note
    from {{ ref('int_stop_and_search') }}
    union all
    select
        indicator_id, area_code, area_level, period_type, period_start, period_end, category_type, category,
        numerator, cast(null as double) as own_denominator, status, release_id, note
    from {{ ref('int_police_contact_death') }}
    union all
    select
        indicator_id, area_code, area_level, period_type, period_start, period_end, category_type, category,
        numerator, cast(null as double) as own_denominator, status, release_id, note
    from {{ ref('int_ambulance_call_out') }}
),

dated as (
    select *, {{ population_year('period_start', 'period_end') }} as population_year
    from measure
),

wanted as (
    select distinct area_code, population_year from dated
),

-- The mid-year estimate of the period's year; else the newest of the five years before it; never a later one.
ranked as (
    select
        wanted.area_code,
        wanted.population_year,
        population.year as estimate_year,
        population.population,
        row_number() over (
            partition by wanted.area_code, wanted.population_year
            order by population.year desc
        ) as age_rank
    from wanted
    inner join {{ ref('int_population_by_area') }} as population
        on
            wanted.area_code = population.area_code
            and wanted.population_year >= population.year
            and wanted.population_year - 5 <= population.year
    where population.sex = 'persons'
)

select
    dated.indicator_id,
    dated.area_code,
    dated.area_level,
    dated.period_type,
    dated.period_start,
    dated.period_end,
    dated.category_type,
    dated.category,
    dated.numerator,
    case indicator.denominator_kind
        when 'population' then cast(ranked.population as double)
        when 'own' then dated.own_denominator
    end as denominator,
    dated.status,
    dated.release_id,
    dated.note,
    case
        when indicator.denominator_kind = 'population' and ranked.population is null
            then
                'No rate: no population estimate for '
                || cast(dated.population_year as {{ text_type() }}) || ' or the five years before.'
        when indicator.denominator_kind = 'population' and ranked.estimate_year < dated.population_year
            then
                'Population of mid-' || cast(ranked.estimate_year as {{ text_type() }}) || ': that of mid-'
                || cast(dated.population_year as {{ text_type() }}) || ' is not at hand.'
    end as denominator_note
from dated
inner join {{ ref('indicator_definition') }} as indicator on dated.indicator_id = indicator.indicator_id
left join ranked
    on
        indicator.denominator_kind = 'population'
        and dated.area_code = ranked.area_code
        and dated.population_year = ranked.population_year
        and ranked.age_rank = 1
