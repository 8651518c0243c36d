-- Each period that at least half of a source's places of one kind have figures of, and the day from which they had:
-- from then on a place without is behind the others. Half, so that one early place does not put all others behind.
with place as (
    select source_id, place_kind, count(distinct area_code) as places
    from {{ ref('int_place_period') }}
    group by source_id, place_kind
),

numbered as (
    select
        sent.source_id,
        sent.place_kind,
        sent.period_end,
        sent.received_on,
        place.places,
        row_number() over (
            partition by sent.source_id, sent.place_kind, sent.period_end order by sent.received_on, sent.area_code
        ) as place_number,
        count(*) over (partition by sent.source_id, sent.place_kind, sent.period_end) as places_with_it
    from {{ ref('int_place_period') }} as sent
    inner join place on sent.source_id = place.source_id and sent.place_kind = place.place_kind
)

select
    source_id,
    place_kind,
    period_end,
    places,
    places_with_it,
    received_on as shared_from,
    row_number() over (partition by source_id, place_kind order by period_end) as period_number
from numbered
where 2 * place_number >= places and 2 * (place_number - 1) < places
