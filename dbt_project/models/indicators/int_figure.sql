-- Every figure of every indicator as it was published, from each of the models that yield them.
{%- set figures = [
    'int_figure_fingertips',
] %}

select {{ figure_columns() | join(', ') }} from {{ counts_as_figures(ref('int_street_crime')) }}
union all
select {{ figure_columns() | join(', ') }} from {{ counts_as_figures(ref('int_stop_and_search'), has=['denominator']) }}
union all
select {{ figure_columns() | join(', ') }}
from {{ counts_as_figures(ref('int_police_contact_death'), has=['category_type', 'category']) }}
union all
select {{ figure_columns() | join(', ') }}
from {{ counts_as_figures(ref('int_ambulance_call_out'), has=['category_type', 'category']) }}
{% for model in figures -%}
    union all
    select {{ figure_columns() | join(', ') }} from {{ ref(model) }}
{% endfor %}
