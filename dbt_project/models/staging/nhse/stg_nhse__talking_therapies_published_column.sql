select
    release_id,
    period,
    period_start,
    period_end,
    period_type,
    dataset,
    csv_file,
    column_name,
    source_sheet,
    source_row,
    source_column
from {{ source('landing', 'nhse_talking_therapies__published_column') }}
