{#-
  A directly standardised rate: an aggregate over one row for each age band (and sex) of a place and a period.

  Events per `multiplier` people of the standard population: multiplier * sum(w * x / n) / sum(w). `events`,
  `population` and `standard` are expressions of a row; `standard` is standard_population of the seed
  european_standard_population. Null where any band's events, population or standard is null or its population is
  nothing (add the band to its neighbour first: a rate over the other bands would pass for one over all), and where
  there are fewer than ten events in all: Morris JK, Tan J, Fryers P, Bestwick J. Evaluation of stability of directly
  standardized rates for sparse data using simulation methods. Popul Health Metr 2018;16:19; and so in OHID's
  Fingertips Public Health Technical Guidance.
-#}
{% macro dsr_value(events, population, standard, multiplier=100000) -%}
    {%- set events = as_double(events) -%}
    {%- set population = as_double(population) -%}
    {%- set standard = as_double(standard) -%}
    (
        case
            when {{ dsr_is_given(events, population, standard) }}
                then {{ multiplier }} * sum(
                    case
                        when {{ population }} > 0
                            then {{ standard }} * {{ events }} / {{ population }}
                    end
                ) / sum({{ standard }})
        end
    )
{%- endmacro %}


{#-
  The variance of a directly standardised rate, in the squared unit of dsr_value; null where that is.

  multiplier^2 * sum(w^2 * v / n^2) / sum(w)^2, where v is the variance of a band's count: the count itself, as events
  are Poisson, unless `variance` gives another expression of the row. For events that the same person can have many
  times, give the sum over the band's people of their squared number of events (Stukel TA, Glynn RJ, Fisher ES, Sharp
  SM, Lu-Yao G, Wennberg JE. Standardized rates of recurrent outcomes. Stat Med 1994;13:1781-91; Glynn RJ, Stukel TA,
  Sharp SM, Bubolz TA, Freeman JL, Fisher ES. Estimating the variance of standardized rates of recurrent events, with
  application to hospitalizations among the elderly in New England. Am J Epidemiol 1993;137:776-86), or, as an
  approximation, what repeat_variance('events', 'people') makes.
-#}
{% macro dsr_variance(events, population, standard, multiplier=100000, variance=none) -%}
    {%- set events = as_double(events) -%}
    {%- set population = as_double(population) -%}
    {%- set standard = as_double(standard) -%}
    {%- set of_count = as_double(variance if variance is not none else events) -%}
    (
        case
            when {{ dsr_is_given(events, population, standard) }} and count(*) = count({{ of_count }})
                then power({{ multiplier }} / sum({{ standard }}), 2) * sum(
                    case
                        when {{ population }} > 0
                            then power({{ standard }} / {{ population }}, 2) * {{ of_count }}
                    end
                )
        end
    )
{%- endmacro %}


{#-
  Whether a directly standardised rate is given: every band has events, population and standard, and there are ten.
-#}
{% macro dsr_is_given(events, population, standard) -%}
    {%- set events = as_double(events) -%}
    {%- set population = as_double(population) -%}
    {%- set standard = as_double(standard) -%}
    (
        count(*) = count(
            case
                when {{ events }} >= 0 and {{ population }} > 0 and {{ standard }} is not null then 1
            end
        )
        and sum({{ events }}) >= 10
    )
{%- endmacro %}


{#-
  Dobson's lower limit of a directly standardised rate, in its unit.

  value + sqrt(variance / events) * (Byar's limit of the events - events). `value` and `variance` are those of
  dsr_value and dsr_variance with one multiplier, `events` all the events in it (sum(events) beside the two). Null
  below ten events, at and above which Byar's method is used, so that no exact limit is needed. With the variance of
  repeat events the limits are as in OHID's Fingertips Public Health Technical Guidance and
  PHEindicatormethods::calculate_dsr. Dobson AJ, Kuulasmaa K, Eberle E, Scherer J. Confidence intervals for weighted
  sums of Poisson parameters. Stat Med 1991;10:457-62.
-#}
{% macro dobson_lower(value, variance, events, level=95) -%}
    {%- set value = as_double(value) -%}
    {%- set variance = as_double(variance) -%}
    {%- set events = as_double(events) -%}
    (
        case
            when {{ events }} >= 10
                then {{ value }}
                + sqrt({{ variance }} / {{ events }}) * ({{ byar_lower(events, 'null', level) }} - {{ events }})
        end
    )
{%- endmacro %}


{#- Dobson's upper limit of a directly standardised rate; see dobson_lower. -#}
{% macro dobson_upper(value, variance, events, level=95) -%}
    {%- set value = as_double(value) -%}
    {%- set variance = as_double(variance) -%}
    {%- set events = as_double(events) -%}
    (
        case
            when {{ events }} >= 10
                then {{ value }}
                + sqrt({{ variance }} / {{ events }}) * ({{ byar_upper(events, 'null', level) }} - {{ events }})
        end
    )
{%- endmacro %}


{#-
  The events to be expected if the reference's rates by age held: an aggregate over one row for each age band.

  sum(n * reference events / reference population). Null where any band lacks one of the three or has no reference
  population. APHO Technical Briefing 3 (2008).
-#}
{% macro expected_events(population, reference_events, reference_population) -%}
    {%- set population = as_double(population) -%}
    {%- set reference_events = as_double(reference_events) -%}
    {%- set reference_population = as_double(reference_population) -%}
    (
        case
            when
                count(*) = count(
                    case
                        when {{ reference_population }} > 0 and {{ reference_events }} >= 0 and {{ population }} >= 0
                            then 1
                    end
                )
                then sum(
                    case
                        when {{ reference_population }} > 0
                            then {{ population }} * {{ reference_events }} / {{ reference_population }}
                    end
                )
        end
    )
{%- endmacro %}


{#-
  An indirectly standardised ratio or rate: observed over expected events, times `multiplier`.

  100 (the default) for a ratio whose reference is 100, 1 for one whose reference is 1, and for an indirectly
  standardised rate the reference's own crude rate, a number or an expression. Null where one is null or nothing is
  expected. APHO Technical Briefing 3 (2008).
-#}
{% macro indirect_value(observed, expected, multiplier=100) -%}
    {%- set observed = as_double(observed) -%}
    {%- set expected = as_double(expected) -%}
    {%- set multiplier = as_double(multiplier) -%}
    (case when {{ expected }} > 0 then {{ multiplier }} * {{ observed }} / {{ expected }} end)
{%- endmacro %}


{#-
  The lower limit of an indirectly standardised ratio or rate, in its unit.

  Byar's limit of the observed events (exact below ten: `exact_limit` as in byar_lower) over the expected ones, which
  count as known. Breslow NE, Day NE. Statistical methods in cancer research, volume II. Lyon: IARC; 1987, section
  2.3.
-#}
{% macro indirect_lower(observed, expected, exact_limit, level=95, multiplier=100) -%}
    {%- set expected = as_double(expected) -%}
    {%- set multiplier = as_double(multiplier) -%}
    (
        case
            when {{ expected }} > 0
                then {{ multiplier }} * {{ byar_lower(observed, exact_limit, level) }} / {{ expected }}
        end
    )
{%- endmacro %}


{#- The upper limit of an indirectly standardised ratio or rate; see indirect_lower. -#}
{% macro indirect_upper(observed, expected, exact_limit, level=95, multiplier=100) -%}
    {%- set expected = as_double(expected) -%}
    {%- set multiplier = as_double(multiplier) -%}
    (
        case
            when {{ expected }} > 0
                then {{ multiplier }} * {{ byar_upper(observed, exact_limit, level) }} / {{ expected }}
        end
    )
{%- endmacro %}
