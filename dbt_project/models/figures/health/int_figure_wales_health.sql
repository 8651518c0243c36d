-- Health in Wales: admissions specific to alcohol, and how adults live, as surveyed.
with alcohol as (
    select * from {{ ref('stg_phw__alcohol_misuse') }}
    where measure = 'rate' and area_code is not null
),

lifestyle as (
    select
        *,
        case category
            when 'Smoker' then 'smoking_adults_wales'
            when 'E-cigarette user' then 'e_cigarette_adults_wales'
            when 'Average weekly alcohol consumption - above 14 units (over guidelines)'
                then 'drinking_over_guidelines_wales'
            when 'Average weekly alcohol consumption - harmful (over 50 (m) / 35 (f) units)'
                then 'harmful_drinking_wales'
            when 'Fewer than 2 healthy behaviours' then 'few_healthy_behaviours_wales'
            when 'Active less than 30 minutes in previous week' then 'inactive_adults_wales'
            when 'BMI 30+ (obese)' then 'obese_adults_wales'
        end as indicator_id
    from {{ ref('stg_statswales__adult_lifestyle') }}
    -- What is standardised by age compares areas and does not say how many smoke.
    where standardisation = 'observed' and area_code is not null
),

figure as (
    select
        'alcohol_specific_admissions_wales' as indicator_id,
        area_code,
        'financial_year' as period_type,
        period_start,
        period_end,
        'All ages' as age_band,
        value,
        status,
        release_id
    from alcohol
    union all
    select
        indicator_id,
        area_code,
        case when period_type = 'multi_year' then 'financial_years_pooled' else period_type end as period_type,
        period_start,
        period_end,
        '16+' as age_band,
        value,
        status,
        release_id
    from lifestyle
    where indicator_id is not null
)

select
    indicator_id,
    area_code,
    period_type,
    period_start,
    period_end,
    'persons' as sex,
    age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(null as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from figure
