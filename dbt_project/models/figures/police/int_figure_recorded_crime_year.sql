-- Counts and rates of a year from the workbook of tables: forces, regions and countries from its tables of forces (P),
-- partnerships from its tables of partnerships (C), whose rows of forces say the same again. A rate stands beside its
-- count with the rounded population that the publisher made it with.
{%- set wanted = [
    ('recorded_crime_csp_rate', 'Total recorded crime (excluding fraud)'),
    ('violence_against_person_rate', 'Violence against the person'),
    ('violence_with_injury_rate', 'Violence with injury'),
    ('stalking_harassment_rate', 'Stalking and harassment'),
    ('homicide_rate', 'Homicide'),
    ('sexual_offences_rate', 'Sexual offences'),
    ('robbery_rate', 'Robbery'),
    ('theft_offences_rate', 'Theft offences'),
    ('shoplifting_rate', 'Shoplifting'),
    ('criminal_damage_arson_rate', 'Criminal damage and arson'),
    ('weapons_possession_rate', 'Possession of weapons offences'),
    ('public_order_offences_rate', 'Public order offences'),
    ('drug_offences_recorded_rate', 'Drug offences'),
    ('knife_offences_rate', 'Selected offences involving a knife or sharp instrument'),
    ('firearm_offences_rate', 'Firearm offences (excluding air weapons)'),
] %}

with headline as (
    select * from {{ ref('stg_ho__recorded_crime_headline') }}
    where
        area_code is not null
        and (
            table_number like 'P%' and area_level in ('police_force_area', 'region', 'country')
            or table_number like 'C%' and area_level = 'community_safety_partnership'
        )
),

wanted as (
    {%- for indicator_id, offence in wanted %}
        select '{{ indicator_id }}' as indicator_id, '{{ offence }}' as offence
        {%- if not loop.last %} union all{% endif %}
    {%- endfor %}
),

-- Table P5 has the newest year of the selected knife offences again, beside their kinds.
offence_count as (
    select wanted.indicator_id, headline.*
    from headline
    inner join wanted on headline.offence = wanted.offence
    where headline.measure = 'number' and headline.table_number <> 'P5'
),

rate as (
    select release_id, table_number, area_code, period_start, period_end, offence, measure, value, status
    from headline
    where measure in ('rate_per_1000_population', 'rate_per_100000_population')
),

population as (
    select release_id, table_number, area_code, value
    from headline
    where measure = 'population'
)

select
    offence_count.indicator_id,
    offence_count.area_code,
    case offence_count.period_type when 'rolling_year' then 'rolling_12_months' else offence_count.period_type end
        as period_type,
    offence_count.period_start,
    offence_count.period_end,
    'persons' as sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    -- The publisher's rate of homicide is for every 1,000 people, ours for every million.
    cast(case when offence_count.indicator_id <> 'homicide_rate' then rate.value end as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(offence_count.value as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(case when rate.value is not null then population.value end as double) as denominator,
    cast(case when rate.value is not null then population.value - 50 end as double) as denominator_low,
    cast(case when rate.value is not null then population.value + 50 end as double) as denominator_high,
    offence_count.status,
    offence_count.release_id,
    case
        when rate.status = 'suppressed'
            then 'The publisher shows no rate for the City of London, where few people live.'
    end as note
from offence_count
left join rate
    on
        offence_count.release_id = rate.release_id
        and offence_count.area_code = rate.area_code
        and offence_count.period_start = rate.period_start
        and offence_count.period_end = rate.period_end
        and offence_count.offence = rate.offence
        and substr(offence_count.table_number, 1, 1) = substr(rate.table_number, 1, 1)
left join population
    on
        rate.release_id = population.release_id
        and rate.table_number = population.table_number
        and rate.area_code = population.area_code
