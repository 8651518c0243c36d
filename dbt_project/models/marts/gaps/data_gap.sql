{#-
  The table is its own history: what is no longer missing stays with the day on which it was closed. It is never built
  from nothing while there is one, so that a rebuild makes no gap new.
-#}
{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['gap_id', 'opened_on'],
        on_schema_change='append_new_columns',
        full_refresh=false,
    )
}}
{%- set day = build_day() %}
{%- set described = [
    'series_id', 'indicator_id', 'title', 'domain', 'area_code', 'area_name', 'area_level', 'is_of_all_places',
    'places', 'period_type', 'period_from', 'period_to', 'periods', 'cells', 'share_missing', 'group_names', 'reason',
    'reason_in_words', 'people', 'due_on', 'late_from', 'source_id', 'who_could_fill', 'how_to_fill', 'parent_code',
    'exemption_id', 'need',
] %}

with gap as (
    select * from {{ ref('int_gap') }}
),

{% if is_incremental() -%}
    was_open as (
        select *
        from {{ this }}
        where closed_on is null
    ),
{%- else -%}
    was_open as (
        select
            gap.*,
            cast(null as date) as opened_on,
            cast(null as date) as updated_on
        from gap
        where 1 = 0
    ),
{%- endif %}

dated as (
    select
        gap.*,
        coalesce(was_open.opened_on, {{ day }}) as opened_on,
        case
            when
                was_open.opened_on is null
                or was_open.period_to <> gap.period_to
                or was_open.cells <> gap.cells
                or coalesce(was_open.exemption_id, '') <> coalesce(gap.exemption_id, '')
                then {{ day }}
            else was_open.updated_on
        end as updated_on
    from gap
    left join was_open on gap.gap_id = was_open.gap_id
),

-- From the day on which the first of it was due; a gap of which no such day is known, from when it was first seen.
aged as (
    select
        *,
        case
            when reason = 'not_yet_due' then 0
            else cast(greatest({{ days_between('coalesce(due_on, opened_on)', day) }}, 0) as integer)
        end as days_open
    from dated
),

weighed as (
    select
        *,
        case
            -- Nobody can be asked for what has ended, or for what is not due.
            when reason in ('not_yet_due', 'series_discontinued') then 0.0
            else need * people * share_missing * {{ years_of_gap('days_open') }}
        end as priority
    from aged
),

ranked as (
    select
        *,
        row_number() over (
            partition by exemption_id is null and reason not in ('not_yet_due', 'series_discontinued')
            order by
                priority desc nulls last, period_to desc nulls last, need * share_missing desc, gap_id asc
        ) as place_in_order
    from weighed
)

select
    gap_id,
    opened_on,
    {{ described | join(',\n    ') }},
    updated_on,
    cast(null as date) as closed_on,
    days_open,
    true as is_open,
    exemption_id is not null as is_exempt,
    priority,
    cast(
        case
            when exemption_id is null and reason not in ('not_yet_due', 'series_discontinued') then place_in_order
        end as integer
    ) as chase_rank
from ranked
{% if is_incremental() %}
    union all
    select
        was_open.gap_id,
        was_open.opened_on,
        {% for column in described -%}
            was_open.{{ column }},
        {% endfor -%}
        {{ day }} as updated_on,
        {{ day }} as closed_on,
        was_open.days_open,
        false as is_open,
        was_open.is_exempt,
        was_open.priority,
        cast(null as integer) as chase_rank
    from was_open
    left join gap on was_open.gap_id = gap.gap_id
    where gap.gap_id is null
{% endif %}
