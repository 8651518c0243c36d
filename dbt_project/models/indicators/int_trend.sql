-- The recent trend of each headline series, from figures a year apart; pooled years are taken as far apart as they are
-- long, so that no two points overlap.
with headline as (
    select value.*, indicator.method = 'wilson' or indicator.recomputed_as = 'wilson' as is_share
    from {{ ref('int_headline_value') }} as value
    inner join {{ ref('int_indicator') }} as indicator on value.indicator_id = indicator.indicator_id
),

latest as (
    select indicator_id, area_code, max(period_end) as latest_period_end
    from headline
    group by indicator_id, area_code
),

spaced as (
    select headline.*
    from headline
    inner join latest on headline.indicator_id = latest.indicator_id and headline.area_code = latest.area_code
    where
        {{ months_between('headline.period_end', 'latest.latest_period_end') }}
        % greatest(12, {{ months_of('headline.period_start', 'headline.period_end') }}) = 0
),

trended as (
    {{ recent_trend(
        'spaced',
        partition_by=['indicator_id', 'area_code'],
        order_by='period_end',
        value='value',
        lower='lower_95',
        upper='upper_95',
        numerator='numerator',
        denominator='denominator',
        is_proportion='is_share and numerator is not null and denominator is not null',
        time="cast(extract(year from period_end) as integer)",
    ) }}
)

select indicator_id, area_code, points, first_point, last_point, slope, chi_squared, trend
from trended
