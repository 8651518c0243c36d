-- Stops and searches by ethnic group with the population that the publisher's rates are of, and the ratio of each
-- group's rate to that of White people. The ratio and its limits (of the logarithm of a ratio of two counts) are ours.
with stop as (
    select * from {{ ref('stg_rdu__ethnicity_facts_stop_and_search') }}
    where area_code is not null and ethnicity_classification in ('All', 'ONS 2001 5+1')
),

by_group as (
    select
        release_id, area_code, period_start, period_end, ethnicity,
        max(case when measure = 'searches' then value end) as searches,
        max(case when measure = 'population' then value end) as people,
        max(case when measure = 'rate_per_1000' then value end) as rate,
        max(case when measure = 'searches' then status end) as status
    from stop
    where ethnicity <> 'Unreported'
    group by release_id, area_code, period_start, period_end, ethnicity
),

ratio as (
    select
        by_group.release_id,
        by_group.area_code,
        by_group.period_start,
        by_group.period_end,
        by_group.ethnicity,
        by_group.searches * 1000.0 / by_group.people as group_rate,
        white.searches * 1000.0 / white.people as white_rate,
        1.959964 * sqrt(1.0 / by_group.searches + 1.0 / white.searches) as half_width
    from by_group
    inner join by_group as white
        on
            by_group.release_id = white.release_id
            and by_group.area_code = white.area_code
            and by_group.period_start = white.period_start
            and white.ethnicity = 'White'
    where
        by_group.ethnicity not in ('All', 'White')
        and by_group.searches > 0
        and by_group.people > 0
        and white.searches > 0
        and white.people > 0
),

figure as (
    select
        'stop_search_rate_ethnic_group' as indicator_id,
        area_code,
        period_start,
        period_end,
        case when ethnicity <> 'All' then ethnicity end as ethnicity,
        rate as value,
        cast(null as double) as lower_95,
        cast(null as double) as upper_95,
        searches as numerator,
        people as denominator,
        case when searches is null then status else 'observed' end as status,
        release_id
    from by_group
    union all
    select
        'stop_search_ethnic_ratio' as indicator_id,
        area_code,
        period_start,
        period_end,
        ethnicity,
        group_rate / white_rate as value,
        exp(ln(group_rate / white_rate) - half_width) as lower_95,
        exp(ln(group_rate / white_rate) + half_width) as upper_95,
        group_rate as numerator,
        white_rate as denominator,
        'observed' as status,
        release_id
    from ratio
)

select
    indicator_id,
    area_code,
    'financial_year' as period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    case when ethnicity is not null then 'ethnic group' end as category_type,
    ethnicity as category,
    cast(value as double) as value,
    cast(lower_95 as double) as lower_95,
    cast(upper_95 as double) as upper_95,
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
