select
    release_id,
    reoffence_group,
    cost_basket,
    cost_category,
    period_start,
    period_end,
    period_type,
    value,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_costs_of_reoffending__unit_cost') }}
