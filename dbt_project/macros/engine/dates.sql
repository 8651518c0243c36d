{#- Dates by dbt's cross-database macros, under names that linting without dbt can stand in for. -#}

{#- The first day of a date's month. -#}
{% macro month_start(date) -%}
    cast({{ dbt.date_trunc('month', date) }} as date)
{%- endmacro %}


{#- The first day of a date's year. -#}
{% macro year_start(date) -%}
    cast({{ dbt.date_trunc('year', date) }} as date)
{%- endmacro %}


{#- A date some days, months or years after another, as a date. -#}
{% macro date_plus(part, number, date) -%}
    cast({{ dbt.dateadd(part, number, date) }} as date)
{%- endmacro %}


{#- How many days a later date is after an earlier one. -#}
{% macro days_between(earlier, later) -%}
    ({{ dbt.datediff(earlier, later, 'day') }})
{%- endmacro %}


{#- How many months a later date's month is after an earlier one's. -#}
{% macro months_between(earlier, later) -%}
    ({{ dbt.datediff(earlier, later, 'month') }})
{%- endmacro %}


{#- The last day of a date's month. -#}
{% macro month_end(date) -%}
    cast({{ dbt.last_day(date, 'month') }} as date)
{%- endmacro %}


{#- When this build began (UTC). -#}
{% macro build_started_at() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro %}


{#- The day that lateness and age are reckoned from (REBALANCE_DAY); without one, the day on which this build began. -#}
{% macro build_day() -%}
    cast('{{ env_var("REBALANCE_DAY", run_started_at.strftime("%Y-%m-%d")) }}' as date)
{%- endmacro %}
