{#-
  The variance of a count of events that the same person can have many times, from events and people alone.

  In squared events. AN APPROXIMATION: the number of events m of a person who had at least one is taken to be
  geometric (1, 2, 3, ...) with the mean X/N that was observed, and people to be a Poisson count, so that the
  variance, the expected sum of m squared over people, is N * (2 (X/N)^2 - X/N) = X * (2X/N - 1). With one event each
  it is X, as of a Poisson count. The compound Poisson variance is Stukel's and Glynn's (see dsr_variance); that m is
  geometric is ours, for tables that give no more than the two totals. Where the numbers of people with one, two,
  three, ... events are known, use their sum of squares instead: sum(people * power(events_each, 2)). Null where one
  of the two is null, or where there are more people than events; nought for nothing.
-#}
{% macro repeat_variance(events, people) -%}
    {%- set events = as_double(events) -%}
    {%- set people = as_double(people) -%}
    (
        case
            when {{ events }} = 0 and {{ people }} = 0 then 0.0
            when {{ people }} > 0 and {{ events }} >= {{ people }}
                then {{ events }} * (2.0 * {{ events }} / {{ people }} - 1.0)
        end
    )
{%- endmacro %}


{#-
  The lower limit of a count of events that the same person can have many times.

  The distance from the count to its Poisson limit (Byar, exact below ten), times the square root of the dispersion,
  which is the variance over the count: quasi-Poisson (McCullagh P, Nelder JA. Generalized linear models, 2nd edition.
  London: Chapman and Hall; 1989, section 6.2), with the shape of the Poisson limits, as Dobson's method has for a
  single group. `variance` is in squared events: a sum of squares or repeat_variance(). A count of nought has no
  dispersion to be had from it, and keeps its Poisson limits. Never below nought. Null where the variance of a count
  above nought is null. Divide by the population for a crude rate.
-#}
{% macro repeat_lower(count, variance, exact_limit, level=95) -%}
    {%- set count = as_double(count) -%}
    {%- set variance = as_double(variance) -%}
    {%- set exact_limit = as_double(exact_limit) -%}
    (
        case
            when {{ count }} = 0 then {{ exact_limit }}
            when
                {{ count }} > 0 and {{ variance }} >= 0 and ({{ count }} >= 10 or {{ exact_limit }} is not null)
                then greatest(
                    0.0,
                    {{ count }}
                    + sqrt({{ variance }} / {{ count }})
                    * ({{ byar_lower(count, exact_limit, level) }} - {{ count }})
                )
        end
    )
{%- endmacro %}


{#- The upper limit of a count of events that the same person can have many times; see repeat_lower. -#}
{% macro repeat_upper(count, variance, exact_limit, level=95) -%}
    {%- set count = as_double(count) -%}
    {%- set variance = as_double(variance) -%}
    {%- set exact_limit = as_double(exact_limit) -%}
    (
        case
            when {{ count }} = 0 then {{ exact_limit }}
            when {{ count }} > 0 and {{ variance }} >= 0
                then {{ count }}
                + sqrt({{ variance }} / {{ count }})
                * ({{ byar_upper(count, exact_limit, level) }} - {{ count }})
        end
    )
{%- endmacro %}
