-- Arrests by self-defined ethnic group: each group's share of arrests whose group is known, by force, and the rates by
-- group that the publisher gives for England and Wales (without Lancashire, on the population of the 2011 census).
with arrest as (
    select release_id, area_code, period_start, period_end, ethnic_group, value
    from {{ ref('stg_ho__police_powers_arrest') }}
),

summary as (
    select * from {{ ref('stg_ho__police_powers_arrest_table') }}
    where sex is null and age_group is null and offence_group is null
),

by_group as (
    select
        release_id, area_code, period_start, period_end, ethnic_group,
        case when count(*) = count(value) then sum(value) end as arrests,
        cast(null as {{ text_type() }}) as note
    from arrest
    group by release_id, area_code, period_start, period_end, ethnic_group
    union all
    select
        release_id, area_code, period_start, period_end, ethnic_group,
        value as arrests,
        case when area_level <> 'police_force_area' then 'Without Lancashire.' end as note
    from summary
    where table_number = 'A.08' and measure = 'count' and ethnic_group is not null
),

-- The summary tables call the same groups by slightly other names.
known as (
    select
        release_id, area_code, period_start, period_end, arrests, note,
        case
            when lower(ethnic_group) like 'asian%' then 'Asian'
            when lower(ethnic_group) like 'black%' then 'Black'
            when lower(ethnic_group) like 'mixed%' then 'Mixed'
            when lower(ethnic_group) like 'white%' then 'White'
            else 'Other, Chinese included'
        end as ethnic_group
    from by_group
    where lower(ethnic_group) not like '%not stated%' and lower(ethnic_group) not like '%unknown%'
),

all_known as (
    select
        release_id, area_code, period_start, period_end,
        case when count(*) = count(arrests) then sum(arrests) end as arrests
    from known
    group by release_id, area_code, period_start, period_end
),

rate as (
    select
        release_id, area_code, period_start, period_end, value,
        max(case when measure = 'count' then value end) over (
            partition by release_id, area_code, period_start, ethnic_group
        ) as arrests,
        measure,
        status,
        case
            when ethnic_group is null then null
            when lower(ethnic_group) like 'asian%' then 'Asian'
            when lower(ethnic_group) like 'black%' then 'Black'
            when lower(ethnic_group) like 'mixed%' then 'Mixed'
            when lower(ethnic_group) like 'white%' then 'White'
            else 'Other, Chinese included'
        end as ethnic_group
    from summary
    where table_number = 'A.04' and coalesce(lower(ethnic_group), '') not like '%not stated%'
),

figure as (
    select
        'arrest_ethnic_share' as indicator_id,
        known.area_code,
        known.period_start,
        known.period_end,
        known.ethnic_group,
        cast(null as double) as value,
        known.arrests as numerator,
        all_known.arrests as denominator,
        case when known.arrests is null then 'not_available' else 'observed' end as status,
        known.release_id,
        known.note
    from known
    inner join all_known
        on
            known.release_id = all_known.release_id
            and known.area_code = all_known.area_code
            and known.period_start = all_known.period_start
            and (all_known.arrests > 0 or all_known.arrests is null)
    union all
    select
        'arrest_rate_ethnic_group' as indicator_id,
        area_code,
        period_start,
        period_end,
        ethnic_group,
        value,
        arrests as numerator,
        arrests * 1000 / value as denominator,
        status,
        release_id,
        'Without Lancashire, on the population of the 2011 census.' as note
    from rate
    where measure = 'rate_per_1000_population' and value > 0
)

select
    indicator_id,
    area_code,
    'financial_year' as period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    case when ethnic_group is not null then 'ethnic group' end as category_type,
    ethnic_group as category,
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
    note
from figure
