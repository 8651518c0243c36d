-- Seizures by drug. What the publisher calls England and Wales has the British Transport Police and Border Force in it;
-- of forces, the files have those of England alone.
with seizure as (
    select * from {{ ref('stg_ho__drug_seizures_seizure') }}
    where area_level in ('police_force_area', 'england_and_wales') and area_code is not null
),

by_indicator as (
    select 'drug_seizures_rate' as indicator_id, case when drug <> 'All drugs' then drug end as drug_group, seizure.*
    from seizure
    union all
    select
        'class_a_seizures_rate' as indicator_id,
        cast(null as {{ text_type() }}) as drug_group,
        seizure.*
    from seizure
    where drug = 'All class A'
)

select
    indicator_id,
    area_code,
    'financial_year' as period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    case when drug_group is not null then 'drug group' end as category_type,
    drug_group as category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(value as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    case
        when area_level = 'england_and_wales' then 'With seizures of the British Transport Police and Border Force.'
    end as note
from by_indicator
