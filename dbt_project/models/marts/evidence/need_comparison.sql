select
    setting,
    condition_id,
    indicator_id,
    category_type,
    category,
    why_no_unmet,
    note
from {{ ref('need_observed') }}
