-- Counts by force area and by partnership: a month as each release has it, and twelve months of the latest releases.
with placed as (
    select * from {{ ref('int_street_crime_placed') }}
    where pfa_code is not null and month is not null
),

release as (
    select * from {{ ref('stg_rebalance__release') }}
    where source_id = 'police_uk_street'
),

force_month as (
    select
        placed.pfa_code,
        placed.month,
        placed.release_id,
        sum(placed.recorded_crimes) as recorded_crimes,
        sum(placed.drug_offences) as drug_offences,
        sum(case when placed.placement <> 'partnership' then placed.recorded_crimes else 0 end) as without_partnership
    from placed
    group by placed.pfa_code, placed.month, placed.release_id
),

release_month as (
    select
        force_month.*,
        -- No force records so few in a month: somebody cut the file short.
        force_month.recorded_crimes < 20 as is_thin,
        row_number() over (
            partition by force_month.pfa_code, force_month.month
            order by {{ newest_first('force_month') }}
        ) as age_rank
    from force_month
    left join release on force_month.release_id = release.release_id
),

known as (
    select distinct csp_code from {{ ref('int_lsoa_placement') }}
    where csp_code is not null
),

shared as (
    select distinct several.parent_code as csp_code
    from {{ ref('int_lsoa_placement') }} as lsoa
    inner join {{ ref('int_district_placement') }} as district on lsoa.district_code = district.district_code
    inner join {{ ref('int_area_relation') }} as several
        on
            district.placed_by = several.child_code
            and district.vintage = several.vintage
            and several.parent_level = 'community_safety_partnership'
    where not several.is_exact
),

-- A partnership can be counted where each of its districts is in no other: by the districts that crimes are placed by.
partnership as (
    select
        relation.child_code as csp_code,
        relation.parent_code as pfa_code,
        max(case when known.csp_code is not null then 1 else 0 end) as has_places,
        max(case when shared.csp_code is not null then 1 else 0 end) as has_shared_places
    from {{ ref('int_area_relation') }} as relation
    left join known on relation.child_code = known.csp_code
    left join shared on relation.child_code = shared.csp_code
    where
        relation.child_level = 'community_safety_partnership'
        and relation.parent_level = 'police_force_area'
        and relation.vintage = (select max(vintage) from {{ ref('int_area_relation') }})
    group by relation.child_code, relation.parent_code
),

partnership_month as (
    select
        partnership.csp_code,
        release_month.month,
        release_month.release_id,
        release_month.age_rank,
        release_month.is_thin,
        partnership.has_places = 1 and partnership.has_shared_places = 0 as is_countable,
        coalesce(placed.recorded_crimes, 0) as recorded_crimes,
        coalesce(placed.drug_offences, 0) as drug_offences
    from release_month
    inner join partnership on release_month.pfa_code = partnership.pfa_code
    left join placed
        on
            release_month.release_id = placed.release_id
            and release_month.month = placed.month
            and partnership.csp_code = placed.csp_code
),

area_month as (
    select
        pfa_code as area_code,
        'police_force_area' as area_level,
        month,
        release_id,
        age_rank,
        is_thin,
        true as is_countable,
        recorded_crimes,
        drug_offences,
        without_partnership
    from release_month
    union all
    select
        csp_code as area_code,
        'community_safety_partnership' as area_level,
        month,
        release_id,
        age_rank,
        is_thin,
        is_countable,
        recorded_crimes,
        drug_offences,
        cast(null as bigint) as without_partnership
    from partnership_month
),

rolling as (
    select
        area_code,
        area_level,
        month,
        release_id,
        max(case when is_thin then 1 else 0 end) over twelve = 1 as is_thin,
        is_countable,
        sum(recorded_crimes) over twelve as recorded_crimes,
        sum(drug_offences) over twelve as drug_offences,
        sum(without_partnership) over twelve as without_partnership,
        count(*) over twelve as months,
        min(month) over twelve as first_month
    from area_month
    where age_rank = 1
    window twelve as (partition by area_code order by month rows between 11 preceding and current row)
),

counted as (
    select
        'month' as period_type,
        area_code,
        area_level,
        month as period_start,
        month,
        release_id,
        is_thin,
        is_countable,
        recorded_crimes,
        drug_offences,
        without_partnership
    from area_month
    union all
    select
        'rolling_12_months' as period_type,
        area_code,
        area_level,
        first_month as period_start,
        month,
        release_id,
        is_thin,
        is_countable,
        recorded_crimes,
        drug_offences,
        without_partnership
    from rolling
    where months = 12 and first_month = {{ date_plus('month', -11, 'month') }}
),

measure as (
    select counted.*, 'recorded_crime_rate' as indicator_id, recorded_crimes as numerator from counted
    union all
    -- Before September 2011 drug offences were published among other crime.
    select counted.*, 'drug_offence_rate' as indicator_id, drug_offences as numerator from counted
    where period_start >= cast('2011-09-01' as date)
)

select
    indicator_id,
    area_code,
    area_level,
    period_type,
    period_start,
    {{ month_end('month') }} as period_end,
    cast(case when is_countable then numerator end as double) as numerator,
    case
        when not is_countable then 'not_available'
        when is_thin then 'low_reliability'
        else 'observed'
    end as status,
    release_id,
    case
        when not is_countable
            then 'Not counted: a district of it is in several partnerships, and a map point does not say in which.'
        when is_thin then 'The file has fewer than 20 crimes for a whole force: it is likely to be a part of the month.'
        when area_level = 'community_safety_partnership'
            then 'By map point; what the force recorded without one, or with one outside its area, is not in it.'
        when without_partnership > 0
            then
                'By the recording force; '
                || cast(cast(without_partnership as bigint) as {{ text_type() }})
                || ' of its crimes are in no partnership''s figure'
                || ' (no location, a point outside the area, or a district in several partnerships).'
        else 'By the recording force.'
    end as note
from measure
