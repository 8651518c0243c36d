-- Smoking and healthy life expectancy, as the statistics office gives them by place.
with local_indicator as (select * from {{ ref('stg_ons__local_indicators') }}),

named as (
    select
        *,
        case
            when indicator = 'Cigarette smokers' then 'adult_smoking_ons'
            when indicator in ('Female healthy life expectancy', 'Male healthy life expectancy')
                then 'healthy_life_expectancy_ons'
        end as indicator_id,
        case
            when indicator = 'Female healthy life expectancy' then 'female'
            when indicator = 'Male healthy life expectancy' then 'male'
            else 'persons'
        end as sex,
        -- An authority that is both a district and a county or unitary authority stands twice, with one figure.
        row_number() over (partition by release_id, indicator, area_code, period order by geography) as choice
    from local_indicator
)

select
    indicator_id,
    area_code,
    'calendar_years_pooled' as period_type,
    period_start,
    period_end,
    sex,
    case indicator_id when 'adult_smoking_ons' then '18+ yrs' else 'All ages' end as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    value,
    lower_95,
    upper_95,
    cast(null as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    note
from named
where indicator_id is not null and choice = 1 and substr(area_code, 1, 1) in ('E', 'W')
