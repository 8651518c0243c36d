-- Uses of force: incidents by force area and for England and Wales with what the officer gave as impact factors; the
-- share of reported tactics used on children and on people seen to have a mental condition, by force; and the use of
-- conducted energy devices. An incident is one officer's report.
with use_of_force as (
    select * from {{ ref('stg_ho__use_of_force_use_of_force') }}
    where period_type <> 'quarter'
),

device as (
    select * from {{ ref('stg_ho__use_of_force_conducted_energy_device') }}
    where period_type <> 'quarter' and use_type in ('total', 'total_discharge')
),

incident as (
    select release_id, area_code, period_type, period_start, period_end, value, status
    from use_of_force
    where breakdown = 'all' and measure = 'incidents' and tactic is null and table_number = '12'
),

group_incident as (
    select release_id, area_code, period_type, period_start, period_end, breakdown, category, value, status
    from use_of_force
    where measure = 'incidents' and tactic is null and category is not null and not is_total
),

-- The tables by force count each tactic reported, in groups of people. Shares are of those whose group was reported;
-- where that is fewer than four in five, they say little of the others.
tactic as (
    select
        release_id, area_code, period_type, period_start, period_end, breakdown,
        case
            when count(*) = count(value) then sum(case when category <> 'Not reported' then value else 0 end)
        end as tactics,
        sum(value) as all_tactics,
        sum(case when category in ('Under 11 years', '11 - 17 years') then value else 0 end) as on_children,
        sum(case when category in ('Mental', 'Physical and mental') then value else 0 end) as on_mental_condition
    from use_of_force
    where
        measure = 'times_tactic_reported'
        and tactic = 'Total Tactics'
        and breakdown in ('age_group', 'health_condition')
        and category is not null
    group by release_id, area_code, period_type, period_start, period_end, breakdown
),

-- A workbook may have the whole's figure of a year in a series and again in a table by force: the later table's is
-- taken, and they agree.
device_once as (
    select
        device.*,
        row_number() over (
            partition by release_id, area_code, period_type, period_start, use_type
            order by cast(table_number as integer) desc
        ) as place
    from device
),

figure as (
    select
        'use_of_force_rate' as indicator_id,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        release_id, area_code, period_type, period_start, period_end,
        value as numerator,
        cast(null as double) as denominator,
        status
    from incident
    union all
    select
        'use_of_force_factor_share' as indicator_id,
        'impact factor' as category_type,
        group_incident.category,
        group_incident.release_id,
        group_incident.area_code,
        group_incident.period_type,
        group_incident.period_start,
        group_incident.period_end,
        group_incident.value as numerator,
        incident.value as denominator,
        group_incident.status
    from group_incident
    inner join incident
        on
            group_incident.release_id = incident.release_id
            and group_incident.area_code = incident.area_code
            and group_incident.period_start = incident.period_start
    where group_incident.breakdown = 'impact_factor'
    union all
    select
        'use_of_force_mental_health_share' as indicator_id,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        group_incident.release_id,
        group_incident.area_code,
        group_incident.period_type,
        group_incident.period_start,
        group_incident.period_end,
        group_incident.value as numerator,
        incident.value as denominator,
        group_incident.status
    from group_incident
    inner join incident
        on
            group_incident.release_id = incident.release_id
            and group_incident.area_code = incident.area_code
            and group_incident.period_start = incident.period_start
    where group_incident.breakdown = 'impact_factor' and group_incident.category = 'Mental health'
    union all
    select
        'use_of_force_child_share' as indicator_id,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        release_id, area_code, period_type, period_start, period_end,
        on_children as numerator,
        tactics as denominator,
        case when tactics < 0.8 * all_tactics then 'low_reliability' else 'observed' end as status
    from tactic
    where breakdown = 'age_group' and tactics > 0
    union all
    select
        'use_of_force_mental_condition_share' as indicator_id,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        release_id, area_code, period_type, period_start, period_end,
        on_mental_condition as numerator,
        tactics as denominator,
        case when tactics < 0.8 * all_tactics then 'low_reliability' else 'observed' end as status
    from tactic
    where breakdown = 'health_condition' and tactics > 0
    union all
    select
        case use_type when 'total' then 'ced_use_rate' else 'ced_discharge_rate' end as indicator_id,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        release_id, area_code, period_type, period_start, period_end,
        value as numerator,
        cast(null as double) as denominator,
        status
    from device_once
    where place = 1
)

select
    indicator_id,
    area_code,
    period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    category_type,
    category,
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
    case
        when status = 'low_reliability' then 'The group was not reported for more than a fifth of the uses.'
    end as note
from figure
