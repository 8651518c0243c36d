-- A record is published once for each area that it is compared with (England has itself and nothing as its parent).
with numbered as (
    select
        *,
        row_number() over (
            partition by
                release_id, indicator_id, area_code, area_name, sex, age, category_type, category, time_period,
                time_period_range
            order by case when parent_code is null then 0 else 1 end, parent_code, source_row
        ) as copy_number,
        count(*) over (
            partition by
                release_id, indicator_id, area_code, area_name, sex, age, category_type, category, time_period,
                time_period_range
        ) as copies
    from {{ source('landing', 'ohid_fingertips__indicator_value') }}
)

select
    release_id,
    indicator_id as fingertips_id,
    trim(indicator_name) as indicator_name,
    area_code,
    area_name,
    area_type,
    lower(sex) as sex,
    age as age_band,
    nullif(category_type, '') as category_type,
    nullif(category, '') as category,
    time_period,
    time_period_range,
    period_type,
    period_start,
    period_end,
    value,
    lower_95,
    upper_95,
    count as numerator,
    denominator,
    status,
    value_note,
    source_row,
    copies
from numbered
where copy_number = 1
