-- Every prison that a register, a list or a figure names by a code, once.
with register as (
    select * from {{ ref('stg_hmpps__prison_register_prison') }}
    where address_number = 1
),

newest_register as (
    select register.*
    from (
        select
            register.*,
            row_number() over (partition by register.prison_code order by {{ newest_first('register') }}) as age_rank
        from register
        left join {{ ref('stg_rebalance__release') }} as release
            on register.release_id = release.release_id and release.source_id = 'hmpps_prison_register'
    ) as register
    where register.age_rank = 1
),

-- Editions that say when they are of; the newest by what they say.
estate as (
    select
        prison_code, prison_name, estate_region, predominant_function, probation_region, operator,
        case
            when edition like 'Revised%' then substr(edition, length(edition) - 3, 4)
            when edition is not null then substr(edition, 1, 4)
            else '0000'
        end as edition_year,
        release_id
    from {{ ref('stg_hmpps__prison_register_estate') }}
),

newest_estate as (
    select ranked.*
    from (
        select
            estate.*,
            row_number() over (
                partition by prison_code order by edition_year desc, release_id desc, prison_name asc
            ) as age_rank
        from estate
    ) as ranked
    where ranked.age_rank = 1
),

population as (
    select * from {{ ref('int_prison_population_month') }}
    where is_latest_release
),

peopled as (
    select prison_code, min(period_start) as first_on, max(period_start) as last_on
    from population
    where population > 0
    group by prison_code
),

last_listed as (
    select ranked.prison_code, ranked.prison_name, ranked.period_start, ranked.population
    from (
        select
            prison_code, prison_name, period_start, population,
            row_number() over (partition by prison_code order by period_start desc) as age_rank
        from population
    ) as ranked
    where ranked.age_rank = 1
),

newest_month as (
    select max(month) as month from population
),

in_newest_month as (
    select population.prison_code, max(population.population) as population
    from population
    inner join newest_month on population.month = newest_month.month
    group by population.prison_code
),

named as (
    select prison_code, prison_name from register
    union
    select prison_code, prison_name from estate
    union
    select prison_code, prison_name from population
    union
    select prison_code, prison_name from {{ ref('stg_moj__deaths_in_custody') }}
    where prison_code is not null
    union
    select prison_code, prison_name from {{ ref('stg_moj__adjudications') }}
    where prison_code is not null
    union
    select prison_code, prison_name from {{ ref('stg_moj__safety_in_custody_prison_incident') }}
    where prison_code is not null
    union
    select prison_code, prison_name from {{ ref('stg_ukhsa__bbv_prisons') }}
    where prison_code is not null
),

-- Entries of the prison service's system that are no prison: a holding place of nobody, and prisons abroad.
every_prison as (
    select
        prison_code,
        {{ listed('prison_name', '; ') }} as names,
        min(prison_name) as any_name
    from named
    where prison_code not in ('ZZGHI', 'FOI')
    group by prison_code
),

counted_with_other as (
    select distinct partner_code from {{ ref('prison_reported_together') }}
),

opening as (
    select
        prison_code,
        min(case when list_name = 'name_groups' and opened <> '?' then opened end) as opened,
        max(case when list_name = 'former_prisons' then closed end) as closed,
        max(case when list_name = 'former_prisons' then closed_by end) as closed_by
    from {{ ref('stg_hmpps__prison_register_listing') }}
    group by prison_code
),

-- The pair's figures are under the first code from the month on in which the second is no longer listed by itself.
partner as (
    select prison_code, {{ listed('partner_code', '; ') }} as reported_with
    from {{ ref('prison_reported_together') }}
    group by prison_code
),

practice as (
    select gp_practice_code, count(*) as prisons
    from newest_register
    where gp_practice_code is not null
    group by gp_practice_code
),

place as (
    select
        newest_register.prison_code,
        case
            when newest_register.country = 'Wales' then 'W92000004'
            when by_county.region_code = by_region.region_code then by_county.region_code
        end as region_code,
        by_county.region_code is not null and by_region.region_code is not null
        and by_county.region_code <> by_region.region_code as is_contradicted
    from newest_register
    left join newest_estate on newest_register.prison_code = newest_estate.prison_code
    left join {{ ref('prison_region_name') }} as by_county
        on by_county.kind = 'county' and newest_register.county = by_county.published_name
    left join {{ ref('prison_region_name') }} as by_region
        on
            by_region.kind = 'probation_region'
            and substr(newest_estate.probation_region, 1, 8) = by_region.published_name
),

