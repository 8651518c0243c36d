-- Every pair of measures that place_link sets beside each other, those of which no place has both among them.
with linked as (
    select
        pair_id,
        count(*) as links,
        count(case when area_level <> 'country' then 1 end) as links_of_places,
        min(aligned_year) as first_year,
        max(aligned_year) as latest_year,
        {{ listed('area_level', ', ') }} as area_levels
    from {{ ref('place_link') }}
    group by pair_id
)

select
    pair.pair_id,
    pair.title,
    pair.why,
    pair.health_indicator_id,
    pair.justice_indicator_id,
    coalesce(linked.links, 0) as links,
    coalesce(linked.links_of_places, 0) as links_of_places,
    linked.area_levels,
    linked.first_year,
    linked.latest_year,
    case
        when linked.links_of_places > 0 then null
        when linked.links > 0 then 'only_whole_countries'
        when not health.has_figures and not justice.has_figures then 'no_figures_of_either'
        when not health.has_figures then 'no_figures_of_health'
        when not justice.has_figures then 'no_figures_of_justice'
        else 'no_place_and_year_has_both'
    end as gap
from {{ ref('indicator_pair') }} as pair
left join linked on pair.pair_id = linked.pair_id
left join {{ ref('indicator') }} as health on pair.health_indicator_id = health.indicator_id
left join {{ ref('indicator') }} as justice on pair.justice_indicator_id = justice.indicator_id
