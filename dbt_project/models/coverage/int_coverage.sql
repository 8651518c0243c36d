-- Everything that should be there, and whether it is. Each cell without a figure has one reason, the first that holds.
with source_of as (
    select * from {{ ref('int_source_state') }}
),

place as (
    select area_code, area_name, area_level, is_upper_tier, valid_from
    from {{ ref('int_area') }}
),

indicator as (
    select indicator_id, source_id
    from {{ ref('int_indicator') }}
),

-- Where a place is reported with another: what is said of the indicator goes before what is said of its source, and
-- that before what is said in general.
explained as (
    select
        indicator.indicator_id,
        with_other.area_code,
        with_other.until,
        with_other.reason || coalesce('; see ' || partner.area_name, '') || '.' as explanation,
        row_number() over (
            partition by indicator.indicator_id, with_other.area_code
            order by
                case with_other.applies_to when indicator.indicator_id then 1 when indicator.source_id then 2 else 3 end
        ) as choice
    from {{ ref('reported_with') }} as with_other
    inner join indicator
        on
            with_other.applies_to is null
            or with_other.applies_to = indicator.indicator_id
            or with_other.applies_to = indicator.source_id
    left join place as partner on with_other.reported_with_code = partner.area_code
),

came_in as (
    select distinct indicator_id, source_id, period_type, period_end, release_id
    from {{ ref('int_value') }}
    where carried_by is null or carried_by <> 'summed'
),

-- Rows that we could not take in, in the releases that a period's figures came from, by the place that they name.
set_aside as (
    select distinct
        came_in.indicator_id,
        came_in.period_type,
        came_in.period_end,
        quarantined.area_code
    from came_in
    inner join {{ ref('int_quarantined_place') }} as quarantined
        on came_in.source_id = quarantined.source_id and came_in.release_id = quarantined.release_id
),

landed as (
    select source_id, release_id, sum(rows_quarantined) as rows_quarantined
    from {{ source('landing', 'rebalance__release') }}
    group by source_id, release_id
    having sum(rows_quarantined) > 0
),

-- And how many there are in a release that is of one period alone, whomever they are of.
of_one_period as (
    select
        came_in.indicator_id,
        came_in.period_type,
        max(came_in.period_end) as period_end,
        max(landed.rows_quarantined) as rows_quarantined
    from came_in
    inner join landed on came_in.source_id = landed.source_id and came_in.release_id = landed.release_id
    group by came_in.indicator_id, came_in.period_type, came_in.release_id
    having count(*) = 1
),

rows_set_aside as (
    select indicator_id, period_type, period_end, max(rows_quarantined) as rows_quarantined
    from of_one_period
    group by indicator_id, period_type, period_end
),

cell as (
    select * from {{ ref('int_coverage_cell') }}
),

period as (
    select * from {{ ref('int_coverage_period') }}
),

series as (
    select * from {{ ref('int_coverage_series') }}
),

-- Somebody who sent other figures of the period did send; what is lacking then is what was made of them.
sent as (
    select distinct period_key, area_code
    from cell
    where is_there
),

lacking as (
    select period.indicator_id, period.period_type, period.period_end, count(*) as cells
    from cell
    inner join period on cell.period_key = period.period_key
    where not cell.is_there and period.is_published_of_kind
    group by period.indicator_id, period.period_type, period.period_end
),

lacking_for_them as (
    select rows_set_aside.indicator_id, rows_set_aside.period_type, rows_set_aside.period_end
    from rows_set_aside
    inner join lacking
        on
            rows_set_aside.indicator_id = lacking.indicator_id
            and rows_set_aside.period_type = lacking.period_type
            and rows_set_aside.period_end = lacking.period_end
    where rows_set_aside.rows_quarantined >= lacking.cells
),

explained_place as (
    select distinct area_code from explained
),

