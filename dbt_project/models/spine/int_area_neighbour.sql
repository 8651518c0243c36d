-- stand-in until the spine is merged
select area_code, area_code as neighbour_code from {{ ref('int_area') }} where 1 = 0
