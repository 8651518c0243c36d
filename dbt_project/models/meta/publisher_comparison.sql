-- Figures that the publisher computed and that can be computed from the counts beside them, by indicator and release.
with compared as (
    select * from {{ ref('int_publisher_comparison') }}
),

farthest as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by indicator_id, release_id
                order by
                    case when agrees then 1 else 0 end,
                    greatest(possible_low - published_value, published_value - possible_high, 0) desc,
                    area_code,
                    period_end asc,
                    sex asc, age_band asc, category asc
            ) as choice
        from compared
    ) as ranked
    where choice = 1
),

counted as (
    select
        indicator_id,
        release_id,
        count(*) as figures,
        sum(case when agrees then 0 else 1 end) as figures_that_differ
    from compared
    group by indicator_id, release_id
)

select
    counted.indicator_id,
    indicator.source_id,
    counted.release_id,
    counted.figures,
    cast(counted.figures_that_differ as bigint) as figures_that_differ,
    cast(farthest.decimals as integer) as published_decimals,
    greatest(
        farthest.possible_low - farthest.published_value, farthest.published_value - farthest.possible_high, 0
    ) as largest_difference,
    farthest.area_code as farthest_area_code,
    farthest.period_start as farthest_period_start,
    farthest.period_end as farthest_period_end,
    farthest.published_value as farthest_published_value,
    farthest.computed_value as farthest_computed_value,
    counted.figures_that_differ = 0 as agrees
from counted
inner join farthest
    on counted.indicator_id = farthest.indicator_id and counted.release_id = farthest.release_id
inner join {{ ref('int_indicator') }} as indicator on counted.indicator_id = indicator.indicator_id
