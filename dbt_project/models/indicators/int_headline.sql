-- Of each indicator, the kind of period, the sex and the ages that stand for it where one figure a place is wanted: a
-- year before pooled years and parts of years, if at least half as many places have it; what goes on before what ended
-- more than a year earlier; everybody before one sex; then what most figures are of.
with figure as (
    select
        indicator_id,
        period_type,
        sex,
        age_band,
        {{ period_type_rank('period_type') }} as period_rank,
        count(*) as figures,
        count(distinct area_code) as areas,
        max(period_end) as latest_period_end,
        max(coalesce(denominator, numerator, value)) as size
    from {{ ref('int_rate') }}
    where category_type is null and (value is not null or status = 'suppressed')
    group by indicator_id, period_type, sex, age_band
),

widest as (
    select
        indicator_id,
        max(areas) as areas,
        max(figures) as figures,
        max(latest_period_end) as latest_period_end
    from figure
    group by indicator_id
),

ranked as (
    select
        figure.*,
        row_number() over (
            partition by figure.indicator_id
            order by
                case when 2 * figure.areas >= widest.areas then 0 else 1 end,
                figure.period_rank asc,
                case
                    when figure.latest_period_end >= {{ date_plus('month', -12, 'widest.latest_period_end') }} then 0
                    else 1
                end,
                case when figure.sex = 'persons' then 0 else 1 end,
                case when figure.age_band = 'All ages' and 2 * figure.figures >= widest.figures then 0 else 1 end,
                figure.figures desc,
                figure.size desc nulls last,
                figure.sex asc,
                figure.age_band asc,
                figure.period_type asc
        ) as choice
    from figure
    inner join widest on figure.indicator_id = widest.indicator_id
)

select indicator_id, period_type, sex, age_band
from ranked
where choice = 1
