with figure as (
    select * from {{ ref('int_secure_transfer') }}
),

filled as (
    select distinct measure_id from figure
),

-- A gap that the register names is a row of its own, until something of the measure is at hand.
gap as (
    select subject_gap.*
    from {{ ref('subject_gap') }} as subject_gap
    left join filled on subject_gap.measure_id = filled.measure_id
    where subject_gap.mart = 'secure_hospital_transfer' and filled.measure_id is null
),

with_gap as (
    select
        measure_id,
        area_code,
        published_name,
        area_level,
        period_type,
        period_start,
        period_end,
        category_type,
        category,
        part_of_the_act, value, status, source_id, table_name, release_id, note,
        cast(null as {{ text_type() }}) as who_could_fill
    from figure
    union all
    select
        measure_id,
        area_code,
        cast(null as {{ text_type() }}) as published_name,
        'country' as area_level,
        cast(null as {{ text_type() }}) as period_type,
        cast(null as date) as period_start, cast(null as date) as period_end,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        cast(null as {{ text_type() }}) as part_of_the_act, cast(null as double) as value,
        'not_available' as status, cast(null as {{ text_type() }}) as source_id,
        cast(null as {{ text_type() }}) as table_name, cast(null as {{ text_type() }}) as release_id, note,
        who_could_fill
    from gap
),

newest as (
    select measure_id, max(period_end) as period_end
    from with_gap
    where value is not null
    group by measure_id
),

ranked as (
    select
        with_gap.*,
        row_number() over (
            partition by
                with_gap.measure_id, with_gap.area_code, with_gap.period_type, with_gap.period_start,
                with_gap.period_end, with_gap.category_type, with_gap.category, with_gap.part_of_the_act
            order by {{ newest_first('with_gap') }}
        ) as age_rank
    from with_gap
    left join {{ ref('stg_rebalance__release') }} as release
        on with_gap.source_id = release.source_id and with_gap.release_id = release.release_id
)

select
    ranked.measure_id,
    measure.title as measure_title,
    measure.unit,
    measure.domain,
    measure.is_repeat_events,
    ranked.area_code,
    coalesce(area.area_name, ranked.published_name) as area_name,
    ranked.area_level,
    ranked.period_type,
    ranked.period_start,
    ranked.period_end,
    ranked.category_type,
    ranked.category,
    ranked.part_of_the_act,
    cast(ranked.value as double) as value,
    ranked.status,
    ranked.source_id,
    ranked.release_id,
    coalesce(ranked.period_end = newest.period_end, false) as is_latest,
    ranked.age_rank = 1 as is_latest_release,
    coalesce(layout.is_layout_only, false) as is_layout_only,
    coalesce(ranked.note, measure.note) as note,
    ranked.who_could_fill
from ranked
inner join {{ ref('subject_measure') }} as measure
    on measure.mart = 'secure_hospital_transfer' and ranked.measure_id = measure.measure_id
left join newest on ranked.measure_id = newest.measure_id
left join {{ ref('area') }} as area on ranked.area_code = area.area_code
left join {{ ref('int_layout_only') }} as layout
    on ranked.source_id = layout.source_id and ranked.table_name = layout.table_name
