-- What is missing today, in runs of periods one after another that are missing for one reason: of a place; or, where
-- all places of a kind in a country lack a period for the same reason, of all of them at once, under its code.
{%- set of_level = ['series_id', 'period_type', 'area_level', 'country_code', 'period_start', 'period_end'] %}
{%- set run_key = ['series_id', 'period_type', 'area_level', 'area_code', 'reason', 'is_of_all_places'] %}

-- A period of a series in a place, and how much of it is missing for each reason.
with counted as (
    select
        series_id,
        period_type,
        area_level,
        area_code,
        coalesce({{ country_of('area_code') }}, area_code) as country_code,
        period_start,
        period_end,
        coalesce(reason, '') as reason,
        count(*) as cells,
        min(due_on) as due_on,
        min(late_from) as late_from
    from {{ ref('int_coverage') }}
    where state <> 'explained'
    group by
        series_id, period_type, area_level, area_code, period_start, period_end, coalesce(reason, '')
),

expected as (
    select
        series_id,
        period_type,
        area_level,
        area_code,
        country_code,
        period_start,
        period_end,
        sum(cells) as cells_expected
    from counted
    group by series_id, period_type, area_level, area_code, country_code, period_start, period_end
),

-- Where in its series a period stands, of the place and of all places.
placed as (
    select
        *,
        row_number() over (
            partition by series_id, period_type, area_level, area_code order by period_start, period_end
        ) as position,
        dense_rank() over (
            partition by series_id, period_type, area_level, country_code order by period_start, period_end
        ) as position_of_level
    from expected
),

of_level as (
    select {{ of_level | join(', ') }}, count(*) as places
    from expected
    group by {{ of_level | join(', ') }}
),

-- The same reason everywhere.
shared as (
    select {{ of_level | join(', ') }}, reason, count(*) as places
    from counted
    where reason <> ''
    group by {{ of_level | join(', ') }}, reason
),

everywhere as (
    select
        {% for column in of_level -%}
            shared.{{ column }},
        {% endfor -%}
        shared.reason
    from shared
    inner join of_level
        on
            shared.places = of_level.places
            {% for column in of_level -%}
                and coalesce(cast(shared.{{ column }} as {{ text_type() }}), '')
                = coalesce(cast(of_level.{{ column }} as {{ text_type() }}), '')
            {% endfor %}
    -- Each sender is asked for itself, and each force's month is a file of its own.
    where
        shared.places > 1
        and shared.reason <> 'sender_did_not_submit'
        and shared.series_id not in (select series_id from {{ ref('int_gap_series') }} where indicator_id is null)
),

missing as (
    select
        counted.series_id,
        counted.period_type,
        counted.area_level,
        counted.reason,
        counted.period_start,
        counted.period_end,
        counted.cells,
        counted.due_on,
        counted.late_from,
        placed.cells_expected,
        everywhere.reason is not null as is_of_all_places,
        case when everywhere.reason is null then counted.area_code else counted.country_code end as area_code,
        case when everywhere.reason is null then placed.position else placed.position_of_level end as position
    from counted
    inner join placed
        on
            counted.series_id = placed.series_id
            and counted.period_type = placed.period_type
            and counted.area_level = placed.area_level
            and counted.area_code = placed.area_code
            and coalesce(counted.period_start, {{ build_day() }}) = coalesce(placed.period_start, {{ build_day() }})
            and coalesce(counted.period_end, {{ build_day() }}) = coalesce(placed.period_end, {{ build_day() }})
    left join everywhere
        on
            counted.reason = everywhere.reason
            and counted.series_id = everywhere.series_id
            and counted.period_type = everywhere.period_type
            and counted.area_level = everywhere.area_level
            and counted.country_code = everywhere.country_code
            and counted.period_start = everywhere.period_start
            and counted.period_end = everywhere.period_end
    where counted.reason <> ''
),

period as (
    select
        {{ run_key | join(', ') }},
        period_start,
        period_end,
        position,
        count(*) as places,
        sum(cells) as cells,
        sum(cells_expected) as cells_expected,
        min(due_on) as due_on,
        min(late_from) as late_from
    from missing
    group by {{ run_key | join(', ') }}, period_start, period_end, position
),

island as (
    select
        *,
        position - row_number() over (
            partition by {{ run_key | join(', ') }} order by position
        ) as island
    from period
)

select
    md5(
        series_id || '|' || area_code || '|' || area_level || '|' || period_type || '|' || reason || '|'
        || case when is_of_all_places then 'all' else 'one' end || '|'
        || coalesce(cast(min(period_start) as {{ text_type() }}), '')
    ) as gap_id,
    {{ run_key | join(',\n    ') }},
    cast(max(places) as integer) as places,
    min(period_start) as period_from,
    max(period_start) as last_period_start,
    max(period_end) as period_to,
    cast(count(*) as integer) as periods,
    cast(sum(cells) as integer) as cells,
    cast(sum(cells) as double) / sum(cells_expected) as share_missing,
    min(due_on) as due_on,
    min(late_from) as late_from
from island
group by {{ run_key | join(', ') }}, island
