-- Deaths of people under probation supervision, and their rates for every 1,000 people supervised in the community on
-- 31 December, the day nearest the middle of the year that the caseload is of. The publisher gives no rates. The
-- classes of cause changed on 1 April 2022, so that causes of earlier years are left out. Probation regions have no
-- code and are left out too.
with death as (
    select *
    from {{ ref('stg_hmpps__deaths_of_offenders') }}
    where area_level = 'country' and probation_region = 'all' and ethnicity = 'all'
),

-- A total stands in every table of the workbook; the first table's is taken.
chosen as (
    select
        death.*,
        row_number() over (
            partition by
                death.release_id,
                death.supervision,
                death.cause,
                death.sex,
                death.age_band,
                death.period_start,
                death.period_end
            order by death.table_title
        ) as choice
    from death
),

caseload as (
    select
        period_end as counted_on,
        sex,
        case measure
            when 'all_in_the_community' then 'all'
            when 'court_orders' then 'court orders'
            else 'post-release supervision'
        end as supervision,
        value as people,
        row_number() over (partition by period_end, sex, measure order by release_id desc) as choice
    from {{ ref('stg_hmpps__probation_caseload') }}
    where measure in ('all_in_the_community', 'court_orders', 'post_release') and value is not null
),

indicator as (
    select 'deaths_supervision_count' as indicator_id, 0 as is_rate
    union all
    select 'deaths_supervision' as indicator_id, 1 as is_rate
    union all
    select 'self_inflicted_supervision' as indicator_id, 1 as is_rate
),

figure as (
    select
        indicator.indicator_id,
        chosen.period_type,
        chosen.period_start,
        chosen.period_end,
        chosen.sex,
        chosen.age_band,
        case when indicator.indicator_id like 'self_inflicted%' then 'all' else chosen.cause end as cause,
        chosen.supervision,
        chosen.value as numerator,
        case when indicator.is_rate = 1 then caseload.people end as denominator,
        chosen.status,
        chosen.release_id,
        case
            when indicator.is_rate = 0 then null
            when caseload.people is null then 'No rate: the caseload of 31 December is not at hand.'
            else 'For every 1,000 people supervised in the community on 31 December; the publisher gives no rate.'
        end as note
    from chosen
    cross join indicator
    left join caseload
        on
            chosen.supervision = caseload.supervision
            and chosen.sex = caseload.sex
            and chosen.period_start <= caseload.counted_on
            and chosen.period_end >= caseload.counted_on
            and extract(month from caseload.counted_on) = 12
            and caseload.choice = 1
    where
        chosen.choice = 1
        and (indicator.is_rate = 0 or chosen.age_band = 'all')
        and (indicator.indicator_id <> 'self_inflicted_supervision' or chosen.cause = 'self-inflicted')
        and (chosen.cause = 'all' or chosen.period_start >= date '2022-04-01')
)

select
    indicator_id,
    'K04000001' as area_code,
    period_type,
    period_start,
    period_end,
    case when sex = 'all' then 'persons' else sex end as sex,
    case when age_band = 'all' then 'All ages' else age_band end as age_band,
    case
        when cause <> 'all' and supervision <> 'all' then 'apparent cause and supervision'
        when cause <> 'all' then 'apparent cause'
        when supervision <> 'all' then 'kind of supervision'
    end as category_type,
    case
        when cause <> 'all' and supervision <> 'all' then cause || ', ' || supervision
        when cause <> 'all' then cause
        when supervision <> 'all' then supervision
    end as category,
    cast(null as double) as value,
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
