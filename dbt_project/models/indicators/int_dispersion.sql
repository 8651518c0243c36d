-- How much more a place's monthly counts vary than chance alone would have them, where the same person can be counted
-- many times and nobody says how many people there were: the Pearson statistic of the months of a year about their
-- mean, over its degrees of freedom, all places and years together. Seasons are in it, so limits made from it are wide
-- rather than narrow. McCullagh P, Nelder JA. Generalized linear models, 2nd edition. London: Chapman and Hall; 1989,
-- section 6.2.
with monthly as (
    select
        measure.indicator_id,
        measure.area_code,
        measure.category,
        measure.release_id,
        extract(year from measure.period_start) as calendar_year,
        measure.numerator
    from {{ ref('int_measure') }} as measure
    inner join {{ ref('int_indicator') }} as indicator on measure.indicator_id = indicator.indicator_id
    where
        indicator.repeat_basis = 'months'
        and measure.period_type = 'month'
        and measure.numerator is not null
        and measure.carried_by in ('as_published', 'renamed')
),

about_mean as (
    select
        *,
        avg(numerator) over (partition by indicator_id, area_code, category, release_id, calendar_year) as mean,
        count(*) over (partition by indicator_id, area_code, category, release_id, calendar_year) as months
    from monthly
)

select
    indicator_id,
    greatest(
        1.0, sum(power(numerator - mean, 2) / mean) / sum((months - 1.0) / months)
    ) as dispersion
from about_mean
-- The statistic needs months that are all there, and counts that are not almost all nought.
where months = 12 and mean >= 1
group by indicator_id
