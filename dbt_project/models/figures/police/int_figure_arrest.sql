-- Arrests of a financial year for notifiable offences, by sex, age and offence group: from the open data (noughts in
-- them), added up over ethnic groups, and from the summary tables by force. Those tables leave Lancashire out: their
-- regions and countries stand here only with the publisher's rate, whose population leaves it out too.
{%- set age_groups = [
    ('arrest_rate', "1 = 1", 'All ages'),
    ('child_arrest_rate', "age_group = '10-17'", '10-17'),
] %}

with arrest as (
    select
        release_id, area_code, period_start, period_end, offence_group, value,
        case when age_group = '10 - 17 years' then '10-17' else age_group end as age_group,
        lower(sex) as sex
    from {{ ref('stg_ho__police_powers_arrest') }}
),

-- Ages and sexes that an indicator is not of fall out here; a figure lacks its count where any part of it is not known.
open_data_part as (
    {%- for indicator_id, condition, age_band in age_groups %}
        select
            '{{ indicator_id }}' as indicator_id, '{{ age_band }}' as age_band, 'persons' as indicator_sex,
            cast(null as {{ text_type() }}) as category, arrest.*
        from arrest
        where {{ condition }}
        union all
        select
            '{{ indicator_id }}' as indicator_id, '{{ age_band }}' as age_band, sex as indicator_sex,
            cast(null as {{ text_type() }}) as category, arrest.*
        from arrest
        where {{ condition }}
        union all
    {%- endfor %}
    select
        'arrest_rate' as indicator_id, 'All ages' as age_band, 'persons' as indicator_sex,
        offence_group as category, arrest.*
    from arrest
    union all
    select
        'women_arrest_rate' as indicator_id, '18+ yrs' as age_band, sex as indicator_sex,
        cast(null as {{ text_type() }}) as category, arrest.*
    from arrest
    where sex = 'female' and age_group in ('18 - 20 years', '21 years and over')
    union all
    select
        'drug_arrest_rate' as indicator_id, 'All ages' as age_band, 'persons' as indicator_sex,
        cast(null as {{ text_type() }}) as category, arrest.*
    from arrest
    where lower(offence_group) = 'drug offences'
),

open_data as (
    select
        indicator_id, age_band, indicator_sex as sex, category, release_id, area_code, period_start, period_end,
        case when count(*) = count(value) then sum(value) end as arrests
    from open_data_part
    group by indicator_id, age_band, indicator_sex, category, release_id, area_code, period_start, period_end
),

force_count as (
    select {{ country_of('pfa_code') }} as country_code, count(distinct pfa_code) as forces
    from {{ ref('police_force') }}
    where pfa_code is not null
    group by {{ country_of('pfa_code') }}
),

-- The open data have no totals: countries are sums of all their forces. Offence groups are left out of these sums, for
-- two sets of groups overlap in one year.
open_data_country as (
    select
        open_data.indicator_id,
        open_data.age_band,
        open_data.sex,
        open_data.category,
        open_data.release_id,
        force_count.country_code as area_code,
        open_data.period_start,
        open_data.period_end,
        sum(open_data.arrests) as arrests
    from open_data
    inner join force_count on {{ country_of('open_data.area_code') }} = force_count.country_code
    where open_data.category is null
    group by
        open_data.indicator_id,
        open_data.age_band,
        open_data.sex,
        open_data.category,
        open_data.release_id,
        force_count.country_code,
        open_data.period_start,
        open_data.period_end
    having count(open_data.arrests) = max(force_count.forces)
),

open_data_whole as (
    select
        indicator_id, age_band, sex, category, release_id,
        'K04000001' as area_code,
        period_start,
        period_end,
        sum(arrests) as arrests
    from open_data_country
    group by indicator_id, age_band, sex, category, release_id, period_start, period_end
    having count(*) = 2
),

summary as (
    select
        release_id,
        table_number,
        area_level,
        area_code,
        period_start,
        period_end,
        offence_group,
        measure,
        value,
        status,
        replace(replace(age_group, 'Aged ', ''), ' ', '') as age_group,
        coalesce(lower(sex), 'persons') as sex
    from {{ ref('stg_ho__police_powers_arrest_table') }}
    where ethnic_group is null
),

