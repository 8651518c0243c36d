-- Admissions to hospital for drugs and for assault with a sharp object, by the place where people live.
with drug as (
    select * from {{ ref('stg_hes__admissions_drug_admission') }}
    -- The tables by age and by diagnosis count poisonings differently: England is taken from the one by area too.
    where
        breakdown = 'area_and_sex'
        and measure in ('finished_admission_episodes', 'admissions_per_100000')
        and area_code is not null
),

drug_pair as (
    select
        diagnosis_group,
        area_code,
        period_type,
        period_start,
        period_end,
        sex,
        release_id,
        max(case when measure = 'admissions_per_100000' then value end) as value,
        max(case when measure = 'finished_admission_episodes' then value end) as numerator,
        max(case when measure = 'finished_admission_episodes' then status end) as status,
        max(case when measure = 'admissions_per_100000' then status end) as rate_status
    from drug
    group by diagnosis_group, area_code, period_type, period_start, period_end, sex, release_id
),

drug_figure as (
    select
        case diagnosis_group
            when 'primary_mental_and_behavioural' then 'drug_disorder_admissions'
            when 'primary_or_secondary_mental_and_behavioural' then 'drug_disorder_any_admissions'
            when 'primary_poisoning' then 'drug_poisoning_admissions'
        end as indicator_id,
        area_code,
        period_type,
        period_start,
        period_end,
        sex,
        value,
        numerator,
        case
            -- A rate can stand without its count, in the tables that have -1 for some of these.
            when numerator is null and value is not null then rate_status
            when status in ('suppressed', 'not_available') then status
            -- Below the country every count is a multiple of 5 from this year on, and not before.
            when numerator is not null and area_code <> 'E92000001' and period_start >= cast('2017-04-01' as date)
                then 'rounded'
            else status
        end as status,
        release_id
    from drug_pair
    where status is not null
),

last_month as (
    select release_id, max(period_end) as period_end
    from {{ ref('stg_hes__admissions_sharp_object_admission') }}
    where period_type = 'month'
    group by release_id
),

sharp as (
    select
        admission.*,
        -- A year's total stands on several sheets; that of the totals comes first, and some years it lacks.
        row_number() over (
            partition by
                admission.release_id, admission.area_code, admission.sex, admission.period_type, admission.period_start,
                admission.period_end
            order by case admission.breakdown when 'all' then 1 when 'sex' then 2 when 'age_group' then 3 else 4 end
        ) as choice
    from {{ ref('stg_hes__admissions_sharp_object_admission') }} as admission
    left join last_month on admission.release_id = last_month.release_id
    where
        admission.measure = 'finished_admission_episodes'
        and admission.area_code is not null
        and admission.age_band = 'all'
        and (admission.breakdown in ('all', 'sex') or admission.period_type = 'financial_year')
        and (admission.breakdown <> 'ethnicity' or admission.ethnicity = 'all')
        -- The total of a year that is not over is of the months so far.
        and (last_month.period_end is null or admission.period_end <= last_month.period_end)
),

figure as (
    select
        indicator_id, area_code, period_type, period_start, period_end, sex, value, numerator, status, release_id
    from drug_figure
    union all
    select
        'sharp_object_admissions' as indicator_id,
        area_code,
        period_type,
        period_start,
        period_end,
        sex,
        cast(null as double) as value,
        value as numerator,
        status,
        release_id
    from sharp
    where choice = 1
)

select
    indicator_id,
    area_code,
    period_type,
    period_start,
    period_end,
    sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    case
        when status = 'suppressed' then 1
        when area_code = 'E92000001' or numerator = 0 then null
        -- What is smaller than 8 is shown as an asterisk, so that 10 is 8 at least.
        when status = 'rounded' or indicator_id = 'sharp_object_admissions' then greatest(numerator - 2, 8)
    end as numerator_low,
    case
        when status = 'suppressed' then 7
        when area_code = 'E92000001' or numerator = 0 then null
        when status = 'rounded' or indicator_id = 'sharp_object_admissions' then numerator + 2
    end as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from figure
