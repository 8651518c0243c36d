-- Each headline figure from its baseline to now, beside the same change of the place's country.
with indicator as (
    select * from {{ ref('indicator') }}
),

headline as (
    select * from {{ ref('int_headline_value') }}
    where value is not null
),

-- The period that holds the day of the baseline; where a place has none, its first one after it.
candidate as (
    select
        headline.*,
        row_number() over (
            partition by headline.indicator_id, headline.area_code
            order by
                case
                    when
                        headline.period_start = indicator.baseline_period_start
                        and headline.period_end = indicator.baseline_period_end then 0
                    else 1
                end,
                headline.period_end
        ) as choice
    from headline
    inner join indicator on headline.indicator_id = indicator.indicator_id
    where
        headline.period_end > {{ baseline_day() }}
        or (
            headline.period_start = indicator.baseline_period_start
            and headline.period_end = indicator.baseline_period_end
        )
),

baseline as (
    select * from candidate
    where choice = 1
),

latest as (
    select *
    from (
        select
            *,
            row_number()
                over (partition by indicator_id, area_code order by period_end desc, period_start asc)
                as choice
        from headline
    ) as aged
    where choice = 1
),

benchmark as (
    select * from {{ ref('int_benchmark') }}
),

changed as (
    select
        latest.indicator_id,
        latest.area_code,
        latest.area_name,
        latest.area_level,
        indicator.title,
        indicator.sector,
        indicator.domain,
        indicator.pathway_stage,
        indicator.polarity,
        indicator.unit,
        latest.period_type,
        baseline.period_start as baseline_period_start,
        baseline.period_end as baseline_period_end,
        case
            when
                baseline.period_start = indicator.baseline_period_start
                and baseline.period_end = indicator.baseline_period_end
                then 'holds_11_january_2017'
            else 'first_after'
        end as baseline_kind,
        baseline.value as baseline_value,
        baseline.lower_95 as baseline_lower_95,
        baseline.upper_95 as baseline_upper_95,
        latest.period_start,
        latest.period_end,
        latest.value,
        latest.lower_95,
        latest.upper_95,
        latest.value - baseline.value as change,
        {{ difference_lower('latest.value', 'latest.lower_95', 'baseline.value', 'baseline.upper_95') }}
            as change_lower_95,
        {{ difference_upper('latest.value', 'latest.upper_95', 'baseline.value', 'baseline.lower_95') }}
            as change_upper_95,
        case when baseline.value > 0 then latest.value / baseline.value end as change_ratio,
        {{ standard_error('latest.lower_95', 'latest.upper_95') }} as error_after,
        {{ standard_error('baseline.lower_95', 'baseline.upper_95') }} as error_before,
        latest.source_id
    from latest
    inner join baseline on latest.indicator_id = baseline.indicator_id and latest.area_code = baseline.area_code
    inner join indicator on latest.indicator_id = indicator.indicator_id
    -- Pooled years that overlap share people: the limits of a change hold for two figures that do not.
    where latest.period_start > baseline.period_end
),

-- The place's own country where it has both figures, else England and Wales.
compared as (
    select
        changed.*,
        then_there.area_code as comparison_area_code,
        then_there.value as comparison_baseline_value,
        now_there.value as comparison_value,
        now_there.value - then_there.value as comparison_change,
        {{ change_difference_error(
            'changed.error_before',
            'changed.error_after',
            standard_error('then_there.lower_95', 'then_there.upper_95'),
            standard_error('now_there.lower_95', 'now_there.upper_95'),
        ) }} as difference_error,
        row_number() over (
            partition by changed.indicator_id, changed.area_code
            order by case then_there.area_code when 'K04000001' then 2 else 1 end, then_there.area_code
        ) as choice
    from changed
    left join benchmark as then_there
        on
            changed.indicator_id = then_there.indicator_id
            and changed.period_type = then_there.period_type
            and changed.baseline_period_start = then_there.period_start
            and changed.baseline_period_end = then_there.period_end
            and then_there.area_code in ('K04000001', {{ country_of('changed.area_code') }})
            and changed.area_code <> then_there.area_code
            and exists (
                select 1 from benchmark as later
                where
                    later.indicator_id = changed.indicator_id
                    and later.area_code = then_there.area_code
                    and later.period_type = changed.period_type
                    and later.period_start = changed.period_start
                    and later.period_end = changed.period_end
            )
    left join benchmark as now_there
        on
            then_there.indicator_id = now_there.indicator_id
            and then_there.area_code = now_there.area_code
            and changed.period_type = now_there.period_type
            and changed.period_start = now_there.period_start
            and changed.period_end = now_there.period_end
),

broken as (
    select
        changed.indicator_id,
        changed.area_code,
        {{ listed("cast(break.since as " ~ text_type() ~ ") || ': ' || break.what", ' ') }} as series_breaks,
        count(*) as breaks
    from changed
    inner join {{ source('landing', 'rebalance__series_break') }} as break
        on
            changed.source_id = break.source_id
            and break.effect = 'not_comparable'
            and changed.baseline_period_start < break.since
            and changed.period_end >= break.since
    group by changed.indicator_id, changed.area_code
)

select
    compared.area_code,
    compared.area_name,
    compared.area_level,
    compared.indicator_id,
    compared.title,
    compared.sector,
    compared.domain,
    compared.pathway_stage,
    compared.polarity,
    compared.unit,
    compared.period_type,
    compared.baseline_period_start,
    compared.baseline_period_end,
    compared.baseline_kind,
    compared.baseline_value,
    compared.baseline_lower_95,
    compared.baseline_upper_95,
    compared.period_start,
    compared.period_end,
    compared.value,
    compared.lower_95,
    compared.upper_95,
    compared.change,
    compared.change_lower_95,
    compared.change_upper_95,
    compared.change_ratio,
    {{ compared_with_benchmark(0, 'compared.change_lower_95', 'compared.change_upper_95', 'compared.polarity') }}
        as change_judged,
    compared.comparison_area_code,
    compared.comparison_baseline_value,
    compared.comparison_value,
    compared.comparison_change,
    compared.change - compared.comparison_change as difference_in_change,
    compared.change - compared.comparison_change - {{ normal_quantile() }} * compared.difference_error
        as difference_lower_95,
    compared.change - compared.comparison_change + {{ normal_quantile() }} * compared.difference_error
        as difference_upper_95,
    {{ compared_with_benchmark(
        0,
        'compared.change - compared.comparison_change - ' ~ normal_quantile() ~ ' * compared.difference_error',
        'compared.change - compared.comparison_change + ' ~ normal_quantile() ~ ' * compared.difference_error',
        'compared.polarity',
    ) }} as difference_judged,
    broken.breaks is null as is_unbroken,
    broken.series_breaks,
    compared.source_id
from compared
left join broken on compared.indicator_id = broken.indicator_id and compared.area_code = broken.area_code
where compared.choice = 1
