-- The offences of the groups come to all offences of an area and year, and no outcome of an area has more offences than
-- there are.
with outcome as (
    select * from {{ ref('int_figure_crime_outcome') }}
    where indicator_id like 'outcome_%'
),

by_area as (
    select
        release_id, indicator_id, area_code, period_start,
        max(case when category is null then denominator end) as offences,
        sum(case when category is not null then denominator end) as offences_of_groups,
        max(case when category is null then numerator end) as with_outcome,
        sum(case when category is not null then numerator end) as with_outcome_of_groups
    from outcome
    group by release_id, indicator_id, area_code, period_start
)

select *
from by_area
where
    offences <> offences_of_groups
    or with_outcome <> with_outcome_of_groups
    or with_outcome > offences
