-- The headline figure of each indicator, place and period: one row each, of the newest release.
select value.*
from {{ ref('int_value') }} as value
inner join {{ ref('int_headline') }} as headline
    on
        value.indicator_id = headline.indicator_id
        and value.period_type = headline.period_type
        and value.sex = headline.sex
        and value.age_band = headline.age_band
where value.is_latest_release and value.category_type is null
