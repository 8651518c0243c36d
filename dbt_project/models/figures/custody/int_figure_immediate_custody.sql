-- People sentenced to immediate custody, how many of them for less than six months, and the mean length of a sentence.
-- Types of offence are one, all, so far.
with immediate_custody as (
    select *
    from {{ ref('stg_moj__courts_immediate_custody') }}
    where offence_type = 'all'
),

-- The publisher's four lengths of less than six months; of six months to the day is a length of its own.
short as (
    select
        release_id,
        period_type,
        period_start,
        period_end,
        case when count(value) = 4 then sum(value) end as people
    from immediate_custody
    where
        measure = 'people_sentenced'
        and sentence_length in (
            'Up to and including 1 month',
            'Over 1 month and up to and including 2 months',
            'Over 2 months and up to and including 3 months',
            'Over 3 months and less than 6 months'
        )
    group by release_id, period_type, period_start, period_end
),

people as (
    select * from immediate_custody
    where measure = 'people_sentenced'
),

indicator as (
    select 'immediate_custody' as indicator_id, 1 as is_by_length
    union all
    select 'immediate_custody_rate' as indicator_id, 0 as is_by_length
),

figure as (
    select
        indicator.indicator_id,
        people.period_type,
        people.period_start,
        people.period_end,
        case when not people.is_total then people.sentence_length end as category,
        cast(null as double) as value,
        people.value as numerator,
        cast(null as double) as denominator,
        people.status,
        people.release_id,
        cast(null as {{ text_type() }}) as note
    from people
    cross join indicator
    where people.is_total or indicator.is_by_length = 1
    union all
    select
        'short_custody_share' as indicator_id,
        people.period_type,
        people.period_start,
        people.period_end,
        cast(null as {{ text_type() }}) as category,
        cast(null as double) as value,
        short.people as numerator,
        people.value as denominator,
        case when short.people is null then 'not_available' else people.status end as status,
        people.release_id,
        case when short.people is null then 'The lengths that are published do not end at six months.' end as note
    from people
    left join short
        on
            people.release_id = short.release_id
            and people.period_type = short.period_type
            and people.period_start = short.period_start
            and people.period_end = short.period_end
    where people.is_total
    union all
    select
        'mean_custodial_sentence_length' as indicator_id,
        period_type,
        period_start,
        period_end,
        cast(null as {{ text_type() }}) as category,
        value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from immediate_custody
    where measure = 'mean_sentence_length'
)

select
    indicator_id,
    'K04000001' as area_code,
    case when period_type = 'rolling_year' then 'rolling_12_months' else period_type end as period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    case when category is not null then 'sentence length' end as category_type,
    category,
    value,
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
    note
from figure
