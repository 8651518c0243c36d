-- Care status and social-care needs of sentenced children, one indicator each.
with youth_justice as (select * from {{ ref('stg_yjb__youth_justice') }}),

need as (
    select 'Care order' as need, 'sentenced_children_care_order' as indicator_id
    union all
    select 'Child in need' as need, 'sentenced_children_in_need' as indicator_id
    union all
    select 'Child protection plan' as need, 'sentenced_children_protection_plan' as indicator_id
    union all
    select 'Eligible child' as need, 'sentenced_children_eligible_child' as indicator_id
    union all
    select 'Siblings in care' as need, 'sentenced_children_siblings_in_care' as indicator_id
),

assessed as (
    select need.indicator_id, youth_justice.*
    from youth_justice
    inner join need on youth_justice.need = need.need
    where youth_justice.subject = 'needs' and youth_justice.area_code is not null
),

counted as (
    -- Children whose status is blank, withheld or not clear yet are below the line in the publisher's own shares.
    select
        indicator_id, area_code, period_type, period_start, period_end, release_id,
        cast(null as {{ text_type() }}) as sex,
        cast(null as {{ text_type() }}) as age_group,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        cast(null as double) as value,
        sum(case when need_status = 'Currently/Yes' then value end) as numerator,
        sum(value) as denominator,
        'observed' as status
    from assessed
    where measure = 'children_with_need'
    group by indicator_id, area_code, period_type, period_start, period_end, release_id
),

shared as (
    select
        indicator_id, area_code, period_type, period_start, period_end, release_id, sex, age_group,
        case
            when ethnicity is not null then 'ethnic group'
            when coalesce(disposal, disposal_type) is not null then 'sentence'
        end as category_type,
        coalesce(ethnicity, disposal, disposal_type) as category,
        100 * value as value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        status
    from assessed
    where measure = 'share_with_need'
),

figure as (
    select * from counted
    union all
    select * from shared
)

select
    indicator_id,
    area_code,
    period_type,
    period_start,
    period_end,
    coalesce(sex, 'persons') as sex,
    coalesce(age_group, '10-17') as age_band,
    category_type,
    category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from figure
