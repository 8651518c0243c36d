-- People in prison on a day, as the quarterly statistics have them: everybody, by age and by why they are held; the
-- share on remand and the share aged 50 and over.
with population as (
    select
        release_id,
        series,
        -- The copyist's day of the first projections; the figures are those of the month's end, as another series
        -- shows.
        case
            when series = 'population_at_projection_base' and period_end = date '2017-06-01' then date '2017-06-30'
            else period_end
        end as counted_on,
        sex,
        age_band,
        custody_type,
        value,
        status,
        case
            when series = 'population_at_projection_base'
                then
                    'As the population projections have it, which can be a few people off the quarterly bulletin.'
        end as note
    from {{ ref('stg_moj__offender_management_population') }}
),

remand_share as (
    select * from {{ ref('stg_moj__offender_management_remand_share') }}
),

sentenced_by_offence as (
    select * from {{ ref('stg_moj__prison_population_monthly_sentenced_by_offence') }}
),

everybody as (
    select * from population
    where age_band = 'all' and custody_type = 'all'
),

-- The parts of the population that have a share of it.
part as (
    select
        population.*,
        case when population.custody_type = 'remand' then 'remand_share' else 'prisoners_aged_50_plus' end
            as indicator_id
    from population
    where population.custody_type = 'remand' or population.age_band = '50+'
),

figure as (
    select
        'prison_population' as indicator_id,
        counted_on,
        sex,
        age_band,
        case when custody_type <> 'all' then 'custody type' end as category_type,
        case when custody_type <> 'all' then replace(custody_type, '_', ' ') end as category,
        cast(null as double) as value,
        value as numerator,
        cast(null as double) as denominator,
        status,
        release_id,
        note
    from population
    union all
    select
        case custody_type
            when 'all' then 'imprisonment_rate'
            when 'remand' then 'remand_population'
            else 'recall_population'
        end as indicator_id,
        counted_on,
        sex,
        age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        cast(null as double) as value,
        value as numerator,
        cast(null as double) as denominator,
        status,
        release_id,
        note
    from population
    where custody_type in ('all', 'remand', 'recall') and age_band = 'all'
    union all
    select
        part.indicator_id,
        part.counted_on,
        part.sex,
        -- Being 50 and over is what the indicator counts, and everybody is whom it is of.
        'all' as age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        cast(null as double) as value,
        part.value as numerator,
        everybody.value as denominator,
        part.status,
        part.release_id,
        part.note
    from part
    left join everybody
        on
            part.release_id = everybody.release_id
            and part.series = everybody.series
            and part.counted_on = everybody.counted_on
            and part.sex = everybody.sex
    union all
    -- The share of everybody that ONS works out is that of the counts, which are left to speak for the days that they
    -- have.
    select
        'remand_share' as indicator_id,
        remand_share.period_end as counted_on,
        remand_share.sex,
        remand_share.age_band,
        case when remand_share.nationality <> 'all' then 'nationality' end as category_type,
        case when remand_share.nationality <> 'all' then replace(remand_share.nationality, '_', ' ') end as category,
        remand_share.value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        remand_share.status,
        remand_share.release_id,
        cast(null as {{ text_type() }}) as note
    from remand_share
    where
        not (remand_share.sex = 'all' and remand_share.age_band = 'all' and remand_share.nationality = 'all')
        or not exists (
            select 1 from part
            where part.indicator_id = 'remand_share' and part.counted_on = remand_share.period_end
        )
    union all
    select
        'sentenced_population' as indicator_id,
        period_end as counted_on,
        sex,
        'all' as age_band,
        'offence group' as category_type,
        offence as category,
        cast(null as double) as value,
        value as numerator,
        cast(null as double) as denominator,
        status,
        release_id,
        cast(null as {{ text_type() }}) as note
    from sentenced_by_offence
    union all
    select
        'sentenced_population' as indicator_id,
        period_end as counted_on,
        sex,
        'all' as age_band,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        cast(null as double) as value,
        case when count(value) = count(*) then sum(value) end as numerator,
        cast(null as double) as denominator,
        case when count(value) = count(*) then 'observed' else 'not_available' end as status,
        release_id,
        'All groups of offence added, those not recorded among them; the file has no total.' as note
    from sentenced_by_offence
    group by period_end, sex, release_id
)

select
    indicator_id,
    'K04000001' as area_code,
    'day' as period_type,
    counted_on as period_start,
    counted_on as period_end,
    case when sex = 'all' then 'persons' else sex end as sex,
    case when age_band = 'all' then 'All ages' else age_band end as age_band,
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
    note
from figure
