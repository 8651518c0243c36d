-- Every figure that should be there, or is: a series in a place and period. A group is expected of every area of the
-- kind in a period in which more than half of them have it; in one that nobody of the kind has, as in the newest before
-- it. What fewer areas have is expected of each of those between its first and its last, for people as a whole: a
-- finer group without events may well not be listed.
-- By the keys of series and period, because there are many.
{%- set group_columns = ['sex', 'age_band', 'category_type', 'category'] %}

with series as (
    select * from {{ ref('int_coverage_series') }}
),

period as (
    select * from {{ ref('int_coverage_period') }}
),

predecessor as (
    select distinct area_code from {{ ref('int_area_successor') }}
),

-- Today's areas; those whose former areas are known are asked for the time before they were, too.
place as (
    select
        area.area_code,
        {{ entity_code('area.area_code') }} as entity_code,
        area.valid_from,
        predecessor.area_code is not null as has_predecessor
    from {{ ref('int_area') }} as area
    left join predecessor on area.area_code = predecessor.area_code
    where
        (area.valid_to is null or area.valid_to >= {{ build_day() }})
        and (area.valid_from is null or area.valid_from <= {{ build_day() }})
),

figure as (
    select
        series.series_key,
        period.period_key,
        value.area_code,
        value.value is not null as has_value,
        value.status,
        value.carried_by,
        value.numerator is not null as has_numerator,
        value.denominator is not null as has_denominator,
        coalesce(value.denominator = 0, false) as is_of_nobody
    from {{ ref('int_value') }} as value
    inner join place on value.area_code = place.area_code
    inner join series
        on
            value.indicator_id = series.indicator_id
            and value.period_type = series.period_type
            and place.entity_code = series.entity_code
            {%- for column in group_columns %}
                and coalesce(value.{{ column }}, '') = coalesce(series.{{ column }}, '')
            {%- endfor %}
    inner join period
        on
            value.indicator_id = period.indicator_id
            and value.period_type = period.period_type
            and place.entity_code = period.entity_code
            and value.period_start = period.period_start
            and value.period_end = period.period_end
    where value.is_latest_release and coalesce(value.carried_by, 'as_published') <> 'summed'
),

ending as (
    select distinct entity_code, period_end from period
),

there_are as (
    select
        ending.entity_code,
        ending.period_end,
        count(*) as areas
    from ending
    inner join place on ending.entity_code = place.entity_code
    where place.valid_from is null or place.valid_from <= ending.period_end
    group by ending.entity_code, ending.period_end
),

held as (
    select series_key, period_key, count(*) as areas
    from figure
    group by series_key, period_key
),

-- Groups that most areas of the kind have, by the period in which they do.
common as (
    select held.series_key, held.period_key
    from held
    inner join period on held.period_key = period.period_key
    inner join there_are on period.entity_code = there_are.entity_code and period.period_end = there_are.period_end
    where 2 * held.areas > there_are.areas
),

-- A period that the kind of area has is its own pattern.
pattern as (
    select
        asked.period_key,
        asked.period_end,
        asked.entity_code,
        model.period_key as pattern_key
    from period as asked
    inner join period as model
        on
            asked.indicator_id = model.indicator_id
            and asked.period_type = model.period_type
            and asked.entity_code = model.entity_code
            and asked.pattern_period_end = model.period_end
            and model.is_published_of_kind
    where not asked.is_published_of_kind or asked.period_key = model.period_key
),

asked_of_all as (
    select common.series_key, pattern.period_key, pattern.entity_code, pattern.period_end
    from common
    inner join pattern on common.period_key = pattern.pattern_key
),

of_everyone as (
    select
        asked_of_all.series_key,
        asked_of_all.period_key,
        place.area_code
    from asked_of_all
    inner join place on asked_of_all.entity_code = place.entity_code
    where place.valid_from is null or place.valid_from <= asked_of_all.period_end or place.has_predecessor
),

span as (
    select
        figure.series_key,
        figure.area_code,
        min(period.period_end) as first_period_end,
        max(period.period_end) as last_period_end
    from figure
    inner join period on figure.period_key = period.period_key
    inner join series on figure.series_key = series.series_key
    where period.is_regular and series.category_type is null
    group by figure.series_key, figure.area_code
),

of_the_place_itself as (
    select
        span.series_key,
        period.period_key,
        span.area_code
    from span
    inner join series on span.series_key = series.series_key
    inner join period
        on
            series.indicator_id = period.indicator_id
            and series.period_type = period.period_type
            and series.entity_code = period.entity_code
            and span.first_period_end < period.period_end
            and span.last_period_end > period.period_end
    where
        not exists (
            select 1 from asked_of_all
            where asked_of_all.series_key = span.series_key and asked_of_all.period_key = period.period_key
        )
),

asked as (
    select series_key, period_key, area_code
    from of_everyone
    union all
    select series_key, period_key, area_code
    from of_the_place_itself
)

select
    series_key,
    period_key,
    area_code,
    true as is_there,
    has_value,
    status,
    carried_by,
    has_numerator,
    has_denominator,
    is_of_nobody
from figure
union all
select
    series_key,
    period_key,
    area_code,
    false as is_there,
    false as has_value,
    null as status,
    null as carried_by,
    false as has_numerator,
    false as has_denominator,
    false as is_of_nobody
from asked
where
    not exists (
        select 1 from figure
        where
            figure.series_key = asked.series_key
            and figure.period_key = asked.period_key
            and figure.area_code = asked.area_code
    )
