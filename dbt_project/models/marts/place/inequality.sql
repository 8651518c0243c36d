-- How unequal each indicator is across districts from the most to the least deprived, in the latest period that nearly
-- all districts have. Counts are added within tenths of districts; a rate is never averaged.
with indicator as (
    select
        *,
        case when method in ('byar', 'wilson') then method else recomputed_as end as arithmetic
    from {{ ref('int_indicator') }}
),

figure as (
    select
        headline.indicator_id,
        headline.area_code,
        headline.period_type,
        headline.period_start,
        headline.period_end,
        headline.numerator,
        headline.denominator,
        indicator.arithmetic,
        indicator.multiplier,
        {{ country_of('headline.area_code') }} as country_code
    from {{ ref('int_headline_value') }} as headline
    inner join indicator on headline.indicator_id = indicator.indicator_id
    where
        headline.area_level = 'local_authority_district'
        and headline.numerator is not null
        and headline.denominator > 0
        and indicator.arithmetic in ('byar', 'wilson')
        and indicator.repeat_basis is null
),

-- The newest score of each district; a higher one is more deprived.
deprivation as (
    select area_code, value as score
    from (
        select
            area_code,
            value,
            row_number() over (partition by area_code order by period_end desc) as choice
        from {{ ref('int_headline_value') }}
        where
            indicator_id = 'imd_average_score'
            and area_level = 'local_authority_district'
            and value is not null
    ) as aged
    where choice = 1
),

ranked as (
    select
        figure.*,
        ntile(10) over (
            partition by
                figure.indicator_id, figure.country_code, figure.period_type, figure.period_start, figure.period_end
            order by deprivation.score desc, figure.area_code asc
        ) as tenth,
        count(*) over (
            partition by
                figure.indicator_id, figure.country_code, figure.period_type, figure.period_start, figure.period_end
        ) as districts
    from figure
    inner join deprivation on figure.area_code = deprivation.area_code
),

there_are as (
    select {{ country_of('area_code') }} as country_code, count(*) as districts
    from deprivation
    group by {{ country_of('area_code') }}
),

newest as (
    select
        ranked.indicator_id,
        ranked.country_code,
        max(ranked.period_end) as period_end
    from ranked
    inner join there_are on ranked.country_code = there_are.country_code
    where ranked.districts >= 0.95 * there_are.districts and ranked.districts >= 100
    group by ranked.indicator_id, ranked.country_code
),

by_tenth as (
    select
        ranked.indicator_id,
        ranked.country_code,
        ranked.period_type,
        ranked.period_start,
        ranked.period_end,
        ranked.tenth,
        ranked.arithmetic,
        ranked.multiplier,
        max(ranked.districts) as districts,
        sum(ranked.numerator) as numerator,
        sum(ranked.denominator) as denominator
    from ranked
    inner join newest
        on
            ranked.indicator_id = newest.indicator_id
            and ranked.country_code = newest.country_code
            and ranked.period_end = newest.period_end
    group by
        ranked.indicator_id, ranked.country_code, ranked.period_type, ranked.period_start, ranked.period_end,
        ranked.tenth, ranked.arithmetic, ranked.multiplier
),

limited as (
    select
        by_tenth.*,
        by_tenth.multiplier * by_tenth.numerator / by_tenth.denominator as value,
        case by_tenth.arithmetic
            when 'wilson' then by_tenth.multiplier * {{ wilson_lower('by_tenth.numerator', 'by_tenth.denominator') }}
            else by_tenth.multiplier * {{ byar_lower('by_tenth.numerator', 'limits.lower_95') }} / by_tenth.denominator
        end as lower_95,
        case by_tenth.arithmetic
            when 'wilson' then by_tenth.multiplier * {{ wilson_upper('by_tenth.numerator', 'by_tenth.denominator') }}
            else by_tenth.multiplier * {{ byar_upper('by_tenth.numerator', 'limits.upper_95') }} / by_tenth.denominator
        end as upper_95
    from by_tenth
    left join {{ ref('poisson_limit') }} as limits on by_tenth.numerator = limits.observed
),

sloped as (
    {{ slope_index(
        'limited',
        partition_by=['indicator_id', 'country_code', 'period_type', 'period_start', 'period_end'],
        rank='tenth',
        value='value',
        population='denominator',
        standard_error=standard_error('lower_95', 'upper_95'),
    ) }}
),

ends as (
    select
        indicator_id,
        country_code,
        max(districts) as districts,
        max(case when tenth = 1 then value end) as most_deprived_value,
        max(case when tenth = 10 then value end) as least_deprived_value
    from limited
    group by indicator_id, country_code
)

select
    sloped.indicator_id,
    defined.title,
    sloped.country_code as area_code,
    area.area_name,
    sloped.period_type,
    sloped.period_start,
    sloped.period_end,
    cast(ends.districts as integer) as districts,
    ends.most_deprived_value,
    ends.least_deprived_value,
    sloped.slope_index,
    sloped.slope_index_lower_95,
    sloped.slope_index_upper_95,
    sloped.relative_index,
    sloped.relative_index_lower_95,
    sloped.relative_index_upper_95,
    defined.unit,
    defined.polarity,
    case
        when sloped.slope_index_lower_95 > 0 then 'higher_where_least_deprived'
        when sloped.slope_index_upper_95 < 0 then 'higher_where_most_deprived'
        when sloped.slope_index is not null then 'no_gradient'
        else 'cannot_be_calculated'
    end as gradient,
    defined.source_id
from sloped
inner join ends on sloped.indicator_id = ends.indicator_id and sloped.country_code = ends.country_code
inner join indicator as defined on sloped.indicator_id = defined.indicator_id
inner join {{ ref('int_area') }} as area on sloped.country_code = area.area_code
