-- Every area that a figure or a lookup names, once, with what it is called last and the days that its code held.
with named as (
    select lad_code as area_code, lad_name as area_name, vintage, 1 as trust from {{ ref('stg_ons__lad_csp_pfa') }}
    union all
    select csp_code as area_code, csp_name as area_name, vintage, 1 as trust from {{ ref('stg_ons__lad_csp_pfa') }}
    union all
    select pfa_code as area_code, pfa_name as area_name, vintage, 1 as trust from {{ ref('stg_ons__lad_csp_pfa') }}
    union all
    select area_code, area_name, vintage, 1 as trust from {{ ref('stg_ons__area_name') }}
    union all
    select lad_code as area_code, lad_name as area_name, lad_vintage as vintage, 2 as trust
    from {{ ref('stg_ons__lsoa_lad') }}
    union all
    select area_code, area_name, null as vintage, 0 as trust from {{ ref('country') }}
    union all
    select old_code as area_code, old_name as area_name, change_year - 1 as vintage, 3 as trust
    from {{ ref('stg_ons__code_change') }}
    union all
    select new_code as area_code, new_name as area_name, change_year as vintage, 3 as trust
    from {{ ref('stg_ons__code_change') }}
    where new_code is not null
    union all
    select parent_code as area_code, parent_name as area_name, parent_vintage as vintage, 3 as trust
    from {{ ref('stg_ons__geography_area_lookup') }}
    where parent_level in ('upper_tier_local_authority', 'county', 'region', 'local_health_board')
    union all
    select icb_code as area_code, icb_name as area_name, null as vintage, 1 as trust
    from {{ ref('sub_integrated_care_board') }}
    union all
    select sub_icb_code as area_code, sub_icb_name as area_name, null as vintage, 1 as trust
    from {{ ref('sub_integrated_care_board') }}
    union all
    select old_code as area_code, old_name as area_name, null as vintage, 3 as trust from {{ ref('area_change') }}
    union all
    select new_code as area_code, new_name as area_name, null as vintage, 3 as trust from {{ ref('area_change') }}
    union all
    select area_code, area_name, null as vintage, 4 as trust from {{ ref('stg_ohid__fingertips') }}
    union all
    select area_code, area_name, null as vintage, 5 as trust from {{ ref('stg_local__ambulance_incidents') }}
    where area_code is not null
    union all
    select force.pfa_code as area_code, force.force_name as area_name, null as vintage, 6 as trust
    from {{ ref('police_force') }} as force
    where force.pfa_code is not null
),

ranked as (
    select
        area_code,
        area_name,
        row_number() over (
            partition by area_code
            order by trust asc, vintage desc nulls last, area_name asc
        ) as choice
    from named
    where area_name is not null
),

-- By the lookups of force areas: only they come often enough to tell when a code was new, and when it was gone.
lookup_code as (
    select vintage, lad_code as area_code from {{ ref('stg_ons__lad_csp_pfa') }}
    union
    select vintage, csp_code as area_code from {{ ref('stg_ons__lad_csp_pfa') }}
    union
    select vintage, pfa_code as area_code from {{ ref('stg_ons__lad_csp_pfa') }}
    union
    select vintage, {{ country_of('pfa_code') }} as area_code from {{ ref('stg_ons__lad_csp_pfa') }}
),

lookup_span as (
    select area_code, min(vintage) as first_vintage, max(vintage) as last_vintage
    from lookup_code
    group by area_code
),

whole_span as (
    select min(vintage) as first_vintage, max(vintage) as last_vintage from lookup_code
),

began as (
    select area_code, min(began_on) as began_on
    from (
        select new_code as area_code, cast(cast(change_year as {{ text_type() }}) || '-04-01' as date) as began_on
        from {{ ref('stg_ons__code_change') }}
        where change_type in ('merger', 'new_code') and new_code <> old_code
        union all
        select new_code as area_code, changed_on as began_on from {{ ref('area_change') }}
    ) as change
    group by area_code
),

ended as (
    select former_code as area_code, {{ date_plus('day', -1, 'min(ended_on)') }} as ended_on
    from {{ ref('int_area_successor') }}
    group by former_code
),

-- An ended code that nothing is known to have followed.
ended_for_good as (
    select old_code as area_code, max(change_year) as change_year from {{ ref('stg_ons__code_change') }}
    where change_type in ('merger', 'new_code', 'termination') and (new_code is null or new_code <> old_code)
    group by old_code
),

dated as (
    select
        ranked.area_code,
        ranked.area_name,
        coalesce(prefix.area_level, 'other') as area_level,
        coalesce(prefix.country, 'not known') as country,
        case
            when began.began_on is not null then began.began_on
            when lookup_span.first_vintage > whole_span.first_vintage
                then cast(cast(lookup_span.first_vintage as {{ text_type() }}) || '-01-01' as date)
        end as valid_from,
        case
            when ended.ended_on is not null then ended.ended_on
            when ended_for_good.change_year is not null
                then cast(cast(ended_for_good.change_year as {{ text_type() }}) || '-03-31' as date)
            when lookup_span.last_vintage < whole_span.last_vintage
                then cast(cast(lookup_span.last_vintage as {{ text_type() }}) || '-12-31' as date)
        end as valid_to
    from ranked
    cross join whole_span
    left join {{ ref('area_code_prefix') }} as prefix on substr(ranked.area_code, 1, 3) = prefix.prefix
    left join lookup_span on ranked.area_code = lookup_span.area_code
    left join began on ranked.area_code = began.area_code
    left join ended on ranked.area_code = ended.area_code
    left join ended_for_good on ranked.area_code = ended_for_good.area_code
    where ranked.choice = 1
)

select
    area_code,
    area_name,
    area_level,
    -- A district of one tier is its own upper tier.
    area_level = 'upper_tier_local_authority'
    or (area_level = 'local_authority_district' and substr(area_code, 1, 3) in ('E06', 'E08', 'E09', 'W06'))
        as is_upper_tier,
    country,
    valid_from,
    valid_to,
    valid_to is null as is_current
from dated
