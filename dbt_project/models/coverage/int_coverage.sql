-- Everything that should be there, and whether it is. Each cell without a figure has one reason, the first that holds.
with source_of as (
    select * from {{ ref('int_source_state') }}
),

place as (
    select area_code, area_name, area_level, is_upper_tier
    from {{ ref('int_area') }}
),

-- Where a place is reported with another: what is said of the indicator goes before what is said of its source.
reported_with as (
    select
        with_other.area_code,
        with_other.applies_to,
        with_other.until,
        with_other.reason || coalesce('; see ' || partner.area_name, '') || '.' as explanation
    from {{ ref('reported_with') }} as with_other
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

-- And how many there are in a release that is of one period alone, whomever they are of.
of_one_period as (
    select
        came_in.indicator_id,
        came_in.period_type,
        max(came_in.period_end) as period_end,
        max(landed.rows_quarantined) as rows_quarantined
    from came_in
    inner join (
        select source_id, release_id, sum(rows_quarantined) as rows_quarantined
        from {{ source('landing', 'rebalance__release') }}
        group by source_id, release_id
        having sum(rows_quarantined) > 0
    ) as landed
        on came_in.source_id = landed.source_id and came_in.release_id = landed.release_id
    group by came_in.indicator_id, came_in.period_type, came_in.release_id
    having count(*) = 1
),

rows_set_aside as (
    select indicator_id, period_type, period_end, max(rows_quarantined) as rows_quarantined
    from of_one_period
    group by indicator_id, period_type, period_end
),

judged as (
    select
        cell.*,
        place.area_name,
        coalesce(
            source_of.sender_level = cell.area_level
            or (source_of.sender_level = 'upper_tier_local_authority' and place.is_upper_tier),
            false
        ) as is_senders_level,
        -- Somebody who sent other figures of the period did send; what is lacking then is what was made of them.
        max(case when cell.is_there then 1 else 0 end) over (
            partition by cell.indicator_id, cell.period_type, cell.area_code, cell.period_start, cell.period_end
        ) = 1 as has_others,
        coalesce(of_indicator.explanation, of_source.explanation, in_general.explanation) as explanation,
        force_month.is_listed,
        set_aside.area_code is not null
        or coalesce(
            rows_set_aside.rows_quarantined >= sum(
                case when cell.is_published_of_kind and not cell.is_there then 1 else 0 end
            ) over (partition by cell.indicator_id, cell.period_type, cell.period_start, cell.period_end),
            false
        ) as is_set_aside,
        source_of.latest_ask_failed,
        source_of.is_from_a_folder,
        source_of.unread_since
    from {{ ref('int_coverage_cell') }} as cell
    inner join place on cell.area_code = place.area_code
    left join source_of on cell.source_id = source_of.source_id
    left join reported_with as of_indicator
        on
            cell.area_code = of_indicator.area_code
            and cell.indicator_id = of_indicator.applies_to
            and (of_indicator.until is null or of_indicator.until >= cell.period_end)
    left join reported_with as of_source
        on
            cell.area_code = of_source.area_code
            and cell.source_id = of_source.applies_to
            and (of_source.until is null or of_source.until >= cell.period_end)
    left join reported_with as in_general
        on
            cell.area_code = in_general.area_code
            and in_general.applies_to is null
            and (in_general.until is null or in_general.until >= cell.period_end)
    left join {{ ref('int_force_month') }} as force_month
        on
            cell.source_id = force_month.source_id
            and cell.area_code = force_month.area_code
            and cell.period_start = force_month.period_start
            and cell.period_end = force_month.period_end
    left join set_aside
        on
            cell.area_code = set_aside.area_code
            and cell.indicator_id = set_aside.indicator_id
            and cell.period_type = set_aside.period_type
            and cell.period_end = set_aside.period_end
    left join rows_set_aside
        on
            cell.indicator_id = rows_set_aside.indicator_id
            and cell.period_type = rows_set_aside.period_type
            and cell.period_end = rows_set_aside.period_end
),

reasoned as (
    select
        *,
        case
            when is_there and has_value then null
            when is_there and status = 'suppressed' then 'publisher_suppressed'
            when is_there and status = 'not_applicable' then null
            when is_there and carried_by in ('added', 'apportioned', 'incomplete') then 'boundary_change'
            when is_there and denominator = 0 then null
            when is_there and numerator is not null and denominator is null then 'not_linked'
            when explanation is not null and not had_the_pattern then null
            when is_there then 'publisher_not_available'
            when is_after_the_end then 'series_discontinued'
            when is_before_the_area and is_published_of_kind then 'boundary_change'
            when not is_published_of_kind and late_from > {{ build_day() }} then 'not_yet_due'
            when not is_listed then 'sender_did_not_submit'
            when is_listed then 'not_fetched'
            when is_published_of_kind and is_set_aside then 'quarantined_by_us'
            when is_published_of_kind and began_within then 'boundary_change'
            when is_published_of_kind and is_senders_level and not has_others then 'sender_did_not_submit'
            when is_published_of_kind then 'publisher_not_available'
            when unread_since >= period_end then 'quarantined_by_us'
            when latest_ask_failed and period_end > latest_of_kind then 'fetch_failed'
            when is_from_a_folder then 'not_fetched'
            when is_published or period_end < latest_period_end then 'publisher_not_available'
            else 'publisher_late'
        end as reason
    from judged
),

figure as (
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
        case
            when is_there and has_value then 'present'
            when reason is null then 'explained'
            when is_there then 'empty'
            else 'absent'
        end as state,
        reason,
        case
            when reason is not null or (is_there and has_value) then null
            when is_there and status = 'not_applicable'
                then coalesce(explanation, 'The publisher says that it does not apply here.')
            when is_there and denominator = 0 then 'There was nobody to be counted among.'
            else explanation
        end as explanation,
        due_on,
        late_from
    from reasoned
),

-- What police forces send to data.police.uk, by data set, as its own listing says.
force_month as (
    select
        force_month.series_id,
        cast(null as {{ text_type() }}) as indicator_id,
        force_month.source_id,
        force_month.area_code,
        place.area_name,
        place.area_level,
        'month' as period_type,
        force_month.period_start,
        force_month.period_end,
        cast(null as {{ text_type() }}) as sex,
        cast(null as {{ text_type() }}) as age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        case when force_month.is_taken_in then 'present' else 'absent' end as state,
        case
            when force_month.is_taken_in then null
            when force_month.is_listed then 'not_fetched'
            else 'sender_did_not_submit'
        end as reason,
        cast(null as {{ text_type() }}) as explanation,
        {{ date_plus('day', 'cast(source_of.usual_lag_days as integer)', 'force_month.period_end') }} as due_on,
        {{ date_plus('day', 'cast(source_of.warn_after_days as integer) + 1', 'force_month.period_end') }} as late_from
    from {{ ref('int_force_month') }} as force_month
    inner join place on force_month.area_code = place.area_code
    left join source_of on force_month.source_id = source_of.source_id
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
    from {{ ref('int_indicator') }} as indicator
    left join source_of on indicator.source_id = source_of.source_id
    left join (select distinct indicator_id from {{ ref('int_coverage_series') }}) as series
        on indicator.indicator_id = series.indicator_id
    where series.indicator_id is null
)

select * from figure
union all
select * from force_month
union all
select * from without_figures
