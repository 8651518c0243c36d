-- People in prison and the places for them on the day of a monthly bulletin, by the publisher's own totals for England
-- and Wales. Prisons are not places here, and no prison's row is read. The weekly series is of the same days to 2020
-- and adds none.
with bulletin as (
    select release_id, period_end as counted_on, measure, value, status
    from {{ ref('stg_moj__prison_population_monthly_establishment') }}
    where is_total and section = 'all'
),

-- Totals of months with no bulletin at hand, which somebody put together.
copied as (
    select release_id, period_end as counted_on, measure, value, status
    from {{ ref('stg_moj__prison_population_monthly_establishment_copy') }}
    where is_total
),

total as (
    select *, cast(null as {{ text_type() }}) as note from bulletin
    union all
    select *, 'From a copy of the bulletins: the bulletin itself is not at hand.' as note from copied
),

by_day as (
    select
        release_id,
        counted_on,
        max(case when measure = 'population' then value end) as people,
        max(case when measure = 'useable_operational_capacity' then value end) as usable_places,
        max(case when measure = 'in_use_cna' then value end) as uncrowded_places,
        max(case when measure = 'population_to_in_use_cna' then value end) as published_crowding,
        max(case when measure = 'population' then status end) as people_status,
        max(case when measure = 'useable_operational_capacity' then status end) as usable_status,
        max(case when measure = 'in_use_cna' then status end) as uncrowded_status,
        max(note) as note
    from total
    group by release_id, counted_on
),

figure as (
    select
        'prison_population_monthly' as indicator_id,
        counted_on,
        cast(null as double) as value,
        people as numerator,
        cast(null as double) as denominator,
        people_status as status,
        release_id,
        note
    from by_day
    union all
    select
        'usable_operational_capacity' as indicator_id,
        counted_on,
        cast(null as double) as value,
        usable_places as numerator,
        cast(null as double) as denominator,
        usable_status as status,
        release_id,
        note
    from by_day
    union all
    select
        'certified_accommodation_in_use' as indicator_id,
        counted_on,
        cast(null as double) as value,
        uncrowded_places as numerator,
        cast(null as double) as denominator,
        uncrowded_status as status,
        release_id,
        note
    from by_day
    union all
    select
        'prison_occupancy' as indicator_id,
        counted_on,
        cast(null as double) as value,
        people as numerator,
        usable_places as denominator,
        people_status as status,
        release_id,
        note
    from by_day
    where usable_places is not null
    union all
    select
        'prison_crowding' as indicator_id,
        counted_on,
        published_crowding as value,
        people as numerator,
        uncrowded_places as denominator,
        people_status as status,
        release_id,
        note
    from by_day
    where uncrowded_places is not null
)

select
    indicator_id,
    'K04000001' as area_code,
    'day' as period_type,
    counted_on as period_start,
    counted_on as period_end,
    'persons' as sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    note
from figure
where status is not null
