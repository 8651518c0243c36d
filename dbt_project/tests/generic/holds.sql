{#- Every row fulfils the condition; a row for which it is neither true nor false fails. -#}
{% test holds(model, condition) %}

select *
from {{ model }}
where not coalesce({{ condition }}, false)

{% endtest %}
