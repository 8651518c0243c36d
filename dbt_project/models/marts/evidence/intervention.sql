with register as (
    select * from {{ ref('intervention_register') }}
),

place as (
    select * from {{ ref('intervention_place') }}
),

area as (
    select area_code, area_name, area_level
    from {{ ref('int_area') }}
),

outcome as (
    select
        intervention_id,
        {{ listed('indicator_id', '; ') }} as outcome_indicators
    from {{ ref('intervention_indicator') }}
    group by intervention_id
)

select
    register.intervention_id,
    register.name,
    register.pathway_stage,
    register.target_group,
    coalesce(place.extent, 'not_stated') as extent,
    place.area_code,
    coalesce(area.area_name, place.place_name) as area_name,
    area.area_level,
    register.start_year,
    place.started_on,
    place.start_precision,
    place.fully_in_place_on,
    place.ended_on,
    register.design,
    register.evidence_grade,
    register.graded_by,
    register.outcome_domain,
    register.direction,
    register.key_result,
    outcome.outcome_indicators,
    coalesce(place.source_url, register.source_url) as source_url,
    register.is_verified,
    place.is_verified as is_place_verified,
    register.note,
    place.note as place_note
from register
left join place on register.intervention_id = place.intervention_id
left join area on place.area_code = area.area_code
left join outcome on register.intervention_id = outcome.intervention_id
