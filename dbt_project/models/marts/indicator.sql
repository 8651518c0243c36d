with indicator as (
    select * from {{ ref('int_indicator') }}
),

spanned as (
    select
        indicator_id,
        min(period_start) as first_period_start,
        max(period_end) as latest_period_end,
        count(*) as figures,
        count(value) as figures_with_value,
        {{ listed('area_level', ', ') }} as area_levels
    from {{ ref('int_value') }}
    group by indicator_id
),

headline_period as (
    select
        indicator_id,
        period_type,
        period_start,
        period_end,
        row_number() over (
            partition by indicator_id
            order by
                case when {{ baseline_day() }} between period_start and period_end then 0 else 1 end,
                abs({{ days_between(middle_day('period_start', 'period_end'), baseline_day()) }}),
                period_start
        ) as nearness
    from {{ ref('int_headline_value') }}
    where value is not null
    group by indicator_id, period_type, period_start, period_end
),

-- The period that holds the day; of days on which a stock was counted, the nearest within half a year.
baseline as (
    select indicator_id, period_start, period_end
    from headline_period
    where
        nearness = 1
        and (
            {{ baseline_day() }} between period_start and period_end
            or (
                period_start = period_end
                and abs({{ days_between('period_start', baseline_day()) }}) <= 183
            )
        )
),

latest as (
    select indicator_id, max(period_end) as latest_period_end
    from headline_period
    group by indicator_id
),

stepped as (
    select
        latest.indicator_id,
        latest.latest_period_end,
        case indicator.cadence
            when 'month' then 1 when 'quarter' then 3 when 'year' then 12
        end as step,
        -- Whole months: one that has not ended by then is not due.
        {{ months_between(
            'latest.latest_period_end', date_plus('day', '1 - indicator.usual_lag_days', build_day())
        ) }} - 1 as months_since
    from latest
    inner join indicator on latest.indicator_id = indicator.indicator_id
),

expected as (
    select
        indicator_id,
        case
            when months_since >= step
                then
                    {{ month_end(date_plus(
                        'month', 'cast(floor(cast(months_since as double) / step) as integer) * step', 'latest_period_end'
                    )) }}
            else latest_period_end
        end as expected_latest_period_end
    from stepped
    where step is not null and months_since is not null
)

select
    indicator.indicator_id,
    indicator.title,
    indicator.definition,
    indicator.numerator,
    indicator.denominator,
    indicator.unit,
    cast(indicator.multiplier as double) as multiplier,
    indicator.denominator_kind,
    indicator.polarity,
    indicator.method,
    indicator.recomputed_as,
    indicator.events,
    indicator.domain,
    indicator.pathway_stage,
    indicator.population_group,
    indicator.sector,
    indicator.source_id,
    indicator.cadence,
    cast(indicator.usual_lag_days as integer) as usual_lag_days,
    headline.period_type as headline_period_type,
    headline.sex as headline_sex,
    headline.age_band as headline_age_band,
    spanned.area_levels,
    coalesce(spanned.figures, 0) as figures,
    coalesce(spanned.figures_with_value, 0) as figures_with_value,
    spanned.first_period_start,
    spanned.latest_period_end,
    expected.expected_latest_period_end,
    baseline.period_start as baseline_period_start,
    baseline.period_end as baseline_period_end,
    indicator.is_verified = 'yes' as is_verified,
    coalesce(spanned.figures_with_value, 0) > 0 as has_figures,
    source.tested_on = 'layout only' as is_layout_only,
    indicator.note
from indicator
left join spanned on indicator.indicator_id = spanned.indicator_id
left join {{ ref('int_headline') }} as headline on indicator.indicator_id = headline.indicator_id
left join baseline on indicator.indicator_id = baseline.indicator_id
left join expected on indicator.indicator_id = expected.indicator_id
left join {{ source('landing', 'rebalance__source') }} as source on indicator.source_id = source.source_id
