{#-
  No two rows agree in all the given columns (nulls agreeing with nulls).

  For a table that only ever grows, `newest_by` names the column that is the same for all rows of one build: only the rows of
  the last build are looked at, because earlier ones were when they came.
-#}
{% test unique_grain(model, columns, newest_by=none) %}

select
    {{ columns | join(',\n    ') }},
    count(*) as number_of_rows
from {{ model }}
{% if newest_by -%}
where {{ newest_by }} = (select max({{ newest_by }}) from {{ model }})
{% endif -%}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
