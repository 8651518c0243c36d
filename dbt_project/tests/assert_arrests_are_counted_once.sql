-- Where the parts of a force's arrests are all known they come to the whole: men and women, offence groups, and ethnic
-- groups, whose whole is the denominator of their shares.
with arrest as (
    select * from {{ ref('int_figure_arrest') }}
    where indicator_id = 'arrest_rate'
),

whole as (
    select release_id, area_code, period_start, numerator
    from arrest
    where sex = 'persons' and category is null
),

by_part as (
    select
        release_id, area_code, period_start,
        case when category is not null then 'offence groups' else 'sexes' end as parts,
        sum(numerator) as numerator,
        count(*) - count(numerator) as unknown
    from arrest
    where category is not null or sex <> 'persons'
    group by release_id, area_code, period_start, case when category is not null then 'offence groups' else 'sexes' end
),

by_ethnic_group as (
    select
        release_id, area_code, period_start,
        max(denominator) as expected,
        sum(numerator) as found,
        count(*) - count(numerator) as unknown
    from {{ ref('int_figure_arrest_ethnicity') }}
    where indicator_id = 'arrest_ethnic_share'
    group by release_id, area_code, period_start
)

select whole.release_id, whole.area_code, whole.period_start, by_part.parts, whole.numerator, by_part.numerator as found
from whole
inner join by_part
    on
        whole.release_id = by_part.release_id
        and whole.area_code = by_part.area_code
        and whole.period_start = by_part.period_start
where by_part.unknown = 0 and whole.numerator <> by_part.numerator
union all
select release_id, area_code, period_start, 'ethnic groups' as parts, expected, found
from by_ethnic_group
where unknown = 0 and expected <> found
