-- Children in custody and on remand, as the Youth Justice Board gives them.
with youth_justice as (select * from {{ ref('stg_yjb__youth_justice') }}),

placed as (
    select * from youth_justice
    where subject in ('custody', 'remand') and area_code is not null and not is_total
),

custody as (
    select
        *,
        count(value) over (partition by release_id, area_code, period_start, period_end) as bases_given
    from placed
    where measure = 'average_children_in_custody' and legal_basis is not null
),

bases as (
    select release_id, count(distinct legal_basis) as bases from custody
    group by release_id
),

outcome as (
    select
        release_id, area_code, period_type, period_start, period_end, court_type, outcome, value
    from placed
    where measure = 'remand_outcomes'
),

grouped_outcome as (
    select
        release_id, area_code, period_type, period_start, period_end,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        sum(case when outcome <> 'Immediate custody' then value end) as not_custodial,
        sum(value) as outcomes
    from outcome
    group by release_id, area_code, period_type, period_start, period_end
    union all
    select
        release_id, area_code, period_type, period_start, period_end,
        'court' as category_type,
        court_type as category,
        sum(case when outcome <> 'Immediate custody' then value end) as not_custodial,
        sum(value) as outcomes
    from outcome
    group by release_id, area_code, period_type, period_start, period_end, court_type
),

figure as (
    select
        'child_custody_population' as indicator_id,
        area_code, period_type, period_start, period_end,
        cast(null as {{ text_type() }}) as sex,
        cast(null as {{ text_type() }}) as age_group,
        'legal basis' as category_type,
        legal_basis as category,
        value,
        cast(null as double) as counted,
        cast(null as double) as whole,
        status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from custody
    union all
    -- The copy has no total; the bases are the whole of it.
    select
        'child_custody_population' as indicator_id,
        custody.area_code, custody.period_type, custody.period_start, custody.period_end,
        cast(null as {{ text_type() }}) as sex,
        cast(null as {{ text_type() }}) as age_group,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        sum(custody.value) as value,
        cast(null as double) as counted,
        cast(null as double) as whole,
        min(custody.status) as status,
        custody.release_id,
        'Sum over the legal bases of detention.' as note
    from custody
    inner join bases on custody.release_id = bases.release_id
    where custody.bases_given = bases.bases
    group by custody.release_id, custody.area_code, custody.period_type, custody.period_start, custody.period_end
    union all
    select
        'child_custody_median_nights' as indicator_id,
        area_code, period_type, period_start, period_end,
        cast(null as {{ text_type() }}) as sex,
        cast(null as {{ text_type() }}) as age_group,
        case when legal_basis is not null then 'legal basis' end as category_type,
        legal_basis as category,
        value,
        cast(null as double) as counted,
        cast(null as double) as whole,
        status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from placed
    where measure = 'median_nights'
    union all
    select
        'child_remand_population' as indicator_id,
        area_code, period_type, period_start, period_end, sex, age_group,
        case when ethnicity is not null then 'ethnic group' end as category_type,
        ethnicity as category,
        value,
        cast(null as double) as counted,
        cast(null as double) as whole,
        status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from placed
    where measure = 'average_children_on_remand'
    union all
    select
        'child_remand_population' as indicator_id,
        area_code, period_type, period_start, period_end,
        cast(null as {{ text_type() }}) as sex,
        cast(null as {{ text_type() }}) as age_group,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        sum(value) as value,
        cast(null as double) as counted,
        cast(null as double) as whole,
        min(status) as status,
        release_id,
        'Sum of girls and boys.' as note
    from placed
    where measure = 'average_children_on_remand' and sex in ('female', 'male')
    group by release_id, area_code, period_type, period_start, period_end
    having count(value) = 2
    union all
    select
        'child_remand_noncustodial' as indicator_id,
        area_code, period_type, period_start, period_end,
        cast(null as {{ text_type() }}) as sex,
        cast(null as {{ text_type() }}) as age_group,
        category_type,
        category,
        cast(null as double) as value,
        not_custodial as counted,
        outcomes as whole,
        'observed' as status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from grouped_outcome
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
