{#- The year of a period's middle day: the mid-year estimate of that year is the period's population. -#}
{% macro population_year(period_start, period_end) -%}
    cast(extract(year from {{ date_plus('day', '(' ~ dbt.datediff(period_start, period_end, 'day') ~ ') / 2', period_start) }}) as integer)
{%- endmacro %}
