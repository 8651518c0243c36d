-- What arrived and is in no place's figure, with how much of it there is and why.
with crime as (
    select
        'police_uk_street' as source_id,
        'crime' as table_name,
        release_id,
        coalesce(force_slug, 'no force') as label,
        placement,
        sum(recorded_crimes) as quantity,
        'recorded crimes' as quantity_unit
    from {{ ref('int_street_crime_placed') }}
    where placement <> 'partnership'
    group by release_id, coalesce(force_slug, 'no force'), placement
),

search as (
    select
        'police_uk_stop_and_search' as source_id,
        'search' as table_name,
        search.release_id,
        coalesce(search.force_slug, 'no force') as label,
        case
            when search.force_slug is null then 'force_not_named'
            when force.pfa_code is null then 'force_has_no_area'
            else 'no_month'
        end as placement,
        sum(search.searches) as quantity,
        'searches' as quantity_unit
    from {{ ref('stg_police_uk__stop_and_search') }} as search
    left join {{ ref('police_force') }} as force on search.force_slug = force.force_slug
    where force.pfa_code is null or search.month is null
    group by
        search.release_id,
        coalesce(search.force_slug, 'no force'),
        case
            when search.force_slug is null then 'force_not_named'
            when force.pfa_code is null then 'force_has_no_area'
            else 'no_month'
        end
),

-- What a force without an area recorded, and what bodies of the whole country did (fraud, as a rule).
recorded as (
    select
        'ho_recorded_crime' as source_id,
        'offence' as table_name,
        release_id,
        police_force_name as label,
        case area_level when 'national_body' then 'national_body' else 'force_has_no_area' end as placement,
        sum(value) as quantity,
        'recorded crimes' as quantity_unit
    from {{ ref('stg_ho__recorded_crime_offence') }}
    where area_code is null and value is not null
    group by
        release_id,
        police_force_name,
        case area_level when 'national_body' then 'national_body' else 'force_has_no_area' end
),

death as (
    select
        'iopc_deaths' as source_id,
        'death' as table_name,
        death.release_id,
        death.category as label,
        case when alias.alias is null then 'not_one_force' else 'force_has_no_area' end as placement,
        sum(death.value) as quantity,
        'deaths' as quantity_unit
    from {{ ref('stg_iopc__deaths') }} as death
    left join {{ ref('police_force_alias') }} as alias on lower(death.category) = alias.alias
    left join {{ ref('police_force') }} as force on alias.force_slug = force.force_slug
    where
        death.breakdown = 'force'
        and death.measure = 'fatalities'
        and not death.is_total
        and death.financial_year is not null
        and force.pfa_code is null
    group by
        death.release_id,
        death.category,
        case when alias.alias is null then 'not_one_force' else 'force_has_no_area' end
),

dated as (
    select distinct release_id, fingertips_id, time_period from {{ ref('int_fingertips') }}
),

fingertips as (
    select
        'ohid_fingertips' as source_id,
        'indicator_value' as table_name,
        published.release_id,
        case when published.area_code is null then published.area_name else published.time_period end as label,
        case when published.area_code is null then 'area_without_code' else 'period_not_understood' end as placement,
        count(*) as quantity,
        'rows' as quantity_unit
    from {{ ref('stg_ohid__fingertips') }} as published
    left join dated
        on
            published.release_id = dated.release_id
            and published.fingertips_id = dated.fingertips_id
            and published.time_period = dated.time_period
    where published.area_code is null or dated.time_period is null
    group by
        published.release_id,
        case when published.area_code is null then published.area_name else published.time_period end,
        case when published.area_code is null then 'area_without_code' else 'period_not_understood' end
),

figure as (
    select
        indicator.source_id,
        rate.indicator_id as table_name,
        rate.release_id,
        rate.area_code as label,
        'area_not_known' as placement,
        count(*) as quantity,
        'figures' as quantity_unit
    from {{ ref('int_rate') }} as rate
    inner join {{ ref('int_indicator') }} as indicator on rate.indicator_id = indicator.indicator_id
    where rate.area_code not in (select area.area_code from {{ ref('int_area') }} as area)
    group by indicator.source_id, rate.indicator_id, rate.release_id, rate.area_code
),

every_kind as (
    select * from crime
    union all
    select * from recorded
    union all
    select * from search
    union all
    select * from death
    union all
    select * from fingertips
    union all
    select * from figure
)

select
    source_id,
    table_name,
    release_id,
    coalesce(label, 'not named') as label,
    placement as reason,
    case placement
        when 'force_not_named' then 'The file''s name does not say whose it is: it is not taken for a force''s month.'
        when 'force_has_no_area' then 'The force polices no area of England and Wales of its own.'
        when 'no_location' then 'No map point: in the force''s figure and in no partnership''s.'
        when 'lsoa_not_in_lookup' then 'The map point''s area is in no lookup at hand, or in two districts.'
        when 'outside_force_area' then 'The map point is outside the recording force''s area.'
        when 'several_partnerships' then 'The map point''s district is in several partnerships.'
        when 'former_partnership' then 'The map point''s district was last in a partnership that is no more.'
        when 'no_month' then 'The file''s name does not say which month it is.'
        when 'not_one_force' then 'Several forces together, or a body that is not a territorial force.'
        when 'national_body' then 'Recorded by a body of the whole country, and in no place''s figure.'
        when 'area_not_known' then 'No lookup or register at hand has the area''s code: it is in no mart.'
        when 'area_without_code' then 'The area has no code.'
        when 'period_not_understood' then 'The label of the period does not tell its days.'
    end as explanation,
    cast(quantity as double) as quantity,
    quantity_unit
from every_kind
