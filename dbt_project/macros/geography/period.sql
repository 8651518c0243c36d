{#-
  The year of a period's middle day. Its mid-year estimate is the period's population, and periods of different kinds that share it
  are set beside each other.
-#}
{% macro population_year(period_start, period_end) -%}
    cast(extract(year from {{ middle_day(period_start, period_end) }}) as integer)
{%- endmacro %}


{#- The middle day of a period. -#}
{% macro middle_day(period_start, period_end) -%}
    {{ date_plus('day', '(' ~ days_between(period_start, period_end) ~ ') / 2', period_start) }}
{%- endmacro %}


{#- Whole months in a period whose first and last day are those of months; 0 for a day. -#}
{% macro months_of(period_start, period_end) -%}
    (
        case
            when {{ period_start }} = {{ period_end }} then 0
            else {{ months_between(period_start, date_plus('day', 1, period_end)) }}
        end
    )
{%- endmacro %}


{#- The order in which a kind of period is taken for an indicator's headline: a year first, then pooled years, then parts of years. -#}
{% macro period_type_rank(period_type) -%}
    case
        when {{ period_type }} in ('calendar_year', 'financial_year', 'academic_year', 'rolling_12_months') then 1
        -- A measure that has since been replaced stands behind what replaced it.
        when {{ period_type }} like 'cohort_year_to%' then 4
        when {{ period_type }} = 'cohort_year' then 1
        when {{ period_type }} like '%pooled' then 2
        when {{ period_type }} = 'day' then 3
        when {{ period_type }} like '%quarter%' then 5
        when {{ period_type }} = 'month' then 6
        else 4
    end
{%- endmacro %}


{#- The day on which Rebalancing Act was launched: what has changed is measured from the period that holds it. -#}
{% macro baseline_day() -%}
    cast('2017-01-11' as date)
{%- endmacro %}
