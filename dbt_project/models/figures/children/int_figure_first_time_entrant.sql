-- Children's entry, cautions and sentences, as the Youth Justice Board counts them.
with youth_justice as (select * from {{ ref('stg_yjb__youth_justice') }}),

placed as (
    select
        *,
        -- A group that is neither sex nor age takes the one place there is for it; no published figure has two.
        case when ethnicity is not null then 'ethnic group' end as category_type,
        ethnicity as category
    from youth_justice
    where area_code is not null and not is_total
),

entrants as (
    select
        'fte_youth_yjb' as indicator_id,
        *,
        cast(null as double) as published,
        value as counted,
        cast(null as double) as whole
    from placed
    where
        measure = 'first_time_entrants'
        -- By sex there are only figures by offence or disposal, which the publisher scales up.
        and offence is null and disposal is null and disposal_type is null and sex is null
),

cautioned_or_sentenced as (
    select
        'children_cautioned_sentenced_rate_yjb' as indicator_id,
        children.*,
        rate.value as published,
        children.value as counted,
        cast(null as double) as whole
    from placed as children
    left join placed as rate
        on
            children.release_id = rate.release_id
            and children.area_code = rate.area_code
            and children.period_start = rate.period_start
            and children.period_end = rate.period_end
            and rate.measure = 'children_cautioned_or_sentenced_rate'
    where children.measure = 'children_cautioned_or_sentenced'
),

-- Shares of all cautions and sentences, in each group that a file gives them for.
shared as (
    select
        release_id,
        area_code,
        period_type,
        period_start,
        period_end,
        sex,
        age_group,
        category_type,
        category,
        sum(case when disposal_type = 'Custody' then value else 0 end) as in_custody,
        -- The publisher writes the tier with a hyphen in one file and without in another.
        sum(case when lower(replace(disposal_type, '-', ' ')) = 'pre court' then value else 0 end) as out_of_court,
        sum(value) as whole,
        max(case when status = 'suppressed' then 1 else 0 end) as holds_suppressed
    from placed
    where measure = 'cautions_and_sentences' and disposal_type is not null
    group by release_id, area_code, period_type, period_start, period_end, sex, age_group, category_type, category
),

knives as (
    select
        release_id,
        area_code,
        period_type,
        period_start,
        period_end,
        sum(value) as counted
    from placed
    where measure = 'knife_offences' and value is not null
    group by release_id, area_code, period_type, period_start, period_end
),

figure as (
    select
        indicator_id, area_code, period_type, period_start, period_end, sex, age_group, category_type, category,
        published, counted, whole, status, release_id, cast(null as {{ text_type() }}) as note
    from entrants
    union all
    select
        indicator_id, area_code, period_type, period_start, period_end, sex, age_group, category_type, category,
        published, counted, whole, status, release_id, cast(null as {{ text_type() }}) as note
    from cautioned_or_sentenced
    union all
    select
        'child_custodial_sentence_share' as indicator_id,
        area_code, period_type, period_start, period_end, sex, age_group, category_type, category,
        cast(null as double) as published,
        case when holds_suppressed = 0 then in_custody end as counted,
        case when holds_suppressed = 0 then whole end as whole,
        case when holds_suppressed = 0 then 'observed' else 'suppressed' end as status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from shared
    union all
    select
        'child_out_of_court_share' as indicator_id,
        area_code, period_type, period_start, period_end, sex, age_group, category_type, category,
        cast(null as double) as published,
        case when holds_suppressed = 0 then out_of_court end as counted,
        case when holds_suppressed = 0 then whole end as whole,
        case when holds_suppressed = 0 then 'observed' else 'suppressed' end as status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from shared
    union all
    select
        'child_knife_offence_rate' as indicator_id,
        area_code, period_type, period_start, period_end,
        cast(null as {{ text_type() }}) as sex,
        cast(null as {{ text_type() }}) as age_group,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        cast(null as double) as published,
        counted,
        cast(null as double) as whole,
        'observed' as status,
        release_id,
        'Sum over the groups of sex, age, ethnicity, offence and disposal that the file gives.' as note
    from knives
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
    published as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    counted as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    whole as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    note
from figure
