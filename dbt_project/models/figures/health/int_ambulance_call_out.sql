with incident as (
    select
        *,
        case category
            when 'heroin_overdose' then 'heroin'
            when 'cocaine_overdose' then 'cocaine'
            when 'all_assaults' then 'assault'
            when 'knife_injury' then 'knife_injury'
        end as kind
    from {{ ref('stg_local__ambulance_incidents') }}
    where not is_total and area_code is not null
),

measure as (
    select
        case kind
            when 'assault' then 'ambulance_assault_rate'
            when 'knife_injury' then 'ambulance_knife_injury_rate'
            else 'ambulance_overdose_rate'
        end as indicator_id,
        area_code,
        period_start,
        period_end,
        case when kind in ('heroin', 'cocaine') then 'drug' end as category_type,
        case when kind in ('heroin', 'cocaine') then kind end as category,
        call_outs,
        status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from incident
    where kind is not null
    union all
    -- Both drugs, or no figure.
    select
        'ambulance_overdose_rate' as indicator_id,
        area_code,
        period_start,
        period_end,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        case when count(call_outs) = 2 then sum(call_outs) end as call_outs,
        case
            when count(call_outs) = 2 then 'observed'
            else coalesce(max(case when call_outs is null then status end), 'not_available')
        end as status,
        release_id,
        case
            when count(call_outs) = 2 then 'Heroin and cocaine added; a call-out for both is counted twice.'
            else 'One of heroin and cocaine is not known.'
        end as note
    from incident
    where kind in ('heroin', 'cocaine')
    group by area_code, period_start, period_end, release_id
)

select
    measure.indicator_id,
    measure.area_code,
    prefix.area_level,
    'month' as period_type,
    measure.period_start,
    measure.period_end,
    measure.category_type,
    measure.category,
    cast(measure.call_outs as double) as numerator,
    measure.status,
    measure.release_id,
    measure.note
from measure
inner join {{ ref('area_code_prefix') }} as prefix on substr(measure.area_code, 1, 3) = prefix.prefix
