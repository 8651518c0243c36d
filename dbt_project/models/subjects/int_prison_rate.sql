-- Rates of what happened in a prison over its own people in the same period, the mean of its monthly populations, where
-- every month of the period has one; and proportions of one count in another.
with known_month as (
    select prison_code, month, max(population) as population
    from {{ ref('int_prison_population_month') }}
    where is_latest_release and population is not null
    group by prison_code, month
),

event as (
    select
        prison_code, measure_id, period_type, period_start, period_end, category_type, category, events as value,
        status, source_id, table_name, release_id, is_latest_release
    from {{ ref('int_prison_event') }}
),

rate_measure as (
    select measure_id as rate_id, substr(measure_id, 1, length(measure_id) - 5) as measure_id
    from {{ ref('subject_measure') }}
    where mart = 'prison_profile' and method = 'byar'
),

-- A year or a quarter; a single month's rate would be one of twelve that chance decides.
to_rate as (
    select event.*, rate_measure.rate_id
    from event
    inner join rate_measure on event.measure_id = rate_measure.measure_id
    where
        event.period_type <> 'month'
        and (event.category_type is null or event.category_type = 'offence')
),

rated_period as (
    select distinct prison_code, period_start, period_end from to_rate
),

average_population as (
    select
        rated_period.prison_code,
        rated_period.period_start,
        rated_period.period_end,
        case
            when
                count(known_month.month)
                = {{ months_between('min(rated_period.period_start)', 'max(rated_period.period_end)') }} + 1
                then avg(known_month.population)
        end as people
    from rated_period
    left join known_month
        on
            rated_period.prison_code = known_month.prison_code
            and known_month.month between rated_period.period_start and rated_period.period_end
    group by rated_period.prison_code, rated_period.period_start, rated_period.period_end
),

-- The list counts a pair of prisons under one code and these figures do not: the people are of both, the events of one.
counted_apart as (
    select distinct rated.prison_code, rated.measure_id, rated.period_start, rated.period_end, rated.release_id
    from to_rate as rated
    inner join {{ ref('prison_reported_together') }} as pair on rated.prison_code = pair.prison_code
    inner join to_rate as other
        on
            pair.partner_code = other.prison_code
            and rated.measure_id = other.measure_id
            and rated.period_start = other.period_start
            and rated.period_end = other.period_end
            and rated.release_id = other.release_id
    left join average_population
        on
            other.prison_code = average_population.prison_code
            and other.period_start = average_population.period_start
            and other.period_end = average_population.period_end
    where average_population.people is null
),

with_people as (
    select
        to_rate.*,
        counted_apart.prison_code is not null as is_counted_apart,
        case when counted_apart.prison_code is null then nullif(average_population.people, 0) end as people
    from to_rate
    left join average_population
        on
            to_rate.prison_code = average_population.prison_code
            and to_rate.period_start = average_population.period_start
            and to_rate.period_end = average_population.period_end
    left join counted_apart
        on
            to_rate.prison_code = counted_apart.prison_code
            and to_rate.measure_id = counted_apart.measure_id
            and to_rate.period_start = counted_apart.period_start
            and to_rate.period_end = counted_apart.period_end
            and to_rate.release_id = counted_apart.release_id
),

rate as (
    select
        with_people.prison_code,
        with_people.rate_id as measure_id,
        with_people.period_type,
        with_people.period_start,
        with_people.period_end,
        with_people.category_type,
        with_people.category,
        1000.0 * with_people.value / with_people.people as value,
        case
            when with_people.value is not null and with_people.people is not null
                then 1000.0 * {{ byar_lower('with_people.value', 'poisson_limit.lower_95') }} / with_people.people
        end as lower_95,
        case
            when with_people.value is not null and with_people.people is not null
                then 1000.0 * {{ byar_upper('with_people.value', 'poisson_limit.upper_95') }} / with_people.people
        end as upper_95,
        with_people.value as numerator,
        with_people.people as denominator,
        case
            when with_people.value is not null and with_people.people is null then 'not_available'
            else with_people.status
        end as status,
        with_people.source_id,
        with_people.table_name,
        with_people.release_id,
        with_people.is_latest_release,
        case
            when with_people.is_counted_apart
                then 'No rate: the monthly list counts its people together with those of another prison.'
            when with_people.people is null then 'No rate: its people are not known for every month of the period.'
        end as note
    from with_people
    left join {{ ref('poisson_limit') }} as poisson_limit on with_people.value = poisson_limit.observed
),

quotient as (
    select
        part.prison_code, 'adjudications_proved_share' as measure_id, part.period_type, part.period_start,
        part.period_end, part.value as numerator, whole.value as denominator,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        part.status, part.source_id, part.table_name, part.release_id, part.is_latest_release
    from event as part
    inner join event as whole
        on
            part.measure_id = whole.measure_id
            and part.prison_code = whole.prison_code
            and part.period_start = whole.period_start
            and part.period_end = whole.period_end
            and part.release_id = whole.release_id
            and whole.category_type is null
    where part.measure_id = 'adjudications' and part.category_type = 'outcome' and part.category = 'Proved'
    union all
    select
        part.prison_code, 'bbv_tested_share' as measure_id, part.period_type, part.period_start,
        part.period_end, part.value as numerator, whole.value as denominator,
        part.category_type, part.category,
        case when part.value is null then part.status else whole.status end as status,
        part.source_id, part.table_name, part.release_id, part.is_latest_release
    from event as part
    inner join event as whole
        on
            part.prison_code = whole.prison_code
            and part.period_start = whole.period_start
            and part.period_end = whole.period_end
            and part.category = whole.category
            and part.release_id = whole.release_id
            and whole.measure_id = 'bbv_received'
    where part.measure_id = 'bbv_tested'
),

proportion as (
    select
        prison_code, measure_id, period_type, period_start, period_end, category_type, category,
        100.0 * numerator / nullif(denominator, 0) as value,
        100.0 * {{ wilson_lower('numerator', 'denominator') }} as lower_95,
        100.0 * {{ wilson_upper('numerator', 'denominator') }} as upper_95,
        numerator,
        denominator,
        case
            when denominator = 0 and numerator is not null then 'not_applicable'
            else status
        end as status,
        source_id, table_name, release_id, is_latest_release,
        cast(null as {{ text_type() }}) as note
    from quotient
)

select * from rate
union all
select * from proportion
