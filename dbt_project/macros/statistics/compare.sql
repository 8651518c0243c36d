{#-
  How a place stands beside a benchmark that counts as known: its own limits against the benchmark's value.

  better, similar or worse where the polarity is higher_is_better or lower_is_better; higher, similar or lower where
  it is not_judged; not_compared where the benchmark, a limit or the polarity is null. A benchmark on a limit is
  similar. The method of Fingertips for England as the benchmark ("confidence intervals overlapping reference value"):
  Public Health England. Technical guide: RAG rating indicator values; 2017; OHID, Fingertips Public Health Technical
  Guidance. The benchmark's own uncertainty is left out, which is right for a country and wrong for a handful of
  places: for those, compared_with_estimate.
-#}
{% macro compared_with_benchmark(benchmark, lower, upper, polarity) -%}
    (
        case
            when {{ benchmark }} is null or {{ lower }} is null or {{ upper }} is null or {{ polarity }} is null
                then 'not_compared'
            when {{ benchmark }} < {{ lower }} then {{ judged_direction(polarity, 'higher') }}
            when {{ benchmark }} > {{ upper }} then {{ judged_direction(polarity, 'lower') }}
            else 'similar'
        end
    )
{%- endmacro %}


{#-
  How a place stands beside a benchmark that is itself an estimate with limits, such as a mean of statistical
  neighbours.

  As compared_with_benchmark, but by whether the limits of the difference (difference_lower, difference_upper) leave
  out nought. Both figures' limits must be of one level, and the two independent: leave the place out of its
  benchmark. Two intervals that do not overlap (Fingertips' "double overlapping confidence intervals") would be a
  stricter test than the level says.
-#}
{% macro compared_with_estimate(
    value, lower, upper, benchmark, benchmark_lower, benchmark_upper, polarity
) -%}
    (
        case
            when
                {{ value }} is null or {{ lower }} is null or {{ upper }} is null or {{ polarity }} is null
                or {{ benchmark }} is null or {{ benchmark_lower }} is null or {{ benchmark_upper }} is null
                then 'not_compared'
            when {{ difference_lower(value, lower, benchmark, benchmark_upper) }} > 0
                then {{ judged_direction(polarity, 'higher') }}
            when {{ difference_upper(value, upper, benchmark, benchmark_lower) }} < 0
                then {{ judged_direction(polarity, 'lower') }}
            else 'similar'
        end
    )
{%- endmacro %}


{#- What being higher or lower means by a polarity: better, worse, or just higher or lower. -#}
{% macro judged_direction(polarity, direction) -%}
    case {{ polarity }}
        when 'higher_is_better' then '{{ 'better' if direction == 'higher' else 'worse' }}'
        when 'lower_is_better' then '{{ 'worse' if direction == 'higher' else 'better' }}'
        else '{{ direction }}'
    end
{%- endmacro %}
