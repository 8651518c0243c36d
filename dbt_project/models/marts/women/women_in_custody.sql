with figure as (
    select * from {{ ref('int_women_and_men') }}
),

filled as (
    select distinct measure_id from figure
),

-- A gap that the register names is a row of its own, until something of the measure is at hand.
gap as (
    select subject_gap.*
    from {{ ref('subject_gap') }} as subject_gap
    left join filled on subject_gap.measure_id = filled.measure_id
    where subject_gap.mart = 'women_in_custody' and filled.measure_id is null
),

with_gap as (
    select
        measure_id, period_type, period_start, period_end, category_type, category, women_value, women_lower_95,
        women_upper_95, women_numerator, women_denominator, status, men_value, men_lower_95, men_upper_95,
        men_numerator, men_denominator, men_status, ratio, ratio_lower_95, ratio_upper_95, source_id, table_name,
        release_id, note, cast(null as {{ text_type() }}) as who_could_fill
    from figure
    union all
    select
        measure_id, cast(null as {{ text_type() }}) as period_type, cast(null as date) as period_start,
        cast(null as date) as period_end, cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category, cast(null as double) as women_value,
        cast(null as double) as women_lower_95, cast(null as double) as women_upper_95,
        cast(null as double) as women_numerator, cast(null as double) as women_denominator,
        'not_available' as status, cast(null as double) as men_value, cast(null as double) as men_lower_95,
        cast(null as double) as men_upper_95, cast(null as double) as men_numerator,
        cast(null as double) as men_denominator, 'not_available' as men_status, cast(null as double) as ratio,
        cast(null as double) as ratio_lower_95, cast(null as double) as ratio_upper_95,
        cast(null as {{ text_type() }}) as source_id, cast(null as {{ text_type() }}) as table_name,
        cast(null as {{ text_type() }}) as release_id, note, who_could_fill
    from gap
),

newest as (
    select measure_id, period_type, max(period_end) as period_end
    from with_gap
    where women_value is not null
    group by measure_id, period_type
),

ranked as (
    select
        with_gap.*,
        row_number() over (
            partition by
                with_gap.measure_id, with_gap.period_type, with_gap.period_start, with_gap.period_end,
                with_gap.category_type, with_gap.category
            order by
                case when with_gap.table_name = 'establishment_copy' then 1 else 0 end asc,
                {{ newest_first('with_gap') }}
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
    measure.method,
    measure.is_repeat_events,
    ranked.period_type,
    ranked.period_start,
    ranked.period_end,
    ranked.category_type,
    ranked.category,
    cast(ranked.women_value as double) as women_value,
    cast(ranked.women_lower_95 as double) as women_lower_95,
    cast(ranked.women_upper_95 as double) as women_upper_95,
    cast(ranked.women_numerator as double) as women_numerator,
    cast(ranked.women_denominator as double) as women_denominator,
    cast(ranked.men_value as double) as men_value,
    cast(ranked.men_lower_95 as double) as men_lower_95,
    cast(ranked.men_upper_95 as double) as men_upper_95,
    cast(ranked.men_numerator as double) as men_numerator,
    cast(ranked.men_denominator as double) as men_denominator,
    cast(ranked.ratio as double) as ratio,
    cast(ranked.ratio_lower_95 as double) as ratio_lower_95,
    cast(ranked.ratio_upper_95 as double) as ratio_upper_95,
    ranked.status,
    ranked.men_status,
    ranked.source_id,
    ranked.release_id,
    coalesce(ranked.period_end = newest.period_end, false) as is_latest,
    ranked.age_rank = 1 as is_latest_release,
    coalesce(layout.is_layout_only, false) as is_layout_only,
    case
        when ranked.note is not null and measure.note is not null then ranked.note || ' ' || measure.note
        else coalesce(ranked.note, measure.note)
    end as note,
    ranked.who_could_fill
from ranked
inner join {{ ref('subject_measure') }} as measure
    on measure.mart = 'women_in_custody' and ranked.measure_id = measure.measure_id
left join newest on ranked.measure_id = newest.measure_id and ranked.period_type = newest.period_type
left join {{ ref('int_layout_only') }} as layout
    on ranked.source_id = layout.source_id and ranked.table_name = layout.table_name
