-- One row a prison and day of the monthly list. A month without a bulletin at hand has the copy's day; the copy does
-- not tell removal centres apart, so what the bulletins list as one in those years is left out there too.
with bulletin as (
    select
        release_id, prison_code, prison_name, section, period_start, measure, value, status,
        {{ month_start('period_start') }} as month
    from {{ ref('stg_moj__prison_population_monthly_establishment') }}
    where not is_total and prison_code is not null
),

bulletin_month as (
    select distinct month from bulletin
),

removal_centre as (
    select prison_code, min(period_start) as first_on, max(period_start) as last_on
    from bulletin
    where section = 'immigration_removal_centre'
    group by prison_code
),

dated_copy as (
    select
        release_id, prison_code, prison_name, period_start, measure, value, status,
        {{ month_start('period_start') }} as month
    from {{ ref('stg_moj__prison_population_monthly_establishment_copy') }}
    where not is_total and prison_code is not null
),

listed_month as (
    select release_id, prison_code, prison_name, period_start, month, measure, value, status, false as is_copy
    from bulletin
    where section = 'prison'
    union all
    select
        dated_copy.release_id, dated_copy.prison_code, dated_copy.prison_name, dated_copy.period_start,
        dated_copy.month, dated_copy.measure, dated_copy.value, dated_copy.status, true as is_copy
    from dated_copy
    left join bulletin_month on dated_copy.month = bulletin_month.month
    left join removal_centre
        on
            dated_copy.prison_code = removal_centre.prison_code
            and dated_copy.period_start between removal_centre.first_on and removal_centre.last_on
    where bulletin_month.month is null and removal_centre.prison_code is null
),

wide as (
    select
        release_id,
        prison_code,
        period_start,
        month,
        is_copy,
        max(prison_name) as prison_name,
        max(case when measure = 'population' then value end) as population,
        max(case when measure = 'operational_capacity' then value end) as operational_capacity,
        max(case when measure = 'in_use_cna' then value end) as in_use_cna,
        max(case when measure = 'baseline_cna' then value end) as baseline_cna
    from listed_month
    group by release_id, prison_code, period_start, month, is_copy
),

ranked as (
    select
        wide.*,
        row_number() over (
            partition by wide.prison_code, wide.month
            order by {{ newest_first('wide') }}, wide.period_start desc
        ) as age_rank
    from wide
    left join {{ ref('stg_rebalance__release') }} as release
        on wide.release_id = release.release_id and release.source_id = 'moj_prison_population_monthly'
)

select
    release_id,
    prison_code,
    prison_name,
    month,
    period_start,
    is_copy,
    population,
    operational_capacity,
    in_use_cna,
    baseline_cna,
    age_rank = 1 as is_latest_release
from ranked
