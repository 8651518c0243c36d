-- What a later release says again of what an earlier one had said: how many of an indicator's figures it changed, and
-- how many of those by more than a hundredth and without a reason. Counts are compared where there are counts: a rate
-- also changes with the population that it is of.
{%- set key = figure_key() %}

with said as (
    select
        {% for column in key -%}
            figure.{{ column }},
        {% endfor -%}
        figure.source_id,
        figure.release_id,
        figure.published_on,
        figure.retrieved_at,
        figure.status,
        figure.numerator,
        coalesce(figure.numerator, figure.value) as said,
        coalesce(source.rounded_to, 0) as rounding,
        max(figure.period_end) over (
            partition by figure.source_id, figure.indicator_id, figure.release_id
        ) as covers_to
    from {{ ref('int_value') }} as figure
    left join {{ source('landing', 'rebalance__source') }} as source on figure.source_id = source.source_id
    where
        coalesce(figure.numerator, figure.value) is not null
        and figure.indicator_id in (
            select earlier.indicator_id
            from {{ ref('int_value') }} as earlier
            where not earlier.is_latest_release
        )
),

again as (
    select
        *,
        lag(said) over earlier as said_before,
        lag(numerator) over earlier as numerator_before,
        lag(status) over earlier as status_before,
        lag(release_id) over earlier as release_before,
        lag(covers_to) over earlier as covered_to_before
    from said
    -- As the releases of a figure are ordered where the latest is chosen.
    window earlier as (
        partition by {{ key | join(', ') }}
        order by published_on asc nulls first, covers_to asc, retrieved_at asc, release_id asc
    )
),

judged as (
    select
        again.*,
        abs(again.said - again.said_before) as difference,
        case when abs(again.said - again.said_before) > again.rounding then 1 else 0 end as is_changed,
        case
            when
                abs(again.said - again.said_before) > again.rounding
                and abs(again.said - again.said_before) > 0.01 * abs(again.said_before)
                and again.status not in ('revised', 'provisional', 'estimated', 'modelled')
                and again.status_before not in ('provisional', 'estimated', 'modelled')
                -- A break that begins in what the later release covers and the earlier did not is made backwards too.
                and not exists (
                    select 1
                    from {{ source('landing', 'rebalance__series_break') }} as series_break
                    where
                        series_break.source_id = again.source_id
                        and series_break.since > again.covered_to_before
                        and series_break.since <= again.covers_to
                )
                then 1
            else 0
        end as is_unexplained
    from again
    where
        again.said_before is not null
        and (again.numerator is null) = (again.numerator_before is null)
),

ranked as (
    select
        *,
        row_number() over (
            partition by source_id, indicator_id, release_id, release_before
            order by
                is_unexplained desc, difference desc, area_code asc, period_end desc, period_type asc,
                sex asc, age_band asc, category_type asc, category asc
        ) as choice
    from judged
)

select
    source_id,
    indicator_id,
    release_id,
    release_before,
    count(*) as given_again,
    cast(sum(is_changed) as bigint) as changed,
    cast(sum(is_unexplained) as bigint) as unexplained,
    max(case when choice = 1 and is_changed = 1 then area_code end) as farthest_area_code,
    max(case when choice = 1 and is_changed = 1 then period_end end) as farthest_period_end,
    max(case when choice = 1 and is_changed = 1 then said_before end) as farthest_before,
    max(case when choice = 1 and is_changed = 1 then said end) as farthest_now
from ranked
group by source_id, indicator_id, release_id, release_before
