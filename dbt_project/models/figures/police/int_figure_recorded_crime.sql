-- Twelve months of offences from the open data by quarter: every year to March, and the years that end in the month of
-- the file's newest quarter, so that the newest year has earlier ones to be compared with.
{%- set wanted = [
    ('violence_against_person_rate', 'violence against the person', none),
    ('violence_with_injury_rate', 'violence against the person', 'violence with injury'),
    ('stalking_harassment_rate', 'violence against the person', 'stalking and harassment'),
    ('homicide_rate', 'violence against the person', 'homicide'),
    ('sexual_offences_rate', 'sexual offences', none),
    ('rape_offences_rate', 'sexual offences', 'rape offences'),
    ('robbery_rate', 'robbery', none),
    ('theft_offences_rate', 'theft offences', none),
    ('shoplifting_rate', 'theft offences', 'shoplifting'),
    ('criminal_damage_arson_rate', 'criminal damage and arson', none),
    ('weapons_possession_rate', 'possession of weapons offences', none),
    ('public_order_offences_rate', 'public order offences', none),
    ('drug_offences_recorded_rate', 'drug offences', none),
    ('drug_possession_recorded_rate', 'drug offences', 'possession of drugs'),
    ('drug_trafficking_recorded_rate', 'drug offences', 'trafficking of drugs'),
] %}

with offence as (
    select
        release_id,
        area_level,
        area_code,
        period_start,
        period_end,
        lower(offence_group) as offence_group,
        lower(offence_subgroup) as offence_subgroup,
        sum(value) as offences
    from {{ ref('stg_ho__recorded_crime_offence') }}
    where
        area_level in (
            'police_force_area', 'community_safety_partnership', 'local_authority_district', 'transport_police'
        )
        and lower(offence_group) <> 'fraud offences'
    group by
        release_id, area_level, area_code, period_start, period_end, lower(offence_group), lower(offence_subgroup)
),

of_indicator as (
    select
        'recorded_crime_csp_rate' as indicator_id,
        release_id, area_level, area_code, period_start, period_end, offences
    from offence
    {%- for indicator_id, offence_group, offence_subgroup in wanted %}
        union all
        select
            '{{ indicator_id }}' as indicator_id,
            release_id, area_level, area_code, period_start, period_end, offences
        from offence
        where
            offence_group = '{{ offence_group }}'
            {%- if offence_subgroup %} and offence_subgroup = '{{ offence_subgroup }}'{% endif %}
    {%- endfor %}
),

by_quarter as (
    select
        release_id, indicator_id, area_level, area_code, period_start, period_end,
        sum(offences) as offences
    from of_indicator
    group by release_id, indicator_id, area_level, area_code, period_start, period_end
),

area_quarter as (
    select distinct release_id, area_level, area_code, period_start, period_end from offence
),

newest as (
    select release_id, max(period_end) as period_end from area_quarter group by release_id
),

twelve_months as (
    select distinct
        area_quarter.release_id,
        {{ date_plus('day', 1, date_plus('month', -12, 'area_quarter.period_end')) }} as period_start,
        area_quarter.period_end
    from area_quarter
    inner join newest on area_quarter.release_id = newest.release_id
    where
        extract(month from area_quarter.period_end) = 3
        or extract(month from area_quarter.period_end) = extract(month from newest.period_end)
),

-- An offence that no area has in a quarter was not in use, or was counted elsewhere, and its year is left out; one
-- that a single area lacks was not recorded there, and is nought.
indicator_year as (
    select twelve_months.release_id, twelve_months.period_start, twelve_months.period_end, by_quarter.indicator_id
    from twelve_months
    inner join by_quarter
        on
            twelve_months.release_id = by_quarter.release_id
            and by_quarter.period_end between twelve_months.period_start and twelve_months.period_end
    group by twelve_months.release_id, twelve_months.period_start, twelve_months.period_end, by_quarter.indicator_id
    having count(distinct by_quarter.period_end) = 4
),

