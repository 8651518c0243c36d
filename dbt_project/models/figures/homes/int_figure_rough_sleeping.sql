-- People sleeping rough on one night of autumn.
with snapshot as (
    select * from {{ ref('stg_mhclg__rough_sleeping_snapshot') }}
    where area_code is not null
),

approach as (select * from {{ ref('stg_mhclg__rough_sleeping_approach') }}),

everybody as (
    select
        *,
        -- A release gives the total in the table of everybody and again beside each breakdown.
        row_number() over (
            partition by release_id, area_code, year
            order by case breakdown when 'all' then 0 when 'sex' then 1 else 2 end, breakdown
        ) as choice
    from snapshot
    where category = 'total'
),

figure as (
    select
        'rough_sleeping_rate' as indicator_id,
        release_id, area_code, year, period_start, period_end, value, status,
        'persons' as sex,
        'All ages' as age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category
    from everybody
    where choice = 1
    union all
    select
        'rough_sleeping_rate' as indicator_id,
        release_id, area_code, year, period_start, period_end, value, status,
        category as sex,
        'All ages' as age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category
    from snapshot
    where breakdown = 'sex' and category in ('female', 'male')
    union all
    -- Counts alone: people without an address have no population of their age and nationality to be divided by.
    select
        'rough_sleeping_count' as indicator_id,
        release_id, area_code, year, period_start, period_end, value, status,
        'persons' as sex,
        'All ages' as age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category
    from everybody
    where choice = 1
    union all
    select
        'rough_sleeping_count' as indicator_id,
        release_id, area_code, year, period_start, period_end, value, status,
        'persons' as sex,
        case when breakdown = 'age_group' then replace(category, '_', ' ') else 'All ages' end as age_band,
        case when breakdown = 'nationality' then 'nationality' end as category_type,
        case when breakdown = 'nationality' then replace(category, '_', ' ') end as category
    from snapshot
    where breakdown in ('age_group', 'nationality') and category <> 'total'
)

select
    figure.indicator_id,
    figure.area_code,
    'snapshot' as period_type,
    figure.period_start,
    figure.period_end,
    figure.sex,
    figure.age_band,
    figure.category_type,
    figure.category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    figure.value as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    figure.status,
    figure.release_id,
    case approach.approach
        when 'count' then 'Counted in the streets.'
        when 'estimate' then 'Estimated with local agencies.'
        when 'estimate_with_spotlight' then 'Estimated with local agencies, with a count in some places.'
    end as note
from figure
left join approach
    on
        figure.release_id = approach.release_id
        and figure.area_code = approach.area_code
        and figure.year = approach.year
