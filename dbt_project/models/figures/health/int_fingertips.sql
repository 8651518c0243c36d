-- Fingertips figures as published, each in a period whose kind tells years that begin in different months apart.
with published as (
    select * from {{ ref('stg_ohid__fingertips') }}
    where period_start is not null and area_code is not null
),

prefix as (
    select * from {{ ref('area_code_prefix') }}
)

select
    'fingertips_' || cast(published.fingertips_id as {{ text_type() }}) as indicator_id,
    published.fingertips_id,
    published.area_code,
    published.area_name,
    coalesce(prefix.area_level, 'other') as area_level,
    case
        when published.period_type = 'rolling_year' then 'rolling_12_months'
        when published.period_type <> 'multi_year' then published.period_type
        when extract(month from published.period_start) = 1 then 'calendar_years_pooled'
        when extract(month from published.period_start) = 4 then 'financial_years_pooled'
        when extract(month from published.period_start) = 9 then 'academic_years_pooled'
        else 'rolling_years_pooled'
    end as period_type,
    published.period_start,
    published.period_end,
    published.sex,
    published.age_band,
    published.category_type,
    published.category,
    published.time_period,
    published.value,
    published.lower_95,
    published.upper_95,
    published.numerator,
    published.denominator,
    published.status,
    published.release_id,
    published.value_note as note
from published
left join prefix on substr(published.area_code, 1, 3) = prefix.prefix
