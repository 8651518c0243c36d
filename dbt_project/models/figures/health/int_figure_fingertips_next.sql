-- Figures that FingertipsNext is developed with, dated by the kind of year of the indicator's definition.
{%- set yearly = {
    'Calendar': ('calendar', '01-01'),
    'Financial': ('financial', '04-01'),
    'Academic': ('academic', '09-01'),
} %}
with definition as (
    select
        indicator_id,
        max(year_type) as year_type,
        max(frequency) as frequency,
        -- Only the first year of a period is given; that three are pooled, the denominator's definition says.
        max(case when lower(denominator_definition) like '%three years are pooled%' then 3 else 1 end) as years
    from {{ ref('stg_ohid__fingertips_indicator_definition') }}
    group by indicator_id
    -- A year that two definitions call by different names has no sure days.
    having count(distinct year_type) = 1
),

register as (
    select
        indicator_id,
        fingertips_id
    from {{ ref('indicator_definition') }}
    where fingertips_id is not null
),

ranked as (
    select
        *,
        -- Some areas come twice, differing in the fifth digit: the first in the file is taken.
        row_number() over (
            partition by release_id, indicator_id, area_code, year, sex, age, category_type, category
            order by source_row
        ) as copy_number
    from {{ ref('stg_ohid__fingertips_fingertips_next_value') }}
    where {{ matches('area_code', '[EWK][0-9]{8}') }}
),

figure as (
    select
        ranked.*,
        definition.years,
        case definition.year_type
            {%- for type, year in yearly.items() %}
                when '{{ type }}' then '{{ year[0] }}'
            {%- endfor %}
        end as kind_of_year,
        case definition.year_type
            {%- for type, year in yearly.items() %}
                when '{{ type }}' then cast(cast(ranked.year as {{ text_type() }}) || '-{{ year[1] }}' as date)
            {%- endfor %}
        end as period_start
    from ranked
    inner join definition on ranked.indicator_id = definition.indicator_id
    where
        ranked.copy_number = 1
        and definition.year_type in ('Calendar', 'Financial', 'Academic')
        -- Of four quarters, the file does not say which.
        and definition.frequency not like '%quarterly%'
        -- Counts of people are the population's own source's.
        and ranked.indicator_id not in (337, 92708)
)

select
    coalesce(register.indicator_id, 'fingertips_' || cast(figure.indicator_id as {{ text_type() }})) as indicator_id,
    figure.area_code,
    figure.kind_of_year || case when figure.years = 1 then '_year' else '_years_pooled' end as period_type,
    figure.period_start,
    {{ date_plus('day', -1, date_plus('year', 'figure.years', 'figure.period_start')) }} as period_end,
    lower(figure.sex) as sex,
    figure.age as age_band,
    figure.category_type,
    figure.category,
    figure.value,
    figure.lower_95,
    figure.upper_95,
    figure.count as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    figure.denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    figure.status,
    figure.release_id,
    'From the figures that the publisher develops its new service with, which has some areas only.' as note
from figure
left join register on figure.indicator_id = register.fingertips_id
