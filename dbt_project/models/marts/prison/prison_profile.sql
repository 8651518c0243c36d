with newest as (
    select measure_id, period_type, max(period_end) as period_end
    from {{ ref('int_prison_measure') }}
    where value is not null
    group by measure_id, period_type
)

select
    figure.prison_code,
    prison.prison_name,
    prison.prison_type,
    prison.operator,
    prison.sex_held,
    prison.is_open,
    prison.district_code,
    prison.district_name,
    prison.force_area_code,
    prison.force_area_name,
    prison.region_code,
    prison.region_name,
    prison.country_code,
    prison.gp_practice_code,
    figure.measure_id,
    measure.title as measure_title,
    measure.unit,
    measure.domain,
    measure.method,
    measure.is_repeat_events,
    figure.period_type,
    figure.period_start,
    figure.period_end,
    figure.category_type,
    figure.category,
    cast(figure.value as double) as value,
    cast(figure.lower_95 as double) as lower_95,
    cast(figure.upper_95 as double) as upper_95,
    cast(figure.numerator as double) as numerator,
    cast(figure.denominator as double) as denominator,
    figure.status,
    figure.source_id,
    figure.release_id,
    coalesce(figure.period_end = newest.period_end, false) as is_latest,
    figure.is_latest_release,
    coalesce(layout.is_layout_only, false) as is_layout_only,
    case
        when figure.note is not null and measure.note is not null then figure.note || ' ' || measure.note
        else coalesce(figure.note, measure.note)
    end as note
from {{ ref('int_prison_measure') }} as figure
inner join {{ ref('subject_measure') }} as measure
    on measure.mart = 'prison_profile' and figure.measure_id = measure.measure_id
left join {{ ref('prison') }} as prison on figure.prison_code = prison.prison_code
left join newest on figure.measure_id = newest.measure_id and figure.period_type = newest.period_type
left join {{ ref('int_layout_only') }} as layout
    on figure.source_id = layout.source_id and figure.table_name = layout.table_name
