-- Defendants whom the police held until court, or whom a court kept in custody, of all defendants at that stage. The
-- publisher's share is of everybody, those whose remand status is not known among them.
with remand as (
    select *
    from {{ ref('stg_moj__courts_remand') }}
    where stage in ('directed_to_appear', 'proceeded_against', 'crown_court')
),

defendants as (
    select
        release_id,
        stage,
        offence_type,
        period_type,
        period_start,
        period_end,
        max(case when is_held and measure = 'defendants' then value end) as held,
        max(case when is_everybody and measure = 'defendants' then value end) as everybody,
        max(case when is_held and measure = 'share_of_offence_type' then value end) as share,
        max(case when is_held and measure = 'defendants' then status end) as status
    from (
        select
            *,
            lower(remand_status) in ('arrested and held in custody', 'remanded in custody') as is_held,
            remand_status = 'all' as is_everybody
        from remand
    ) as marked
    group by release_id, stage, offence_type, period_type, period_start, period_end
)

select
    case stage
        when 'directed_to_appear' then 'police_remand_share'
        when 'proceeded_against' then 'magistrates_remand_share'
        else 'crown_court_remand_share'
    end as indicator_id,
    'K04000001' as area_code,
    case when period_type = 'rolling_year' then 'rolling_12_months' else period_type end as period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    case when offence_type <> 'all' then 'offence type' end as category_type,
    case when offence_type <> 'all' then offence_type end as category,
    100 * share as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    held as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    everybody as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    case when everybody = 0 then 'not_applicable' else coalesce(status, 'missing') end as status,
    release_id,
    cast(null as {{ text_type() }}) as note
from defendants
