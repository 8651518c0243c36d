{#-
  The lower limit of a difference of two independent figures, from the limits of each, in their unit.

  first - second - sqrt((first - its lower)^2 + (second's upper - second)^2): "square and add", which keeps limits
  that are not symmetric so. Both figures' limits must be of one level, which is the level of the result. With
  Wilson's limits it is Newcombe's hybrid score interval (newcombe_lower), with Byar's that of a difference of two
  rates. Null where one is null. Zou GY, Donner A. Construction of confidence limits about effect measures: a general
  approach. Stat Med 2008;27:1693-702. The figures must be independent: not a place and the region that it is a large
  part of.
-#}
{% macro difference_lower(first, first_lower, second, second_upper) -%}
    {%- set first = as_double(first) -%}
    {%- set first_lower = as_double(first_lower) -%}
    {%- set second = as_double(second) -%}
    {%- set second_upper = as_double(second_upper) -%}
    (
        {{ first }} - {{ second }}
        - sqrt(power({{ first }} - {{ first_lower }}, 2)
        + power({{ second_upper }} - {{ second }}, 2))
    )
{%- endmacro %}


{#- The upper limit of a difference of two independent figures; see difference_lower. -#}
{% macro difference_upper(first, first_upper, second, second_lower) -%}
    {%- set first = as_double(first) -%}
    {%- set first_upper = as_double(first_upper) -%}
    {%- set second = as_double(second) -%}
    {%- set second_lower = as_double(second_lower) -%}
    (
        {{ first }} - {{ second }}
        + sqrt(power({{ first_upper }} - {{ first }}, 2)
        + power({{ second }} - {{ second_lower }}, 2))
    )
{%- endmacro %}


{#-
  The lower limit of the difference of two independent proportions, first minus second, as a proportion.

  Method 10, the hybrid score interval, of Newcombe RG. Interval estimation for the difference between independent
  proportions: comparison of eleven methods. Stat Med 1998;17:873-90. Null where a limit of Wilson's is
  (wilson_lower).
-#}
{% macro newcombe_lower(first_numerator, first_denominator, second_numerator, second_denominator, level=95) -%}
    {{ difference_lower(
        as_double(first_numerator) ~ ' / nullif(' ~ first_denominator ~ ', 0)',
        wilson_lower(first_numerator, first_denominator, level),
        as_double(second_numerator) ~ ' / nullif(' ~ second_denominator ~ ', 0)',
        wilson_upper(second_numerator, second_denominator, level),
    ) }}
{%- endmacro %}


{#- The upper limit of the difference of two independent proportions; see newcombe_lower. -#}
{% macro newcombe_upper(first_numerator, first_denominator, second_numerator, second_denominator, level=95) -%}
    {{ difference_upper(
        as_double(first_numerator) ~ ' / nullif(' ~ first_denominator ~ ', 0)',
        wilson_upper(first_numerator, first_denominator, level),
        as_double(second_numerator) ~ ' / nullif(' ~ second_denominator ~ ', 0)',
        wilson_lower(second_numerator, second_denominator, level),
    ) }}
{%- endmacro %}


{#-
  The lower limit of a ratio of two independent rates, from their counts of events.

  exp(ln(ratio) - z * sqrt(1/first + 1/second)). `ratio` is the first rate over the second, in whatever unit they
  share. Null where a count is null or nought: the logarithm has no standard error then. Breslow NE, Day NE.
  Statistical methods in cancer research, volume II. Lyon: IARC; 1987; Rothman KJ, Greenland S, Lash TL. Modern
  epidemiology, 3rd edition. Philadelphia: Lippincott; 2008, chapter 14.
-#}
{% macro rate_ratio_lower(ratio, first_count, second_count, level=95) -%}
    {{ rate_ratio_limit(ratio, first_count, second_count, level, '-') }}
{%- endmacro %}


{#- The upper limit of a ratio of two independent rates; see rate_ratio_lower. -#}
{% macro rate_ratio_upper(ratio, first_count, second_count, level=95) -%}
    {{ rate_ratio_limit(ratio, first_count, second_count, level, '+') }}
{%- endmacro %}


{#- What rate_ratio_lower and rate_ratio_upper have in common; `sign` is - or +. -#}
{% macro rate_ratio_limit(ratio, first_count, second_count, level, sign) -%}
    {%- set ratio = as_double(ratio) -%}
    {%- set first_count = as_double(first_count) -%}
    {%- set second_count = as_double(second_count) -%}
    (
        case
            when {{ first_count }} > 0 and {{ second_count }} > 0
                then {{ ratio }} * exp(
                    {{ sign }} {{ normal_quantile(level) }}
                    * sqrt(1.0 / {{ first_count }} + 1.0 / {{ second_count }})
                )
        end
    )
{%- endmacro %}


{#-
  The lower limit of a ratio of two independent figures, from the limits of each: for standardised rates and other
  figures that have no plain count.

  exp(ln(first / second) - sqrt(d1^2 + d2^2)), where d is half the width of a figure's limits on the logarithmic scale
  (its standard error times z): the level of the result is that of the limits given. Null where a figure or a limit is
  null, or not above nought. Altman DG, Bland JM. Interaction revisited: the difference between two estimates. BMJ
  2003;326:219, for standard errors from limits on the logarithmic scale.
-#}
{% macro ratio_lower(first, first_lower, first_upper, second, second_lower, second_upper) -%}
    {{ ratio_limit(first, first_lower, first_upper, second, second_lower, second_upper, '-') }}
{%- endmacro %}


{#- The upper limit of a ratio of two independent figures, from the limits of each; see ratio_lower. -#}
{% macro ratio_upper(first, first_lower, first_upper, second, second_lower, second_upper) -%}
    {{ ratio_limit(first, first_lower, first_upper, second, second_lower, second_upper, '+') }}
{%- endmacro %}


{#- What ratio_lower and ratio_upper have in common; `sign` is - or +. -#}
{% macro ratio_limit(first, first_lower, first_upper, second, second_lower, second_upper, sign) -%}
    {%- set first = as_double(first) -%}
    {%- set first_lower = as_double(first_lower) -%}
    {%- set first_upper = as_double(first_upper) -%}
    {%- set second = as_double(second) -%}
    {%- set second_lower = as_double(second_lower) -%}
    {%- set second_upper = as_double(second_upper) -%}
    (
        case
            when
                {{ first }} > 0 and {{ first_lower }} > 0 and {{ first_upper }} > 0
                and {{ second }} > 0 and {{ second_lower }} > 0 and {{ second_upper }} > 0
                then {{ first }} / {{ second }} * exp(
                    {{ sign }} sqrt(
                        power(ln({{ first_upper }} / {{ first_lower }}) / 2.0, 2)
                        + power(ln({{ second_upper }} / {{ second_lower }}) / 2.0, 2)
                    )
                )
        end
    )
{%- endmacro %}


{#-
  The standard error of a difference between two changes, (after - before) of one place less that of another, from the
  standard errors of the four figures (standard_error() makes them from limits), in their unit.

  The root of the sum of squares: the four must be independent. The limits are the difference plus and minus
  normal_quantile(level) times it. Null where one is null. Altman DG, Bland JM. Interaction revisited: the difference
  between two estimates. BMJ 2003;326:219.
-#}
{% macro change_difference_error(first_before, first_after, second_before, second_after) -%}
    {%- set first_before = as_double(first_before) -%}
    {%- set first_after = as_double(first_after) -%}
    {%- set second_before = as_double(second_before) -%}
    {%- set second_after = as_double(second_after) -%}
    sqrt(
        power({{ first_before }}, 2) + power({{ first_after }}, 2)
        + power({{ second_before }}, 2) + power({{ second_after }}, 2)
    )
{%- endmacro %}
