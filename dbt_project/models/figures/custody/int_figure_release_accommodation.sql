-- Where people lived on the night of their release and three months on. Since May 2024 the latter is of supervised
-- cases alone, which is another indicator and not a later figure of the same. Probation regions have no code and are
-- left out but for Wales.
with outcome as (
    select *
    from {{ ref('stg_hmpps__releases_and_accommodation') }}
    where area_level = 'country' or area_name = 'Wales'
),

-- The publisher's shares. Everybody's stands in the table of each breakdown; the one by region is taken first.
share as (
    select
        *,
        row_number() over (
            partition by
                release_id, measure, is_supervised_only, area_name, category, period_start, period_end,
                case when category = 'all' or breakdown = 'probation_region' then 'all' else breakdown end
            order by
                case breakdown when 'all' then 0 when 'probation_region' then 1 else 2 end,
                breakdown
        ) as choice
    from outcome
    where
        unit = 'per cent'
        and circumstance = 'all'
        and measure in ('housed_on_release', 'settled_3_months_after_release')
),

-- Releases by where people went, of those of whom it is known.
slept_rough as (
    select
        release_id,
        period_type,
        period_start,
        period_end,
        sum(case when lower(circumstance) = 'rough sleeping' then value end) as people,
        sum(case when circumstance = 'all' then value end)
        - sum(case when lower(circumstance) = 'unknown' then value else 0 end) as known,
        max(case when lower(circumstance) = 'rough sleeping' then status end) as status
    from outcome
    where
        measure = 'housed_on_release'
        and breakdown = 'all'
        and category = 'all'
        and unit = 'cases'
        and area_level = 'country'
    group by release_id, period_type, period_start, period_end
),

figure as (
    select
        case
            when measure = 'housed_on_release' then 'housed_first_night'
            when is_supervised_only then 'settled_3_months'
            else 'settled_3_months_to_april_2024'
        end as indicator_id,
        case when area_level = 'country' then 'K04000001' else 'W92000004' end as area_code,
        period_type,
        period_start,
        period_end,
        case when breakdown = 'sex' and category <> 'all' then lower(category) else 'persons' end as sex,
        case when breakdown = 'age_group' and category <> 'all' then category else 'All ages' end as age_band,
        case
            when breakdown not in ('sex', 'age_group', 'probation_region', 'all') and category <> 'all'
                then replace(breakdown, '_', ' ')
        end as category_type,
        case
            when breakdown not in ('sex', 'age_group', 'probation_region', 'all') and category <> 'all' then category
        end
            as category,
        value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        status,
        release_id,
        case
            when measure = 'settled_3_months_after_release'
                then 'The series is broken at 1 May 2024: only supervised cases are counted since.'
        end as note
    from share
    where choice = 1
    union all
    select
        'rough_sleeping_first_night' as indicator_id,
        'K04000001' as area_code,
        period_type,
        period_start,
        period_end,
        'persons' as sex,
        'All ages' as age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        cast(null as double) as value,
        people as numerator,
        known as denominator,
        status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from slept_rough
    where status is not null
)

select
    indicator_id,
    area_code,
    period_type,
    period_start,
    period_end,
    sex,
    age_band,
    category_type,
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
