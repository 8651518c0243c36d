-- What publishers give figures of: an indicator, a kind of period, a kind of area and a group of people. Of figures as
-- published, those carried to today's codes among them; what we add up for larger areas is nobody's promise.
with series as (
    select distinct
        indicator_id,
        source_id,
        period_type,
        {{ entity_code('area_code') }} as entity_code,
        area_level,
        sex,
        age_band,
        category_type,
        category
    from {{ ref('int_value') }}
    where
        is_latest_release
        and coalesce(carried_by, 'as_published') <> 'summed'
        and (area_code = 'K04000001' or {{ country_of('area_code') }} is not null)
)

select
    row_number() over (
        order by indicator_id, period_type, entity_code, sex, age_band, category_type, category
    ) as series_key,
    indicator_id,
    source_id,
    period_type,
    entity_code,
    area_level,
    sex,
    age_band,
    category_type,
    category
from series
