-- What places are compared with: each country's headline figure, as published, or, where a series has none, from the
-- counts of all the country's places of a kind that leaves nobody out. Never from some of them.
with headline as (
    select
        value.*, indicator.multiplier,
        case when indicator.method in ('byar', 'wilson') then indicator.method else indicator.recomputed_as end
            as arithmetic
    from {{ ref('int_headline_value') }} as value
    inner join {{ ref('int_indicator') }} as indicator on value.indicator_id = indicator.indicator_id
),

-- A district that is an upper tier too stands in both sets: the counties alone are no country.
place as (
    select area_code, area_level as of_kind, {{ country_of('area_code') }} as country_code
    from {{ ref('int_area') }}
    where is_current and area_level in ('police_force_area', 'local_authority_district')
    union all
    select area_code, 'upper_tier_local_authority' as of_kind, {{ country_of('area_code') }} as country_code
    from {{ ref('int_area') }}
    where is_current and is_upper_tier
),

there_are as (
    select of_kind, country_code, count(*) as places from place
    where country_code is not null
    group by of_kind, country_code
),

summed as (
    select
        headline.indicator_id,
        place.country_code as area_code,
        place.of_kind,
        headline.period_type,
        headline.period_start,
        headline.period_end,
        headline.multiplier,
        headline.arithmetic,
        count(*) as places,
        sum(headline.numerator) as numerator,
        sum(headline.denominator) as denominator
    from headline
    inner join place on headline.area_code = place.area_code
    where headline.arithmetic in ('byar', 'wilson') and headline.numerator is not null and headline.denominator > 0
    group by
        headline.indicator_id, place.country_code, place.of_kind, headline.period_type, headline.period_start,
        headline.period_end, headline.multiplier, headline.arithmetic
),

whole as (
    select summed.*
    from summed
    inner join there_are
        on
            summed.of_kind = there_are.of_kind
            and summed.area_code = there_are.country_code
            and summed.places = there_are.places
),

england_and_wales as (
    select
        indicator_id,
        'K04000001' as area_code,
        of_kind,
        period_type,
        period_start,
        period_end,
        multiplier,
        arithmetic,
        sum(numerator) as numerator, sum(denominator) as denominator
    from whole
    group by indicator_id, of_kind, period_type, period_start, period_end, multiplier, arithmetic
    having count(*) = 2
),

made as (
    select
        indicator_id, area_code, of_kind, period_type, period_start, period_end, multiplier, arithmetic, numerator,
        denominator
    from whole
    union all
    select
        indicator_id, area_code, of_kind, period_type, period_start, period_end, multiplier, arithmetic, numerator,
        denominator
    from england_and_wales
),

every_one as (
    select
        indicator_id,
        area_code,
        period_type,
        period_start,
        period_end,
        value,
        lower_95,
        upper_95,
        'published' as made_from,
        1 as preference
    from headline
    where area_level = 'country' and value is not null
    union all
    select
        indicator_id,
        area_code,
        period_type,
        period_start,
        period_end,
        multiplier * numerator / denominator as value,
        case
            when arithmetic = 'wilson' then multiplier * {{ wilson_lower('numerator', 'denominator') }}
            when numerator >= 10 then multiplier * {{ byar_lower('numerator', 'null') }} / denominator
        end as lower_95,
        case
            when arithmetic = 'wilson' then multiplier * {{ wilson_upper('numerator', 'denominator') }}
            when numerator >= 10 then multiplier * {{ byar_upper('numerator', 'null') }} / denominator
        end as upper_95,
        of_kind as made_from,
        case of_kind when 'police_force_area' then 2 when 'upper_tier_local_authority' then 3 else 4 end
            as preference
    from made
),

preferred as (
    select
        *,
        row_number() over (
            partition by indicator_id, area_code, period_type, period_start, period_end order by preference
        ) as choice
    from every_one
)

select indicator_id, area_code, period_type, period_start, period_end, value, lower_95, upper_95, made_from
from preferred
where choice = 1
