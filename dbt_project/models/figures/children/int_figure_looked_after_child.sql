-- Children looked after, care leavers and children in need: counts, wholes and the publisher's own shares.
with social_care as (select * from {{ ref('stg_dfe__social_care') }}),

area as (select * from {{ ref('int_area') }}),

-- Where each figure stands: its count, the count below the line, and the share that the publisher prints.
wanted as (
    select
        'cla_convicted_cautioned' as indicator_id,
        'looked_after_outcomes' as dataset,
        'Convictions: Children looked after Ages 10 to 17 years' as population_group,
        'Convicted or subject to youth cautions, or youth conditional cautions during the year' as part,
        'Total ages 10 to 17 years' as whole,
        'children_count' as part_indicator,
        'children_count' as whole_indicator,
        'children_percent' as value_indicator,
        '10-17' as age_band
    union all
    select
        'cla_substance_misuse', 'looked_after_outcomes', 'Substance misuse: Children looked after all ages',
        'Identified as having a substance misuse problem', 'Total all ages',
        'children_count', 'children_count', 'children_percent', 'All ages'
    union all
    select
        'cla_substance_misuse_intervention', 'looked_after_outcomes',
        'Substance misuse: Children looked after all ages',
        'Received an intervention for their substance misuse problem',
        'Identified as having a substance misuse problem',
        'children_count', 'children_count', 'children_percent', 'All ages'
    union all
    select
        'cla_emotional_health_concern', 'looked_after_outcomes', 'Ages 5 to 16 years with SDQ score',
        'SDQ score is a cause for concern', 'SDQ score was received',
        'children_count', 'children_count', 'children_percent', '5-16'
    union all
    select
        'cla_emotional_health_score', 'looked_after_outcomes', 'Ages 5 to 16 years with SDQ score',
        'SDQ average score', cast(null as {{ text_type() }}),
        cast(null as {{ text_type() }}), cast(null as {{ text_type() }}), 'children_average_score', '5-16'
    union all
    select
        'cla_health_assessment', 'looked_after_outcomes', 'Health assessments: Children looked after all ages',
        'Had their annual health assessment', 'Total all ages',
        'children_count', 'children_count', 'children_percent', 'All ages'
    union all
    select
        'care_leavers_suitable_accommodation', 'care_leaver_accommodation', '17 to 18 years',
        'Accommodation considered suitable', 'Suitability total',
        'care_leaver_count', 'care_leaver_count', 'care_leaver_percent', '17-18'
    union all
    select
        'care_leavers_suitable_accommodation', 'care_leaver_accommodation', '19 to 21 years',
        'Accommodation considered suitable', 'Suitability total',
        'care_leaver_count', 'care_leaver_count', 'care_leaver_percent', '19-21'
    union all
    select
        'care_leavers_unsuitable_accommodation', 'care_leaver_accommodation', '17 to 18 years',
        'Accommodation considered unsuitable', 'Suitability total',
        'care_leaver_count', 'care_leaver_count', 'care_leaver_percent', '17-18'
    union all
    select
        'care_leavers_unsuitable_accommodation', 'care_leaver_accommodation', '19 to 21 years',
        'Accommodation considered unsuitable', 'Suitability total',
        'care_leaver_count', 'care_leaver_count', 'care_leaver_percent', '19-21'
    union all
    select
        'cla_rate', 'looked_after', 'Children looked after on 31 March each year', '', '',
        'children_count', 'population_estimate', 'rate_per_10000', '0-17'
    union all
    select
        'children_in_need_rate', 'children_in_need', 'Children in Need', '', cast(null as {{ text_type() }}),
        'At31_episodes', cast(null as {{ text_type() }}), cast(null as {{ text_type() }}), '0-17'
),

figure as (
    select
        wanted.indicator_id,
        wanted.age_band,
        social_care.area_code,
        social_care.period_start,
        social_care.period_end,
        social_care.release_id,
        social_care.value,
        social_care.status,
        case social_care.period_type when 'point_in_time' then 'day' else social_care.period_type end as period_type,
        case
            when
                social_care.indicator = wanted.part_indicator
                and coalesce(social_care.breakdown, '') = wanted.part
                then 'part'
            when
                social_care.indicator = wanted.whole_indicator
                and coalesce(social_care.breakdown, '') = wanted.whole
                then 'whole'
            when
                social_care.indicator = wanted.value_indicator
                and coalesce(social_care.breakdown, '') = wanted.part
                then 'published'
        end as role
    from social_care
    inner join wanted
        on
            social_care.dataset = wanted.dataset
            and social_care.population_group = wanted.population_group
    where social_care.area_level <> 'sub_region'
),

together as (
    select
        indicator_id, age_band, area_code, period_type, period_start, period_end, release_id,
        max(case when role = 'published' then value end) as value,
        max(case when role = 'part' then value end) as numerator,
        max(case when role = 'part' then status end) as numerator_status,
        max(case when role = 'whole' then value end) as denominator,
        max(case when role = 'whole' then status end) as denominator_status,
        max(case when role = 'published' then status end) as value_status
    from figure
    where role is not null
    group by indicator_id, age_band, area_code, period_type, period_start, period_end, release_id
    -- A file can have a whole without the part.
    having count(case when role <> 'whole' then 1 end) > 0
)

select
    together.indicator_id,
    together.area_code,
    together.period_type,
    together.period_start,
    together.period_end,
    'persons' as sex,
    together.age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    together.value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    together.numerator,
    -- The publisher rounds England and the regions to ten.
    case when together.numerator_status = 'rounded' then greatest(together.numerator - 5, 0) end as numerator_low,
    case when together.numerator_status = 'rounded' then together.numerator + 5 end as numerator_high,
    together.denominator,
    case when together.denominator_status = 'rounded' then greatest(together.denominator - 5, 0) end as denominator_low,
    case when together.denominator_status = 'rounded' then together.denominator + 5 end as denominator_high,
    coalesce(together.numerator_status, together.value_status, 'missing') as status,
    together.release_id,
    cast(null as {{ text_type() }}) as note
from together
left join area on together.area_code = area.area_code
where
    together.value is not null
    or together.numerator is not null
    -- A marker beside an authority that was not there in that year is no missing figure.
    or (
        coalesce(area.valid_from, cast('1900-01-01' as date)) <= together.period_end
        and coalesce(area.valid_to, cast('2999-12-31' as date)) >= together.period_end
    )
