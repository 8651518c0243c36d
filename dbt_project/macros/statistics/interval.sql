{#-
  Wilson's lower limit of a proportion, as a proportion, at a level of 95 (the default) or 99.8.

  Null where the numerator or the denominator is null, where the denominator is nothing, and where the numerator is no
  part of the denominator (below nought or above it). Nought of n gives nought. Wilson EB. Probable inference, the law
  of succession, and statistical inference. J Am Stat Assoc 1927;22:209-12. The method that APHO Technical Briefing 3
  (2008), "Commonly used public health statistics and their confidence intervals", prefers for proportions.
-#}
{% macro wilson_lower(numerator, denominator, level=95) -%}
    {{ wilson_limit(numerator, denominator, level, '-') }}
{%- endmacro %}


{#- Wilson's upper limit of a proportion, as a proportion; see wilson_lower. n of n gives one. -#}
{% macro wilson_upper(numerator, denominator, level=95) -%}
    {{ wilson_limit(numerator, denominator, level, '+') }}
{%- endmacro %}


{#- What wilson_lower and wilson_upper have in common; `sign` is - or +. -#}
{% macro wilson_limit(numerator, denominator, level, sign) -%}
    {%- set numerator = as_double(numerator) -%}
    {%- set denominator = as_double(denominator) -%}
    {%- set z = normal_quantile(level) -%}
    (
        case
            {% if sign == '+' -%}
            -- The arithmetic of doubles ends a hair below one.
            when {{ denominator }} > 0 and {{ numerator }} = {{ denominator }} then 1.0
            {% endif -%}
            when {{ denominator }} > 0 and {{ numerator }} >= 0 and {{ numerator }} <= {{ denominator }} then least(
                1.0,
                greatest(
                    0.0,
                    (
                        2.0 * {{ numerator }} + {{ z }} * {{ z }} {{ sign }} {{ z }} * sqrt(
                            {{ z }} * {{ z }}
                            + 4.0 * {{ numerator }}
                            * (1.0 - {{ numerator }} / {{ denominator }})
                        )
                    ) / (2.0 * ({{ denominator }} + {{ z }} * {{ z }}))
                )
            )
        end
    )
{%- endmacro %}


{#-
  The lower limit of a count: Byar's approximation at ten and above, the exact Poisson limit below ten.

  `exact_limit` is the column of the level in the seed poisson_limit (lower_95 or lower_998), joined on the count;
  null at ten and above. Null where the count is null, and where a count below ten finds no exact limit (it is no
  whole number). Byar's method: Breslow NE, Day NE. Statistical methods in cancer research, volume II. Lyon: IARC;
  1987. The change of method at ten: Public Health England. Technical guide: confidence intervals; 2018, which says
  that Byar's 95% limits are within 0.2% of the exact ones from ten on.
-#}
{% macro byar_lower(count, exact_limit, level=95) -%}
    {%- set count = as_double(count) -%}
    {%- set exact_limit = as_double(exact_limit) -%}
    (
        case
            when {{ count }} < 10 then {{ exact_limit }}
            else {{ count }} * power(
                1.0 - 1.0 / (9.0 * {{ count }}) - {{ normal_quantile(level) }} / (3.0 * sqrt({{ count }})), 3
            )
        end
    )
{%- endmacro %}


{#- The upper limit of a count; see byar_lower. `exact_limit` is upper_95 or upper_998 of the seed poisson_limit. -#}
{% macro byar_upper(count, exact_limit, level=95) -%}
    {%- set count = as_double(count) -%}
    {%- set exact_limit = as_double(exact_limit) -%}
    (
        case
            when {{ count }} < 10 then {{ exact_limit }}
            else ({{ count }} + 1.0) * power(
                1.0 - 1.0 / (9.0 * ({{ count }} + 1.0))
                + {{ normal_quantile(level) }} / (3.0 * sqrt({{ count }} + 1.0)),
                3
            )
        end
    )
{%- endmacro %}
