with computed as (
    select * from {{ ref('indicator_definition') }}
),

fingertips as (
    select fingertips_id, max(indicator_name) as indicator_name
    from {{ ref('stg_ohid__fingertips') }}
    group by fingertips_id
)

select
    indicator_id,
    title,
    definition,
    numerator,
    denominator,
    unit,
    cast(multiplier as double) as multiplier,
    polarity,
    method,
    domain,
    pathway_stage,
    source_id,
    cadence,
    cast(usual_lag_days as integer) as usual_lag_days
from computed
union all
select
    'fingertips_' || cast(fingertips_id as {{ text_type() }}) as indicator_id,
    indicator_name as title,
    'As Fingertips publishes it under this name; its own metadata defines it.' as definition,
    'As published' as numerator,
    'As published' as denominator,
    cast(null as {{ text_type() }}) as unit,
    cast(null as double) as multiplier,
    'not_stated' as polarity,
    'as_published' as method,
    'health' as domain,
    cast(null as {{ text_type() }}) as pathway_stage,
    'ohid_fingertips' as source_id,
    cast(null as {{ text_type() }}) as cadence,
    cast(null as integer) as usual_lag_days
from fingertips
