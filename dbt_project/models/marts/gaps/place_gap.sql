-- The open gaps of each place, its own and those that it shares with all places of its kind, by what they matter to it.
with gap as (
    select *
    from {{ ref('data_gap') }}
    where is_open
),

of_place as (
    select
        gap_place.area_code,
        gap.gap_id,
        gap.opened_on,
        place_need.people,
        place_need.need,
        gap.share_missing,
        gap.days_open,
        gap.period_to,
        gap.is_exempt,
        gap.reason in ('not_yet_due', 'series_discontinued') as is_beyond_asking
    from gap
    inner join {{ ref('int_gap_place') }} as gap_place on gap.gap_id = gap_place.gap_id
    left join {{ ref('int_place_need') }} as place_need
        on gap_place.area_code = place_need.area_code and gap.domain = place_need.domain
),

weighed as (
    select
        *,
        case when is_beyond_asking then 0.0 else need * people * share_missing * {{ years_of_gap('days_open') }} end
            as priority
    from of_place
)

select
    weighed.area_code,
    area.area_name,
    area.area_level,
    weighed.gap_id,
    weighed.opened_on,
    weighed.people,
    weighed.need,
    weighed.priority,
    cast(
        case
            when not weighed.is_exempt and not weighed.is_beyond_asking
                then
                    row_number() over (
                        partition by weighed.area_code, weighed.is_exempt or weighed.is_beyond_asking
                        order by
                            weighed.need * weighed.share_missing * {{ years_of_gap('weighed.days_open') }} desc,
                            weighed.period_to desc nulls last, weighed.days_open desc, weighed.gap_id asc
                    )
        end as integer
    ) as rank_in_place
from weighed
inner join {{ ref('int_area') }} as area on weighed.area_code = area.area_code
