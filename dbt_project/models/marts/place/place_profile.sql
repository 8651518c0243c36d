-- A count of a place is larger the larger the place is: it is followed over time, and beside nothing else.
with indicator as (
    select
        *,
        case
            when denominator_kind = 'none' and method in ('byar', 'quotient') then null
            else polarity
        end as comparable
    from {{ ref('indicator') }}
),

headline as (
    select * from {{ ref('int_headline_value') }}
    where
        area_level in (
            'local_authority_district',
            'upper_tier_local_authority',
            'community_safety_partnership',
            'police_force_area',
            'integrated_care_board', 'local_health_board', 'region', 'country'
        )
),

-- The newest period of a place that has a figure, or one that is there and hidden; else the newest of any.
aged as (
    select
        *,
        row_number() over (
            partition by indicator_id, area_code
            order by
                case when value is not null or status = 'suppressed' then 0 else 1 end,
                period_end desc,
                period_start asc
        ) as age_rank
    from headline
),

latest as (
    select * from aged
    where age_rank = 1
),

ranked as (
    select
        *,
        case
            when value is not null and area_level <> 'country'
                then rank() over (
                    partition by indicator_id, area_level, period_start, period_end
                    order by case when value is null then 1 else 0 end, value desc
                )
        end as rank_from_highest,
        count(value) over (partition by indicator_id, area_level, period_start, period_end) as places_ranked
    from latest
),

benchmark as (
    select * from {{ ref('int_benchmark') }}
),

relation as (
    select child_code, child_level, parent_code, parent_level
    from {{ ref('int_area_relation') }} as newest
    where
        is_exact
        and vintage = (
            select max(same.vintage) from {{ ref('int_area_relation') }} as same
            where same.child_level = newest.child_level and same.parent_level = newest.parent_level
        )
),

parent as (
    select child_code, parent_code, parent_level
    from (
        select
            *,
            row_number() over (
                partition by child_code
                order by
                    case parent_level
                        when 'police_force_area' then 1 when 'region' then 2 when 'local_health_board' then 3 else 4
                    end,
                    parent_code
            ) as choice
        from relation
        where
            (child_level = 'community_safety_partnership' and parent_level = 'police_force_area')
            or (
                child_level in (
                    'local_authority_district',
                    'upper_tier_local_authority',
                    'police_force_area',
                    'integrated_care_board'
                )
                and parent_level in ('region', 'local_health_board')
            )
    ) as candidate
    where choice = 1
),

-- Together where there are counts, else the plain mean of their figures.
neighbour as (
    select
        latest.indicator_id,
        latest.area_code,
        count(other.value) as places,
        case
            when indicator.method in ('byar', 'wilson') or indicator.recomputed_as in ('byar', 'wilson')
                then case when count(other.numerator) = count(*) then sum(other.numerator) end
        end as numerator,
        case when count(other.denominator) = count(*) then sum(other.denominator) end as denominator,
        max(indicator.multiplier) as multiplier,
        avg(other.value) as mean,
        case
            when count(other.lower_95 + other.upper_95) = count(*)
                then sqrt(sum(power({{ standard_error('other.lower_95', 'other.upper_95') }}, 2))) / count(*)
        end as mean_error
    from latest
    inner join indicator on latest.indicator_id = indicator.indicator_id
    inner join {{ ref('int_area_neighbour') }} as near on latest.area_code = near.area_code
    inner join headline as other
        on
            latest.indicator_id = other.indicator_id
            and near.neighbour_code = other.area_code
            and latest.period_type = other.period_type
            and latest.period_start = other.period_start
            and latest.period_end = other.period_end
            and other.value is not null
    group by latest.indicator_id, latest.area_code, indicator.method, indicator.recomputed_as
),

neighbours as (
    select
        indicator_id,
        area_code,
        places,
        value,
        value - {{ normal_quantile() }} * mean_error as lower_95,
        value + {{ normal_quantile() }} * mean_error as upper_95
    from (
        select
            *,
            coalesce(multiplier * numerator / nullif(denominator, 0), mean) as value
        from neighbour
        -- Of two or three a mean says little.
        where places >= 5
    ) as enough
),

pair as (
    select pair_order, health_indicator_id as indicator_id, justice_indicator_id as paired_indicator_id
    from {{ ref('indicator_pair') }}
    union all
    select pair_order, justice_indicator_id as indicator_id, health_indicator_id as paired_indicator_id
    from {{ ref('indicator_pair') }}
),

-- Of several partners of a measure, the first that has a figure of the place.
paired as (
    select
        latest.indicator_id,
        latest.area_code,
        pair.paired_indicator_id,
        other.value,
        other.status,
        other.period_start,
        other.period_end,
        row_number() over (
            partition by latest.indicator_id, latest.area_code
            order by case when other.value is null then 1 else 0 end, pair.pair_order
        ) as choice
    from latest
    inner join pair on latest.indicator_id = pair.indicator_id
    left join latest as other
        on pair.paired_indicator_id = other.indicator_id and latest.area_code = other.area_code
)

