-- Households that asked for help with homelessness, by quarter and by financial year where all four quarters are there.
with homelessness as (select * from {{ ref('stg_mhclg__homelessness') }}),

release as (
    select * from {{ ref('stg_rebalance__release') }}
    where source_id = 'mhclg_homelessness'
),

-- Where each indicator's count, its whole and the publisher's own rate stand.
wanted as (
    select
        'homeless_duty_owed_rate' as indicator_id, 'assessment' as measure, 'owed_a_duty' as category,
        'households_in_area' as whole, cast(null as {{ text_type() }}) as published
    union all
    select
        'homeless_prevention_duty_rate', 'assessment', 'owed_a_prevention_duty',
        'households_in_area', 'owed_a_prevention_duty_rate'
    union all
    select
        'homeless_relief_duty_rate', 'assessment', 'owed_a_relief_duty',
        'households_in_area', 'owed_a_relief_duty_rate'
    union all
    select
        'homeless_offending_history', 'support_need', 'offending_history', 'owed_a_duty',
        cast(null as {{ text_type() }})
    union all
    select
        'homeless_drug_dependency', 'support_need', 'drug_dependency', 'owed_a_duty', cast(null as {{ text_type() }})
    union all
    select
        'homeless_alcohol_dependency', 'support_need', 'alcohol_dependency', 'owed_a_duty',
        cast(null as {{ text_type() }})
    union all
    select
        'homeless_mental_health_history', 'support_need', 'mental_health_history', 'owed_a_duty',
        cast(null as {{ text_type() }})
    union all
    select
        'homeless_domestic_abuse', 'support_need', 'domestic_abuse', 'owed_a_duty', cast(null as {{ text_type() }})
    union all
    select
        'homeless_rough_sleeping_history', 'support_need', 'rough_sleeping_history', 'owed_a_duty',
        cast(null as {{ text_type() }})
    union all
    select
        'homeless_care_leaver_18_20', 'support_need', 'care_leaver_18_20', 'owed_a_duty',
        cast(null as {{ text_type() }})
    union all
    select
        'homeless_three_or_more_needs', 'support_need', 'three_or_more_support_needs', 'owed_a_duty',
        cast(null as {{ text_type() }})
    union all
    select
        'homeless_from_custody', 'accommodation_at_application', 'left_custody', 'owed_a_duty',
        cast(null as {{ text_type() }})
    union all
    select
        'homeless_rough_sleeping_at_application', 'accommodation_at_application', 'rough_sleeping', 'owed_a_duty',
        cast(null as {{ text_type() }})
    union all
    select
        'homeless_reason_left_custody', 'reason_for_loss', 'left_custody', 'owed_a_duty',
        cast(null as {{ text_type() }})
    union all
    select
        'homeless_referred_by_prison', 'referral', 'prison', 'referred', cast(null as {{ text_type() }})
    union all
    select
        'homeless_referred_by_probation', 'referral', 'probation', 'referred', cast(null as {{ text_type() }})
    union all
    select
        'homeless_referred_by_youth_custody', 'referral', 'youth_custody', 'referred', cast(null as {{ text_type() }})
    union all
    select
        'homeless_prevention_secured', 'outcome', 'secured_accommodation', 'prevention_ended',
        cast(null as {{ text_type() }})
    union all
    select
        'homeless_relief_secured', 'outcome', 'secured_accommodation', 'relief_ended', cast(null as {{ text_type() }})
),

placed as (
    select
        *,
        case when households in ('owed_prevention', 'owed_relief') then 1 else 0 end as is_of_one_duty,
        max(case when households = 'owed_prevention_or_relief' then 1 else 0 end) over (
            partition by release_id, area_code, period_start, measure, category
        ) as has_both_together
    from homelessness
    where collection = 'h_clic' and area_code is not null and unit = 'households'
),

counted as (
    select
        wanted.indicator_id,
        wanted.whole,
        wanted.published,
        placed.release_id,
        placed.area_code,
        placed.period_start,
        placed.period_end,
        -- Since mid-2020 some tables are for each duty apart: a count is both together, and not known without one.
        case when count(placed.value) = 1 + max(placed.is_of_one_duty) then sum(placed.value) end as numerator,
        count(*) as parts,
        max(case when placed.status = 'rounded' then 1 else 0 end) as holds_rounded,
        max(case when placed.status = 'suppressed' then 1 else 0 end) as holds_suppressed,
        min(case when placed.value is null then placed.status end) as why_unknown
    from placed
    inner join wanted on placed.measure = wanted.measure and placed.category = wanted.category
    where
        (placed.is_of_one_duty = 0 or placed.has_both_together = 0)
        and (wanted.whole <> 'prevention_ended' or placed.households = 'prevention_duty_ended')
        and (wanted.whole <> 'relief_ended' or placed.households = 'relief_duty_ended')
    group by
        wanted.indicator_id, wanted.whole, wanted.published, placed.release_id, placed.area_code,
        placed.period_start, placed.period_end
),

