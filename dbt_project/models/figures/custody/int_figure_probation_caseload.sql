-- People supervised by the Probation Service on a day, by kind of supervision. One person can be under several kinds,
-- so that kinds are never added; contact is suspended for some who stay in every other count.
with caseload as (
    select
        *,
        case measure
            when 'mean_community_order_length' then 'mean_community_order_length'
            when 'mean_suspended_sentence_order_length' then 'mean_suspended_sentence_order_length'
            else 'probation_caseload'
        end as indicator_id
    from {{ ref('stg_hmpps__probation_caseload') }}
),

figure as (
    select
        indicator_id,
        period_end,
        sex,
        case
            when indicator_id = 'probation_caseload' and measure <> 'all_supervision' then replace(measure, '_', ' ')
        end
            as category,
        case when indicator_id <> 'probation_caseload' then value end as value,
        case when indicator_id = 'probation_caseload' then value end as numerator,
        status,
        release_id,
        is_break
    from caseload
    union all
    select
        'probation_caseload_rate' as indicator_id,
        period_end,
        sex,
        cast(null as {{ text_type() }}) as category,
        cast(null as double) as value,
        value as numerator,
        status,
        release_id,
        is_break
    from caseload
    where measure = 'all_supervision'
)

select
    indicator_id,
    'K04000001' as area_code,
    'day' as period_type,
    period_end as period_start,
    period_end,
    case when sex = 'all' then 'persons' else sex end as sex,
    'All ages' as age_band,
    case when category is not null then 'kind of supervision' end as category_type,
    category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    case when is_break then 'The publisher marks a break in the series at this day.' end as note
from figure
