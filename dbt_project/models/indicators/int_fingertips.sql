-- Fingertips figures as published, with the days that the label of their period means.
with published as (
    select
        *,
        case
            when {{ matches('time_period', '[0-9]{4}') }} then 'calendar_year'
            when {{ matches('time_period', '[0-9]{4}/[0-9]{2}') }} then 'financial_year'
            when {{ matches('time_period', '[0-9]{4} ?- ?[0-9]{2}') }} then 'calendar_years_pooled'
            when {{ matches('time_period', '[0-9]{4}/[0-9]{2} ?- ?[0-9]{2}/[0-9]{2}') }} then 'financial_years_pooled'
            when {{ matches('time_period', '[0-9]{4} Q[1-4]') }} then 'quarter'
            when {{ matches('time_period', '[0-9]{4}/[0-9]{2} Q[1-4]') }} then 'financial_quarter'
        end as period_type,
        case when {{ matches('time_period', '[0-9]{4}.*') }} then cast(substr(time_period, 1, 4) as integer) end
            as first_year
    from {{ ref('stg_ohid__fingertips') }}
),

dated as (
    select
        *,
        case
            when period_type in ('calendar_year', 'calendar_years_pooled')
                then cast(substr(time_period, 1, 4) || '-01-01' as date)
            when period_type in ('financial_year', 'financial_years_pooled')
                then cast(substr(time_period, 1, 4) || '-04-01' as date)
            when period_type = 'quarter'
                then
                    {{ date_plus(
                        'month',
                        "3 * (cast(substr(time_period, length(time_period), 1) as integer) - 1)",
                        "cast(substr(time_period, 1, 4) || '-01-01' as date)",
                    ) }}
            when period_type = 'financial_quarter'
                then
                    {{ date_plus(
                        'month',
                        "3 * (cast(substr(time_period, length(time_period), 1) as integer) - 1)",
                        "cast(substr(time_period, 1, 4) || '-04-01' as date)",
                    ) }}
        end as period_start,
        case
            when period_type in ('calendar_year', 'financial_year') then 12
            when period_type in ('quarter', 'financial_quarter') then 3
            when period_type = 'calendar_years_pooled'
                -- '1999 - 01' ends in the next century.
                then
                    12 * (
                        1 + (cast(substr(time_period, length(time_period) - 1, 2) as integer) - first_year % 100 + 100)
                        % 100
                    )
            when period_type = 'financial_years_pooled'
                then
                    12 * (
                        (cast(substr(time_period, length(time_period) - 1, 2) as integer) - first_year % 100 + 100)
                        % 100
                    )
        end as months
    from published
)

select
    'fingertips_' || cast(fingertips_id as {{ text_type() }}) as indicator_id,
    dated.area_code,
    dated.area_name,
    coalesce(prefix.area_level, 'other') as area_level,
    dated.period_type,
    dated.period_start,
    {{ date_plus('day', -1, date_plus('month', 'dated.months', 'dated.period_start')) }} as period_end,
    dated.sex,
    dated.age_band,
    dated.category_type,
    dated.category,
    dated.time_period,
    dated.value,
    dated.lower_95,
    dated.upper_95,
    dated.numerator,
    dated.denominator,
    dated.status,
    dated.release_id,
    dated.value_note as note
from dated
left join {{ ref('area_code_prefix') }} as prefix on substr(dated.area_code, 1, 3) = prefix.prefix
where dated.period_start is not null and dated.months > 0 and dated.area_code is not null
