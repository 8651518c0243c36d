-- Every indicator: those that are defined here, and each of Fingertips' under its own number.
with defined as (
    select * from {{ ref('indicator_definition') }}
),

fingertips as (
    select * from {{ ref('int_fingertips_indicator') }}
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
    method,
    recomputed_as,
    events,
    repeat_basis,
    domain,
    pathway_stage,
    population_group,
    sector,
    source_id,
    cadence,
    usual_lag_days,
    is_verified,
    note
from defined
union all
select
    indicator_id,
    title,
    definition,
    numerator,
    denominator,
    'own' as denominator_kind,
    cast(null as integer) as age_from,
    cast(null as integer) as age_to,
    unit,
    multiplier,
    polarity,
    'as_published' as method,
    recomputed_as,
    'single' as events,
    cast(null as {{ text_type() }}) as repeat_basis,
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
