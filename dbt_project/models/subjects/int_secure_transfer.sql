-- What the Mental Health Act statistics say of the ways into hospital through police, court and prison. The words for
-- sections are those of the publisher's production code (NHSDigital/mental-health-act-annual-statistics); sections 47
-- and 48 transfer people from prison. No file was at hand.
with figure as (
    select
        release_id, period_type, period_start, period_end, measure, measure_subcategory, demographic,
        demographic_group, area_level, area_code, org_name, organisation_breakdown, data_source, figure_type, value,
        status
    from {{ ref('stg_nhse__mental_health_act') }}
    -- All submissions together or an area; a provider is no place.
    where
        area_code is not null and area_level <> 'provider'
        and organisation_breakdown not in ('NHS Trust', 'Independent Health Provider')
),

named as (
    select
        figure.*,
        case
            when
                measure = 'Detentions on admission to hospital'
                and (measure_subcategory like 'Section 47%' or measure_subcategory like 'Section 48%')
                then 'transfers_from_prison'
            when
                measure = 'Detentions on admission to hospital'
                and (
                    measure_subcategory in ('All detentions under Part 3', 'Section 35', 'Section 36', 'Section 45A')
                    or measure_subcategory like 'Section 37%'
                    or measure_subcategory like 'Detentions under other sections%'
                )
                then 'detentions_through_courts'
            when measure = 'Short term orders' and measure_subcategory = 'Section 136' then 'section_136'
            when measure = 'All detentions' and measure_subcategory = 'All' then 'all_detentions'
            when measure like 'People subject to the Act%' and measure_subcategory = 'All'
                then 'people_subject_to_the_act'
        end as subject
    from figure
),

counted as (
    select
        subject as measure_id, release_id, period_type, period_start, period_end, measure, measure_subcategory,
        demographic, demographic_group, area_level, area_code, org_name, value, status
    from named
    where subject is not null and figure_type = 'total_count'
    union all
    select
        subject || '_rate' as measure_id, release_id, period_type, period_start, period_end, measure,
        measure_subcategory, demographic, demographic_group, area_level, area_code, org_name, value, status
    from named
    where subject in ('all_detentions', 'section_136') and figure_type = 'crude_rate'
)

select
    measure_id,
    area_code,
    org_name as published_name,
    area_level,
    period_type,
    period_start,
    period_end,
    case demographic when 'all' then null else demographic end as category_type,
    case demographic when 'all' then null else demographic_group end as category,
    case
        when measure_id in ('detentions_through_courts', 'transfers_from_prison') then measure_subcategory
    end as part_of_the_act,
    value,
    status,
    'nhse_mental_health_act' as source_id,
    'figure' as table_name,
    release_id,
    case
        when measure_id in ('section_136', 'section_136_rate')
            then 'Where a hospital recorded it; the police count far more.'
    end as note
from counted
