-- What the Mental Health Act statistics say of the ways into hospital through police, court and prison. Which words the
-- file has for sections of Part 3 is not known from a file; every spelling that names one is taken.
with figure as (
    select
        release_id, period_type, period_start, period_end, measure, measure_subcategory, demographic,
        demographic_group, area_level, area_code, org_name, organisation_breakdown, data_source, figure_type, value,
        status,
        lower(measure || ' ' || measure_subcategory) as words
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
                words like '%part 3%' or words like '%part iii%' or words like '%section 35%'
                or words like '%section 36%' or words like '%section 37%' or words like '%section 38%'
                or words like '%section 45a%' or words like '%section 47%' or words like '%section 48%'
                or words like '%court%' or words like '%prison%'
                then 'detentions_through_courts_and_prisons'
            when words like '%section 136%' then 'section_136'
            when measure = 'All detentions' and measure_subcategory = 'All' then 'all_detentions'
            when lower(measure) like 'people subject to the act%' and measure_subcategory = 'All'
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
        when measure_id = 'detentions_through_courts_and_prisons'
            then measure || case when measure_subcategory <> 'All' then ': ' || measure_subcategory else '' end
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
