-- Outcomes of charges against prison rules in a quarter, and how many were proved. The publisher's tool has no total,
-- so that the whole of it is added, which is every establishment with an adjudication. Additional days are not in it.
{%- set groups = {
    'age_band': 'age_band', 'offence group': 'offence', 'ethnic group': 'ethnicity', 'outcome': 'outcome'
} %}

with adjudication as (
    select * from {{ ref('stg_moj__adjudications') }}
),

-- Everybody in prison on the last day of the quarter; the copies of the series have the same figure.
population as (
    select period_end as counted_on, max(value) as people
    from {{ ref('stg_moj__offender_management_population') }}
    where series = 'population_by_custody_type' and age_band = 'all' and custody_type = 'all'
    group by period_end
),

counted as (
    select
        release_id,
        period_start,
        period_end,
        'persons' as sex,
        'All ages' as age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        sum(value) as outcomes,
        sum(case when outcome = 'Proved' then value else 0 end) as proved,
        count(*) = count(value) as is_whole
    from adjudication
    group by release_id, period_start, period_end
    union all
    select
        release_id,
        period_start,
        period_end,
        sex,
        'All ages' as age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        sum(value) as outcomes,
        sum(case when outcome = 'Proved' then value else 0 end) as proved,
        count(*) = count(value) as is_whole
    from adjudication
    group by release_id, period_start, period_end, sex
    {%- for category_type, column in groups.items() %}
        union all
        select
            release_id,
            period_start,
            period_end,
            'persons' as sex,
            {% if column == 'age_band' -%}
                age_band,
                cast(null as {{ text_type() }}) as category_type,
                cast(null as {{ text_type() }}) as category,
            {% else -%}
                'All ages' as age_band,
                '{{ category_type }}' as category_type,
                {{ column }} as category,
            {% endif -%}
            sum(value) as outcomes,
            sum(case when outcome = 'Proved' then value else 0 end) as proved,
            count(*) = count(value) as is_whole
        from adjudication
        group by release_id, period_start, period_end, {{ column }}
    {%- endfor %}
),

figure as (
    select
        'adjudications' as indicator_id,
        counted.*,
        counted.outcomes as numerator,
        cast(null as double) as denominator
    from counted
    union all
    select
        'adjudication_rate' as indicator_id,
        counted.*,
        counted.outcomes as numerator,
        population.people as denominator
    from counted
    left join population on counted.period_end = population.counted_on
    where counted.sex = 'persons' and counted.age_band = 'All ages' and counted.category_type is null
    union all
    select
        'adjudications_proved' as indicator_id,
        counted.*,
        counted.proved as numerator,
        counted.outcomes as denominator
    from counted
    where coalesce(counted.category_type, '') <> 'outcome'
)

select
    indicator_id,
    'K04000001' as area_code,
    'quarter' as period_type,
    period_start,
    period_end,
    sex,
    age_band,
    category_type,
    category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    case when is_whole then numerator end as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    case when is_whole then denominator end as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    case when is_whole then 'observed' else 'not_available' end as status,
    release_id,
    'The rows of all establishments added; the publisher gives no total.' as note
from figure