whole_area_year as (
    select
        twelve_months.release_id,
        twelve_months.period_start,
        twelve_months.period_end,
        area_quarter.area_level,
        area_quarter.area_code
    from twelve_months
    inner join area_quarter
        on
            twelve_months.release_id = area_quarter.release_id
            and area_quarter.period_end between twelve_months.period_start and twelve_months.period_end
    group by
        twelve_months.release_id,
        twelve_months.period_start,
        twelve_months.period_end,
        area_quarter.area_level,
        area_quarter.area_code
    having count(*) = 4
),

area_year as (
    select
        indicator_year.release_id,
        indicator_year.indicator_id,
        indicator_year.period_start,
        indicator_year.period_end,
        whole_area_year.area_level,
        whole_area_year.area_code,
        coalesce(sum(by_quarter.offences), 0) as offences
    from indicator_year
    inner join whole_area_year
        on
            indicator_year.release_id = whole_area_year.release_id
            and indicator_year.period_end = whole_area_year.period_end
    left join by_quarter
        on
            indicator_year.release_id = by_quarter.release_id
            and indicator_year.indicator_id = by_quarter.indicator_id
            and whole_area_year.area_level = by_quarter.area_level
            and coalesce(whole_area_year.area_code, '') = coalesce(by_quarter.area_code, '')
            and by_quarter.period_end between indicator_year.period_start and indicator_year.period_end
    group by
        indicator_year.release_id,
        indicator_year.indicator_id,
        indicator_year.period_start,
        indicator_year.period_end,
        whole_area_year.area_level,
        whole_area_year.area_code
),

force_count as (
    select {{ country_of('pfa_code') }} as country_code, count(distinct pfa_code) as forces
    from {{ ref('police_force') }}
    where pfa_code is not null
    group by {{ country_of('pfa_code') }}
),

country_year as (
    select
        area_year.release_id,
        area_year.indicator_id,
        area_year.period_start,
        area_year.period_end,
        force_count.country_code as area_code,
        sum(area_year.offences) as offences
    from area_year
    inner join force_count on {{ country_of('area_year.area_code') }} = force_count.country_code
    where area_year.area_level = 'police_force_area'
    group by
        area_year.release_id,
        area_year.indicator_id,
        area_year.period_start,
        area_year.period_end,
        force_count.country_code
    having count(*) = max(force_count.forces)
),

-- As the publisher's own total, that of England and Wales has the British Transport Police in it.
whole_year as (
    select
        release_id, indicator_id, period_start, period_end,
        'K04000001' as area_code,
        sum(offences) as offences
    from area_year
    where area_level in ('police_force_area', 'transport_police')
    group by release_id, indicator_id, period_start, period_end
    having
        count(area_code) = (select sum(force_count.forces) from force_count)
        and count(*) > count(area_code)
),

twelve_month_figure as (
    select
        release_id, indicator_id, period_start, period_end, area_code, offences,
        case
            when area_code = 'E23000034'
                then 'Few people live in the City of London and many come by day; the publisher shows no rate for it.'
        end as note
    from area_year
    where area_code is not null
    union all
    select
        release_id, indicator_id, period_start, period_end, area_code, offences,
        'Sum of all forces of the country: the file has no total.' as note
    from country_year
    union all
    select
        release_id, indicator_id, period_start, period_end, area_code, offences,
        'Sum of all forces and the British Transport Police, as in the publisher''s own totals: the file has none.'
            as note
    from whole_year
),

with_share as (
    select
        release_id, indicator_id, period_start, period_end, area_code,
        offences as numerator,
        cast(null as double) as denominator,
        note
    from twelve_month_figure
    union all
    select
        possession.release_id,
        'drug_possession_share' as indicator_id,
        possession.period_start,
        possession.period_end,
        possession.area_code,
        possession.offences as numerator,
        drug.offences as denominator,
        possession.note
    from twelve_month_figure as possession
    inner join twelve_month_figure as drug
        on
            possession.release_id = drug.release_id
            and possession.period_end = drug.period_end
            and possession.area_code = drug.area_code
            and drug.indicator_id = 'drug_offences_recorded_rate'
    where possession.indicator_id = 'drug_possession_recorded_rate'
)

select
    indicator_id,
    area_code,
    case extract(month from period_end)
        when 3 then 'financial_year'
        when 12 then 'calendar_year'
        else 'rolling_12_months'
    end as period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(numerator as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(denominator as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    'observed' as status,
    release_id,
    note
from with_share
