{#-
  The standard error of the logarithm of a ratio of two proportions, a of n to b of m; every count above nought.

  Katz D, Baptista J, Azen SP, Pike MC. Obtaining confidence intervals for the risk ratio in cohort studies. Biometrics
  1978;34:469-74.
-#}
{% macro ratio_of_proportions_error(a, n, b, m) -%}
    sqrt(1.0 / {{ a }} - 1.0 / {{ n }} + 1.0 / {{ b }} - 1.0 / {{ m }})
{%- endmacro %}


{#-
  The standard error of the logarithm of a ratio of two rates of a and b events; both above nought.

  Rothman KJ, Greenland S, Lash TL. Modern Epidemiology, 3rd ed. Philadelphia: Lippincott; 2008, chapter 14.
-#}
{% macro ratio_of_rates_error(a, b) -%}
    sqrt(1.0 / {{ a }} + 1.0 / {{ b }})
{%- endmacro %}


{#- A 95% limit of a ratio, from its logarithm's standard error; sign is -1 for the lower and 1 for the upper one. -#}
{% macro limit_of_ratio(ratio, error, sign) -%}
    {{ ratio }} * exp({{ sign }} * {{ normal_quantile() }} * {{ error }})
{%- endmacro %}
