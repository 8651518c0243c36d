-- Every figure with its value and limits: computed from the counts where the definition says how, else as published.
-- Where a count was suppressed or rounded, the limits hold for every count that it could be, and the range of values
-- that it leaves is said.
{%- set levels = [('95', 95), ('998', 99.8)] %}

with measure as (
    select
        measure.*,
        indicator.method,
        indicator.recomputed_as,
        indicator.repeat_basis,
        indicator.unit,
        cast(indicator.multiplier as double) as multiplier,
        case
            when indicator.method in ('byar', 'wilson', 'quotient') then indicator.method
            else indicator.recomputed_as
        end as arithmetic,
        coalesce(measure.numerator_low, measure.numerator) as count_low,
        coalesce(measure.numerator_high, measure.numerator) as count_high,
        {% for end in ['', '_low', '_high'] -%}
            case
                when indicator.denominator_kind = 'none' then 1.0
                else coalesce(measure.denominator{{ end }}, measure.denominator)
            end as divisor{{ end }},
        {% endfor -%}
        dispersion.dispersion
    from {{ ref('int_measure') }} as measure
    inner join {{ ref('int_indicator') }} as indicator on measure.indicator_id = indicator.indicator_id
    left join {{ ref('int_dispersion') }} as dispersion on measure.indicator_id = dispersion.indicator_id
),

limited as (
    select
        measure.*,
        fewest.lower_95 as exact_lower_95,
        fewest.lower_998 as exact_lower_998,
        most.upper_95 as exact_upper_95,
        most.upper_998 as exact_upper_998,
        -- Of events that one person can have many times, of the least and of the most that they can be.
        {% for end in ['low', 'high'] -%}
            case measure.repeat_basis
                when 'people' then {{ repeat_variance('measure.count_' ~ end, 'measure.divisor_' ~ end) }}
                when 'months' then measure.dispersion * measure.count_{{ end }}
            end as variance_{{ end }},
        {% endfor -%}
        measure.numerator_low is not null
        or measure.numerator_high is not null
        or measure.denominator_low is not null
        or measure.denominator_high is not null as is_uncertain
    from measure
    left join {{ ref('poisson_limit') }} as fewest on measure.count_low = fewest.observed
    left join {{ ref('poisson_limit') }} as most on measure.count_high = most.observed
),

computed as (
    select
        *,
        case when arithmetic <> 'none' and divisor > 0 then multiplier * numerator / divisor end as computed_value,
        {% for name, level in levels -%}
            case
                when arithmetic = 'byar' and repeat_basis is not null
                    then {{ possible_low(
                        repeat_lower('count_low', 'variance_low', 'exact_lower_' ~ name, level),
                        'divisor_high', 'multiplier',
                    ) }}
                when arithmetic = 'byar'
                    then {{ possible_rate_lower(
                        'count_low', 'divisor_high', 'exact_lower_' ~ name, 'multiplier', level
                    ) }}
                when arithmetic = 'wilson'
                    then multiplier * {{ possible_wilson_lower('count_low', 'divisor_high', level) }}
            end as computed_lower_{{ name }},
            case
                when arithmetic = 'byar' and repeat_basis is not null
                    then {{ possible_high(
                        repeat_upper('count_high', 'variance_high', 'exact_upper_' ~ name, level),
                        'divisor_low', 'multiplier',
                    ) }}
                when arithmetic = 'byar'
                    then {{ possible_rate_upper(
                        'count_high', 'divisor_low', 'exact_upper_' ~ name, 'multiplier', level
                    ) }}
                when arithmetic = 'wilson'
                    then multiplier * {{ possible_wilson_upper('count_high', 'divisor_low', level) }}
            end as computed_upper_{{ name }},
        {% endfor -%}
        case
            when is_uncertain and arithmetic <> 'none'
                then {{ possible_low('count_low', 'divisor_high', 'multiplier') }}
        end as possible_low,
        case
            when is_uncertain and arithmetic = 'wilson'
                then {{ possible_high('count_high', 'divisor_low', 'multiplier', is_proportion=true) }}
            when is_uncertain and arithmetic <> 'none'
                then {{ possible_high('count_high', 'divisor_low', 'multiplier') }}
        end as possible_high
    from limited
),

chosen as (
    select
        *,
        case
            when method in ('byar', 'wilson', 'quotient') then coalesce(computed_value, value)
            -- A sum over areas has no published value.
            when carried_by in ('added', 'apportioned', 'summed') then computed_value
            else value
        end as chosen_value
    from computed
)

select
    {{ figure_key() | join(',\n    ') }},
    chosen_value as value,
    -- The publisher's limits stand with the publisher's value, ours with ours and where there are no others.
    {% for side in ['lower', 'upper'] -%}
        case
            when {{ side }}_95 is not null and (method not in ('byar', 'wilson') or computed_value is null)
                then {{ side }}_95
            else computed_{{ side }}_95
        end as {{ side }}_95,
        computed_{{ side }}_998 as {{ side }}_998,
    {% endfor -%}
    possible_low,
    possible_high,
    numerator,
    denominator,
    unit,
    case
        when chosen_value is null and status not in ('suppressed', 'not_applicable', 'not_available', 'missing')
            then 'not_available'
        else status
    end as status,
    case
        when method in ('byar', 'wilson', 'quotient') and computed_value is null and value is not null
            then 'as_published'
        when arithmetic = 'byar' and repeat_basis is not null then 'repeat_events'
        else method
    end as method,
    release_id,
    value as published_value,
    computed_value,
    denominator_is_published,
    as_published_area_code,
    carried_by,
    nullif(trim(
        coalesce(note || ' ', '')
        || coalesce(denominator_note || ' ', '')
        || case
            when repeat_basis = 'unknown' and computed_value is not null
                then 'No limits: one person can have many, and how many people there were is not known. '
            else ''
        end
        || case
            when chosen_value is null and carried_by in ('added', 'apportioned', 'summed') and numerator is not null
                then 'The publisher''s method cannot be repeated on merged areas from what it gives.'
            else ''
        end
    ), '') as note
from chosen
