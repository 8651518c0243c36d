-- Tests for bloodborne viruses at reception into the prisons of England, and what became of people with hepatitis C.
-- Prisons of a region are not the region's people, so that only England's total is taken.
{%- set shares = {
    'hcv_reception_test_uptake': ['hepatitis_c', 'tested', 'received'],
    'hbv_reception_test_uptake': ['hepatitis_b', 'tested', 'received'],
    'hiv_reception_test_uptake': ['hiv', 'tested', 'received'],
    'hcv_positive_referred': ['hepatitis_c', 'referred', 'rna_positive'],
    'hcv_treatment_started': ['hepatitis_c', 'treatment_started', 'rna_positive'],
} %}

with testing as (
    select *
    from {{ ref('stg_ukhsa__bbv_prisons') }}
    where area_code = 'E92000001' and prison_name is null
),

figure as (
    {% for indicator_id, (virus, above, below) in shares.items() -%}
        select
            '{{ indicator_id }}' as indicator_id,
            above.period_type,
            above.period_start,
            above.period_end,
            above.value as numerator,
            below.value as denominator,
            case when above.value is not null and below.value is null then below.status else above.status end as status,
            above.release_id
        from testing as above
        inner join testing as below
            on
                above.release_id = below.release_id
                and above.period_type = below.period_type
                and above.period_start = below.period_start
                and above.virus = below.virus
        where above.virus = '{{ virus }}' and above.measure = '{{ above }}' and below.measure = '{{ below }}'
        {% if not loop.last -%}
            union all
        {% endif -%}
    {%- endfor %}
)

select
    indicator_id,
    'E92000001' as area_code,
    period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from figure
