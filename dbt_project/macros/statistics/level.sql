{#-
  The quantile of the standard normal distribution that two-sided limits of a level take: 95 (the default) or 99.8.

  The 97.5th and 99.9th percentiles, to the last digit of a double (SciPy 1.17, scipy.stats.norm.ppf). A double,
  because the product of decimals with fifteen places has no room left for a population. Any other level stops the
  compilation.
-#}
{% macro normal_quantile(level=95) -%}
    {%- set quantiles = {'95': '1.959963984540054', '99.8': '3.090232306167813'} -%}
    {%- if level | string not in quantiles -%}
        {{ exceptions.raise_compiler_error("Limits are given at 95 and 99.8%, not at " ~ level ~ ".") }}
    {%- endif -%}
    cast({{ quantiles[level | string] }} as double)
{%- endmacro %}


{#-
  The standard error that symmetric limits imply: their width over twice the normal quantile of their level.

  In the unit of the limits; null where one of them is. An approximation for limits that are not symmetric (Byar,
  Wilson): OHID's Fingertips Public Health Technical Guidance uses it so for trends and for the slope index of
  inequality.
-#}
{% macro standard_error(lower, upper, level=95) -%}
    {%- set lower = as_double(lower) -%}
    {%- set upper = as_double(upper) -%}
    (({{ upper }} - {{ lower }}) / (2.0 * {{ normal_quantile(level) }}))
{%- endmacro %}


{#- An expression as a double: safe to stand in arithmetic, whatever its type and however it is made up. -#}
{% macro as_double(expression) -%}
    cast({{ expression }} as double)
{%- endmacro %}
