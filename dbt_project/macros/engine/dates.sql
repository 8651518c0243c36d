{#- Dates and texts by dbt's cross-database macros, under names that linting without dbt can stand in for. -#}

{#- The first day of a date's month. -#}
{% macro month_start(date) -%}
    cast({{ dbt.date_trunc('month', date) }} as date)
{%- endmacro %}


{#- The first day of a date's year. -#}
{% macro year_start(date) -%}
    cast({{ dbt.date_trunc('year', date) }} as date)
{%- endmacro %}


{#- How many months a later date's month is after an earlier one's. -#}
{% macro months_between(earlier, later) -%}
    ({{ dbt.datediff(earlier, later, 'month') }})
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
