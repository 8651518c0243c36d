select
    study_id,
    fieldwork_id,
    title,
    authors,
    year_published,
    fieldwork_start_year,
    fieldwork_end_year,
    cast(
        coalesce(
            (fieldwork_start_year + fieldwork_end_year) / 2.0,
            fieldwork_start_year,
            fieldwork_end_year,
            year_published - 3
        )
        as double
    ) as fieldwork_year,
    case
        when fieldwork_start_year is not null or fieldwork_end_year is not null then 'stated'
        when year_published is not null then 'three years before publication'
    end as fieldwork_year_basis,
    setting,
    country,
    design,
    extent,
    sample_size,
    population_at_time,
    citation,
    source_url,
    is_verified,
    note
from {{ ref('study_register') }}
