-- What the offences recorded in a financial year had come to by the day of publication: the share of all offences of
-- the year, those not yet assigned an outcome among them. Only years with all four quarters.
{%- set wanted = [
    ('outcome_charged_share', "outcome_group like 'charged%'"),
    ('outcome_out_of_court_share', "outcome_group like 'out-of-court%'"),
    ('outcome_community_resolution_share', "outcome_type = '8'"),
    ('outcome_victim_not_supporting_share', "outcome_type in ('14', '16')"),
    ('outcome_no_suspect_share', "outcome_type = '18'"),
] %}

with outcome as (
    select
        release_id,
        area_code,
        financial_year,
        financial_quarter,
        period_start,
        period_end,
        offence_group,
        lower(offence_subgroup) as offence_subgroup,
        lower(outcome_group) as outcome_group,
        upper(outcome_type) as outcome_type,
        value
    from {{ ref('stg_ho__crime_outcomes') }}
    where
        measure = 'outcomes_for_offences_recorded_in_quarter'
        and lower(offence_group) not like 'fraud%'
),

whole_year as (
    select
        release_id, coalesce(area_code, 'BTP') as area_code, financial_year,
        min(period_start) as period_start,
        max(period_end) as period_end
    from outcome
    group by release_id, coalesce(area_code, 'BTP'), financial_year
    having count(distinct financial_quarter) = 4
),

force_count as (
    select {{ country_of('pfa_code') }} as country_code, count(distinct pfa_code) as forces
    from {{ ref('police_force') }}
    where pfa_code is not null
    group by {{ country_of('pfa_code') }}
),

-- Countries of which all forces are there: with the British Transport Police, England and Wales is whole.
whole_country as (
    select whole_year.release_id, whole_year.financial_year, force_count.country_code
    from whole_year
    inner join force_count on {{ country_of('whole_year.area_code') }} = force_count.country_code
    where whole_year.area_code <> 'BTP'
    group by whole_year.release_id, whole_year.financial_year, force_count.country_code
    having count(*) = max(force_count.forces)
),

whole_of_both as (
    select release_id, financial_year
    from whole_year
    group by release_id, financial_year
    having count(*) = (select sum(force_count.forces) + 1 from force_count)
),

-- Each area with the forces whose outcomes make it.
area_part as (
    select release_id, financial_year, period_start, period_end, area_code, area_code as part
    from whole_year
    where area_code <> 'BTP'
    union all
    select
        member.release_id,
        member.financial_year,
        member.period_start,
        member.period_end,
        whole_country.country_code as area_code,
        member.area_code as part
    from whole_year as member
    inner join whole_country
        on
            member.release_id = whole_country.release_id
            and member.financial_year = whole_country.financial_year
            and {{ country_of('member.area_code') }} = whole_country.country_code
    where member.area_code <> 'BTP'
    union all
    select
        body.release_id,
        body.financial_year,
        body.period_start,
        body.period_end,
        'K04000001' as area_code,
        body.area_code as part
    from whole_year as body
    inner join whole_of_both
        on
            body.release_id = whole_of_both.release_id
            and body.financial_year = whole_of_both.financial_year
),

by_group as (
    select
        area_part.release_id,
        area_part.area_code,
        area_part.period_start,
        area_part.period_end,
        outcome.offence_group,
        outcome.offence_subgroup,
        outcome.outcome_group,
        outcome.outcome_type,
        sum(outcome.value) as offences
    from area_part
    inner join outcome
        on
            area_part.release_id = outcome.release_id
            and area_part.financial_year = outcome.financial_year
            and area_part.part = coalesce(outcome.area_code, 'BTP')
    group by
        area_part.release_id,
        area_part.area_code,
        area_part.period_start,
        area_part.period_end,
        outcome.offence_group,
        outcome.offence_subgroup,
        outcome.outcome_group,
        outcome.outcome_type
),

-- A share is given for all offences and for each group of them.
by_category as (
    select
        release_id, area_code, period_start, period_end, outcome_group, outcome_type, offence_subgroup, offences,
        cast(null as {{ text_type() }}) as category
    from by_group
    union all
    select
        release_id, area_code, period_start, period_end, outcome_group, outcome_type, offence_subgroup, offences,
        offence_group as category
    from by_group
),

share as (
    {%- for indicator_id, condition in wanted %}
        select
            '{{ indicator_id }}' as indicator_id,
            release_id, area_code, period_start, period_end, category,
            sum(case when {{ condition }} then offences else 0 end) as numerator,
            sum(offences) as denominator
        from by_category
        group by release_id, area_code, period_start, period_end, category
        union all
    {%- endfor %}
    select
        'drug_possession_out_of_court_share' as indicator_id,
        release_id, area_code, period_start, period_end, category,
        sum(case when outcome_group like 'out-of-court%' then offences else 0 end) as numerator,
        sum(offences) as denominator
    from by_category
    where category is null and offence_subgroup = 'possession of drugs'
    group by release_id, area_code, period_start, period_end, category
    union all
    -- A file without outcome 22 is of a time when it was not in use: no figure, rather than nought.
    select
        'diversion_share' as indicator_id,
        release_id, area_code, period_start, period_end, category,
        sum(case when outcome_type = '22' then offences else 0 end) as numerator,
        sum(offences) as denominator
    from by_category
    where
        category is null
        and (outcome_type = '22' or outcome_group like 'charged%' or outcome_group like 'out-of-court%')
        and exists (
            select 1
            from outcome
            where
                outcome.release_id = by_category.release_id
                and outcome.outcome_type = '22'
                and outcome.period_start between by_category.period_start and by_category.period_end
        )
    group by release_id, area_code, period_start, period_end, category
)

select
    indicator_id,
    area_code,
    'financial_year' as period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    case when category is not null then 'offence group' end as category_type,
    category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(numerator as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(denominator as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    'observed' as status,
    release_id,
    case
        when area_code = 'K04000001'
            then 'Sum of all forces and the British Transport Police: the file has no total.'
        when area_code in ('E92000001', 'W92000004') then 'Sum of all forces of the country: the file has no total.'
    end as note
from share
where denominator > 0