select
    ranked.area_code,
    ranked.area_name,
    ranked.area_level,
    ranked.indicator_id,
    indicator.title,
    indicator.sector,
    indicator.domain,
    indicator.pathway_stage,
    indicator.population_group,
    indicator.polarity,
    indicator.unit,
    ranked.sex,
    ranked.age_band,
    ranked.period_type,
    ranked.period_start,
    ranked.period_end,
    ranked.period_end = indicator.latest_period_end as is_newest_period,
    ranked.value,
    ranked.lower_95,
    ranked.upper_95,
    ranked.possible_low,
    ranked.possible_high,
    ranked.numerator,
    ranked.denominator,
    ranked.status,
    cast(ranked.rank_from_highest as integer) as rank_from_highest,
    cast(ranked.places_ranked as integer) as places_ranked,
    england.value as england_value,
    {{ compared_with_benchmark('england.value', 'ranked.lower_95', 'ranked.upper_95', 'indicator.comparable') }}
        as compared_with_england,
    wales.value as wales_value,
    {{ compared_with_benchmark('wales.value', 'ranked.lower_95', 'ranked.upper_95', 'indicator.comparable') }}
        as compared_with_wales,
    england_and_wales.value as england_and_wales_value,
    {{ compared_with_benchmark(
        'england_and_wales.value', 'ranked.lower_95', 'ranked.upper_95', 'indicator.comparable'
    ) }} as compared_with_england_and_wales,
    {{ funnel_position(
        'case when indicator.comparable is not null then coalesce(own_country.value, england_and_wales.value) end',
        'ranked.lower_95', 'ranked.upper_95', 'ranked.lower_998', 'ranked.upper_998',
    ) }} as funnel_position,
    parent.parent_code,
    parent_figure.area_name as parent_name,
    parent_figure.value as parent_value,
    {{ compared_with_benchmark('parent_figure.value', 'ranked.lower_95', 'ranked.upper_95', 'indicator.comparable') }}
        as compared_with_parent,
    neighbours.value as neighbours_value,
    cast(neighbours.places as integer) as neighbours_with_figure,
    {{ compared_with_estimate(
        'ranked.value', 'ranked.lower_95', 'ranked.upper_95',
        'neighbours.value', 'neighbours.lower_95', 'neighbours.upper_95', 'indicator.comparable',
    ) }} as compared_with_neighbours,
    coalesce(trend.trend, 'cannot_be_calculated') as recent_trend,
    {{ judged_trend("coalesce(trend.trend, 'cannot_be_calculated')", 'indicator.polarity') }} as recent_trend_judged,
    cast(trend.points as integer) as trend_points,
    progress.baseline_period_start,
    progress.baseline_period_end,
    progress.baseline_kind,
    progress.baseline_value,
    progress.change as change_since_baseline,
    progress.change_lower_95 as change_since_baseline_lower_95,
    progress.change_upper_95 as change_since_baseline_upper_95,
    progress.change_judged as change_since_baseline_judged,
    paired.paired_indicator_id,
    paired_indicator.title as paired_title,
    paired_indicator.sector as paired_sector,
    paired.value as paired_value,
    paired_indicator.unit as paired_unit,
    paired.status as paired_status,
    paired.period_start as paired_period_start,
    paired.period_end as paired_period_end,
    ranked.source_id,
    ranked.release_id,
    ranked.published_on,
    coalesce(indicator.is_layout_only, false) as is_layout_only,
    ranked.note
from ranked
inner join indicator on ranked.indicator_id = indicator.indicator_id
{% for name, code in [
    ('england', "'E92000001'"),
    ('wales', "'W92000004'"),
    ('england_and_wales', "'K04000001'"),
    ('own_country', country_of('ranked.area_code')),
] -%}
    left join benchmark as {{ name }}
        on
            ranked.indicator_id = {{ name }}.indicator_id
            and ranked.period_type = {{ name }}.period_type
            and ranked.period_start = {{ name }}.period_start
            and ranked.period_end = {{ name }}.period_end
            and {{ name }}.area_code = {{ code }}
            and ranked.area_code <> {{ name }}.area_code
{% endfor -%}
left join parent on ranked.area_code = parent.child_code
left join headline as parent_figure
    on
        parent.parent_code = parent_figure.area_code
        and ranked.indicator_id = parent_figure.indicator_id
        and ranked.period_type = parent_figure.period_type
        and ranked.period_start = parent_figure.period_start
        and ranked.period_end = parent_figure.period_end
left join neighbours on ranked.indicator_id = neighbours.indicator_id and ranked.area_code = neighbours.area_code
left join {{ ref('int_trend') }} as trend
    on ranked.indicator_id = trend.indicator_id and ranked.area_code = trend.area_code
left join {{ ref('progress') }} as progress
    on ranked.indicator_id = progress.indicator_id and ranked.area_code = progress.area_code
left join paired
    on ranked.indicator_id = paired.indicator_id and ranked.area_code = paired.area_code and paired.choice = 1
left join indicator as paired_indicator on paired.paired_indicator_id = paired_indicator.indicator_id
