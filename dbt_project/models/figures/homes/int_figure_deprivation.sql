-- Summaries of the indices of deprivation by local authority, an edition each.
with deprivation as (
    select * from {{ ref('stg_mhclg__deprivation_local_authority') }}
    -- Tables that others compiled of the ministry's figures repeat them; the Welsh one is the only one of Wales.
    where compiled_by = 'ministry' or nation = 'wales'
),

wanted as (
    select
        'imd_average_score' as indicator_id, 'england' as nation, 'imd' as domain, 'average_score' as measure,
        1 as times
    union all
    select 'imd_average_rank', 'england', 'imd', 'average_rank', 1
    union all
    select 'imd_most_deprived_share', 'england', 'imd', 'proportion_most_deprived', 100
    union all
    select 'imd_extent', 'england', 'imd', 'extent', 100
    union all
    select 'deprivation_income_share', 'england', 'income', 'average_score', 100
    union all
    select 'deprivation_employment_share', 'england', 'employment', 'average_score', 100
    union all
    select 'deprivation_children_income_share', 'england', 'idaci', 'average_score', 100
    union all
    select 'deprivation_crime_score', 'england', 'crime', 'average_score', 1
    union all
    select 'deprivation_crime_most_deprived_share', 'england', 'crime', 'proportion_most_deprived', 100
    union all
    select 'deprivation_health_score', 'england', 'health', 'average_score', 1
    union all
    select 'deprivation_health_most_deprived_share', 'england', 'health', 'proportion_most_deprived', 100
    union all
    select 'deprivation_education_score', 'england', 'education', 'average_score', 1
    union all
    select 'wimd_most_deprived_share', 'wales', 'imd', 'proportion_most_deprived', 100
)

select
    wanted.indicator_id,
    deprivation.area_code,
    deprivation.period_type,
    deprivation.period_start,
    deprivation.period_end,
    'persons' as sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    wanted.times * deprivation.value as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(null as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    deprivation.status,
    deprivation.release_id,
    case
        when deprivation.nation = 'wales' then 'Computed by a third party from the small areas of the Welsh index.'
    end as note
from deprivation
inner join wanted
    on
        deprivation.nation = wanted.nation
        and deprivation.domain = wanted.domain
        and deprivation.measure = wanted.measure
