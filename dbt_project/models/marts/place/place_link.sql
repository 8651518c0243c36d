-- A health measure and a justice measure of the same place, side by side, with how far the two go together over places,
-- and, where both are of whole countries alone, over years.
with pair as (
    select * from {{ ref('indicator_pair') }}
),

-- Of each measure the headline's sex and ages, and every kind of period that is as long as the headline's.
headline as (
    select
        value.*,
        value.period_type = headline.period_type as is_headline,
        {{ population_year('value.period_start', 'value.period_end') }} as aligned_year
    from {{ ref('int_value') }} as value
    inner join {{ ref('int_headline') }} as headline
        on
            value.indicator_id = headline.indicator_id
            and value.sex = headline.sex
            and value.age_band = headline.age_band
            and {{ period_type_rank('value.period_type') }} = {{ period_type_rank('headline.period_type') }}
    where
        value.is_latest_release
        and value.category_type is null
        and value.indicator_id in (
            select pair.health_indicator_id from pair
            union
            select pair.justice_indicator_id from pair
        )
        and (value.value is not null or value.status = 'suppressed')
),

-- Of several periods with one middle year, the headline's kind first, then the one that ends last.
yearly as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by indicator_id, area_code, aligned_year
                order by
                    case when value is null then 1 else 0 end asc,
                    case when is_headline then 0 else 1 end asc,
                    period_end desc,
                    period_start asc
            ) as choice
        from headline
    ) as chosen
    where choice = 1
),

-- A measure that is published for England and Wales alone stands beside one of England, and the row says so.
placed as (
    select
        indicator_id, area_code, area_name, area_level, aligned_year, period_type, period_start, period_end, value,
        lower_95, upper_95, unit, status, false as is_of_both_countries
    from yearly
    union all
    select
        indicator_id, 'E92000001' as area_code, 'England' as area_name, area_level, aligned_year, period_type,
        period_start, period_end, value, lower_95, upper_95, unit, status, true as is_of_both_countries
    from yearly
    where
        area_code = 'K04000001'
        and indicator_id not in (
            select england.indicator_id from yearly as england
            where england.area_code = 'E92000001'
        )
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
        health.period_start = justice.period_start and health.period_end = justice.period_end as is_same_period,
        health.is_of_both_countries or justice.is_of_both_countries as is_mixed
    from pair
    inner join placed as health on pair.health_indicator_id = health.indicator_id
    inner join placed as justice
        on
            pair.justice_indicator_id = justice.indicator_id
            and health.area_code = justice.area_code
            and health.aligned_year = justice.aligned_year
    where not (health.is_of_both_countries and justice.is_of_both_countries)
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
    end
    || case
        when linked.is_mixed then ' One of the two is of England and Wales: of England alone it is not published.'
        else ''
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