-- The periods in which a place that is reported with another had figures of its own all the same.
had as (
    select distinct cell.series_key, cell.area_code, period.period_end
    from cell
    inner join period on cell.period_key = period.period_key
    inner join explained_place on cell.area_code = explained_place.area_code
    where cell.has_value
),

judged as (
    select
        cell.*,
        series.indicator_id,
        series.source_id,
        series.area_level,
        series.period_type,
        period.period_start,
        period.period_end,
        series.sex,
        series.age_band,
        series.category_type,
        series.category,
        period.is_published,
        period.is_published_of_kind,
        period.latest_of_kind,
        period.latest_period_end,
        period.is_after_the_end,
        period.due_on,
        period.late_from,
        place.area_name,
        coalesce(place.valid_from > period.period_end, false) as is_before_the_area,
        coalesce(place.valid_from > period.period_start, false) as began_within,
        coalesce(
            source_of.sender_level = series.area_level
            or (source_of.sender_level = 'upper_tier_local_authority' and place.is_upper_tier),
            false
        )
        and sent.area_code is null as has_a_silent_sender,
        explained.explanation,
        explained.explanation is not null and had.series_key is null as is_explained,
        force_month.is_listed,
        set_aside.area_code is not null or lacking_for_them.period_end is not null as is_set_aside,
        source_of.latest_ask_failed,
        source_of.is_from_a_folder,
        source_of.unread_since
    from cell
    inner join series on cell.series_key = series.series_key
    inner join period on cell.period_key = period.period_key
    inner join place on cell.area_code = place.area_code
    left join source_of on series.source_id = source_of.source_id
    left join sent on cell.period_key = sent.period_key and cell.area_code = sent.area_code
    left join explained
        on
            cell.area_code = explained.area_code
            and series.indicator_id = explained.indicator_id
            and explained.choice = 1
            and (explained.until is null or period.period_end <= explained.until)
    -- Not where it had one when its kind last did.
    left join had
        on
            cell.series_key = had.series_key
            and cell.area_code = had.area_code
            and period.pattern_period_end = had.period_end
    left join {{ ref('int_force_month') }} as force_month
        on
            series.source_id = force_month.source_id
            and cell.area_code = force_month.area_code
            and period.period_start = force_month.period_start
            and period.period_end = force_month.period_end
    left join set_aside
        on
            cell.area_code = set_aside.area_code
            and series.indicator_id = set_aside.indicator_id
            and series.period_type = set_aside.period_type
            and period.period_end = set_aside.period_end
    left join lacking_for_them
        on
            series.indicator_id = lacking_for_them.indicator_id
            and series.period_type = lacking_for_them.period_type
            and period.period_end = lacking_for_them.period_end
    -- What is there with a value needs no reason.
    where not cell.has_value
),

reasoned as (
    select
        *,
        case
            when is_there and status = 'suppressed' then 'publisher_suppressed'
            when is_there and status = 'not_applicable' then null
            when is_there and carried_by in ('added', 'apportioned', 'incomplete') then 'boundary_change'
            when is_there and is_of_nobody then null
            when is_there and has_numerator and not has_denominator then 'not_linked'
            when is_explained then null
            when is_there then 'publisher_not_available'
            when is_after_the_end then 'series_discontinued'
            when is_before_the_area and is_published_of_kind then 'boundary_change'
            when not is_published_of_kind and late_from > {{ build_day() }} then 'not_yet_due'
            when not is_listed then 'sender_did_not_submit'
            when is_listed then 'not_fetched'
            when is_published_of_kind and is_set_aside then 'quarantined_by_us'
            when is_published_of_kind and began_within then 'boundary_change'
            when is_published_of_kind and has_a_silent_sender then 'sender_did_not_submit'
            when is_published_of_kind then 'publisher_not_available'
            when unread_since >= period_end then 'quarantined_by_us'
            when latest_ask_failed and period_end > latest_of_kind then 'fetch_failed'
            when is_from_a_folder then 'not_fetched'
            when is_published or period_end < latest_period_end then 'publisher_not_available'
            else 'publisher_late'
        end as reason
    from judged
),

