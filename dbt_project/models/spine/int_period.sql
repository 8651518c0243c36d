with month as (
    select distinct month as period_start from {{ ref('int_street_crime_placed') }}
    union
    select distinct month as period_start from {{ ref('stg_police_uk__stop_and_search') }}
    union
    select distinct period_start from {{ ref('stg_local__ambulance_incidents') }}
    where not is_total
),

met as (
    select 'month' as period_type, period_start, {{ month_end('period_start') }} as period_end from month
    where period_start is not null
    union
    select
        'rolling_12_months' as period_type,
        {{ date_plus('month', -11, 'period_start') }} as period_start,
        {{ month_end('period_start') }} as period_end
    from month
    where period_start is not null
    union
    select 'financial_year' as period_type, period_start, period_end from {{ ref('stg_iopc__deaths') }}
    where financial_year is not null
    union
    select period_type, period_start, period_end from {{ ref('int_fingertips') }}
)

select
    period_type,
    period_start,
    period_end,
    {{ population_year('period_start', 'period_end') }} as population_year
from met
