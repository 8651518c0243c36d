{#-
  The entity code of an ONS code, its first three characters: what kind of area it is and of which country. What a
  publisher gives of one kind of area is asked of every other of that kind, and of no other kind.
-#}
{% macro entity_code(area_code) -%}
    substr({{ area_code }}, 1, 3)
{%- endmacro %}


{#- By how many months a kind of period goes on to the next; null where only what was published can tell. -#}
{% macro months_to_next(period_type) -%}
    case
        when {{ period_type }} = 'month' then 1
        when {{ period_type }} in ('quarter', 'cohort_quarter', 'cohort_quarter_to_2015') then 3
        when
            {{ period_type }} in (
                'calendar_year', 'financial_year', 'academic_year', 'cohort_year', 'cohort_year_to_2015'
            )
            then 12
    end
{%- endmacro %}


{#- Months from one publication to the next; null where the publisher keeps no rhythm. -#}
{% macro months_of_cadence(cadence) -%}
    case {{ cadence }} when 'month' then 1 when 'quarter' then 3 when 'year' then 12 end
{%- endmacro %}


{#- The end of a period some months after another's: of a month's last day, the last day of that month. -#}
{% macro end_moved(period_end, months) -%}
    case
        when {{ period_end }} = {{ month_end(period_end) }}
            then {{ month_end(date_plus('month', months, period_end)) }}
        else {{ date_plus('month', months, period_end) }}
    end
{%- endmacro %}


{#-
  How many years a gap counts for: those that it is open, five at most, so that what never was does not drown the rest.
-#}
{% macro years_of_gap(days_open) -%}
    least({{ days_open }} / 365.25, 5.0)
{%- endmacro %}
