-- What social workers found at the end of an assessment: episodes with each factor of all with any.
with social_care as (select * from {{ ref('stg_dfe__social_care') }}),

area as (select * from {{ ref('int_area') }}),

factor as (
    select 'Drug_Misuse_child' as indicator, 'child_factor_drug_misuse' as indicator_id
    union all
    select 'Drug_Misuse_parent' as indicator, 'child_factor_parental_drug_misuse' as indicator_id
    union all
    select 'Alcohol_Misuse_child' as indicator, 'child_factor_alcohol_misuse' as indicator_id
    union all
    select 'Alcohol_Misuse_parent' as indicator, 'child_factor_parental_alcohol_misuse' as indicator_id
    union all
    select 'Mental_Health_child' as indicator, 'child_factor_mental_health' as indicator_id
    union all
    select 'Mental_Health_parent' as indicator, 'child_factor_parental_mental_health' as indicator_id
    union all
    select 'Self_harm' as indicator, 'child_factor_self_harm' as indicator_id
    union all
    select 'Domestic_Abuse_child' as indicator, 'child_factor_domestic_abuse' as indicator_id
    union all
    select 'Domestic_Abuse_parent' as indicator, 'child_factor_parental_domestic_abuse' as indicator_id
    union all
    select 'Gangs' as indicator, 'child_factor_gangs' as indicator_id
    union all
    select 'Child_criminal_exploitation' as indicator, 'child_factor_criminal_exploitation' as indicator_id
    union all
    select 'Child_sexual_exploitation' as indicator, 'child_factor_sexual_exploitation' as indicator_id
    union all
    select 'Going_missing' as indicator, 'child_factor_going_missing' as indicator_id
    union all
    select 'Learning_Disability_child' as indicator, 'child_factor_learning_disability' as indicator_id
),

episode as (
    select * from social_care
    where dataset = 'assessment_factors' and area_level <> 'sub_region'
),

whole as (
    select * from episode
    where indicator = 'Episodes_with_assessment_factor'
)

select
    factor.indicator_id,
    episode.area_code,
    episode.period_type,
    episode.period_start,
    episode.period_end,
    'persons' as sex,
    '0-17' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    episode.value as numerator,
    case when episode.status = 'rounded' then greatest(episode.value - 5, 0) end as numerator_low,
    case when episode.status = 'rounded' then episode.value + 5 end as numerator_high,
    whole.value as denominator,
    case when whole.status = 'rounded' then greatest(whole.value - 5, 0) end as denominator_low,
    case when whole.status = 'rounded' then whole.value + 5 end as denominator_high,
    episode.status,
    episode.release_id,
    cast(null as {{ text_type() }}) as note
from episode
inner join factor on episode.indicator = factor.indicator
left join whole
    on
        episode.release_id = whole.release_id
        and episode.area_code = whole.area_code
        and episode.period_start = whole.period_start
        and episode.period_end = whole.period_end
left join area on episode.area_code = area.area_code
where
    episode.value is not null
    -- A marker beside an authority that was not there in that year is no missing figure.
    or (
        coalesce(area.valid_from, cast('1900-01-01' as date)) <= episode.period_end
        and coalesce(area.valid_to, cast('2999-12-31' as date)) >= episode.period_end
    )
