-- Abuse, violence and homicide among the indicators of the Sustainable Development Goals.
with goal as (
    select * from {{ ref('stg_ons__sdg') }}
    -- Pooled years have no days; what is broken down by more than sex or age is not taken.
    where
        period_start is not null
        and coalesce(country_of_birth, 'all') = 'all'
        and coalesce(disability_status, 'all') = 'all'
        and coalesce(sexual_orientation, 'all') = 'all'
        and coalesce(gender_identity, 'all') = 'all'
        and coalesce(ethnicity, 'all') = 'all'
        and coalesce(ethnic_group, 'all') = 'all'
        and coalesce(highest_qualification, 'all') = 'all'
        and coalesce(household_income, 'all') = 'all'
        and coalesce(urban_or_rural, 'all') = 'all'
        and coalesce(category, 'all') = 'all'
        and coalesce(subcategory, 'all') = 'all'
        and coalesce(relationship, 'all') = 'all'
),

named as (
    select
        *,
        case
            when indicator = '16-1-1' then 'homicide_victim_rate_sdg'
            when indicator = '16-1-3' and series like '(a) Physical violence%' then 'physical_violence_surveyed'
            when indicator = '16-1-3' and series like '(c) Sexual violence%' then 'sexual_violence_surveyed'
            when indicator = '5-2-1' then 'partner_abuse_women_surveyed'
        end as indicator_id,
        case
            when coalesce(age, 'all') <> 'all' then age
            when series like '%16 to 59' then '16-59'
            when series like '%16 to 74' then '16-74'
            when series like '%16 and over' then '16+ yrs'
            else 'All ages'
        end as age_band
    from goal
)

select
    indicator_id,
    -- What names no area is of England and Wales.
    coalesce(area_code, 'K04000001') as area_code,
    period_type,
    period_start,
    period_end,
    case
        when indicator = '5-2-1' then 'female'
        when lower(coalesce(sex, 'all')) = 'all' then 'persons'
        else lower(sex)
    end as sex,
    age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(null as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from named
where
    indicator_id is not null
    -- A group of ages is of the widest series only, for its years are of several.
    and (
        coalesce(age, 'all') = 'all'
        or indicator = '16-1-1'
        or series like '%16 and over'
    )
