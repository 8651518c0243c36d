-- People supervised by probation in the community. They are published for England and Wales alone, by sex; force areas
-- and local authorities have them shared out, by a rule that nothing published can test.
with sex_of as (
    select 'male' as sex
    union all
    select 'female' as sex
),

newest as (
    {{ newest_figures(['probation_caseload', 'recorded_crime_csp_rate']) }}
),

-- People supervised in the community are published for England and Wales alone.
probation as (
    select sex, period_end, coalesce(numerator, newest.value) as people
    from newest
    where indicator_id = 'probation_caseload' and category = 'all in the community' and sex in ('male', 'female')
),

newest_vintage as (
    select max(vintage) as vintage
    from {{ ref('int_area_relation') }}
    where child_level = 'local_authority_district' and parent_level = 'police_force_area'
),

district as (
    select relation.child_code as district_code, relation.parent_code as force_code, relation.vintage
    from {{ ref('int_area_relation') }} as relation
    inner join newest_vintage on relation.vintage = newest_vintage.vintage
    where
        relation.child_level = 'local_authority_district' and relation.parent_level = 'police_force_area'
        and relation.is_exact
),

resident as (
    select area_code, population
    from (
        select
            area_code, population,
            row_number() over (partition by area_code order by year desc, vintage desc, release_id asc) as age_rank
        from {{ ref('int_population_by_area') }}
        where sex = 'persons' and area_level = 'local_authority_district'
    ) as ranked
    where age_rank = 1
),

-- Arrests of adults by force; a force without any takes the rate of all others.
force_adult as (
    select place_code as force_code, sex, people
    from {{ ref('int_mix_police_custody') }}
    where place_kind = 'police_force_area' and age_band = '18+'
),

force_sex as (
    select force.force_code, force.residents, sex_of.sex
    from (
        select district.force_code, sum(resident.population) as residents
        from district
        inner join resident on district.district_code = resident.area_code
        group by district.force_code
    ) as force
    cross join sex_of
),

force_weighed as (
    select
        force_sex.force_code,
        force_sex.sex,
        coalesce(
            force_adult.people,
            force_sex.residents * sum(force_adult.people) over (partition by force_sex.sex)
            / nullif(
                sum(case when force_adult.people is not null then force_sex.residents end)
                    over (partition by force_sex.sex),
                0
            )
        ) as weight
    from force_sex
    left join force_adult on force_sex.force_code = force_adult.force_code and force_sex.sex = force_adult.sex
),

force_weight as (
    select force_code, sex, weight / sum(weight) over (partition by sex) as share
    from force_weighed
    where weight is not null
),

district_crime as (
    select district.district_code, avg(newest.value) as rate
    from district
    inner join {{ ref('int_area_relation') }} as relation
        on
            district.district_code = relation.child_code
            and district.vintage = relation.vintage
            and relation.parent_level = 'community_safety_partnership'
    inner join newest
        on
            relation.parent_code = newest.area_code
            and newest.indicator_id = 'recorded_crime_csp_rate'
            and newest.period_type in ('calendar_year', 'rolling_12_months')
    group by district.district_code
),

district_weighed as (
    select
        district.district_code,
        district.force_code,
        -- By the root of the crime rate: a crime is recorded where it was done, not where those who did it live.
        resident.population * sqrt(coalesce(
            district_crime.rate, avg(district_crime.rate) over (partition by district.force_code), 1.0
        )) as weight
    from district
    inner join resident on district.district_code = resident.area_code
    left join district_crime on district.district_code = district_crime.district_code
),

district_share as (
    select district_code, force_code, weight / sum(weight) over (partition by force_code) as share
    from district_weighed
),

probation_share as (
    select
        'country' as place_kind, 'K04000001' as place_code, sex, 1.0 as share, 0.0 as people_log_sd,
        'People supervised in the community in England and Wales, by sex.' as mix_basis
    from probation
    union all
    select
        'police_force_area' as place_kind, force_code as place_code, sex, share, 0.2 as people_log_sd,
        'The caseload of England and Wales shared between force areas as their arrests of adults of the sex.'
            as mix_basis
    from force_weight
    union all
    select
        'local_authority' as place_kind, district_share.district_code as place_code, force_weight.sex,
        force_weight.share * district_share.share as share,
        0.3 as people_log_sd,
        'The caseload of England and Wales shared between force areas as their arrests of adults of the sex, and within'
        || ' one as residents times the root of the recorded crime rate.' as mix_basis
    from district_share
    inner join force_weight on district_share.force_code = force_weight.force_code
),

probation_place as (
    select
        'probation' as setting, probation_share.place_kind, probation_share.place_code,
        probation.period_end as counted_on,
        probation.sex,
        'all' as custody_type,
        '18+' as age_band,
        18 as age_from,
        69 as age_to,
        probation.people * probation_share.share as people,
        probation_share.people_log_sd,
        probation_share.mix_basis
    from probation_share
    inner join probation on probation_share.sex = probation.sex
)

select
    setting,
    place_kind,
    place_code,
    sex,
    custody_type,
    age_band,
    age_from,
    age_to,
    people,
    people_log_sd,
    counted_on,
    mix_basis
from probation_place
where people > 0
