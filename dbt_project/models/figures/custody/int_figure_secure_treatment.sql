-- Adults in drug and alcohol treatment in prisons and other secure settings of England, by setting. One person can be
-- in two settings in a year, so that settings are not added.
with treatment as (
    select *
    from {{ ref('stg_ndtms__treatment_other_programme') }}
    where
        programme = 'secure_settings'
        and area_code = 'E92000001'
        and sex = 'all'
        and age_group = 'all'
        and topic in ('in_treatment', 'new_presentations')
        and category is null
)

select
    case topic when 'in_treatment' then 'secure_tx_numbers' else 'secure_tx_new_presentations' end as indicator_id,
    area_code,
    'financial_year' as period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    case
        when
            lower(coalesce(setting, 'all')) not in ('all', 'total') and substance_group <> 'all'
            then 'setting and substance group'
        when lower(coalesce(setting, 'all')) not in ('all', 'total') then 'setting'
        when substance_group <> 'all' then 'substance group'
    end as category_type,
    case
        when lower(coalesce(setting, 'all')) not in ('all', 'total') and substance_group <> 'all'
            then setting || ', ' || replace(substance_group, '_', ' ')
        when lower(coalesce(setting, 'all')) not in ('all', 'total') then setting
        when substance_group <> 'all' then replace(substance_group, '_', ' ')
    end as category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    value as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    cast(null as {{ text_type() }}) as note
from treatment
