{#- The 97.5th percentile of the standard normal distribution, for two-sided 95% limits. -#}
{% macro z_95() -%}
    1.959963984540054
{%- endmacro %}


{#-
  Wilson's lower 95% limit of a proportion, as a proportion.

  Null where the denominator is null or nothing.
  Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc 1927;22:209-12.
  The method that APHO Technical Briefing 3 (2008), "Commonly used public health statistics and their confidence
  intervals", prefers for proportions.
-#}
{% macro wilson_lower(numerator, denominator, level=95) -%}
    (
        case
            when {{ denominator }} > 0 then greatest(
                0.0,
                (
                    2.0 * {{ numerator }} + {{ z_of(level) }} * {{ z_of(level) }}
                    - {{ z_of(level) }} * sqrt(
                        {{ z_of(level) }} * {{ z_of(level) }}
                        + 4.0 * {{ numerator }} * (1.0 - cast({{ numerator }} as double) / {{ denominator }})
                    )
                ) / (2.0 * ({{ denominator }} + {{ z_of(level) }} * {{ z_of(level) }}))
            )
        end
    )
{%- endmacro %}


{#- Wilson's upper 95% limit of a proportion, as a proportion; see wilson_lower. -#}
{% macro wilson_upper(numerator, denominator, level=95) -%}
    (
        case
            when {{ denominator }} > 0 then least(
                1.0,
                (
                    2.0 * {{ numerator }} + {{ z_of(level) }} * {{ z_of(level) }}
                    + {{ z_of(level) }} * sqrt(
                        {{ z_of(level) }} * {{ z_of(level) }}
                        + 4.0 * {{ numerator }} * (1.0 - cast({{ numerator }} as double) / {{ denominator }})
                    )
                ) / (2.0 * ({{ denominator }} + {{ z_of(level) }} * {{ z_of(level) }}))
            )
        end
    )
{%- endmacro %}


{#-
  The lower 95% limit of a count: Byar's approximation at ten and above, the exact Poisson limit below ten.

  `exact_limit` is the column lower_95 of the seed poisson_limit, joined on the count; null at ten and above.
  Byar's method: Breslow NE, Day NE. Statistical methods in cancer research, volume II. Lyon: IARC; 1987. The change of
  method at ten: Public Health England. Technical guide: confidence intervals; 2018, which says that Byar's 95% limits are
  within 0.2% of the exact ones from ten on.
-#}
{% macro byar_lower(count, exact_limit, level=95) -%}
    (
        case
            when {{ count }} < 10 then {{ exact_limit }}
            else {{ count }} * power(1.0 - 1.0 / (9.0 * {{ count }}) - {{ z_of(level) }} / (3.0 * sqrt({{ count }})), 3)
        end
    )
{%- endmacro %}


{#- The upper 95% limit of a count; see byar_lower. `exact_limit` is upper_95 of the seed poisson_limit. -#}
{% macro byar_upper(count, exact_limit, level=95) -%}
    (
        case
            when {{ count }} < 10 then {{ exact_limit }}
            else ({{ count }} + 1.0) * power(
                1.0 - 1.0 / (9.0 * ({{ count }} + 1.0)) + {{ z_of(level) }} / (3.0 * sqrt({{ count }} + 1.0)), 3
            )
        end
    )
{%- endmacro %}


{% macro z_of(level) -%}{{ 1.959963984540054 if level == 95 else 3.090232306167813 }}{%- endmacro %}
