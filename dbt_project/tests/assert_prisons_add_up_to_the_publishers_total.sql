-- Of each bulletin, the prisons of the mart add up to the publisher's own total of prisons; of a bulletin that does not
-- total prisons apart, to the total of the estate. Left out are the lists of 2011 and 2012 with a line of several
-- prisons that no one code is right for, which the mart has not, and the baseline of 22 March 2013, in whose total the
-- publisher has 968 places of five prisons that were about to close and that its own lines no longer have.
with published as (
    select release_id, period_start, section, measure, max(value) as total
    from {{ ref('stg_moj__prison_population_monthly_establishment') }}
    where
        is_total and value is not null
        and measure in ('population', 'in_use_cna', 'baseline_cna', 'operational_capacity')
    group by release_id, period_start, section, measure
),

without_code as (
    select distinct release_id
    from {{ ref('stg_moj__prison_population_monthly_establishment') }}
    where not is_total and prison_code is null
),

with_removal_centre as (
    select distinct release_id
    from {{ ref('stg_moj__prison_population_monthly_establishment') }}
    where section = 'immigration_removal_centre'
),

of_prisons as (
    select published.*
    from published
    left join with_removal_centre on published.release_id = with_removal_centre.release_id
    where published.section = 'prison' or (published.section = 'all' and with_removal_centre.release_id is null)
),

added as (
    select release_id, period_start, measure_id, sum(value) as total
    from {{ ref('prison_profile') }}
    where source_id = 'moj_prison_population_monthly' and period_type = 'day'
    group by release_id, period_start, measure_id
)

select of_prisons.release_id, of_prisons.section, of_prisons.measure, of_prisons.total, added.total as added
from of_prisons
left join added
    on
        of_prisons.release_id = added.release_id
        and of_prisons.period_start = added.period_start
        and of_prisons.measure = added.measure_id
left join without_code on of_prisons.release_id = without_code.release_id
where
    without_code.release_id is null
    and not (of_prisons.period_start = cast('2013-03-22' as date) and of_prisons.measure = 'baseline_cna')
    and (added.total is null or abs(of_prisons.total - added.total) > 0.5)
