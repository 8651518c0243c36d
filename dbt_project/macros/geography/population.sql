{#-
  In a sum over int_population_by_age by place, year and sex: the residents of two ages and all between them, or null where
  one of those ages is not there (before 2001 there is nothing above 84). `age_to` null, or 90 and more, is everybody from
  `age_from` on: the last age, 90, is that of everybody of 90 and over. Both may be columns of the rows that are summed.
-#}
{% macro residents_aged(age_from, age_to, age='age', population='population') -%}
    (
        case
            when
                count(case when {{ age }} between {{ age_from }} and least(coalesce({{ age_to }}, 90), 90) then {{ age }} end)
                = least(coalesce(max({{ age_to }}), 90), 90) - max({{ age_from }}) + 1
                then sum(
                    case
                        when {{ age }} between {{ age_from }} and least(coalesce({{ age_to }}, 90), 90) then {{ population }}
                    end
                )
        end
    )
{%- endmacro %}
