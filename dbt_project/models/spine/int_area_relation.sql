-- Which area is in which. What the lookups of a year say; and, where codes have changed since the newest of them, the
-- same lookup once more on the codes of today.
with lookup as (
    select distinct vintage, lad_code, csp_code, pfa_code from {{ ref('stg_ons__lad_csp_pfa') }}
),

successor as (
    select * from {{ ref('int_area_successor') }}
    where is_exact
),

newest as (
    select max(vintage) as vintage from lookup
),

-- No row where every code of the newest lookup still holds.
since as (
    select greatest(max(extract(year from successor.changed_on)), max(newest.vintage) + 1) as vintage
    from lookup
    inner join newest on lookup.vintage = newest.vintage
    inner join successor on successor.former_code in (lookup.lad_code, lookup.csp_code, lookup.pfa_code)
    having count(*) > 0
),

placed as (
    select vintage, lad_code, csp_code, pfa_code from lookup
    union
    select
        since.vintage,
        coalesce(lad.area_code, lookup.lad_code) as lad_code,
        coalesce(csp.area_code, lookup.csp_code) as csp_code,
        coalesce(pfa.area_code, lookup.pfa_code) as pfa_code
    from lookup
    inner join newest on lookup.vintage = newest.vintage
    cross join since
    left join successor as lad on lookup.lad_code = lad.former_code
    left join successor as csp on lookup.csp_code = csp.former_code
    left join successor as pfa on lookup.pfa_code = pfa.former_code
),

district as (
    select distinct vintage, lad_code from placed
),

published_parent as (
    select distinct
        parent_vintage as vintage,
        child_code,
        case parent_level when 'county' then 'upper_tier_local_authority' else parent_level end as parent_level,
        parent_code
    from {{ ref('stg_ons__geography_area_lookup') }}
    where
        child_level = 'local_authority_district'
        and parent_vintage is not null
        -- A district of one tier is its own upper tier; some lookups have its metropolitan county or part of London.
        and (
            (parent_level in ('upper_tier_local_authority', 'county') and substr(parent_code, 1, 3) = 'E10')
            or (parent_level = 'region' and substr(parent_code, 1, 3) = 'E12')
            or (parent_level = 'local_health_board' and substr(parent_code, 1, 3) = 'W11')
        )
),

known_parent as (
    select parent.*, prefix.area_level as parent_level
    from {{ ref('district_parent') }} as parent
    inner join {{ ref('area_code_prefix') }} as prefix on substr(parent.parent_code, 1, 3) = prefix.prefix
),

-- Of a merged district that is in several partnerships: how many people each former district brought, by the
-- partnership that it was in.
former_part as (
    select
        change.new_code as lad_code,
        former.csp_code,
        sum(former.population) as population,
        count(*) as districts,
        count(former.population) as known_districts
    from {{ ref('stg_ons__code_change') }} as change
    left join {{ ref('former_district') }} as former on change.old_code = former.district_code
    where change.change_type = 'merger' and change.new_code is not null
    group by change.new_code, former.csp_code
),

-- A sub-board is known as it is today, so only for lookups on districts that have since changed their code at most.
health as (
    select
        district.vintage,
        district.lad_code,
        part.sub_icb_code,
        board.icb_code,
        cast(part.population as double) as population
    from district
    left join successor on district.lad_code = successor.former_code
    inner join {{ ref('district_sub_icb') }} as part
        on coalesce(successor.area_code, district.lad_code) = part.district_code
    inner join {{ ref('sub_integrated_care_board') }} as board on part.sub_icb_code = board.sub_icb_code
    where district.vintage >= 2023
),

estimated as (
    select area_code, year, max(population) as population
    from {{ ref('stg_ons__population') }}
    where is_total and age is null and sex = 'persons' and population is not null
    group by area_code, year
),

resident as (
    select estimated.area_code, estimated.population
    from estimated
    where
        estimated.year = (
            select max(newer.year)
            from estimated as newer
            where newer.area_code = estimated.area_code
        )
),

-- Parents of districts, with the people that each parent has of the district where there are several.
of_district as (
    select distinct
        placed.vintage, placed.lad_code as child_code, placed.csp_code as parent_code,
        'community_safety_partnership' as parent_level,
        cast(case when part.districts = part.known_districts then part.population end as double) as population
    from placed
    left join former_part as part on placed.lad_code = part.lad_code and placed.csp_code = part.csp_code
    union all
    select distinct
        vintage, lad_code as child_code, pfa_code as parent_code,
        'police_force_area' as parent_level, cast(null as double) as population
    from placed
    union all
    select
        vintage, lad_code as child_code, lad_code as parent_code,
        'upper_tier_local_authority' as parent_level, cast(null as double) as population
    from district
    where substr(lad_code, 1, 3) <> 'E07'
    union all
    select
        district.vintage, district.lad_code as child_code, published_parent.parent_code,
        published_parent.parent_level, cast(null as double) as population
    from district
    inner join published_parent
        on district.vintage = published_parent.vintage and district.lad_code = published_parent.child_code
    union all
    select
        district.vintage, district.lad_code as child_code, known_parent.parent_code,
        known_parent.parent_level, cast(null as double) as population
    from district
    inner join known_parent
        on
            district.lad_code = known_parent.district_code
            and (known_parent.first_vintage is null or district.vintage >= known_parent.first_vintage)
            and (known_parent.last_vintage is null or district.vintage <= known_parent.last_vintage)
    where
        not exists (
            select 1
            from published_parent as published
            where
                published.vintage = district.vintage
                and published.child_code = district.lad_code
                and published.parent_level = known_parent.parent_level
        )
    union all
    select
        vintage, lad_code as child_code, sub_icb_code as parent_code,
        'sub_integrated_care_board' as parent_level, sum(population) as population
    from health
    group by vintage, lad_code, sub_icb_code
    union all
    select
        vintage, lad_code as child_code, icb_code as parent_code,
        'integrated_care_board' as parent_level, sum(population) as population
    from health
    group by vintage, lad_code, icb_code
),