-- Each count of the tables by force from one table: A.05 by sex, A.06 by age, A.07 by offence group.
summary_part as (
    select
        'arrest_rate' as indicator_id, 'All ages' as age_band, cast(null as {{ text_type() }}) as category, summary.*
    from summary
    where table_number = 'A.05'
    union all
    select
        'child_arrest_rate' as indicator_id, '10-17' as age_band, cast(null as {{ text_type() }}) as category, summary.*
    from summary
    where table_number = 'A.06' and age_group = '10-17'
    union all
    select
        'women_arrest_rate' as indicator_id,
        '18+ yrs' as age_band,
        cast(null as {{ text_type() }}) as category,
        summary.*
    from summary
    where table_number = 'A.06' and sex = 'female' and age_group in ('18-20', '21andover')
    union all
    select 'arrest_rate' as indicator_id, 'All ages' as age_band, offence_group as category, summary.*
    from summary
    where table_number = 'A.07' and offence_group is not null and sex = 'persons'
    union all
    select
        'drug_arrest_rate' as indicator_id,
        'All ages' as age_band,
        cast(null as {{ text_type() }}) as category,
        summary.*
    from summary
    where table_number = 'A.07' and lower(offence_group) = 'drug offences' and sex = 'persons'
),

summary_figure as (
    select
        indicator_id, age_band, sex, category, release_id, area_code, period_start, period_end,
        max(area_level) as area_level,
        case when count(*) = count(value) then sum(value) end as arrests,
        min(status) as status
    from summary_part
    where measure = 'count'
    group by indicator_id, age_band, sex, category, release_id, area_code, period_start, period_end
),

published_rate as (
    select release_id, area_code, period_start, sex, value as rate
    from summary
    where table_number = 'A.05' and measure = 'rate_per_1000_population' and value is not null
),

every_figure as (
    select
        indicator_id, age_band, sex, category, release_id, area_code, period_start, period_end, arrests,
        cast(null as double) as rate,
        cast(null as double) as people,
        case when arrests is null then 'not_available' else 'observed' end as status,
        cast(null as {{ text_type() }}) as note
    from open_data
    union all
    select
        indicator_id, age_band, sex, category, release_id, area_code, period_start, period_end, arrests,
        cast(null as double) as rate,
        cast(null as double) as people,
        'observed' as status,
        'Sum of all forces of the country: the file has no total.' as note
    from open_data_country
    union all
    select
        indicator_id, age_band, sex, category, release_id, area_code, period_start, period_end, arrests,
        cast(null as double) as rate,
        cast(null as double) as people,
        'observed' as status,
        'Sum of all 43 forces: the file has no total.' as note
    from open_data_whole
    union all
    select
        summary_figure.indicator_id,
        summary_figure.age_band,
        summary_figure.sex,
        summary_figure.category,
        summary_figure.release_id,
        summary_figure.area_code,
        summary_figure.period_start,
        summary_figure.period_end,
        summary_figure.arrests,
        published_rate.rate,
        case
            when summary_figure.area_level <> 'police_force_area'
                then summary_figure.arrests * 1000 / published_rate.rate
        end as people,
        summary_figure.status,
        case
            when summary_figure.area_level <> 'police_force_area'
                then 'Without Lancashire: the people are those of the publisher''s own rate, which leaves them out too.'
        end as note
    from summary_figure
    left join published_rate
        on
            summary_figure.release_id = published_rate.release_id
            and summary_figure.area_code = published_rate.area_code
            and summary_figure.period_start = published_rate.period_start
            and summary_figure.sex = published_rate.sex
            and summary_figure.indicator_id = 'arrest_rate'
            and summary_figure.category is null
    where summary_figure.area_level = 'police_force_area' or published_rate.rate is not null
)

select
    indicator_id,
    area_code,
    'financial_year' as period_type,
    period_start,
    period_end,
    sex,
    age_band,
    case when category is not null then 'offence group' end as category_type,
    category,
    cast(rate as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(arrests as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(people as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    note
from every_figure
