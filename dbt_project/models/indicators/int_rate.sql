-- Every figure with its value and limits: computed from the counts where the definition says how, else as published.
-- Where a count was suppressed or rounded, the limits hold for every count that it could be, and the range of values
-- that it leaves is said.
with measure as (
    select
        measure.*,
        indicator.method,
        indicator.recomputed_as,
        indicator.unit,
        cast(indicator.multiplier as double) as multiplier,
        case when indicator.method in ('byar', 'wilson') then indicator.method else indicator.recomputed_as end
            as arithmetic,
        indicator.denominator_kind = 'none' as is_count,
        coalesce(measure.numerator_low, measure.numerator) as count_low,
        coalesce(measure.numerator_high, measure.numerator) as count_high,
        case when indicator.denominator_kind = 'none' then 1.0 else measure.denominator end as divisor,
        case
            when indicator.denominator_kind = 'none' then 1.0 else
                coalesce(measure.denominator_low, measure.denominator)
        end
            as divisor_low,
        case
            when indicator.denominator_kind = 'none' then 1.0 else
                coalesce(measure.denominator_high, measure.denominator)
        end
            as divisor_high
    from {{ ref('int_measure') }} as measure
    inner join {{ ref('int_indicator') }} as indicator on measure.indicator_id = indicator.indicator_id
),

limited as (
    select
        measure.*,
        -- A share is never more than all.
        case
            when measure.arithmetic = 'wilson' then least(measure.count_high, measure.divisor_low) else
                measure.count_high
        end
            as count_most,
        fewest.lower_95 as exact_lower_95,
        fewest.lower_998 as exact_lower_998,
        most.upper_95 as exact_upper_95,
        most.upper_998 as exact_upper_998
    from measure
    left join {{ ref('poisson_limit') }} as fewest on measure.count_low = fewest.observed
    left join {{ ref('poisson_limit') }} as most on measure.count_high = most.observed
),

computed as (
    select
        *,
        case when arithmetic <> 'none' and divisor > 0 then multiplier * numerator / divisor end as computed_value,
        {% for name, level in [('95', 95), ('998', 99.8)] -%}
            case
                when arithmetic = 'byar' and divisor_high > 0
                    then multiplier * {{ byar_lower('count_low', 'exact_lower_' ~ name, level) }} / divisor_high
                when arithmetic = 'wilson' and divisor_high > 0
                    then multiplier * {{ wilson_lower('count_low', 'divisor_high', level) }}
            end as computed_lower_{{ name }},
            case
                when arithmetic = 'byar' and divisor_low > 0
                    then multiplier * {{ byar_upper('count_high', 'exact_upper_' ~ name, level) }} / divisor_low
                when arithmetic = 'wilson' and divisor_low > 0
                    then multiplier * {{ wilson_upper('count_most', 'divisor_low', level) }}
            end as computed_upper_{{ name }},
        {% endfor -%}
        numerator_low is not null
        or numerator_high is not null
        or denominator_low is not null
        or denominator_high is not null
            as is_uncertain
    from limited
),

chosen as (
    select
        *,
        case
            when method in ('byar', 'wilson') then coalesce(computed_value, value)
            -- A sum over former areas has no published value.
            when carried_by in ('added', 'apportioned', 'summed') then computed_value
            else value
        end as chosen_value
    from computed
)

select
    indicator_id,
    area_code,
    period_type,
    period_start,
    period_end,
    sex,
    age_band,
    category_type,
    category,
    chosen_value as value,
    -- Limits of ours stand where the value is ours or the publisher gives none.
    case
        when lower_95 is null or computed_value = chosen_value and method in ('byar', 'wilson')
            then computed_lower_95
        else lower_95
    end as lower_95,
    case
        when upper_95 is null or computed_value = chosen_value and method in ('byar', 'wilson')
            then computed_upper_95
        else upper_95
    end as upper_95,
    computed_lower_998 as lower_998,
    computed_upper_998 as upper_998,
    case when is_uncertain and arithmetic <> 'none' and divisor_high > 0 then multiplier * count_low / divisor_high end
        as possible_low,
    case when is_uncertain and arithmetic <> 'none' and divisor_low > 0 then multiplier * count_most / divisor_low end
        as possible_high,
    numerator,
    denominator,
    unit,
    case
        when chosen_value is null and status not in ('suppressed', 'not_applicable', 'not_available', 'missing')
            then 'not_available'
        else status
    end as status,
    method,
    release_id,
    value as published_value,
    computed_value,
    as_published_area_code,
    carried_by,
    nullif(trim(
        coalesce(note, '') || ' '
        || coalesce(case when is_count or arithmetic = 'none' then null else denominator_note end, '') || ' '
        || case
            when chosen_value is null and carried_by in ('added', 'apportioned', 'summed') and numerator is not null
                then 'The publisher''s method cannot be repeated on merged areas from what it gives.'
            else ''
        end
    ), '') as note
from chosen
