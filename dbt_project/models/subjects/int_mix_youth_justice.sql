-- Children cautioned or sentenced in the newest year, by local authority and country.
with figure as (
    select * from {{ ref('int_value') }}
    where is_latest_release
),

child_resident as (
    select area_code, sum(population) as children
    from (
        select
            by_age.area_code, by_age.population, by_age.age,
            dense_rank() over (partition by by_age.area_code order by by_age.year desc) as age_rank
        from {{ ref('int_population_by_age') }} as by_age
        where by_age.sex = 'persons' and by_age.age between 10 and 17
    ) as ranked
    where age_rank = 1
    group by area_code
    having count(*) = 8
),

child as (
    select
        figure.area_code,
        figure.period_end,
        coalesce(figure.numerator, figure.value * child_resident.children / 10000.0) as people,
        figure.numerator is not null as is_counted,
        row_number() over (
            partition by figure.area_code
            order by
                case when figure.numerator is not null then 0 else 1 end,
                figure.period_end desc,
                figure.indicator_id asc
        ) as choice
    from figure
    left join child_resident on figure.area_code = child_resident.area_code
    where
        figure.indicator_id in ('children_cautioned_sentenced_rate_yjb', 'children_cautioned_sentenced_rate')
        and figure.area_level in ('local_authority_district', 'upper_tier_local_authority', 'country')
        and figure.sex = 'persons' and figure.category is null
        and coalesce(figure.numerator, figure.value * child_resident.children) is not null
),

youth_place as (
    select
        'youth_justice' as setting,
        case
            when substr(area_code, 1, 1) = 'K' or substr(area_code, 2, 2) = '92' then 'country' else 'local_authority'
        end
            as place_kind,
        area_code as place_code,
        period_end as counted_on,
        'all' as sex,
        'all' as custody_type,
        '10-17' as age_band,
        10 as age_from,
        17 as age_to,
        people,
        0.0 as people_log_sd,
        case
            when is_counted then 'Children cautioned or sentenced in the year; their sex is not published for places.'
            else
                'Children cautioned or sentenced in the year, from the published rate and residents aged 10 to 17;'
                || ' their sex is not published for places.'
        end as mix_basis
    from child
    where choice = 1
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
from youth_place
where people > 0
