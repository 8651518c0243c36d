-- Detentions under section 136 of the Mental Health Act: all of them, and of those with a known place of safety, or a
-- known way of getting there, the share that went to a police station or an emergency department or by police vehicle.
with detention as (
    select
        release_id, table_number, area_code, period_start, period_end, value, status, is_total, age_group,
        lower(place_of_safety) as place_of_safety,
        lower(transport) as transport
    from {{ ref('stg_ho__police_powers_mental_health_detention') }}
    where measure = 'count' and sex is null and ethnic_group is null
),

-- The total stands in several tables, which need not agree to a unit: that of the lowest number is taken.
ranked_total as (
    select
        detention.*,
        row_number() over (
            partition by release_id, area_code, period_start order by table_number
        ) as place
    from detention
    where is_total and age_group is null and place_of_safety is null and transport is null
),

-- Children are one of the age groups, in whatever words.
child as (
    select
        release_id, area_code, period_start, period_end,
        case when count(*) = count(value) then sum(value) end as detentions,
        min(status) as status
    from detention
    where not is_total and lower(age_group) like '%under 18%' and place_of_safety is null and transport is null
    group by release_id, area_code, period_start, period_end
),

known_place as (
    select
        release_id, area_code, period_start, period_end,
        case when count(*) = count(value) then sum(value) end as detentions,
        sum(case when place_of_safety like '%police%' then value else 0 end) as in_police_station,
        sum(
            case
                when
                    place_of_safety like '%emergency%'
                    or place_of_safety like 'a&e%'
                    or place_of_safety like '%accident%'
                    then value
                else 0
            end
        ) as in_emergency_department
    from detention
    where not is_total and place_of_safety is not null and transport is null and place_of_safety not like '%not known%'
    group by release_id, area_code, period_start, period_end
),

known_transport as (
    select
        release_id, area_code, period_start, period_end,
        case when count(*) = count(value) then sum(value) end as detentions,
        sum(case when transport like '%police%' then value else 0 end) as by_police_vehicle
    from detention
    where not is_total and transport is not null and place_of_safety is null and transport not like '%not known%'
    group by release_id, area_code, period_start, period_end
),

figure as (
    select
        's136_rate' as indicator_id,
        'All ages' as age_band,
        area_code, period_start, period_end, value as numerator, cast(null as double) as denominator, status, release_id
    from ranked_total
    where place = 1
    union all
    select
        's136_child_rate' as indicator_id,
        'Under 18' as age_band,
        area_code,
        period_start,
        period_end,
        detentions as numerator,
        cast(null as double) as denominator,
        status,
        release_id
    from child
    union all
    select
        's136_police_cell' as indicator_id,
        'All ages' as age_band,
        area_code,
        period_start,
        period_end,
        in_police_station as numerator,
        detentions as denominator,
        'observed' as status,
        release_id
    from known_place
    where detentions > 0
    union all
    select
        's136_emergency_department' as indicator_id,
        'All ages' as age_band,
        area_code,
        period_start,
        period_end,
        in_emergency_department as numerator,
        detentions as denominator,
        'observed' as status,
        release_id
    from known_place
    where detentions > 0
    union all
    select
        's136_police_vehicle' as indicator_id,
        'All ages' as age_band,
        area_code,
        period_start,
        period_end,
        by_police_vehicle as numerator,
        detentions as denominator,
        'observed' as status,
        release_id
    from known_transport
    where detentions > 0
)

select
    indicator_id,
    area_code,
    'financial_year' as period_type,
    period_start,
    period_end,
    'persons' as sex,
    age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    cast(null as double) as value,
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
