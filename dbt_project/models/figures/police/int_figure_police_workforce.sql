-- Posts filled on a day: from the half-yearly tables by force, and from the open data by rank and sex on 31 March,
-- whose ranks are added up. The open data have no total, so that of England and Wales is of all 43 forces.
{%- set worker_types = [
    ('police_officer', 'police_officers_rate'),
    ('police_community_support_officer', 'pcso_rate'),
] %}

with strength as (
    select * from {{ ref('stg_ho__police_workforce_force_strength') }}
    where
        area_level in ('police_force_area', 'region', 'country', 'england_and_wales')
        and area_code is not null
),

rank_strength as (
    select * from {{ ref('stg_ho__police_workforce_rank_strength') }}
    where area_code is not null
),

by_force as (
    select
        release_id, worker_type, measure, area_code, period_end,
        sum(value) as posts,
        sum(case when sex = 'Female' then value else 0 end) as women,
        count(*) as figures,
        count(value) as known_figures
    from rank_strength
    group by release_id, worker_type, measure, area_code, period_end
),

with_total as (
    select
        release_id, worker_type, measure, area_code, period_end, posts, women, cast(null as {{ text_type() }}) as note
    from by_force
    where figures = known_figures
    union all
    select
        release_id, worker_type, measure,
        'K04000001' as area_code,
        period_end,
        sum(posts) as posts,
        sum(women) as women,
        'Sum of all 43 forces: the file has no total.' as note
    from by_force
    group by release_id, worker_type, measure, period_end
    having
        sum(figures) = sum(known_figures)
        and count(*) = (
            select count(distinct force.pfa_code)
            from {{ ref('police_force') }} as force
            where force.pfa_code is not null
        )
),

figure as (
    {%- for worker_type, indicator_id in worker_types %}
        select
            '{{ indicator_id }}' as indicator_id,
            area_code, period_end, release_id,
            value as numerator,
            cast(null as double) as denominator,
            status,
            cast(null as {{ text_type() }}) as note
        from strength
        where worker_type = '{{ worker_type }}' and measure = 'fte'
        union all
        select
            '{{ indicator_id }}' as indicator_id,
            area_code, period_end, release_id,
            posts as numerator,
            cast(null as double) as denominator,
            'observed' as status,
            note
        from with_total
        where worker_type = '{{ worker_type }}' and measure = 'fte'
        union all
    {%- endfor %}
    select
        'special_constables_rate' as indicator_id,
        area_code, period_end, release_id,
        value as numerator,
        cast(null as double) as denominator,
        status,
        cast(null as {{ text_type() }}) as note
    from strength
    where worker_type = 'special_constable' and measure = 'headcount'
    union all
    select
        'police_officers_women_share' as indicator_id,
        area_code, period_end, release_id,
        women as numerator,
        posts as denominator,
        'observed' as status,
        note
    from with_total
    where worker_type = 'police_officer' and measure = 'headcount'
)

select
    indicator_id,
    area_code,
    'day' as period_type,
    period_end as period_start,
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
    status,
    release_id,
    note
from figure
