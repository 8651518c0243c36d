select
    exemption_id,
    source_id,
    series_id,
    area_code,
    reason_code,
    why,
    owner_role,
    granted_on,
    ends_on,
    coalesce(granted_on <= {{ build_day() }} and ends_on >= {{ build_day() }}, false) as is_in_force
from {{ ref('exemption') }}
