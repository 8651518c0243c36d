-- A health measure and a justice measure of the same place, side by side, with how far the two go together over places,
-- and, where both are of whole countries alone, over years.
with pair as (
    select * from {{ ref('indicator_pair') }}
),

headline as (
    select value.*, {{ population_year('value.period_start', 'value.period_end') }} as aligned_year
    from {{ ref('int_headline_value') }} as value
    where value.value is not null or value.status = 'suppressed'
),

-- Of several periods with one middle year, the one that ends last.
yearly as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by indicator_id, area_code, aligned_year
                order by case when value is null then 1 else 0 end, period_end desc, period_start asc
            ) as choice
        from headline
    ) as chosen
    where choice = 1
),

linked as (
    select
        pair.pair_id,
        pair.title,
        pair.why,
        health.area_code,
        health.area_name,
        health.area_level,
        health.aligned_year,
        pair.health_indicator_id,
        health.period_type as health_period_type,
        health.period_start as health_period_start,
        health.period_end as health_period_end,
        health.value as health_value,
        health.lower_95 as health_lower_95,
        health.upper_95 as health_upper_95,
        health.unit as health_unit,
        health.status as health_status,
        pair.justice_indicator_id,
        justice.period_type as justice_period_type,
        justice.period_start as justice_period_start,
        justice.period_end as justice_period_end,
        justice.value as justice_value,
        justice.lower_95 as justice_lower_95,
        justice.upper_95 as justice_upper_95,
        justice.unit as justice_unit,
        justice.status as justice_status,
        health.period_start = justice.period_start and health.period_end = justice.period_end as is_same_period
    from pair
    inner join yearly as health on pair.health_indicator_id = health.indicator_id
    inner join yearly as justice
        on
            pair.justice_indicator_id = justice.indicator_id
            and health.area_code = justice.area_code
            and health.aligned_year = justice.aligned_year
),

both_known as (
    select
        pair_id,
        area_code,
        area_level,
        aligned_year,
        case when area_level = 'country' then area_code else area_level end as over_what,
        case when area_level = 'country' then 0 else aligned_year end as in_year,
        health_value,
        justice_value
    from linked
    where health_value is not null and justice_value is not null
),

ranked as (
    select
        *,
        {{ average_rank('health_value', ['pair_id', 'over_what', 'in_year']) }} as health_rank,
        {{ average_rank('justice_value', ['pair_id', 'over_what', 'in_year']) }} as justice_rank
    from both_known
),

correlated as (
    select
        pair_id,
        over_what,
        in_year,
        count(*) as pairs,
        {{ pearson('health_value', 'justice_value') }} as correlation,
        {{ pearson('health_rank', 'justice_rank') }} as rank_correlation
    from ranked
    group by pair_id, over_what, in_year
)

select
    linked.pair_id,
    linked.title,
    linked.why,
    linked.area_code,
    linked.area_name,
    linked.area_level,
    linked.aligned_year,
    linked.health_indicator_id,
    linked.health_period_type,
    linked.health_period_start,
    linked.health_period_end,
    linked.health_value,
    linked.health_lower_95,
    linked.health_upper_95,
    linked.health_unit,
    linked.health_status,
    linked.justice_indicator_id,
    linked.justice_period_type,
    linked.justice_period_start,
    linked.justice_period_end,
    linked.justice_value,
    linked.justice_lower_95,
    linked.justice_upper_95,
    linked.justice_unit,
    linked.justice_status,
    linked.is_same_period,
    case
        when linked.is_same_period then 'The same period.'
        else
            'Periods with the middle year ' || cast(linked.aligned_year as {{ text_type() }}) || ': '
            || cast(linked.health_period_start as {{ text_type() }}) || ' to '
            || cast(linked.health_period_end as {{ text_type() }}) || ' beside '
            || cast(linked.justice_period_start as {{ text_type() }}) || ' to '
            || cast(linked.justice_period_end as {{ text_type() }}) || '.'
    end as alignment,
    case when linked.area_level = 'country' then 'years' else 'places' end as correlation_over,
    cast(correlated.pairs as integer) as correlation_pairs,
    correlated.correlation,
    {{ pearson_lower('correlated.correlation', 'correlated.pairs') }} as correlation_lower_95,
    {{ pearson_upper('correlated.correlation', 'correlated.pairs') }} as correlation_upper_95,
    correlated.rank_correlation,
    case
        when linked.area_level = 'country'
            then
                'Two series that both rise or fall over years go together whatever they measure; this is no evidence'
                || ' that one moves the other.'
        else
            'Areas are not people: that two measures go together over places does not say that they do in persons'
            || ' (the ecological fallacy), nor that one causes the other.'
    end as warning
from linked
left join correlated
    on
        linked.pair_id = correlated.pair_id
        and case when linked.area_level = 'country' then linked.area_code else linked.area_level end
        = correlated.over_what
        and case when linked.area_level = 'country' then 0 else linked.aligned_year end = correlated.in_year
