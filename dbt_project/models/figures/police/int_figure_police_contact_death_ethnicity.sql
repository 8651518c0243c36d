-- Deaths during or following police contact by ethnic group in England and Wales, of the five types of death together,
-- for releases and years that have all five. A copy that lacks a type has none.
with death as (
    select
        release_id, period_start, period_end, death_type, value, status,
        case when lower(category) like 'not known%' then 'Not known or not stated' else category end as ethnic_group
    from {{ ref('stg_iopc__deaths') }}
    where breakdown = 'ethnicity' and measure = 'fatalities' and not is_total and financial_year is not null
),

whole as (
    select release_id, period_start
    from death
    group by release_id, period_start
    having count(distinct death_type) = 5 and count(*) = count(value)
)

select
    'police_contact_deaths' as indicator_id,
    'K04000001' as area_code,
    'financial_year' as period_type,
    death.period_start,
    death.period_end,
    'persons' as sex,
    'All ages' as age_band,
    'ethnic group' as category_type,
    death.ethnic_group as category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(sum(death.value) as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    case when max(case when death.status = 'revised' then 1 else 0 end) = 1 then 'revised' else 'observed' end
        as status,
    death.release_id,
    cast(null as {{ text_type() }}) as note
from death
inner join whole on death.release_id = whole.release_id and death.period_start = whole.period_start
group by death.release_id, death.period_start, death.period_end, death.ethnic_group
