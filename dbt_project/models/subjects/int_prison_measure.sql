-- Every figure of a prison, with its release.
with population as (
    select * from {{ ref('int_prison_population_month') }}
),

on_the_day as (
    select
        release_id,
        prison_code,
        period_start,
        is_copy,
        is_latest_release,
        population,
        operational_capacity,
        in_use_cna,
        baseline_cna
    from population
),

place_or_people as (
    select
        'population' as measure_id, release_id, prison_code, period_start, is_copy, is_latest_release,
        population as value, cast(null as double) as numerator, cast(null as double) as denominator
    from on_the_day
    union all
    select
        'operational_capacity' as measure_id, release_id, prison_code, period_start, is_copy, is_latest_release,
        operational_capacity as value, cast(null as double) as numerator, cast(null as double) as denominator
    from on_the_day
    union all
    select
        'in_use_cna' as measure_id, release_id, prison_code, period_start, is_copy, is_latest_release,
        in_use_cna as value, cast(null as double) as numerator, cast(null as double) as denominator
    from on_the_day
    union all
    select
        'baseline_cna' as measure_id, release_id, prison_code, period_start, is_copy, is_latest_release,
        baseline_cna as value, cast(null as double) as numerator, cast(null as double) as denominator
    from on_the_day
    union all
    select
        'occupancy_of_in_use_cna' as measure_id, release_id, prison_code, period_start, is_copy, is_latest_release,
        100.0 * population / nullif(in_use_cna, 0) as value, population as numerator, in_use_cna as denominator
    from on_the_day
    union all
    select
        'occupancy_of_operational_capacity' as measure_id, release_id, prison_code, period_start, is_copy,
        is_latest_release, 100.0 * population / nullif(operational_capacity, 0) as value, population as numerator,
        operational_capacity as denominator
    from on_the_day
),

stock as (
    select
        prison_code,
        measure_id,
        'day' as period_type,
        period_start,
        period_start as period_end,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        value,
        cast(null as double) as lower_95,
        cast(null as double) as upper_95,
        numerator,
        denominator,
        case
            when value is not null then 'observed'
            when measure_id like 'occupancy%' and denominator = 0 then 'not_applicable'
            else 'missing'
        end as status,
        'moj_prison_population_monthly' as source_id,
        case when is_copy then 'establishment_copy' else 'establishment' end as table_name,
        release_id,
        is_latest_release,
        case
            when is_copy
                then 'From a copy put together outside the ministry: no bulletin of the month is at hand.'
        end as note
    from place_or_people
),

known_month as (
    select prison_code, month, max(population) as population, max(release_id) as release_id
    from population
    where is_latest_release and population is not null
    group by prison_code, month
),

year_of_month as (
    select prison_code, month, population, release_id, {{ year_start('month') }} as year_start
    from known_month
),

average_year as (
    select
        prison_code,
        'average_population' as measure_id,
        'calendar_year' as period_type,
        year_start as period_start,
        {{ date_plus('day', -1, date_plus('year', 1, 'year_start')) }} as period_end,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        avg(population) as value,
        cast(null as double) as lower_95,
        cast(null as double) as upper_95,
        sum(population) as numerator,
        cast(count(*) as double) as denominator,
        'observed' as status,
        'moj_prison_population_monthly' as source_id,
        'establishment' as table_name,
        max(release_id) as release_id,
        true as is_latest_release,
        'Mean of the twelve monthly populations; of several releases, one of which is named.' as note
    from year_of_month
    group by prison_code, year_start
    having count(*) = 12 and max(population) > 0
),

event as (
    select
        prison_code, measure_id, period_type, period_start, period_end, category_type, category,
        events as value,
        cast(null as double) as lower_95,
        cast(null as double) as upper_95,
        events as numerator,
        cast(null as double) as denominator,
        status, source_id, table_name, release_id,
        is_latest_release,
        cast(null as {{ text_type() }}) as note
    from {{ ref('int_prison_event') }}
)

select * from stock
union all
select * from average_year
union all
select * from event
union all
select * from {{ ref('int_prison_rate') }}
