-- What reoffending by the cohort of 2016 cost, in pounds, by the publisher's model: in all, by age, by type of
-- reoffence, by kind of cost and by what people were sentenced to. The one-page table in thousands of pounds is the
-- same rounded, and left out.
with total_cost as (
    select *
    from {{ ref('stg_moj__costs_of_reoffending_total_cost') }}
    where unit = 'pounds'
),

unit_cost as (
    select * from {{ ref('stg_moj__costs_of_reoffending_unit_cost') }}
    where cost_basket <> 'all'
),

figure as (
    select
        'cost_of_reoffending' as indicator_id,
        period_type,
        period_start,
        period_end,
        age_group,
        case when not is_total then 'type of reoffence' end as category_type,
        case when not is_total then reoffence_group end as category,
        value,
        status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from total_cost
    where method = 'by_reoffence' and cost_basket = 'all'
    union all
    select
        'cost_of_reoffending' as indicator_id,
        period_type,
        period_start,
        period_end,
        'all' as age_group,
        'kind of cost' as category_type,
        replace(cost_basket, '_', ' ') as category,
        case when count(value) = count(*) then sum(value) end as value,
        case when count(value) = count(*) then 'modelled' else 'not_available' end as status,
        release_id,
        'All types of reoffence by adults and children added.' as note
    from total_cost
    where method = 'by_reoffence' and cost_basket <> 'all' and not is_total
    group by period_type, period_start, period_end, cost_basket, release_id
    union all
    -- A person is below every disposal of theirs, so that disposals add up to more than the cost.
    select
        'cost_of_reoffending' as indicator_id,
        period_type,
        period_start,
        period_end,
        age_group,
        'index disposal' as category_type,
        index_disposal || case
            when sentence_length in ('not_applicable', 'all') then ''
            else ', ' || lower(sentence_length)
        end as category,
        case when count(value) = count(*) then sum(value) end as value,
        case when count(value) = count(*) then 'modelled' else 'not_available' end as status,
        release_id,
        'All kinds of cost and types of reoffence added; one person can be below several disposals.' as note
    from total_cost
    where method = 'by_index_disposal' and cost_basket <> 'all' and not is_total
    group by period_type, period_start, period_end, age_group, index_disposal, sentence_length, release_id
    union all
    select
        'cost_per_reoffence' as indicator_id,
        period_type,
        period_start,
        period_end,
        'all' as age_group,
        'type of reoffence' as category_type,
        reoffence_group as category,
        case when count(value) = count(*) then sum(value) end as value,
        case when count(value) = count(*) then 'modelled' else 'not_available' end as status,
        release_id,
        'All kinds of cost added.' as note
    from unit_cost
    group by period_type, period_start, period_end, reoffence_group, release_id
)

select
    indicator_id,
    'K04000001' as area_code,
    period_type,
    period_start,
    period_end,
    'persons' as sex,
    case age_group when 'adult' then '18+' when 'juvenile' then '10-17' when 'child' then '10-17' else 'All ages' end
        as age_band,
    category_type,
    category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(null as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    note
from figure