short_name as (
    select
        prison_code,
        {{ before_bracket('prison_name') }} as short_name
    from newest_register
),

distinct_name as (
    select short_name, count(*) as prisons
    from short_name
    group by short_name
)

select
    every_prison.prison_code,
    -- Two sites of one name (Feltham, Parc) keep what the register adds in brackets.
    coalesce(
        case when distinct_name.prisons = 1 then short_name.short_name else newest_register.prison_name end,
        newest_estate.prison_name, last_listed.prison_name, every_prison.any_name
    ) as prison_name,
    newest_register.prison_name_welsh,
    every_prison.names,
    case newest_register.types
        when 'HMP' then 'prison'
        when 'YOI' then 'young offender institution'
        when 'HMP,YOI' then 'prison and young offender institution'
        when 'YCS' then 'youth custody service'
        when 'STC' then 'secure training centre'
        when 'IRC' then 'immigration removal centre'
        else newest_register.types
    end as prison_type,
    newest_register.categories,
    newest_estate.predominant_function,
    coalesce(newest_register.operators, newest_estate.operator) as operator,
    case
        when newest_register.holds_men and newest_register.holds_women then 'women and men'
        when newest_register.holds_women then 'women'
        when newest_register.holds_men then 'men'
        when newest_estate.predominant_function = 'Female' then 'women'
    end as sex_held,
    newest_register.is_active as is_open,
    case
        when
            newest_register.is_active and last_listed.prison_code is not null
            and counted_with_other.partner_code is null
            and coalesce(in_newest_month.population, 0) = 0
            then 'Open in the register; the newest monthly list has nobody in it.'
        when not newest_register.is_active and in_newest_month.population > 0
            then 'Not open in the register; the newest monthly list has people in it.'
    end as open_note,
    opening.opened,
    case when not newest_register.is_active then opening.closed end as closed,
    case when not newest_register.is_active then opening.closed_by end as closed_by,
    peopled.first_on as first_population_on,
    peopled.last_on as last_population_on,
    last_listed.population as latest_population,
    last_listed.period_start as latest_population_on,
    partner.reported_with,
    newest_register.address_line1,
    newest_register.town,
    newest_register.county,
    newest_register.postcode,
    newest_estate.probation_region,
    newest_estate.estate_region,
    case newest_register.country when 'England' then 'E92000001' when 'Wales' then 'W92000004' end as country_code,
    place.region_code,
    case
        when place.region_code is not null and newest_register.country = 'Wales' then 'observed'
        when place.region_code is not null then 'estimated'
        else 'not_available'
    end as region_status,
    case
        when place.region_code is not null and newest_register.country = 'Wales' then 'Wales, as the register has it.'
        when place.region_code is not null
            then 'The county of its address and its probation region are both in this region.'
        when place.is_contradicted
            then 'The county of its address and its probation region are in two regions.'
        else 'No county or no probation region is published for it.'
    end as region_note,
    newest_register.gp_practice_code,
    coalesce(practice.prisons > 1, false) as is_practice_of_several,
    newest_register.release_id as register_release_id
from every_prison
left join newest_register on every_prison.prison_code = newest_register.prison_code
left join newest_estate on every_prison.prison_code = newest_estate.prison_code
left join short_name on every_prison.prison_code = short_name.prison_code
left join distinct_name on short_name.short_name = distinct_name.short_name
left join last_listed on every_prison.prison_code = last_listed.prison_code
left join in_newest_month on every_prison.prison_code = in_newest_month.prison_code
left join peopled on every_prison.prison_code = peopled.prison_code
left join opening on every_prison.prison_code = opening.prison_code
left join partner on every_prison.prison_code = partner.prison_code
left join place on every_prison.prison_code = place.prison_code
left join counted_with_other on every_prison.prison_code = counted_with_other.partner_code
left join practice on newest_register.gp_practice_code = practice.gp_practice_code
