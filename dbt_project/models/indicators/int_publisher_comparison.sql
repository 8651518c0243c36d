-- Figures that the publisher computed and we can compute from the counts beside them. A difference is one beyond the
-- rounding of the published value and of the counts.
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
    where published_value is not null and computed_value is not null
),

-- The fewest decimals that write every value of a series in a release.
rounded as (
    select
        indicator_id,
        release_id,
        case
            {% for places in range(5) -%}
                when max(abs(published_value - round(published_value, {{ places }}))) < 1e-9 then {{ places }}
            {% endfor -%}
            else 6
        end as decimals
    from compared
    group by indicator_id, release_id
)

select
    compared.*,
    rounded.decimals,
    0.5 * power(10, -rounded.decimals) * 1.0001 + 1e-9 * abs(compared.computed_value) as tolerance,
    greatest(compared.possible_low - compared.published_value, compared.published_value - compared.possible_high, 0)
    <= 0.5 * power(10, -rounded.decimals) * 1.0001 + 1e-9 * abs(compared.computed_value) as agrees
from compared
inner join rounded
    on compared.indicator_id = rounded.indicator_id and compared.release_id = rounded.release_id
