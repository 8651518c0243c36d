-- The places that each of today's gaps concerns.
select distinct
    run.gap_id,
    cell.area_code
from {{ ref('int_gap_run') }} as run
inner join {{ ref('int_coverage') }} as cell
    on
        run.series_id = cell.series_id
        and run.period_type = cell.period_type
        and run.area_level = cell.area_level
        and run.reason = cell.reason
        and run.area_code = coalesce({{ country_of('cell.area_code') }}, cell.area_code)
        and run.period_from <= cell.period_start
        and run.period_to >= cell.period_end
where run.is_of_all_places
union all
select
    gap_id,
    area_code
from {{ ref('int_gap_run') }}
where not is_of_all_places
