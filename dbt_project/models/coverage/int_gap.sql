-- Today's gaps: whom each concerns, who could fill it and how, in words that a planner understands.
with run as (
    select * from {{ ref('int_gap_run') }}
),

series as (
    select * from {{ ref('int_gap_series') }}
),

-- Which groups of people, where not all of them.
of_group as (
    select distinct
        run.gap_id,
        coalesce(
            nullif(
                trim(
                    case when cell.sex = 'persons' then '' else coalesce(cell.sex, '') || ' ' end
                    || case when cell.age_band = 'All ages' then '' else coalesce(cell.age_band, '') || ' ' end
                    || coalesce(cell.category_type || ': ' || cell.category, '')
                ),
                ''
            ),
            'everybody'
        ) as group_name
    from run
    inner join {{ ref('int_coverage') }} as cell
        on
            run.series_id = cell.series_id
            and run.area_code = cell.area_code
            and run.period_type = cell.period_type
            and run.reason = cell.reason
            and run.period_from <= cell.period_start
            and run.period_to >= cell.period_end
    where run.share_missing < 1 and not run.is_of_all_places
),

grouped as (
    select
        gap_id,
        case
            when count(*) <= 6 then {{ listed('group_name', '; ') }}
            else cast(count(*) as {{ text_type() }}) || ' groups'
        end as group_names
    from of_group
    group by gap_id
),

-- Of several places, the people of all of them and the need of the mean of them.
weighed as (
    select
        run.gap_id,
        sum(place_need.people) as people,
        coalesce(
            sum(place_need.need * place_need.people) / nullif(sum(place_need.people), 0), avg(place_need.need)
        ) as need
    from run
    inner join series on run.series_id = series.series_id
    inner join {{ ref('int_gap_place') }} as gap_place on run.gap_id = gap_place.gap_id
    inner join {{ ref('int_place_need') }} as place_need
        on gap_place.area_code = place_need.area_code and series.domain = place_need.domain
    group by run.gap_id
),

-- The smallest larger area that has the newest of what is missing.
had as (
    select distinct series_id, area_code, period_type, period_end
    from {{ ref('int_coverage') }}
    where state = 'present'
),

larger as (
    select distinct child_code, parent_code, parent_level
    from {{ ref('int_area_relation') }}
    where
        vintage = (select max(newest.vintage) from {{ ref('int_area_relation') }} as newest)
        and child_code <> parent_code
),

with_parent as (
    select
        run.gap_id,
        larger.parent_code,
        row_number() over (
            partition by run.gap_id
            order by
                case larger.parent_level
                    when 'upper_tier_local_authority' then 1
                    when 'community_safety_partnership' then 2
                    when 'sub_integrated_care_board' then 3
                    when 'integrated_care_board' then 4
                    when 'police_force_area' then 5
                    when 'region' then 6
                    else 7
                end,
                case when larger.parent_code = 'K04000001' then 1 else 0 end,
                larger.parent_code
        ) as choice
    from run
    inner join larger on run.area_code = larger.child_code
    inner join had
        on
            larger.parent_code = had.area_code
            and run.series_id = had.series_id
            and run.period_type = had.period_type
            and run.period_to = had.period_end
    where not run.is_of_all_places
),

exempted as (
    select run.gap_id, min(exemption.exemption_id) as exemption_id
    from run
    inner join series on run.series_id = series.series_id
    inner join {{ ref('exemption') }} as exemption
        on
            series.source_id = exemption.source_id
            and (exemption.series_id is null or run.series_id = exemption.series_id)
            and (exemption.area_code is null or run.area_code = exemption.area_code)
            and (exemption.reason_code is null or run.reason = exemption.reason_code)
    where {{ build_day() }} between exemption.granted_on and exemption.ends_on
    group by run.gap_id
),

force as (
    select pfa_code, min(force_slug) as force_slug, min(force_name) as force_name
    from {{ ref('police_force') }}
    where pfa_code is not null
    group by pfa_code
),

ended as (
    select
        indicator_id, period_type, {{ country_of('entity_code') }} as country_code,
        max(why) as why,
        max(replaced_by) as replaced_by
    from {{ ref('int_series_end') }}
    group by indicator_id, period_type, {{ country_of('entity_code') }}
),

told as (
    select
        run.*,
        series.indicator_id,
        series.source_id,
        series.title,
        series.domain,
        area.area_name,
        grouped.group_names,
        weighed.people,
        coalesce(weighed.need, 0.5) as need,
        with_parent.parent_code,
        parent.area_name as parent_name,
        exempted.exemption_id,
        coalesce(source_of.publisher, 'the publisher') as publisher,
        source_of.landing_page,
        source_of.unread_files,
        ended.why as ended_why,
        ended.replaced_by,
        case
            when run.is_of_all_places
                then
                    'all ' || cast(run.places as {{ text_type() }}) || ' '
                    || {{ level_in_words('run.area_level') }} || ' of ' || area.area_name
            else area.area_name
        end as whom,
        coalesce(force.force_name, area.area_name) as sender_name,
        case
            when run.series_id like 'police_uk.%'
                then
                    substr(cast(run.period_from as {{ text_type() }}), 1, 7) || '-' || force.force_slug || '-'
                    || replace(substr(run.series_id, 11), '_', '-') || '.csv'
        end as file_name,
        {{ periods_in_words(
            'run.period_type', 'run.period_from', 'run.last_period_start', 'run.period_to', 'run.periods'
        ) }} as when_missing
    from run
    inner join series on run.series_id = series.series_id
    inner join {{ ref('int_area') }} as area on run.area_code = area.area_code
    left join {{ ref('int_source_state') }} as source_of on series.source_id = source_of.source_id
    left join weighed on run.gap_id = weighed.gap_id
    left join grouped on run.gap_id = grouped.gap_id
    left join exempted on run.gap_id = exempted.gap_id
    left join with_parent on run.gap_id = with_parent.gap_id and with_parent.choice = 1
    left join {{ ref('int_area') }} as parent on with_parent.parent_code = parent.area_code
    left join force on run.area_code = force.pfa_code
    left join ended
        on
            run.series_id = ended.indicator_id
            and run.period_type = ended.period_type
            and coalesce({{ country_of('run.area_code') }}, '') = coalesce(ended.country_code, '')
),

