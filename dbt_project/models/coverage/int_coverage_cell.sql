-- Every figure that should be there, or is: a series in a place and period. A group is expected of every area of the
-- kind in a period in which more than half of them have it; in one that nobody of the kind has, as in the newest before
-- it. What fewer areas have is expected of each of those between its first and its last, for people as a whole: a
-- finer group without events may well not be listed.
{%- set series_columns = [
    'indicator_id', 'period_type', 'entity_code', 'sex', 'age_band', 'category_type', 'category',
] %}

with series as (
    select * from {{ ref('int_coverage_series') }}
),

period as (
    select * from {{ ref('int_coverage_period') }}
),

-- Today's areas; those whose former areas are known are asked for the time before they were, too.
place as (
    select
        area.area_code,
        {{ entity_code('area.area_code') }} as entity_code,
        area.valid_from,
        predecessor.area_code is not null as has_predecessor
    from {{ ref('int_area') }} as area
    left join (select distinct area_code from {{ ref('int_area_successor') }}) as predecessor
        on area.area_code = predecessor.area_code
    where
        (area.valid_to is null or area.valid_to >= {{ build_day() }})
        and (area.valid_from is null or area.valid_from <= {{ build_day() }})
),

figure as (
    select
        series.series_key,
        value.area_code,
        value.period_start,
        value.period_end,
        value.value,
        value.status,
        value.numerator,
        value.denominator,
        value.carried_by
    from {{ ref('int_value') }} as value
    inner join series
        on
            {{ entity_code('value.area_code') }} = series.entity_code
            {%- for column in series_columns if column != 'entity_code' %}
                and {{ 'coalesce(' ~ 'value.' ~ column ~ ", '')" }} = {{ 'coalesce(' ~ 'series.' ~ column ~ ", '')" }}
            {%- endfor %}
    where value.is_latest_release and coalesce(value.carried_by, 'as_published') <> 'summed'
),

there_are as (
    select
        period.entity_code,
        period.period_end,
        count(*) as areas
    from (select distinct entity_code, period_end from period) as period
    inner join place on period.entity_code = place.entity_code
    where place.valid_from is null or place.valid_from <= period.period_end
    group by period.entity_code, period.period_end
),

held as (
    select
        figure.series_key,
        series.indicator_id,
        series.period_type,
        series.entity_code,
        figure.period_start,
        figure.period_end,
        2 * count(*) > max(there_are.areas) as is_common
    from figure
    inner join series on figure.series_key = series.series_key
    inner join there_are on series.entity_code = there_are.entity_code and figure.period_end = there_are.period_end
    group by
        figure.series_key, series.indicator_id, series.period_type, series.entity_code, figure.period_start,
        figure.period_end
),

common as (
    select
        held.series_key,
        period.period_start,
        period.period_end
    from held
    inner join period
        on
            held.indicator_id = period.indicator_id
            and held.period_type = period.period_type
            and held.entity_code = period.entity_code
            and held.period_end = period.pattern_period_end
    where held.is_common and (period.period_start = held.period_start or not period.is_published_of_kind)
),

of_everyone as (
    select
        common.series_key,
        place.area_code,
        common.period_start,
        common.period_end
    from common
    inner join series on common.series_key = series.series_key
    inner join place on series.entity_code = place.entity_code
    where place.valid_from is null or place.valid_from <= common.period_end or place.has_predecessor
),

span as (
    select
        series_key,
        area_code,
        min(period_end) as first_period_end,
        max(period_end) as last_period_end
    from figure
    group by series_key, area_code
),

of_the_place_itself as (
    select
        span.series_key,
        span.area_code,
        period.period_start,
        period.period_end
    from span
    inner join series on span.series_key = series.series_key
    inner join place on span.area_code = place.area_code
    inner join period
        on
            series.indicator_id = period.indicator_id
            and series.period_type = period.period_type
            and series.entity_code = period.entity_code
            and span.first_period_end < period.period_end
            and span.last_period_end > period.period_end
    where period.is_regular and series.category_type is null
),

cell as (
    select series_key, area_code, period_start, period_end
    from of_everyone
    union
    select series_key, area_code, period_start, period_end
    from of_the_place_itself
    union
    select figure.series_key, figure.area_code, figure.period_start, figure.period_end
    from figure
    inner join place on figure.area_code = place.area_code
)

select
    cell.series_key,
    series.indicator_id,
    series.source_id,
    series.entity_code,
    series.area_level,
    cell.area_code,
    series.period_type,
    cell.period_start,
    cell.period_end,
    series.sex,
    series.age_band,
    series.category_type,
    series.category,
    period.is_published,
    period.is_published_of_kind,
    period.latest_of_kind,
    period.latest_period_end,
    period.is_after_the_end,
    period.due_on,
    period.late_from,
    coalesce(place.valid_from > cell.period_end, false) as is_before_the_area,
    coalesce(place.valid_from > cell.period_start, false) as began_within,
    figure.series_key is not null as is_there,
    figure.value is not null as has_value,
    -- Whether the place itself had the figure when the kind of area last did.
    coalesce(
        max(case when figure.value is not null then cell.period_end end) over (
            partition by cell.series_key, cell.area_code
            order by cell.period_end
            range between unbounded preceding and current row
        ) >= period.pattern_period_end,
        false
    ) as had_the_pattern,
    figure.status,
    figure.numerator,
    figure.denominator,
    figure.carried_by
from cell
inner join series on cell.series_key = series.series_key
inner join place on cell.area_code = place.area_code
inner join period
    on
        series.indicator_id = period.indicator_id
        and series.period_type = period.period_type
        and series.entity_code = period.entity_code
        and cell.period_start = period.period_start
        and cell.period_end = period.period_end
left join figure
    on
        cell.series_key = figure.series_key
        and cell.area_code = figure.area_code
        and cell.period_start = figure.period_start
        and cell.period_end = figure.period_end
