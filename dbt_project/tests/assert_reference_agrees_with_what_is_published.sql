-- The reference of counties, regions, health boards and former districts against the lookups and estimates at hand.
with parent as (
    select parent.*, prefix.area_level as parent_level
    from {{ ref('district_parent') }} as parent
    inner join {{ ref('area_code_prefix') }} as prefix on substr(parent.parent_code, 1, 3) = prefix.prefix
)

select
    'parent' as what, published.child_code as area_code, published.parent_code as published,
    parent.parent_code as here
from {{ ref('stg_ons__geography_area_lookup') }} as published
inner join parent
    on
        published.child_code = parent.district_code
        and case published.parent_level when 'county' then 'upper_tier_local_authority' else published.parent_level end
        = parent.parent_level
        and (parent.first_vintage is null or published.parent_vintage >= parent.first_vintage)
        and (parent.last_vintage is null or published.parent_vintage <= parent.last_vintage)
where
    published.child_level = 'local_authority_district'
    and published.parent_vintage is not null
    and substr(published.parent_code, 1, 3) in ('E10', 'E12', 'W11')
    and published.parent_code <> parent.parent_code
union all
select
    'partnership' as what, former.district_code as area_code, published.csp_code as published, former.csp_code as here
from {{ ref('former_district') }} as former
inner join {{ ref('stg_ons__lad_csp_pfa') }} as published on former.district_code = published.lad_code
where published.csp_code <> former.csp_code
union all
select
    'population' as what, former.district_code as area_code,
    cast(published.population as {{ text_type() }}) as published, cast(former.population as {{ text_type() }}) as here
from {{ ref('former_district') }} as former
inner join {{ ref('int_population_by_area') }} as published
    on former.district_code = published.area_code and former.population_year = published.year
where published.sex = 'persons' and published.population <> former.population
