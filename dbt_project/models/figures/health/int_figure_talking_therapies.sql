-- NHS Talking Therapies by integrated care board and for England: referrals, and how courses of treatment ended.
{%- set counts = [
    'referrals_received', 'finished_course_treatment', 'not_at_caseness', 'recovery', 'reliable_recovery', 'improvement'
] %}
{%- set indicators = {
    'talking_therapies_referral_rate': ('referrals_received', none, none),
    'talking_therapies_finished_rate': ('finished_course_treatment', none, none),
    'talking_therapies_recovery': ('recovery', 'finished_course_treatment', 'not_at_caseness'),
    'talking_therapies_reliable_recovery': ('reliable_recovery', 'finished_course_treatment', 'not_at_caseness'),
    'talking_therapies_improvement': ('improvement', 'finished_course_treatment', none),
} %}
with published as (
    select * from {{ ref('stg_nhse__talking_therapies_annual_figure') }}
    where
        org_type in ('England', 'ICB', 'STP')
        and area_code is not null
        and (
            variable_type in ('Total', 'Gender')
            -- The finer groups make counts that are suppressed in most boards.
            or (variable_type = 'Ethnic Group' and variable_b = 'All')
        )
),

grouped as (
    select
        release_id,
        area_code,
        period_start,
        period_end,
        {%- for name in counts %}
            max(case when measure_name = '{{ name }}' and measure_statistic = 'count' then value end) as {{ name }},
            max(case when measure_name = '{{ name }}' and measure_statistic = 'count' then status end)
                as {{ name }}_status,
            max(case when measure_name = '{{ name }}' and measure_statistic = 'percentage' then value end)
                as {{ name }}_share,
        {%- endfor %}
        max(org_type) as org_type,
        case when variable_type = 'Gender' then lower(variable_a) else 'persons' end as sex,
        case when variable_type = 'Ethnic Group' then variable_a end as ethnic_group
    from published
    where variable_type <> 'Gender' or variable_a in ('Female', 'Male')
    group by
        release_id,
        area_code,
        period_start,
        period_end,
        case when variable_type = 'Gender' then lower(variable_a) else 'persons' end,
        case when variable_type = 'Ethnic Group' then variable_a end
),

bounded as (
    select
        {%- for name in counts %}
            case {{ name }}_status
                when 'suppressed' then 0
                when 'rounded' then greatest({{ name }} - 2, 5)
                else {{ name }}
            end as {{ name }}_low,
            case {{ name }}_status when 'suppressed' then 4 when 'rounded' then {{ name }} + 2 else {{ name }} end
                as {{ name }}_high,
        {%- endfor %}
        *
    from grouped
),

measure as (
    {%- for indicator, (above, below, less) in indicators.items() %}
        select
            '{{ indicator }}' as indicator_id,
            release_id,
            area_code,
            period_start,
            period_end,
            org_type,
            sex,
            ethnic_group,
            {% if below is none -%}
                cast(null as double) as value,
            {%- else -%}
                -- Below England shares are whole numbers, which the counts give more closely.
                case when area_code = 'E92000001' then {{ above }}_share end as value,
            {%- endif %}
            {{ above }} as numerator,
            {{ above }}_low as numerator_low,
            {{ above }}_high as numerator_high,
            {%- if below is none %}
                cast(null as double) as denominator,
                cast(null as double) as denominator_low,
                cast(null as double) as denominator_high,
            {%- elif less is none %}
                {{ below }} as denominator,
                {{ below }}_low as denominator_low,
                {{ below }}_high as denominator_high,
            {%- else %}
                -- Who was not a case at the start cannot recover.
                {{ below }} - {{ less }} as denominator,
                greatest({{ below }}_low - {{ less }}_high, 0) as denominator_low,
                {{ below }}_high - {{ less }}_low as denominator_high,
            {%- endif %}
            {{ above }}_status as status
        from bounded
        where
            {{ above }}_status is not null
            {%- if below is none %}
                -- How many residents are of an ethnic group, the mid-year estimates do not say.
                and ethnic_group is null
            {%- endif %}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
)

select
    indicator_id,
    area_code,
    'financial_year' as period_type,
    period_start,
    period_end,
    sex,
    'All ages' as age_band,
    case when ethnic_group is not null then 'ethnic group' end as category_type,
    ethnic_group as category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    case when status in ('rounded', 'suppressed') then numerator_low end as numerator_low,
    case when status in ('rounded', 'suppressed') then numerator_high end as numerator_high,
    denominator,
    case when status in ('rounded', 'suppressed') then denominator_low end as denominator_low,
    case when status in ('rounded', 'suppressed') then denominator_high end as denominator_high,
    status,
    release_id,
    case
        when org_type = 'STP'
            then 'Of the sustainability and transformation partnership that had this code before the board.'
    end as note
from measure
