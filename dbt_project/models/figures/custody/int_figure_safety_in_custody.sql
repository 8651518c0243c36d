-- Self-harm and assaults in prison, England and Wales. The rates are the publisher's, of its average population; the
-- counts of incidents that a rate is of stand with it, but the population does not, so that nothing is computed anew.
-- Deaths are in int_figure_death_in_custody. Sex is that of the establishment.
with national_year as (
    select *
    from {{ ref('stg_moj__safety_in_custody_national_year') }}
    where period_start is not null and measure <> 'deaths'
),

-- Totals over establishments by month and year; layout only.
incident as (
    select *
    from {{ ref('stg_moj__safety_in_custody_prison_incident') }}
    where
        area_level = 'country'
        and measure in (
            'self_harm_incidents', 'self_harm_individuals', 'assaults', 'serious_assaults', 'assaults_on_staff'
        )
),

chosen_incident as (
    select
        *,
        -- A measure can stand in several sheets of a workbook.
        row_number() over (
            partition by release_id, measure, period_type, period_start, period_end, sex
            order by source_sheet, source_row
        ) as choice
    from incident
),

rate as (
    select
        case measure
            when 'self_harm_incidents_per_1000' then 'self_harm_incident_rate'
            when 'self_harm_individuals_per_1000' then 'self_harm_individual_rate'
            when 'assaults_per_1000' then 'assault_rate_prison'
            when 'serious_assaults_per_1000' then 'serious_assault_rate_prison'
            when 'women_share_of_self_harm' then 'womens_share_of_self_harm'
        end as indicator_id,
        case measure
            when 'self_harm_incidents_per_1000' then 'self_harm_incidents'
            when 'self_harm_individuals_per_1000' then 'self_harm_individuals'
        end as counted_as,
        *
    from national_year
),

figure as (
    select
        rate.indicator_id,
        rate.period_type,
        rate.period_start,
        rate.period_end,
        rate.sex,
        rate.value,
        count_of.value as numerator,
        rate.status,
        rate.release_id
    from rate
    left join national_year as count_of
        on
            rate.counted_as = count_of.measure
            and rate.release_id = count_of.release_id
            and rate.period_type = count_of.period_type
            and rate.period_start = count_of.period_start
            and rate.sex = count_of.sex
    where rate.indicator_id is not null
    union all
    select
        'prison_' || measure as indicator_id,
        period_type,
        period_start,
        period_end,
        sex,
        cast(null as double) as value,
        value as numerator,
        status,
        release_id
    from national_year
    where measure in ('self_harm_incidents', 'self_harm_individuals')
    union all
    select
        'prison_' || measure as indicator_id,
        period_type,
        period_start,
        period_end,
        sex,
        cast(null as double) as value,
        value as numerator,
        status,
        release_id
    from chosen_incident
    where choice = 1
)

select
    indicator_id,
    'K04000001' as area_code,
    case when period_type = 'rolling_year' then 'rolling_12_months' else period_type end as period_type,
    period_start,
    period_end,
    case when sex = 'all' then 'persons' else sex end as sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from figure
