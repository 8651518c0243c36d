-- Immediate custody among those sentenced, and the average length of custodial sentences, by ethnic group in England
-- and Wales; the file has no figure of all groups together. Ages are in the publisher's words: juveniles, young adults,
-- adults.
with custody as (
    select * from {{ ref('stg_rdu__ethnicity_facts_custody_rate') }}
    where offence_group = 'All'
),

by_group as (
    select
        release_id, ethnicity, sex, age_group, period_start, period_end,
        max(case when measure = 'custody_rate' then value end) as rate,
        max(case when measure = 'immediate_custody' then value end) as in_custody,
        max(case when measure = 'sentenced' then value end) as sentenced
    from custody
    group by release_id, ethnicity, sex, age_group, period_start, period_end
),

figure as (
    select
        'custody_share_ethnic_group' as indicator_id,
        release_id, ethnicity, sex, age_group, period_start, period_end,
        rate as value,
        in_custody as numerator,
        sentenced as denominator,
        'observed' as status
    from by_group
    where sentenced > 0
    union all
    select
        'sentence_length_ethnic_group' as indicator_id,
        release_id, ethnicity, sex, age_group, period_start, period_end,
        value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        status
    from {{ ref('stg_rdu__ethnicity_facts_average_sentence') }}
    where sex in ('All', 'Female', 'Male')
)

select
    indicator_id,
    'K04000001' as area_code,
    'calendar_year' as period_type,
    period_start,
    period_end,
    case lower(sex) when 'all' then 'persons' else lower(sex) end as sex,
    case age_group when 'All' then 'All ages' else age_group end as age_band,
    'ethnic group' as category_type,
    ethnicity as category,
    cast(value as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(numerator as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(denominator as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from figure
