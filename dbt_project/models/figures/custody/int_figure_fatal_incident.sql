-- Investigations by the Prisons and Probation Ombudsman into deaths, by apparent cause and by service. They are of
-- deaths notified in the year in prisons, approved premises, removal centres and, if the ombudsman chose to, after
-- release: not deaths in prison.
with investigation as (
    select
        *,
        -- The total stands in every table; the first's is taken.
        row_number() over (
            partition by release_id, service, cause, sex, age_band, period_start, period_end
            order by table_title
        ) as choice
    from {{ ref('stg_ppo__fatal_incidents') }}
    where area_level = 'country'
)

select
    'fatal_incident_investigations' as indicator_id,
    'K04000001' as area_code,
    period_type,
    period_start,
    period_end,
    case when sex = 'all' then 'persons' else sex end as sex,
    case when age_band = 'all' then 'All ages' else age_band end as age_band,
    case
        when cause <> 'all' and service <> 'all' then 'apparent cause and service'
        when cause <> 'all' then 'apparent cause'
        when service <> 'all' then 'service'
    end as category_type,
    case
        when cause <> 'all' and service <> 'all' then cause || ', ' || service
        when cause <> 'all' then cause
        when service <> 'all' then service
    end as category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    value as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from investigation
where choice = 1
