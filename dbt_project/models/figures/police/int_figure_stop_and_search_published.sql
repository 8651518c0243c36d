-- Stops and searches as the Home Office publishes them: the rates of its tables by force and ethnic group, and counts
-- from its open data, by financial year. Where the open data are by quarter, only years with all four are added.
{%- set wanted = [
    ('stop_search_recorded_rate', 'All ages', 'persons', '1 = 1'),
    ('child_stop_search_rate', '10-17', 'persons', "age_group in ('10-17', '10 - 17', '10-17 years', '10 - 17 years')"),
] %}

with published_rate as (
    select * from {{ ref('stg_ho__police_powers_stop_and_search_rate') }}
    where area_code is not null and ethnic_detail is null
),

search as (
    select
        release_id, financial_year, period_type, period_start, period_end, measure, value,
        coalesce(area_code, 'BTP') as area_code,
        lower(age_group) as age_group
    from {{ ref('stg_ho__police_powers_stop_and_search') }}
    where measure in ('searches', 'resultant_arrests')
),

whole_year as (
    select
        release_id, area_code, financial_year,
        min(period_start) as period_start,
        max(period_end) as period_end
    from search
    group by release_id, area_code, financial_year
    having max(case when period_type = 'financial_year' then 4 else 0 end) = 4 or count(distinct period_start) = 4
),

-- Ages came with the layout of 2021: a file without them says nothing of children.
by_year as (
    {%- for indicator_id, age_band, sex, condition in wanted %}
        select
            '{{ indicator_id }}' as indicator_id,
            '{{ age_band }}' as age_band,
            search.release_id,
            search.area_code,
            search.financial_year,
            search.measure,
            sum(case when {{ condition }} then search.value else 0 end) as figure,
            count(*) - count(search.value) as unknown
        from search
        {%- if not loop.first %}
            where search.age_group is not null
        {%- endif %}
        group by search.release_id, search.area_code, search.financial_year, search.measure
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

force_year as (
    select
        by_year.indicator_id,
        by_year.age_band,
        by_year.measure,
        whole_year.release_id,
        whole_year.area_code,
        whole_year.financial_year,
        whole_year.period_start,
        whole_year.period_end,
        case when by_year.unknown = 0 then by_year.figure end as figure
    from whole_year
    inner join by_year
        on
            whole_year.release_id = by_year.release_id
            and whole_year.area_code = by_year.area_code
            and whole_year.financial_year = by_year.financial_year
),

force_count as (
    select {{ country_of('pfa_code') }} as country_code, count(distinct pfa_code) as forces
    from {{ ref('police_force') }}
    where pfa_code is not null
    group by {{ country_of('pfa_code') }}
),

country_year as (
    select
        force_year.indicator_id,
        force_year.age_band,
        force_year.measure,
        force_year.release_id,
        force_count.country_code as area_code,
        force_year.financial_year,
        force_year.period_start,
        force_year.period_end,
        sum(force_year.figure) as figure
    from force_year
    inner join force_count on {{ country_of('force_year.area_code') }} = force_count.country_code
    where force_year.area_code <> 'BTP'
    group by
        force_year.indicator_id,
        force_year.age_band,
        force_year.measure,
        force_year.release_id,
        force_count.country_code,
        force_year.financial_year,
        force_year.period_start,
        force_year.period_end
    having count(force_year.figure) = max(force_count.forces)
),

-- The British Transport Police are in the total of England and Wales where the file has them, as in the publisher's.
whole_of_both as (
    select
        indicator_id, age_band, measure, release_id,
        'K04000001' as area_code,
        financial_year,
        period_start,
        period_end,
        sum(figure) as figure
    from force_year
    group by indicator_id, age_band, measure, release_id, financial_year, period_start, period_end
    having
        count(*) = count(figure)
        and count(case when area_code <> 'BTP' then figure end) = (select sum(force_count.forces) from force_count)
),

area_year as (
    select force_year.*, cast(null as {{ text_type() }}) as note
    from force_year
    where area_code <> 'BTP'
    union all
    select country_year.*, 'Sum of all forces of the country: the file has no total.' as note
    from country_year
    union all
    select
        whole_of_both.*,
        'Sum of all forces, with the British Transport Police if the file has them: it has no total.' as note
    from whole_of_both
),

counted as (
    select
        indicator_id, age_band, area_code, period_start, period_end,
        figure as numerator,
        cast(null as double) as denominator,
        release_id,
        note
    from area_year
    where measure = 'searches'
    union all
    select
        'stop_search_arrest_share' as indicator_id,
        'All ages' as age_band,
        arrest.area_code,
        arrest.period_start,
        arrest.period_end,
        arrest.figure as numerator,
        searched.figure as denominator,
        arrest.release_id,
        arrest.note
    from area_year as arrest
    inner join area_year as searched
        on
            arrest.release_id = searched.release_id
            and arrest.area_code = searched.area_code
            and arrest.financial_year = searched.financial_year
            and arrest.indicator_id = searched.indicator_id
            and searched.measure = 'searches'
    where
        arrest.measure = 'resultant_arrests'
        and arrest.indicator_id = 'stop_search_recorded_rate'
        and arrest.figure is not null
        and searched.figure > 0
),

figure as (
    select
        'stop_search_rate_published' as indicator_id,
        'All ages' as age_band,
        area_code,
        period_start,
        period_end,
        ethnic_group,
        value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        status,
        release_id,
        note
    from published_rate
    union all
    select
        indicator_id,
        age_band,
        area_code,
        period_start,
        period_end,
        cast(null as {{ text_type() }}) as ethnic_group,
        cast(null as double) as value,
        numerator,
        denominator,
        case when numerator is null then 'not_available' else 'observed' end as status,
        release_id,
        note
    from counted
)

select
    indicator_id,
    area_code,
    'financial_year' as period_type,
    period_start,
    period_end,
    'persons' as sex,
    age_band,
    case when ethnic_group is not null then 'ethnic group' end as category_type,
    ethnic_group as category,
    cast(value as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(numerator as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(denominator as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    note
from figure
