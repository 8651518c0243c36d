-- Community mental health services by integrated care board and for England: referrals begun, help that began within
-- four weeks, and long waits.
{%- set counts = [
    'MRS01', 'MRS01a', 'MRS02', 'MRS02e', 'MRS03', 'MRS07e', 'MRS04', 'MRS08', 'MRS08a', 'MRS09', 'MRS09e', 'MRS11',
] %}
{%- set indicators = [
    ('mental_health_referral_rate', 'MRS04', none),
    ('mental_health_help_within_four_weeks', 'MRS01a', 'MRS01'),
    ('mental_health_wait_over_year', 'MRS02e', 'MRS02'),
    ('mental_health_contact_wait_over_year', 'MRS07e', 'MRS03'),
    ('child_mental_health_referral_rate', 'MRS11', none),
    ('child_mental_health_help_within_four_weeks', 'MRS08a', 'MRS08'),
    ('child_mental_health_wait_over_year', 'MRS09e', 'MRS09'),
] %}
with published as (
    select * from {{ ref('stg_nhse__mhsds') }}
    where
        breakdown in ('England', 'ICB of GP Practice or Residence')
        and secondary_level is null
        and area_code is not null
        -- What began is published for three months together, what was open at the end for the month too.
        and (
            (period_type = 'month' and measure_id in ('MRS02', 'MRS02e', 'MRS03', 'MRS07e', 'MRS09', 'MRS09e'))
            or (period_type <> 'month' and measure_id in ('MRS01', 'MRS01a', 'MRS04', 'MRS08', 'MRS08a', 'MRS11'))
        )
),

one_row as (
    select
        release_id,
        area_code,
        period_start,
        period_end,
        {%- for name in counts %}
            max(case when measure_id = '{{ name }}' then value end) as {{ name | lower }},
            max(case when measure_id = '{{ name }}' then status end) as {{ name | lower }}_status,
        {%- endfor %}
        -- A month is published as Performance, or as Provisional and then Final, in releases of their own.
        max(lower(publication_status)) as publication_status
    from published
    group by release_id, area_code, period_start, period_end
),

bounded as (
    select
        {%- for name in counts | map('lower') %}
            case {{ name }}_status
                when 'suppressed' then 0
                when 'rounded' then greatest({{ name }} - 2, 5)
                else {{ name }}
            end as {{ name }}_low,
            case {{ name }}_status when 'suppressed' then 4 when 'rounded' then {{ name }} + 2 else {{ name }} end
                as {{ name }}_high,
        {%- endfor %}
        *
    from one_row
),

measure as (
    {%- for indicator, above, below in indicators %}
        select
            '{{ indicator }}' as indicator_id,
            release_id,
            area_code,
            period_start,
            period_end,
            publication_status,
            {{ above | lower }} as numerator,
            {{ above | lower }}_low as numerator_low,
            {{ above | lower }}_high as numerator_high,
            {%- if below is none %}
                cast(null as double) as denominator,
                cast(null as double) as denominator_low,
                cast(null as double) as denominator_high,
            {%- else %}
                {{ below | lower }} as denominator,
                {{ below | lower }}_low as denominator_low,
                {{ below | lower }}_high as denominator_high,
            {%- endif %}
            {{ above | lower }}_status as status
        from bounded
        where {{ above | lower }}_status is not null
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
)

select
    indicator_id,
    area_code,
    case
        when {{ month_end('period_start') }} = period_end then 'month'
        -- The three months end with the file's month, and make a quarter of the year one time in three.
        when extract(month from period_start) in (1, 4, 7, 10) then 'quarter'
        else 'rolling_3_months'
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
    numerator,
    case when status in ('rounded', 'suppressed') then numerator_low end as numerator_low,
    case when status in ('rounded', 'suppressed') then numerator_high end as numerator_high,
    denominator,
    case when status in ('rounded', 'suppressed') then denominator_low end as denominator_low,
    case when status in ('rounded', 'suppressed') then denominator_high end as denominator_high,
    case when status = 'observed' and publication_status = 'provisional' then 'provisional' else status end as status,
    release_id,
    cast(null as {{ text_type() }}) as note
from measure
