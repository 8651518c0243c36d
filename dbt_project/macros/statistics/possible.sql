{#-
  The smallest value that a figure can have whose counts are suppressed or rounded: multiplier * numerator_low /
  denominator_high.

  The bounds are the smallest and largest counts that the publisher's disclosure rule leaves; where a count is exact,
  give it for both, coalesce(numerator_low, numerator). Not a confidence interval: it holds nothing of chance, and the
  publisher knows the value. Null where a bound is null or the denominator can be nothing.
-#}
{% macro possible_low(numerator_low, denominator_high, multiplier=1) -%}
    {%- set numerator_low = as_double(numerator_low) -%}
    {%- set denominator_high = as_double(denominator_high) -%}
    {%- set multiplier = as_double(multiplier) -%}
    (
        case
            when {{ denominator_high }} > 0
                then {{ multiplier }} * {{ numerator_low }} / {{ denominator_high }}
        end
    )
{%- endmacro %}


{#-
  The largest value that such a figure can have; see possible_low. Of a proportion, no more than the whole
  (`is_proportion=true`).
-#}
{% macro possible_high(numerator_high, denominator_low, multiplier=1, is_proportion=false) -%}
    {%- set numerator_high = as_double(numerator_high) -%}
    {%- set denominator_low = as_double(denominator_low) -%}
    {%- set multiplier = as_double(multiplier) -%}
    (
        case
            {% if is_proportion -%}
            when {{ denominator_low }} > 0 and {{ numerator_high }} > {{ denominator_low }}
                then {{ multiplier }}
            {% endif -%}
            when {{ denominator_low }} > 0
                then {{ multiplier }} * {{ numerator_high }} / {{ denominator_low }}
        end
    )
{%- endmacro %}


{#-
  The lower limit of a proportion whose counts are suppressed or rounded, as a proportion: Wilson's, of the smallest
  value that it can have.

  Chance and disclosure control together, so that the interval from here to possible_wilson_upper has at least the
  coverage of its level whichever the true counts are; wider than it needs to be. Null as wilson_lower.
-#}
{% macro possible_wilson_lower(numerator_low, denominator_high, level=95) -%}
    {{ wilson_lower(numerator_low, denominator_high, level) }}
{%- endmacro %}


{#-
  The upper limit of such a proportion: Wilson's, of the largest value that it can have; see possible_wilson_lower.
-#}
{% macro possible_wilson_upper(numerator_high, denominator_low, level=95) -%}
    (
        case
            when {{ denominator_low }} > 0 and {{ numerator_high }} > {{ denominator_low }} then 1.0
            else {{ wilson_upper(numerator_high, denominator_low, level) }}
        end
    )
{%- endmacro %}


{#-
  The lower limit of a rate whose counts are suppressed or rounded, in its unit: Byar's (exact below ten), of the
  smallest count, over the largest population.

  `exact_limit` is lower_95 or lower_998 of the seed poisson_limit, joined on numerator_low. As possible_wilson_lower.
-#}
{% macro possible_rate_lower(numerator_low, denominator_high, exact_limit, multiplier=1, level=95) -%}
    {{ possible_low(byar_lower(numerator_low, exact_limit, level), denominator_high, multiplier) }}
{%- endmacro %}


{#-
  The upper limit of such a rate: Byar's (exact below ten), of the largest count, over the smallest population.
  `exact_limit` is upper_95 or upper_998 of the seed poisson_limit, joined on numerator_high.
-#}
{% macro possible_rate_upper(numerator_high, denominator_low, exact_limit, multiplier=1, level=95) -%}
    {{ possible_high(byar_upper(numerator_high, exact_limit, level), denominator_low, multiplier) }}
{%- endmacro %}
