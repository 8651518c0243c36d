-- The ten areas of the same kind and country that are most like each: nearest by standardised Euclidean distance, the
-- method of CIPFA's nearest neighbour model, over what is at hand of every area of the group.
with newest as (
    select max(vintage) as vintage from {{ ref('int_area_relation') }}
),

place as (
    select relation.child_code as district_code, relation.parent_code as country_code
    from {{ ref('int_area_relation') }} as relation
    inner join newest on relation.vintage = newest.vintage
    where relation.child_level = 'local_authority_district' and relation.parent_level = 'country'
),

resident as (
    select
        area_code,
        year,
        {{ residents_aged(0, 'null') }} as population,
        {{ residents_aged(15, 24) }} as aged_15_to_24,
        {{ residents_aged(65, 'null') }} as aged_65_and_over
    from {{ ref('int_population_by_age') }}
    where sex = 'persons' and area_level = 'local_authority_district'
    group by area_code, year
),

counted as (
    select count(*) as districts from place
),

-- The newest year with every district.
chosen_year as (
    select max(year) as year
    from (
        select resident.year
        from resident
        inner join place on resident.area_code = place.district_code
        cross join counted
        where resident.population is not null
        group by resident.year
        having count(*) = max(counted.districts)
    ) as whole_year
),

successor as (
    select * from {{ ref('int_area_successor') }}
    where is_exact and former_level = 'local_authority_district'
),

-- Land, and deprivation weighted by people, on today's codes: of merged districts where all of them are known.
land as (
    select
        coalesce(successor.area_code, measured.area_code) as district_code,
        sum(measured.hectares) as hectares
    from (
        select area_code, max(value) as hectares
        from {{ ref('stg_ons__geography_area_measurement') }}
        where area_level = 'local_authority_district' and measure = 'land' and unit = 'hectares'
        group by area_code
    ) as measured
    left join successor on measured.area_code = successor.former_code
    group by coalesce(successor.area_code, measured.area_code)
    having
        count(successor.former_code) = 0
        or (
            count(successor.former_code) = count(*)
            and count(*) = max(successor.former_codes_of_area)
        )
),

deprivation as (
    select edition, nation, area_code, max(value) as score
    from {{ ref('stg_mhclg__deprivation_local_authority') }}
    where
        domain = 'imd'
        and (
            (nation = 'england' and measure = 'average_score')
            or (nation = 'wales' and measure = 'proportion_most_deprived')
        )
        and value is not null
    group by edition, nation, area_code
),

newest_edition as (
    select nation, max(edition) as edition
    from deprivation
    group by nation
),

former_people as (
    select district_code, max(population) as population
    from {{ ref('former_district') }}
    group by district_code
),

deprived as (
    select
        coalesce(successor.area_code, deprivation.area_code) as district_code,
        case
            when count(*) = 1 then max(deprivation.score)
            when count(*) = count(former_people.population)
                then sum(deprivation.score * former_people.population) / sum(former_people.population)
        end as score
    from deprivation
    inner join newest_edition
        on deprivation.nation = newest_edition.nation and deprivation.edition = newest_edition.edition
    left join successor on deprivation.area_code = successor.former_code
    left join former_people on deprivation.area_code = former_people.district_code
    group by coalesce(successor.area_code, deprivation.area_code)
    having
        count(successor.former_code) = 0
        or (
            count(successor.former_code) = count(*)
            and count(*) = max(successor.former_codes_of_area)
        )
),

district as (
    select
        place.country_code,
        place.district_code,
        chosen_year.year,
        resident.population,
        resident.aged_15_to_24,
        resident.aged_65_and_over,
        land.hectares,
        deprived.score
    from place
    cross join chosen_year
    inner join resident on place.district_code = resident.area_code and chosen_year.year = resident.year
    left join land on place.district_code = land.district_code
    left join deprived on place.district_code = deprived.district_code
),

grouped as (
    select 'local_authority_district' as area_level, district_code as area_code, district_code
    from district
    union all
    select 'upper_tier_local_authority' as area_level, relation.parent_code as area_code, relation.child_code
    from {{ relations_to_sum('local_authority_district', 'upper_tier_local_authority') }} as relation
    inner join newest on relation.vintage = newest.vintage
    union all
    select 'police_force_area' as area_level, relation.parent_code as area_code, relation.child_code
    from {{ relations_to_sum('local_authority_district', 'police_force_area') }} as relation
    inner join newest on relation.vintage = newest.vintage
),

area as (
    select
        grouped.area_level,
        district.country_code,
        grouped.area_code,
        max(district.year) as year,
        cast(sum(district.population) as double) as population,
        cast(sum(district.aged_15_to_24) as double) as aged_15_to_24,
        cast(sum(district.aged_65_and_over) as double) as aged_65_and_over,
        case when count(*) = count(district.hectares) then sum(district.hectares) end as hectares,
        case
            when count(*) = count(district.score)
                then sum(district.score * district.population) / sum(district.population)
        end as score
    from grouped
    left join district on grouped.district_code = district.district_code
    group by grouped.area_level, district.country_code, grouped.area_code
    having count(*) = count(district.population)
),

feature as (
    select area_level, country_code, area_code, year, 'population (logarithm)' as feature, ln(population) as value
    from area
    union all
    select area_level, country_code, area_code, year, 'share aged 15 to 24', aged_15_to_24 / population from area
    union all
    select area_level, country_code, area_code, year, 'share aged 65 and over', aged_65_and_over / population from area
    union all
    select area_level, country_code, area_code, year, 'people per hectare (logarithm)', ln(population / hectares)
    from area
    where hectares > 0
    union all
    select area_level, country_code, area_code, year, 'deprivation', score from area
    where score is not null
),

spread as (
    select
        *,
        avg(value) over (partition by area_level, country_code, feature) as mean_value,
        stddev_pop(value) over (partition by area_level, country_code, feature) as deviation,
        count(*) over (partition by area_level, country_code, feature) as areas_with_it
    from feature
),

sized as (
    select area_level, country_code, count(*) as areas
    from area
    group by area_level, country_code
),

standardised as (
    select
        spread.area_level,
        spread.country_code,
        spread.area_code,
        spread.year,
        spread.feature,
        (spread.value - spread.mean_value) / spread.deviation as score
    from spread
    inner join sized
        on
            spread.area_level = sized.area_level
            and spread.country_code = sized.country_code
            and spread.areas_with_it = sized.areas
    where spread.deviation > 0
),

compared as (
    select
        one.area_level,
        one.area_code,
        other.area_code as neighbour_code,
        max(one.year) as population_year,
        sqrt(sum((one.score - other.score) * (one.score - other.score)) / count(*)) as distance,
        {{ listed('one.feature', ', ') }} as features
    from standardised as one
    inner join standardised as other
        on
            one.area_level = other.area_level
            and one.country_code = other.country_code
            and one.feature = other.feature
            and one.area_code <> other.area_code
    group by one.area_level, one.area_code, other.area_code
),

ranked as (
    select
        *,
        row_number() over (partition by area_level, area_code order by distance, neighbour_code) as neighbour_rank
    from compared
)

select
    area_code,
    area_level,
    neighbour_code,
    cast(neighbour_rank as integer) as neighbour_rank,
    cast(distance as double) as distance,
    features,
    cast(population_year as integer) as population_year,
    'nearest by standardised Euclidean distance' as method
from ranked
where neighbour_rank <= 10
