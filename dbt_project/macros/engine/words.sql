{#- Words made of values, for sentences. -#}

{#- A date as a person writes it: 31 March 2026. -#}
{% macro day_in_words(date) -%}
    {{ return(adapter.dispatch('day_in_words', 'rebalance')(date)) }}
{%- endmacro %}

{% macro default__day_in_words(date) -%}
    date_format({{ date }}, 'd MMMM yyyy')
{%- endmacro %}

{% macro duckdb__day_in_words(date) -%}
    strftime({{ date }}, '%-d %B %Y')
{%- endmacro %}


{#- How many of something: 1 day, 3 days. -#}
{% macro counted(number, noun) -%}
    (cast({{ number }} as {{ text_type() }}) || case when {{ number }} = 1 then ' {{ noun }}' else ' {{ noun }}s' end)
{%- endmacro %}
