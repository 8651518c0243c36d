select
    release_id,
    age_group,
    index_disposal,
    category,
    subcategory_1,
    subcategory_2,
    period_start,
    period_end,
    period_type,
    measure,
    value,
    unit,
    status,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'moj_proven_reoffending__breakdown') }}
