-- The periods for which a publisher has given figures of an indicator, by kind of area.
with kind as (
    select distinct indicator_id, period_type, entity_code from {{ ref('int_coverage_series') }}
)

select
    value.indicator_id,
    value.source_id,
    value.period_type,
    {{ entity_code('value.area_code') }} as entity_code,
    value.period_start,
    value.period_end,
    count(*) as figures
from {{ ref('int_value') }} as value
inner join kind
    on
        value.indicator_id = kind.indicator_id
        and value.period_type = kind.period_type
        and {{ entity_code('value.area_code') }} = kind.entity_code
where value.is_latest_release and coalesce(value.carried_by, 'as_published') <> 'summed'
group by
    value.indicator_id, value.source_id, value.period_type, {{ entity_code('value.area_code') }}, value.period_start,
    value.period_end
