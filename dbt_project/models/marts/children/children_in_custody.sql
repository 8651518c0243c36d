-- SECURE STAIRS is known to have begun in 2018, in the secure estate of England; on which day where, is not.
with figure as (
    select
        figure.*,
        measure.title,
        measure.unit,
        measure.domain,
        measure.method,
        measure.is_repeat_events,
        measure.is_of_secure_estate,
        measure.note as measure_note,
        case
            when measure.method = 'wilson' then 100.0 * figure.numerator / nullif(figure.denominator, 0)
            else figure.value
        end as given_value,
        case
            when measure.method = 'wilson' then 100.0 * {{ wilson_lower('figure.numerator', 'figure.denominator') }}
        end as lower_95,
        case
            when measure.method = 'wilson' then 100.0 * {{ wilson_upper('figure.numerator', 'figure.denominator') }}
        end as upper_95
    from {{ ref('int_child_figure') }} as figure
    inner join {{ ref('subject_measure') }} as measure
        on measure.mart = 'children_in_custody' and figure.measure_id = measure.measure_id
),

newest as (
    select measure_id, area_level, period_type, max(period_end) as period_end
    from figure
    where given_value is not null
    group by measure_id, area_level, period_type
),

ranked as (
    select
        figure.*,
        row_number() over (
            partition by
                figure.measure_id, figure.area_code, figure.area_name, figure.period_type, figure.period_start,
                figure.period_end, figure.sex, figure.age_band, figure.ethnic_group, figure.category_type,
                figure.category, figure.source_id
            order by {{ newest_first('figure') }}
        ) as age_rank
    from figure
    left join {{ ref('stg_rebalance__release') }} as release
        on figure.source_id = release.source_id and figure.release_id = release.release_id
)

select
    ranked.measure_id,
    ranked.title as measure_title,
    ranked.unit,
    ranked.domain,
    ranked.method,
    ranked.is_repeat_events,
    ranked.area_code,
    coalesce(area.area_name, ranked.area_name) as area_name,
    ranked.area_level,
    ranked.period_type,
    ranked.period_start,
    ranked.period_end,
    ranked.sex,
    ranked.age_band,
    ranked.ethnic_group,
    ranked.category_type,
    ranked.category,
    cast(ranked.given_value as double) as value,
    cast(ranked.lower_95 as double) as lower_95,
    cast(ranked.upper_95 as double) as upper_95,
    cast(ranked.numerator as double) as numerator,
    cast(ranked.denominator as double) as denominator,
    case
        when ranked.given_value is null and ranked.status in ('observed', 'estimated', 'provisional', 'revised')
            then 'not_applicable'
        else ranked.status
    end as status,
    case
        when not ranked.is_of_secure_estate then null
        when ranked.period_end < cast('2018-01-01' as date) then 'before'
        when ranked.period_start > cast('2018-12-31' as date) then 'since'
        else 'year it began'
    end as secure_stairs,
    case
        when ranked.is_of_secure_estate
            then 'mixed-methods; result not read'
    end as secure_stairs_evidence,
    ranked.source_id,
    ranked.release_id,
    coalesce(ranked.period_end = newest.period_end, false) as is_latest,
    ranked.age_rank = 1 as is_latest_release,
    coalesce(layout.is_layout_only, false) as is_layout_only,
    case
        when ranked.note is not null and ranked.measure_note is not null then ranked.note || ' ' || ranked.measure_note
        else coalesce(ranked.note, ranked.measure_note)
    end as note
from ranked
left join newest
    on
        ranked.measure_id = newest.measure_id
        and ranked.area_level = newest.area_level
        and ranked.period_type = newest.period_type
left join {{ ref('area') }} as area on ranked.area_code = area.area_code
left join {{ ref('int_layout_only') }} as layout
    on ranked.source_id = layout.source_id and ranked.table_name = layout.table_name
