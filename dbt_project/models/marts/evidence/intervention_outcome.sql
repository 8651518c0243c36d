select
    intervention_id,
    indicator_id,
    expected_direction,
    table_name,
    why
from {{ ref('intervention_indicator') }}
