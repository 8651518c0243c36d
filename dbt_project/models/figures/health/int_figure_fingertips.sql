-- Fingertips figures of places, under the register's name of the indicator where it has one.
with figure as (
    select * from {{ ref('int_fingertips') }}
    -- Practices and networks of the NHS have codes of their own and are not places.
    where {{ matches('area_code', '[EWK][0-9]{8}') }}
),

register as (
    select
        indicator_id,
        fingertips_id
    from {{ ref('indicator_definition') }}
    where fingertips_id is not null
)

select
    coalesce(register.indicator_id, figure.indicator_id) as indicator_id,
    figure.area_code,
    figure.period_type,
    figure.period_start,
    figure.period_end,
    case when figure.sex in ('female', 'male') then figure.sex else 'persons' end as sex,
    figure.age_band,
    figure.category_type,
    figure.category,
    figure.value,
    figure.lower_95,
    figure.upper_95,
    figure.numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    figure.denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    figure.status,
    figure.release_id,
    figure.note
from figure
left join register on figure.fingertips_id = register.fingertips_id
