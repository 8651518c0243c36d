{#-
  The lower control limit of a funnel of proportions around a benchmark, as a proportion, for a place's denominator.

  p - z * sqrt(p * (1 - p) / n), never below nought. A place is beyond it exactly when the benchmark is beyond the
  place's Wilson limit of that level, so that funnel_position agrees with the lines drawn. `benchmark` is a
  proportion. Null where it is null or no proportion, or the denominator null or nothing. Spiegelhalter DJ. Funnel
  plots for comparing institutional performance. Stat Med 2005;24:1185-202; the same as Public Health England's funnel
  plot tool for proportions (2017) and PHEindicatormethods::calculate_funnel_limits.
-#}
{% macro funnel_proportion_lower(benchmark, denominator, level=95) -%}
    {{ funnel_proportion_limit(benchmark, denominator, level, '-') }}
{%- endmacro %}


{#- The upper control limit of a funnel of proportions, never above one; see funnel_proportion_lower. -#}
{% macro funnel_proportion_upper(benchmark, denominator, level=95) -%}
    {{ funnel_proportion_limit(benchmark, denominator, level, '+') }}
{%- endmacro %}


{#- What funnel_proportion_lower and funnel_proportion_upper have in common; `sign` is - or +. -#}
{% macro funnel_proportion_limit(benchmark, denominator, level, sign) -%}
    {%- set benchmark = as_double(benchmark) -%}
    {%- set denominator = as_double(denominator) -%}
    (
        case
            when {{ denominator }} > 0 and {{ benchmark }} >= 0 and {{ benchmark }} <= 1 then least(
                1.0,
                greatest(
                    0.0,
                    {{ benchmark }} {{ sign }} {{ normal_quantile(level) }} * sqrt(
                        {{ benchmark }} * (1.0 - {{ benchmark }}) / {{ denominator }}
                    )
                )
            )
        end
    )
{%- endmacro %}


{#-
  The lower control limit of a funnel of rates around a benchmark, in the benchmark's unit, at a place's count of
  events.

  benchmark * events / (upper Poisson limit of the events). A rate is below it exactly when the benchmark is above the
  rate's own upper limit (Byar, exact below ten), so that funnel_position agrees with it. `exact_upper` is upper_95 or
  upper_998 of the seed poisson_limit. Nought for no events. Null where one is null. Public Health England. Technical
  guide: funnel plots, and the funnel plot tools for rates and for ratios; 2017;
  PHEindicatormethods::calculate_funnel_limits (rate, ratio). For a ratio the benchmark is 1 or 100.
-#}
{% macro funnel_rate_lower(benchmark, events, exact_upper, level=95) -%}
    {%- set benchmark = as_double(benchmark) -%}
    {%- set events = as_double(events) -%}
    ({{ benchmark }} * {{ events }} / {{ byar_upper(events, exact_upper, level) }})
{%- endmacro %}


{#-
  The upper control limit of a funnel of rates, at a place's count of events; see funnel_rate_lower. `exact_lower` is
  lower_95 or lower_998 of the seed poisson_limit. Null for no events: no rate of none is high.
-#}
{% macro funnel_rate_upper(benchmark, events, exact_lower, level=95) -%}
    {%- set benchmark = as_double(benchmark) -%}
    {%- set events = as_double(events) -%}
    ({{ benchmark }} * {{ events }} / nullif({{ byar_lower(events, exact_lower, level) }}, 0))
{%- endmacro %}


{#-
  The lower control limit of a funnel of rates by population, in the benchmark's unit: for drawing the funnel.

  Byar's formula at the events to be expected, E = benchmark * population / multiplier, over the population; never
  below nought. An approximation to Spiegelhalter's Poisson limits (2005), within one event of the exact quantile at
  95% and 2.2 at 99.8% from five expected events on (measured with SciPy 1.17); use funnel_position to say where a
  place stands. Null where one is null or E is nothing.
-#}
{% macro funnel_population_lower(benchmark, population, multiplier, level=95) -%}
    {{ funnel_population_limit(benchmark, population, multiplier, level, '-') }}
{%- endmacro %}


{#- The upper control limit of a funnel of rates by population; see funnel_population_lower. -#}
{% macro funnel_population_upper(benchmark, population, multiplier, level=95) -%}
    {{ funnel_population_limit(benchmark, population, multiplier, level, '+') }}
{%- endmacro %}


{#- What funnel_population_lower and funnel_population_upper have in common; `sign` is - or +. -#}
{% macro funnel_population_limit(benchmark, population, multiplier, level, sign) -%}
    {%- set benchmark = as_double(benchmark) -%}
    {%- set population = as_double(population) -%}
    {%- set multiplier = as_double(multiplier) -%}
    {%- set expected = '(' ~ benchmark ~ ' * ' ~ population ~ ' / ' ~ multiplier ~ ')' -%}
    (
        case
            when {{ benchmark }} > 0 and {{ population }} > 0 then {{ benchmark }} * power(
                greatest(
                    0.0,
                    1.0 - 1.0 / (9.0 * {{ expected }})
                    {{ sign }} {{ normal_quantile(level) }} / (3.0 * sqrt({{ expected }}))
                ),
                3
            )
        end
    )
{%- endmacro %}


{#-
  Where a place stands in the funnel around a benchmark: below_998, below_95, within, above_95, above_998, or
  not_compared where the benchmark or a limit is null.

  By the place's own limits at both levels: beyond the funnel's line is the same as a benchmark beyond the place's
  limit (see funnel_proportion_lower and funnel_rate_lower), as PHEindicatormethods::assign_funnel_significance has
  it. Given Wilson's limits for a proportion, Byar's for a rate or a ratio, Dobson's for a directly standardised rate.
-#}
{% macro funnel_position(benchmark, lower_95, upper_95, lower_998, upper_998) -%}
    (
        case
            when
                {{ benchmark }} is null or {{ lower_95 }} is null or {{ upper_95 }} is null
                or {{ lower_998 }} is null or {{ upper_998 }} is null
                then 'not_compared'
            when {{ benchmark }} > {{ upper_998 }} then 'below_998'
            when {{ benchmark }} > {{ upper_95 }} then 'below_95'
            when {{ benchmark }} < {{ lower_998 }} then 'above_998'
            when {{ benchmark }} < {{ lower_95 }} then 'above_95'
            else 'within'
        end
    )
{%- endmacro %}
