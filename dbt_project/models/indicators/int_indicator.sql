-- Every indicator: those that are defined here, and each of Fingertips' under its own number.
with defined as (
    select * from {{ ref('indicator_definition') }}
),

fingertips as (
    select 'fingertips_' || cast(fingertips_id as {{ text_type() }}) as indicator_id, max(indicator_name) as title
    from {{ ref('stg_ohid__fingertips') }}
    group by fingertips_id
)

select
    indicator_id,
    title,
    definition,
    numerator,
    denominator,
    denominator_kind,
    age_from,
    age_to,
    unit,
    multiplier,
    polarity,
    method, recomputed_as, events, domain, pathway_stage, population_group, sector, source_id, cadence, usual_lag_days,
    is_verified, note
from defined
union all
select
    indicator_id,
    title,
    'As Fingertips publishes it under this name; its own metadata defines it.' as definition,
    'As published' as numerator,
    'As published' as denominator,
    'own' as denominator_kind,
    cast(null as integer) as age_from,
    cast(null as integer) as age_to,
    cast(null as {{ text_type() }}) as unit,
    cast(null as double) as multiplier,
    'not_stated' as polarity,
    'as_published' as method,
    'none' as recomputed_as,
    'single' as events,
    'not stated' as domain,
    cast(null as {{ text_type() }}) as pathway_stage,
    'everyone' as population_group,
    'health' as sector,
    'ohid_fingertips' as source_id,
    cast(null as {{ text_type() }}) as cadence,
    cast(null as integer) as usual_lag_days,
    'yes' as is_verified,
    cast(null as {{ text_type() }}) as note
from fingertips
where indicator_id not in (select defined.indicator_id from defined)
