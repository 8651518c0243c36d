-- What anybody can look up: where merged districts went, who is alone, who is nowhere.
with known as (
    select 'E07000004' as former_code, 'E06000060' as area_code, 'merged' as relation, 4 as codes
    union all
    select 'E07000026', 'E06000063', 'merged', 3
    union all
    select 'E07000031', 'E06000064', 'merged', 3
    union all
    select 'E07000048', 'E06000058', 'merged', 3
    union all
    select 'E07000053', 'E06000059', 'merged', 5
    union all
    select 'E07000150', 'E06000061', 'merged', 4
    union all
    select 'E07000154', 'E06000062', 'merged', 3
    union all
    select 'E07000163', 'E06000065', 'merged', 7
    union all
    select 'E07000187', 'E06000066', 'merged', 4
    union all
    select 'E07000190', 'E06000066', 'merged', 5
    union all
    select 'E07000206', 'E07000244', 'merged', 2
    union all
    select 'E07000201', 'E07000245', 'merged', 2
    union all
    select 'E08000016', 'E08000038', 'renamed', 1
    union all
    select 'E08000019', 'E08000039', 'renamed', 1
    union all
    select 'E10000002', 'E06000060', 'renamed', 1
    union all
    select 'E10000021', 'E06000061', 'split', 1
    union all
    select 'E10000009', 'E06000058', 'split', 3
    union all
    select 'E06000048', 'E06000057', 'renamed', 1
    union all
    select 'W14000016', 'W14000023', 'merged', 2
    union all
    select 'W11000027', 'W11000030', 'merged', 2
),

relation as (
    select * from {{ ref('area_relation') }}
    where vintage = (select max(vintage) from {{ ref('area_relation') }})
),

level_count as (
    select child_level, substr(child_code, 1, 1) as letter, count(distinct child_code) as areas
    from relation
    group by child_level, substr(child_code, 1, 1)
)

select 'successor' as what, known.former_code as place, known.area_code as detail
from known
left join {{ ref('area_successor') }} as found
    on known.former_code = found.former_code and known.area_code = found.area_code
where
    (found.relation is null or found.relation <> known.relation or found.former_codes_of_area <> known.codes)
    -- Only the reference is there while no register of changes has come.
    and exists (select 1 from {{ ref('stg_ons__code_change') }})
union all
-- British Transport Police polices no area.
select 'force with an area' as what, force_slug as place, pfa_code as detail
from {{ ref('police_force') }}
where force_slug = 'btp' and pfa_code is not null
union all
select 'City of London' as what, parent_level as place, parent_code as detail
from relation
where
    child_code = 'E09000001'
    and child_level = 'local_authority_district'
    and (
        not is_exact
        or (parent_level = 'police_force_area' and parent_code <> 'E23000034')
        or (parent_level = 'upper_tier_local_authority' and parent_code <> 'E09000001')
    )
union all
-- Nobody else is in the City's force area.
select 'City of London' as what, child_code as place, parent_code as detail
from relation
where
    parent_code = 'E23000034' and child_level = 'local_authority_district' and child_code <> 'E09000001'
union all
-- Wales has no regions and no boards of integrated care, and England has no local health boards.
select 'wrong country' as what, child_code as place, parent_code as detail
from relation
where parent_level <> 'country' and substr(child_code, 1, 1) <> substr(parent_code, 1, 1)
union all
select 'areas of Wales' as what, child_level as place, cast(areas as {{ text_type() }}) as detail
from level_count
where
    letter = 'W'
    and (
        (child_level in ('local_authority_district', 'upper_tier_local_authority') and areas <> 22)
        or (child_level = 'police_force_area' and areas <> 4)
        or (child_level = 'local_health_board' and areas <> 7)
        or child_level in ('region', 'integrated_care_board', 'sub_integrated_care_board')
    )
union all
-- Every district is in one upper tier, one force area and one country, and in a region or a health board.
select 'district without its place' as what, child_code as place, null as detail
from relation
where child_level = 'local_authority_district'
group by child_code
having
    sum(
        case
            when parent_level in (
                'upper_tier_local_authority', 'police_force_area', 'country', 'region', 'local_health_board'
            ) then 1
            else 0
        end
    ) <> 4
union all
-- A prison stands in a place; its people are from elsewhere.
select 'prison in a relation' as what, prison.prison_code as place, relation.parent_code as detail
from {{ ref('prison_place') }} as prison
inner join {{ ref('area_relation') }} as relation on prison.prison_code in (relation.child_code, relation.parent_code)
union all
select 'prison with residents' as what, prison.prison_code as place, null as detail
from {{ ref('prison_place') }} as prison
inner join {{ ref('int_population_by_area') }} as population on prison.prison_code = population.area_code
