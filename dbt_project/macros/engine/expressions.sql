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


{#- A text up to its first opening bracket, without the blanks before that; the whole text where there is none. -#}
{% macro before_bracket(text) -%}
    (
        case
            when {{ dbt.position("'('", text) }} > 1
                then trim(substr({{ text }}, 1, {{ dbt.position("'('", text) }} - 1))
            else {{ text }}
        end
    )
{%- endmacro %}


{#- Whether a text is part of another. -#}
{% macro is_within(part, whole) -%}
    {{ dbt.position(part, whole) }} > 0
{%- endmacro %}
