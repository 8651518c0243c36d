select
    neighbour.area_code,
    area.area_name,
    neighbour.area_level,
    neighbour.neighbour_code,
    other.area_name as neighbour_name,
    neighbour.neighbour_rank,
    neighbour.distance,
    neighbour.features,
    neighbour.population_year,
    neighbour.method
from {{ ref('int_area_neighbour') }} as neighbour
left join {{ ref('int_area') }} as area on neighbour.area_code = area.area_code
left join {{ ref('int_area') }} as other on neighbour.neighbour_code = other.area_code
