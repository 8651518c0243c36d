-- People proven to have reoffended within a year of entering a cohort, and their reoffences. The old measure, of
-- cohorts of twelve months, is indicators of its own. Of the new one, cohorts of three months and years made of four of
-- these are told apart by the kind of period, and so are those before October 2015, when the source of the data
-- changed: none is a later figure of another.
with national as (
    select * from {{ ref('stg_moj__proven_reoffending_national') }}
),

rate as (
    select *
    from {{ ref('stg_moj__proven_reoffending_rate') }}
    where breakdown = 'index_offence'
),

breakdown as (
    select * from {{ ref('stg_moj__proven_reoffending_breakdown') }}
),

area as (
    select *
    from {{ ref('stg_moj__proven_reoffending_area') }}
    where area_code is not null
),

by_method as (
    select
        release_id,
        case
            when method = 'old' then 'old_measure'
            when period_type = 'quarter' then 'quarter'
            else 'year'
        end as cohort_kind,
        period_start,
        period_end,
        age_group,
        max(case when measure = 'offenders' then value end) as offenders,
        max(case when measure = 'reoffenders' then value end) as reoffenders,
        max(case when measure = 'reoffences' then value end) as reoffences,
        max(case when measure = 'reoffending_rate' then value end) as reoffending_rate,
        max(case when measure = 'adjusted_reoffending_rate' then value end) as adjusted_rate,
        max(case when measure = 'reoffences_per_reoffender' then value end) as reoffences_each,
        max(case when measure = 'adjusted_reoffending_rate' then status end) as adjusted_status,
        max(case when measure = 'reoffenders' then status end) as status
    from national
    group by release_id, method, period_type, period_start, period_end, age_group
),

-- Counts by area, by index disposal within an area, and by other groups of the whole. A unitary authority stands among
-- both kinds of authority, with one figure.
by_group as (
    select
        release_id,
        area_code,
        case when period_type = 'quarter' then 'quarter' else 'year' end as cohort_kind,
        period_start,
        period_end,
        age_group,
        case when index_disposal <> 'all' then 'index disposal' end as category_type,
        case when index_disposal <> 'all' then index_disposal end as category,
        max(case when measure = 'offenders' then value end) as offenders,
        max(case when measure = 'reoffenders' then value end) as reoffenders,
        max(case when measure = 'reoffences' then value end) as reoffences,
        max(case when measure = 'reoffenders' then status end) as status
    from area
    -- Kinds of area and what they are broken down by in one name; of those that are broken down further nothing is
    -- taken.
    where lower(category) like '% total' or lower(category) like '% by index disposal'
    group by release_id, area_code, period_type, period_start, period_end, age_group, index_disposal
    union all
    select
        release_id,
        'K04000001' as area_code,
        case when period_type = 'quarter' then 'quarter' else 'year' end as cohort_kind,
        period_start,
        period_end,
        age_group,
        lower(category) as category_type,
        case when index_disposal <> 'all' then index_disposal || ', ' else '' end
        || subcategory_1
        || case when subcategory_2 <> 'all' then ', ' || subcategory_2 else '' end as category,
        max(case when measure = 'offenders' then value end) as offenders,
        max(case when measure = 'reoffenders' then value end) as reoffenders,
        max(case when measure = 'reoffences' then value end) as reoffences,
        max(case when measure = 'reoffenders' then status end) as status
    from breakdown
    where category <> 'all'
    group by
        release_id,
        period_type,
        period_start,
        period_end,
        age_group,
        category,
        index_disposal,
        subcategory_1,
        subcategory_2
),