missing as (
    select
        indicator_id as series_id,
        indicator_id,
        source_id,
        area_code,
        area_name,
        area_level,
        period_type,
        period_start,
        period_end,
        sex,
        age_band,
        category_type,
        category,
        case when reason is null then 'explained' when is_there then 'empty' else 'absent' end as state,
        reason,
        case
            when reason is not null then null
            when is_explained then explanation
            when status = 'not_applicable' then 'The publisher says that it does not apply here.'
            else 'There was nobody to be counted among.'
        end as explanation,
        due_on,
        late_from
    from reasoned
),

present as (
    select
        series.indicator_id as series_id,
        series.indicator_id,
        series.source_id,
        cell.area_code,
        place.area_name,
        series.area_level,
        series.period_type,
        period.period_start,
        period.period_end,
        series.sex,
        series.age_band,
        series.category_type,
        series.category,
        'present' as state,
        cast(null as {{ text_type() }}) as reason,
        cast(null as {{ text_type() }}) as explanation,
        period.due_on,
        period.late_from
    from cell
    inner join series on cell.series_key = series.series_key
    inner join period on cell.period_key = period.period_key
    inner join place on cell.area_code = place.area_code
    where cell.has_value
),

sent_by_the_month as (
    select
        force_month.*,
        place.area_name,
        place.area_level,
        source_of.usual_lag_days,
        source_of.warn_after_days
    from {{ ref('int_force_month') }} as force_month
    inner join place on force_month.area_code = place.area_code
    left join source_of on force_month.source_id = source_of.source_id
),

-- What police forces send to data.police.uk, by data set, as its own listing says.
force_month as (
    select
        series_id,
        cast(null as {{ text_type() }}) as indicator_id,
        source_id,
        area_code,
        area_name,
        area_level,
        'month' as period_type,
        period_start,
        period_end,
        cast(null as {{ text_type() }}) as sex,
        cast(null as {{ text_type() }}) as age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        case when is_taken_in then 'present' else 'absent' end as state,
        case
            when is_taken_in then null
            when is_listed then 'not_fetched'
            else 'sender_did_not_submit'
        end as reason,
        cast(null as {{ text_type() }}) as explanation,
        {{ date_plus('day', 'cast(usual_lag_days as integer)', 'period_end') }} as due_on,
        {{ date_plus('day', 'cast(warn_after_days as integer) + 1', 'period_end') }} as late_from
    from sent_by_the_month
),

with_figures as (
    select distinct indicator_id from series
),

-- Indicators of which nothing is here at all, as a whole.
without_figures as (
    select
        indicator.indicator_id as series_id,
        indicator.indicator_id,
        indicator.source_id,
        'K04000001' as area_code,
        'England and Wales' as area_name,
        'country' as area_level,
        'any' as period_type,
        cast(null as date) as period_start,
        cast(null as date) as period_end,
        cast(null as {{ text_type() }}) as sex,
        cast(null as {{ text_type() }}) as age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        'absent' as state,
        case
            when indicator.source_id is null then 'not_collected'
            when source_of.unread_since is not null then 'quarantined_by_us'
            when source_of.latest_ask_failed then 'fetch_failed'
            when coalesce(source_of.has_rows, false) and not source_of.is_from_a_folder then 'publisher_not_available'
            else 'not_fetched'
        end as reason,
        cast(null as {{ text_type() }}) as explanation,
        cast(null as date) as due_on,
        cast(null as date) as late_from
    from indicator
    left join source_of on indicator.source_id = source_of.source_id
    left join with_figures on indicator.indicator_id = with_figures.indicator_id
    where with_figures.indicator_id is null
)

select * from present
union all
select * from missing
union all
select * from force_month
union all
select * from without_figures