worded as (
    select
        *,
        case reason
            when 'publisher_suppressed'
                then
                    publisher || ' does not show ' || title || ' of ' || whom || ' for ' || when_missing
                    || ', so that nobody can be recognised'
            when 'publisher_not_available'
                then
                    publisher || ' gives no figure of ' || title || ' for ' || whom
                    || coalesce(' for ' || when_missing, '')
            when 'sender_did_not_submit'
                then
                    case
                        when indicator_id is null then sender_name || ' sent no ' || title || ' for ' || when_missing
                        else
                            sender_name || ' sent no figures of ' || title || ' for ' || when_missing
                            || ', for which others did'
                    end
            when 'publisher_late'
                then
                    publisher || ' has not published ' || title || ' of ' || whom || ' for ' || when_missing
                    || ', which was due on ' || {{ day_in_words('due_on') }}
            when 'not_yet_due'
                then
                    title || ' of ' || whom || ' for ' || when_missing
                    || case
                        when due_on > {{ build_day() }} then ' is due on ' || {{ day_in_words('due_on') }}
                        else
                            ' was due on ' || {{ day_in_words('due_on') }} || ' and is not late before '
                            || {{ day_in_words('late_from') }}
                    end
            when 'fetch_failed'
                then
                    publisher || ' could not be asked for ' || title || ' of ' || whom
                    || coalesce(' for ' || when_missing, '') || ': there was no answer the last time'
            when 'quarantined_by_us'
                then
                    title || ' of ' || whom || coalesce(' for ' || when_missing, '') || ' came and could not be read'
            when 'not_fetched'
                then
                    title || ' of ' || whom || coalesce(' for ' || when_missing, '')
                    || ' is in none of the files that were taken in'
            when 'boundary_change'
                then
                    title || ' of ' || whom || ' for ' || when_missing
                    || ' was published for former areas, whose figures do not make one of today''s'
            when 'series_discontinued'
                then
                    title || ' of ' || whom || ' has ended: there is none for ' || when_missing
                    || coalesce('. ' || ended_why, '')
            when 'not_collected' then 'No source is known that has ' || title
            when 'not_linked'
                then
                    title || ' of ' || whom || ' for ' || when_missing
                    || ' is counted, but what to divide the count by is not at hand'
        end
        || coalesce(' (' || group_names || ')', '') as words,
        case reason
            when 'publisher_suppressed' then 'Ask for the count under an agreement to share it'
            when 'publisher_not_available' then 'Ask whether it can be given'
            when 'sender_did_not_submit' then 'Ask ' || sender_name || ' to send it to ' || publisher
            when 'publisher_late' then 'Look for it there, and ask when it comes'
            when 'not_yet_due' then 'Wait for it'
            when 'fetch_failed' then 'See whether it has moved, and refresh again'
            when 'quarantined_by_us'
                then
                    coalesce(
                        'Open the file that could not be read: ' || unread_files,
                        'See in meta.quarantine what was set aside of ' || source_id
                    )
            when 'not_fetched'
                then
                    'Get '
                    || coalesce(file_name || case when periods > 1 then ' and those after it' else '' end, 'the file')
                    || ' and refresh; rebalance sources show ' || source_id || ' says what it looks like'
            when 'boundary_change' then 'Ask for it on the borders of today'
            when 'series_discontinued' then coalesce('Read instead: ' || replaced_by, 'Nothing replaces it')
            when 'not_collected' then 'Find who holds it, and agree on a return of our own'
            when 'not_linked' then 'Get the population estimate, or the other count, that is lacking'
        end
        || case
            when reason in ('not_collected', 'not_linked', 'series_discontinued') then ''
            else coalesce(' (' || landing_page || ')', '')
        end
        || coalesce('. ' || parent_name || ' has it', '') as how_to_fill
    from told
)

select
    gap_id,
    series_id,
    indicator_id,
    title,
    domain,
    area_code,
    area_name,
    area_level,
    is_of_all_places,
    places,
    period_type,
    period_from,
    period_to,
    periods,
    cells,
    share_missing,
    coalesce(group_names, case when share_missing < 1 then 'some groups' else 'all groups' end) as group_names,
    reason,
    upper(substr(words, 1, 1)) || substr(words, 2) || case when words like '%.' then '' else '.' end as reason_in_words,
    people,
    due_on,
    late_from,
    source_id,
    case
        when reason = 'sender_did_not_submit' then sender_name
        when reason = 'not_collected' then 'Whoever holds the records'
        when reason = 'series_discontinued' then 'Nobody'
        when reason in ('fetch_failed', 'quarantined_by_us', 'not_fetched', 'not_linked')
            then 'Data engineer of the warehouse'
        else publisher
    end as who_could_fill,
    how_to_fill || case when how_to_fill like '%.' then '' else '.' end as how_to_fill,
    parent_code,
    exemption_id,
    need
from worded
