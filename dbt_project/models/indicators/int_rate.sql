-- Numerators and denominators to values with 95% limits, by the method that the indicator names.
with measure as (
    select
        measure.*,
        indicator.method,
        indicator.unit,
        cast(indicator.multiplier as double) as multiplier,
        measure.numerator is not null
        and (indicator.denominator_kind = 'none' or coalesce(measure.denominator, 0) > 0) as has_value,
        case when indicator.denominator_kind = 'none' then 1.0 else measure.denominator end as divisor,
        limits.lower_95 as exact_lower,
        limits.upper_95 as exact_upper
    from {{ ref('int_measure') }} as measure
    inner join {{ ref('indicator_definition') }} as indicator on measure.indicator_id = indicator.indicator_id
    left join {{ ref('poisson_limit') }} as limits on measure.numerator = limits.observed
)

select
    indicator_id,
    area_code,
    area_level,
    period_type,
    period_start,
    period_end,
    category_type,
    category,
    case when has_value then multiplier * numerator / divisor end as value,
    case
        when has_value and method = 'byar' then multiplier * {{ byar_lower('numerator', 'exact_lower') }} / divisor
        when has_value and method = 'wilson' then multiplier * {{ wilson_lower('numerator', 'denominator') }}
    end as lower_95,
    case
        when has_value and method = 'byar' then multiplier * {{ byar_upper('numerator', 'exact_upper') }} / divisor
        when has_value and method = 'wilson' then multiplier * {{ wilson_upper('numerator', 'denominator') }}
    end as upper_95,
    numerator,
    denominator,
    unit,
    case when not has_value and numerator is not null then 'not_available' else status end as status,
    method,
    release_id,
    nullif(trim(coalesce(note, '') || ' ' || coalesce(denominator_note, '')), '') as note
from measure
