-- Figures that the publisher computed and we can compute from the counts beside them: not from our populations, which
-- need not be those that it divided by. A difference is one beyond the rounding of the published value and of the
-- counts.
with compared as (
    select
        indicator_id,
        release_id,
        area_code,
        period_type,
        period_start,
        period_end,
        sex,
        age_band,
        category_type,
        category,
        published_value,
        computed_value,
        coalesce(possible_low, computed_value) as possible_low,
        coalesce(possible_high, computed_value) as possible_high
    from {{ ref('int_rate') }}
    where published_value is not null and computed_value is not null and denominator_is_published
),

-- The fewest decimals that write the value. A release can round its older figures and not its newer ones, so that no
-- count of decimals holds for the whole of it.
rounded as (
    select
        *,
        case
            {% for places in range(9) -%}
                when abs(published_value - round(published_value, {{ places }})) < 1e-9 then {{ places }}
            {% endfor -%}
            else 9
        end as decimals
    from compared
),

tolerated as (
    select
        *,
        -- Some publishers' numbers have no more digits than single precision holds.
        0.5 * power(10, -decimals) * 1.0001 + 1e-7 * abs(computed_value) as tolerance
    from rounded
)

select
    *,
    greatest(possible_low - published_value, published_value - possible_high, 0) <= tolerance as agrees
from tolerated
