-- Of each indicator, the kind of period, the sex and the ages that stand for it where one figure a place is wanted: a year before
-- pooled years and parts of years, everybody before one sex, then what most figures are of.
with figure as (
    select indicator_id, period_type, sex, age_band, {{ period_type_rank('period_type') }} as period_rank, count(*) as figures
    from {{ ref('int_rate') }}
    where category_type is null and (value is not null or status = 'suppressed')
    group by indicator_id, period_type, sex, age_band
),

ranked as (
    select
        *,
        row_number() over (
            partition by indicator_id
            order by
                period_rank, case when sex = 'persons' then 0 else 1 end, figures desc,
                case when age_band = 'All ages' then 0 else 1 end, sex, age_band, period_type
        ) as choice
    from figure
)

select indicator_id, period_type, sex, age_band
from ranked
where choice = 1
