{#- Statuses in the order in which the worst part of a sum gives the sum its own: a rank to take the least of. -#}
{% macro statuses_from_worst() -%}
    {{ return([
        'suppressed', 'not_available', 'missing', 'not_applicable', 'low_reliability', 'modelled', 'estimated', 'rounded',
        'provisional', 'revised', 'observed',
    ]) }}
{%- endmacro %}


{#- The rank of a status, 1 for the worst. -#}
{% macro status_rank(status) -%}
    case {{ status }}
        {%- for name in statuses_from_worst() %} when '{{ name }}' then {{ loop.index }}{% endfor %}
    end
{%- endmacro %}


{#- The status of a rank. -#}
{% macro status_of_rank(rank) -%}
    case {{ rank }}
        {%- for name in statuses_from_worst() %} when {{ loop.index }} then '{{ name }}'{% endfor %}
    end
{%- endmacro %}
