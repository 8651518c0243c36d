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
        release_id, area_code, financial_year, financial_quarter, period_type, period_start, period_end, measure, value,
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
    where area_code is not null
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

counted as (
    select
        by_year.indicator_id,
        by_year.age_band,
        whole_year.area_code,
        whole_year.period_start,
        whole_year.period_end,
        case when by_year.unknown = 0 then by_year.figure end as numerator,
        cast(null as double) as denominator,
        whole_year.release_id
    from whole_year
    inner join by_year
        on
            whole_year.release_id = by_year.release_id
            and whole_year.area_code = by_year.area_code
            and whole_year.financial_year = by_year.financial_year
    where by_year.measure = 'searches'
    union all
    select
        'stop_search_arrest_share' as indicator_id,
        'All ages' as age_band,
        whole_year.area_code,
        whole_year.period_start,
        whole_year.period_end,
        arrest.figure as numerator,
        searched.figure as denominator,
        whole_year.release_id
    from whole_year
    inner join by_year as arrest
        on
            whole_year.release_id = arrest.release_id
            and whole_year.area_code = arrest.area_code
            and whole_year.financial_year = arrest.financial_year
            and arrest.measure = 'resultant_arrests'
            and arrest.indicator_id = 'stop_search_recorded_rate'
    inner join by_year as searched
        on
            whole_year.release_id = searched.release_id
            and whole_year.area_code = searched.area_code
            and whole_year.financial_year = searched.financial_year
            and searched.measure = 'searches'
            and searched.indicator_id = 'stop_search_recorded_rate'
    where arrest.unknown = 0 and searched.unknown = 0 and searched.figure > 0
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
        cast(null as {{ text_type() }}) as note
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
