{#- Expressions that engines spell differently. -#}

{#- The type of a text of any length. -#}
{% macro text_type() -%}
    {{ dbt.type_string() }}
{%- endmacro %}


{#- Whether the whole of a text matches a regular expression. -#}
{% macro matches(text, pattern) -%}
    {{ return(adapter.dispatch('matches', 'rebalance')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches(text, pattern) -%}
    ({{ text }} rlike '^(?:{{ pattern }})$')
{%- endmacro %}

{% macro duckdb__matches(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}


{#- A date some days, months or years after another, as a date. -#}
{% macro date_plus(part, number, date) -%}
    cast({{ dbt.dateadd(part, number, date) }} as date)
{%- endmacro %}


{#- Days, or months begun, from one date to another. -#}
{% macro days_between(first, last) -%}
    {{ dbt.datediff(first, last, 'day') }}
{%- endmacro %}

{% macro months_between(first, last) -%}
    {{ dbt.datediff(first, last, 'month') }}
{%- endmacro %}


{#- The last day of a date's month. -#}
{% macro month_end(date) -%}
    cast({{ dbt.last_day(date, 'month') }} as date)
{%- endmacro %}


{#- Texts of a group in one, sorted, with a separator between. -#}
{% macro listed(text, separator) -%}
    {{ return(adapter.dispatch('listed', 'rebalance')(text, separator)) }}
{%- endmacro %}

{% macro default__listed(text, separator) -%}
    array_join(sort_array(collect_set({{ text }})), '{{ separator }}')
{%- endmacro %}

{% macro duckdb__listed(text, separator) -%}
    string_agg(distinct {{ text }}, '{{ separator }}' order by {{ text }})
{%- endmacro %}


{#- When this build began (UTC). -#}
{% macro build_started_at() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro %}


{#- The day on which this build began. -#}
{% macro build_day() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d") }}' as date)
{%- endmacro %}
