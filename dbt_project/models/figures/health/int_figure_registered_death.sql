-- Deaths by drugs, alcohol and suicide that were registered in a year, and the rates of three years, by area.
with by_area as (
    select
        'drug' as subject,
        cause,
        release_id, area_code, period_type, period_start, period_end, sex, measure, value, lower_95, upper_95, status
    from {{ ref('stg_ons__drug_poisoning_deaths_local_authority') }}
    union all
    select
        'alcohol' as subject,
        'alcohol_specific' as cause,
        release_id, area_code, period_type, period_start, period_end, sex, measure, value, lower_95, upper_95, status
    from {{ ref('stg_ons__alcohol_specific_deaths_local_authority') }}
    union all
    select
        'suicide' as subject,
        'suicide' as cause,
        release_id, area_code, period_type, period_start, period_end, sex, measure, value, lower_95, upper_95, status
    from {{ ref('stg_ons__suicides') }}
),

-- Of three years there is a rate as well as the number of deaths; of one year the number alone.
paired as (
    select
        subject,
        cause,
        release_id,
        area_code,
        period_type,
        period_start,
        period_end,
        sex,
        max(case when measure = 'rate' then value end) as value,
        max(case when measure = 'rate' then lower_95 end) as lower_95,
        max(case when measure = 'rate' then upper_95 end) as upper_95,
        max(case when measure = 'deaths' then value end) as numerator,
        max(case when measure = 'rate' then status end) as rate_status,
        max(case when measure = 'deaths' then status end) as deaths_status
    from by_area
    where area_code is not null
    group by subject, cause, release_id, area_code, period_type, period_start, period_end, sex
),

by_substance as (
    select * from {{ ref('stg_ons__drug_poisoning_deaths_substance') }}
    where is_total and age_group = 'All ages' and area_code is not null and period_type = 'calendar_year'
),

figure as (
    select
        case cause
            when 'drug_poisoning' then 'drug_poisoning_deaths_rate'
            when 'drug_misuse' then 'drug_misuse_deaths_rate'
            when 'alcohol_specific' then 'alcohol_specific_deaths_rate'
            when 'suicide' then 'suicide_registrations_rate'
        end as indicator_id,
        area_code,
        period_type,
        period_start,
        period_end,
        sex,
        cast(null as double) as value,
        cast(null as double) as lower_95,
        cast(null as double) as upper_95,
        numerator,
        deaths_status as status,
        release_id
    from paired
    where period_type = 'calendar_year' and deaths_status is not null
    union all
    select
        case cause
            when 'drug_poisoning' then 'drug_poisoning_deaths_standardised'
            when 'drug_misuse' then 'drug_misuse_deaths'
            when 'alcohol_specific' then 'alcohol_specific_deaths_standardised'
            when 'suicide' then 'suicide_registrations_standardised'
        end as indicator_id,
        area_code,
        'calendar_years_pooled' as period_type,
        period_start,
        period_end,
        sex,
        value,
        lower_95,
        upper_95,
        numerator,
        rate_status as status,
        release_id
    from paired
    where period_type = 'multi_year' and rate_status is not null
    union all
    -- Substances overlap: heroin is among opiates, opiates among drug misuse, and that among drug poisoning.
    select
        case substance
            when 'drug_poisoning' then 'drug_poisoning_deaths_rate'
            when 'drug_misuse' then 'drug_misuse_deaths_rate'
            when 'any_opiate' then 'opiate_deaths_rate'
            when 'heroin_morphine' then 'heroin_morphine_deaths_rate'
        end as indicator_id,
        area_code,
        period_type,
        period_start,
        period_end,
        'persons' as sex,
        cast(null as double) as value,
        cast(null as double) as lower_95,
        cast(null as double) as upper_95,
        value as numerator,
        status,
        release_id
    from by_substance
    where substance in ('drug_poisoning', 'drug_misuse', 'any_opiate', 'heroin_morphine')
)

select
    indicator_id,
    area_code,
    period_type,
    period_start,
    period_end,
    sex,
    case when indicator_id like 'suicide%' then '10+' else 'All ages' end as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    value,
    lower_95,
    upper_95,
    numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from figure