whole as (
    select
        release_id, area_code, period_start, period_end, value, status,
        case
            when measure = 'assessment' and category = 'owed_a_duty' then 'owed_a_duty'
            when measure = 'assessment' and category = 'households_in_area' then 'households_in_area'
            when measure = 'referral' and category = 'total' then 'referred'
            when households = 'prevention_duty_ended' and category = 'total' then 'prevention_ended'
            when households = 'relief_duty_ended' and category = 'total' then 'relief_ended'
        end as whole
    from homelessness
    where collection = 'h_clic' and area_code is not null
),

published as (
    select release_id, area_code, period_start, period_end, category, value from homelessness
    where measure = 'assessment' and unit = 'per 1,000 households' and area_code is not null
),

quarter as (
    select
        counted.indicator_id,
        counted.whole,
        counted.release_id,
        counted.area_code,
        counted.period_start,
        counted.period_end,
        published.value,
        counted.numerator,
        case
            when counted.numerator is not null and counted.holds_rounded = 1
                then greatest(counted.numerator - 5 * counted.parts, 0)
            when counted.numerator is null and counted.holds_suppressed = 1 then 0
        end as numerator_low,
        case
            when counted.numerator is not null and counted.holds_rounded = 1 then counted.numerator + 5 * counted.parts
            -- Fewer than five households of the authority have any support need.
            when counted.numerator is null and counted.holds_suppressed = 1 then 4
        end as numerator_high,
        -- The publisher counts the households of an area in thousands.
        case when counted.whole = 'households_in_area' then 1000 * whole.value else whole.value end as denominator,
        case when whole.status = 'rounded' then greatest(whole.value - 5, 0) end as denominator_low,
        case when whole.status = 'rounded' then whole.value + 5 end as denominator_high,
        case
            when counted.numerator is null then coalesce(counted.why_unknown, 'not_available')
            when counted.holds_rounded = 1 then 'rounded'
            else 'observed'
        end as status
    from counted
    left join whole
        on
            counted.whole = whole.whole
            and counted.release_id = whole.release_id
            and counted.area_code = whole.area_code
            and counted.period_start = whole.period_start
    left join published
        on
            counted.published = published.category
            and counted.release_id = published.release_id
            and counted.area_code = published.area_code
            and counted.period_start = published.period_start
),

ranked as (
    select
        quarter.*,
        row_number() over (
            partition by quarter.indicator_id, quarter.area_code, quarter.period_start
            order by {{ newest_first('quarter') }}
        ) as age_rank
    from quarter
    left join release on quarter.release_id = release.release_id
),

newest as (
    select
        *,
        case
            when extract(month from period_start) < 4 then extract(year from period_start) - 1
            else extract(year from period_start)
        end as first_year,
        row_number() over (
            partition by
                indicator_id, area_code,
                case
                    when extract(month from period_start) < 4 then extract(year from period_start) - 1
                    else extract(year from period_start)
                end
            order by period_start desc
        ) as from_last
    from ranked
    where age_rank = 1
),

financial_year as (
    select
        indicator_id,
        max(case when from_last = 1 then release_id end) as release_id,
        area_code,
        min(period_start) as period_start,
        max(period_end) as period_end,
        sum(numerator) as numerator,
        case when count(numerator_low) > 0 then sum(coalesce(numerator_low, numerator)) end as numerator_low,
        case when count(numerator_high) > 0 then sum(coalesce(numerator_high, numerator)) end as numerator_high,
        -- Households owed a duty are added up; those who live in the area are there in every quarter.
        case
            when whole = 'households_in_area' then max(case when from_last = 1 then denominator end)
            when count(denominator) = 4 then sum(denominator)
        end as denominator,
        case
            when whole <> 'households_in_area' and count(denominator_low) > 0
                then sum(coalesce(denominator_low, denominator))
        end as denominator_low,
        case
            when whole <> 'households_in_area' and count(denominator_high) > 0
                then sum(coalesce(denominator_high, denominator))
        end as denominator_high,
        max(status) as status
    from newest
    group by indicator_id, whole, area_code, first_year
    having count(numerator) = 4
),

figure as (
    select
        indicator_id, area_code, 'quarter' as period_type, period_start, period_end, value,
        numerator, numerator_low, numerator_high, denominator, denominator_low, denominator_high, status, release_id,
        case
            when numerator is not null and denominator is null
                then 'The publisher gave no number of households below the line for this quarter.'
        end as note
    from quarter
    union all
    select
        indicator_id, area_code, 'financial_year' as period_type, period_start, period_end,
        cast(null as double) as value,
        numerator, numerator_low, numerator_high, denominator, denominator_low, denominator_high, status, release_id,
        'Sum of four quarters, each of its newest release.' as note
    from financial_year
)

select
    indicator_id,
    area_code,
    period_type,
    period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    numerator_low,
    numerator_high,
    denominator,
    denominator_low,
    denominator_high,
    status,
    release_id,
    note
from figure