several as (
    select vintage, lad_code, count(distinct csp_code) as partnerships
    from placed
    group by vintage, lad_code
),

upper_tier as (
    select vintage, child_code as lad_code, parent_code as upper_tier_code
    from of_district
    where parent_level = 'upper_tier_local_authority'
),

region as (
    select vintage, child_code as lad_code, parent_code as region_code
    from of_district
    where parent_level = 'region'
),

of_larger as (
    select
        'community_safety_partnership' as child_level, placed.vintage, placed.csp_code as child_code,
        upper_tier.upper_tier_code as parent_code, 'upper_tier_local_authority' as parent_level,
        case
            when count(*) = count(case when part.districts = part.known_districts then 1 end)
                then cast(sum(part.population) as double)
            when count(*) = count(resident.population) and max(several.partnerships) = 1
                then cast(sum(resident.population) as double)
        end as population
    from placed
    inner join upper_tier on placed.vintage = upper_tier.vintage and placed.lad_code = upper_tier.lad_code
    left join former_part as part on placed.lad_code = part.lad_code and placed.csp_code = part.csp_code
    left join resident on placed.lad_code = resident.area_code
    inner join several on placed.vintage = several.vintage and placed.lad_code = several.lad_code
    group by placed.vintage, placed.csp_code, upper_tier.upper_tier_code
    union all
    select distinct
        'community_safety_partnership' as child_level, vintage, csp_code as child_code,
        pfa_code as parent_code, 'police_force_area' as parent_level, cast(null as double) as population
    from placed
    union all
    select distinct
        'upper_tier_local_authority' as child_level, placed.vintage, upper_tier.upper_tier_code as child_code,
        placed.pfa_code as parent_code, 'police_force_area' as parent_level, cast(null as double) as population
    from placed
    inner join upper_tier on placed.vintage = upper_tier.vintage and placed.lad_code = upper_tier.lad_code
    union all
    select distinct
        'upper_tier_local_authority' as child_level, region.vintage, upper_tier.upper_tier_code as child_code,
        region.region_code as parent_code, 'region' as parent_level, cast(null as double) as population
    from region
    inner join upper_tier on region.vintage = upper_tier.vintage and region.lad_code = upper_tier.lad_code
    union all
    select
        'upper_tier_local_authority' as child_level, health.vintage, upper_tier.upper_tier_code as child_code,
        health.icb_code as parent_code, 'integrated_care_board' as parent_level, sum(health.population) as population
    from health
    inner join upper_tier on health.vintage = upper_tier.vintage and health.lad_code = upper_tier.lad_code
    group by health.vintage, upper_tier.upper_tier_code, health.icb_code
    union all
    select distinct
        'police_force_area' as child_level, region.vintage, placed.pfa_code as child_code,
        region.region_code as parent_code, 'region' as parent_level, cast(null as double) as population
    from region
    inner join placed on region.vintage = placed.vintage and region.lad_code = placed.lad_code
    union all
    select distinct
        'sub_integrated_care_board' as child_level, vintage, sub_icb_code as child_code,
        icb_code as parent_code, 'integrated_care_board' as parent_level, cast(null as double) as population
    from health
),

below_country as (
    select vintage, child_level, child_code, parent_code, parent_level, population from of_larger
    union all
    select
        vintage, 'local_authority_district' as child_level, child_code, parent_code, parent_level, population
    from of_district
),

-- Every area is in one country.
of_country as (
    select distinct
        vintage, child_level, child_code, {{ country_of('child_code') }} as parent_code,
        'country' as parent_level, cast(null as double) as population
    from below_country
    union
    select distinct
        vintage, parent_level as child_level, parent_code as child_code, {{ country_of('parent_code') }} as parent_code,
        'country' as parent_level, cast(null as double) as population
    from below_country
    union
    select distinct
        vintage, 'country' as child_level, {{ country_of('child_code') }} as child_code, 'K04000001' as parent_code,
        'country' as parent_level, cast(null as double) as population
    from below_country
),

pair as (
    select vintage, child_level, child_code, parent_code, parent_level, population from below_country
    union all
    select vintage, child_level, child_code, parent_code, parent_level, population from of_country
),

counted as (
    select
        *,
        count(*) over (partition by vintage, child_level, child_code, parent_level) as parents_of_child,
        count(population) over (partition by vintage, child_level, child_code, parent_level) as known_parents,
        sum(population) over (partition by vintage, child_level, child_code, parent_level) as people
    from pair
)

select
    cast(vintage as integer) as vintage,
    child_code,
    child_level,
    parent_code,
    parent_level,
    cast(parents_of_child as integer) as parents_of_child,
    -- Where it is not known how a child's people divide, no weight, rather than an even or a guessed one.
    cast(
        case
            when parents_of_child = 1 then 1
            when known_parents = parents_of_child and people > 0 then population / people
        end as double
    ) as weight,
    case
        when parents_of_child = 1 then 'whole'
        when known_parents = parents_of_child and people > 0 then 'population'
    end as weight_basis,
    parents_of_child = 1 as is_exact
from counted
