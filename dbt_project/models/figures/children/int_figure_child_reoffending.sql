-- Proven reoffending of children within twelve months, by the group of the cohort.
with youth_justice as (select * from {{ ref('stg_yjb__youth_justice') }}),

grouped as (
    select
        release_id,
        area_code,
        period_start,
        period_end,
        case period_type when 'quarter' then 'cohort_quarter' else 'cohort_year' end as period_type,
        coalesce(sex, 'persons') as sex,
        case
            when disposal is not null then 'disposal'
            when offence is not null then 'index offence'
            when previous_offences is not null then 'previous offences'
        end as category_type,
        coalesce(disposal, offence, previous_offences) as category,
        measure,
        value,
        status
    from youth_justice
    -- Offences by the month in which they came have no cohort of their own.
    where subject = 'reoffending' and area_code is not null and time_to_reoffence is null and not is_total
),

together as (
    select
        release_id, area_code, period_type, period_start, period_end, sex, category_type, category,
        max(case when measure = 'children_in_cohort' then value end) as children,
        max(case when measure = 'reoffenders' then value end) as reoffenders,
        max(case when measure = 'reoffences' then value end) as reoffences,
        max(case when measure = 'reoffenders' then status end) as status,
        cast(null as {{ text_type() }}) as note
    from grouped
    where sex <> 'persons' or category is not null
    group by release_id, area_code, period_type, period_start, period_end, sex, category_type, category
),

everybody as (
    -- The one whole set that every copy has: girls and boys.
    select
        release_id, area_code, period_type, period_start, period_end,
        'persons' as sex,
        category_type,
        category,
        sum(children) as children,
        sum(reoffenders) as reoffenders,
        sum(reoffences) as reoffences,
        min(status) as status,
        'Sum of girls and boys.' as note
    from together
    where sex in ('female', 'male') and category is null
    group by release_id, area_code, period_type, period_start, period_end, category_type, category
    having count(children) = 2 and count(reoffenders) = 2
),

figure as (
    select * from together
    union all
    select * from everybody
),

measured as (
    select *, 'child_reoffending' as indicator_id, reoffenders as counted, children as whole from figure
    union all
    select *, 'child_reoffences_per_reoffender' as indicator_id, reoffences as counted, reoffenders as whole from figure
)

select
    indicator_id,
    area_code,
    period_type,
    period_start,
    period_end,
    sex,
    '10-17' as age_band,
    category_type,
    category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    counted as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    whole as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    coalesce(status, 'missing') as status,
    release_id,
    note
from measured