-- Everybody in an area is its adults and its juveniles, where a file has both and no total of them.
by_area as (
    select
        release_id, area_code, cohort_kind, period_start, period_end, age_group, category_type, category,
        offenders, reoffenders, reoffences, status,
        cast(null as {{ text_type() }}) as note
    from by_group
    union all
    select
        release_id,
        area_code,
        cohort_kind,
        period_start,
        period_end,
        'all' as age_group,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        case when count(offenders) = 2 then sum(offenders) end as offenders,
        case when count(reoffenders) = 2 then sum(reoffenders) end as reoffenders,
        case when count(reoffences) = 2 then sum(reoffences) end as reoffences,
        case when count(reoffenders) = 2 then 'observed' else 'not_available' end as status,
        'Adults and juveniles added; the file has no total of them.' as note
    from by_group
    where category_type is null
    group by release_id, area_code, cohort_kind, period_start, period_end
    having count(*) = 2 and min(age_group) = 'adult' and max(age_group) = 'juvenile'
),

cohort as (
    select
        release_id,
        'K04000001' as area_code,
        cohort_kind,
        period_start,
        period_end,
        age_group,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        offenders,
        reoffenders,
        reoffences,
        reoffending_rate,
        reoffences_each,
        status,
        cast(null as {{ text_type() }}) as note
    from by_method
    union all
    select
        release_id,
        area_code,
        cohort_kind,
        period_start,
        period_end,
        age_group,
        category_type,
        category,
        offenders,
        reoffenders,
        reoffences,
        cast(null as double) as reoffending_rate,
        cast(null as double) as reoffences_each,
        status,
        note
    from by_area
),

figure as (
    select
        case age_group
            when 'adult' then 'proven_reoffending_adult'
            when 'juvenile' then 'proven_reoffending_juvenile'
            else 'proven_reoffending_all'
        end as indicator_id,
        area_code,
        cohort_kind,
        period_start,
        period_end,
        age_group,
        category_type,
        category,
        reoffending_rate as value,
        reoffenders as numerator,
        offenders as denominator,
        status,
        release_id,
        note
    from cohort
    union all
    select
        'reoffences_per_reoffender' as indicator_id,
        area_code,
        cohort_kind,
        period_start,
        period_end,
        age_group,
        category_type,
        category,
        reoffences_each as value,
        reoffences as numerator,
        reoffenders as denominator,
        status,
        release_id,
        note
    from cohort
    union all
    select
        'proven_reoffending_adult_adjusted' as indicator_id,
        'K04000001' as area_code,
        cohort_kind,
        period_start,
        period_end,
        age_group,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        adjusted_rate as value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        coalesce(adjusted_status, 'missing') as status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from by_method
    where age_group = 'adult' and cohort_kind <> 'old_measure'
    union all
    -- Rates by index offence; their total is that of the national series, which has counts, and is taken where that has
    -- none.
    select
        case age_group
            when 'adult' then 'proven_reoffending_adult'
            when 'juvenile' then 'proven_reoffending_juvenile'
            else 'proven_reoffending_all'
        end as indicator_id,
        'K04000001' as area_code,
        case when period_type = 'quarter' then 'quarter' else 'year' end as cohort_kind,
        period_start,
        period_end,
        age_group,
        case when not is_total then 'index offence' end as category_type,
        case when not is_total then group_name end as category,
        100 * value as value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from rate
    where
        not is_total
        or not exists (
            select 1
            from by_method
            where
                by_method.cohort_kind = 'year'
                and by_method.period_start = rate.period_start
                and by_method.period_end = rate.period_end
                and by_method.age_group = rate.age_group
                and by_method.reoffending_rate is not null
        )
)

select
    indicator_id || case when cohort_kind = 'old_measure' then '_old_measure' else '' end as indicator_id,
    area_code,
    case
        when cohort_kind = 'old_measure' then 'cohort_year'
        when period_end < date '2015-10-01' then 'cohort_' || cohort_kind || '_to_2015'
        else 'cohort_' || cohort_kind
    end as period_type,
    period_start,
    period_end,
    'persons' as sex,
    case age_group when 'adult' then '18+' when 'juvenile' then '10-17' when 'child' then '10-17' else 'All ages' end
        as age_band,
    category_type,
    category,
    value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    case
        when cohort_kind <> 'old_measure' and period_start < date '2015-10-01' and period_end >= date '2015-10-01'
            then 'Part of the year is from before the source of the data changed in October 2015.'
        else note
    end as note
from figure
