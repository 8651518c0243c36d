-- The measures of the Local Authority Interactive Tool that are of children in or near the justice system.
with lait as (select * from {{ ref('stg_dfe__lait_figure') }}),

area as (select * from {{ ref('int_area') }}),

-- Kinds of year are the dictionary's, which says financial year where a label such as 2024 has no day of its own.
measure as (
    select
        'FirstYJS' as measure_code, 'fte_youth_rate_lait' as indicator_id, 'calendar_year' as period_type,
        '10-17' as age_band, cast(null as {{ text_type() }}) as note
    union all
    select
        'YJS_Caution-Sentence10-17_YO', 'children_cautioned_sentenced_rate', 'financial_year', '10-17',
        cast(null as {{ text_type() }})
    union all
    select
        'ReoffYO', 'youth_reoffending_10_14', 'cohort_year', '10-14',
        'The tool''s dictionary says ages 10 to 14; its methodology says 10 to 17.'
    union all
    select
        'ReoffYO15-17', 'youth_reoffending_15_17', 'cohort_year', '15-17', cast(null as {{ text_type() }})
    union all
    select
        'LAC_Convictions', 'cla_convicted_cautioned_lait', 'financial_year', '10-17', cast(null as {{ text_type() }})
    union all
    select
        'LACSubstance', 'cla_substance_misuse_lait', 'financial_year', 'All ages', cast(null as {{ text_type() }})
    union all
    select
        'Children_missing', 'cla_missing', 'financial_year', 'All ages', cast(null as {{ text_type() }})
    union all
    select
        'CareLeaverEET', 'care_leavers_in_education_or_work', 'financial_year', '19-21',
        cast(null as {{ text_type() }})
    union all
    select
        'CareLeavers_LA_NotInTouch', 'care_leavers_not_in_touch', 'financial_year', '19-21',
        cast(null as {{ text_type() }})
)

select
    measure.indicator_id,
    lait.area_code,
    measure.period_type,
    coalesce(
        lait.period_start,
        cast(cast(lait.last_year - 1 as {{ text_type() }}) || '-04-01' as date)
    ) as period_start,
    coalesce(lait.period_end, cast(cast(lait.last_year as {{ text_type() }}) || '-03-31' as date)) as period_end,
    'persons' as sex,
    measure.age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    lait.value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(null as double) as numerator,
    cast(null as double) as numerator_low,
    cast(null as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    lait.status,
    lait.release_id,
    measure.note
from lait
inner join measure on lait.measure_code = measure.measure_code
left join area on lait.area_code = area.area_code
where
    -- An extract repeats figures of the store; inner and outer London are no areas here.
    not lait.is_extract
    and lait.area_level <> 'sub_region'
    -- A hyphen beside an authority that was not there in that year is no missing figure.
    and (
        lait.value is not null
        or (
            coalesce(area.valid_from, cast('1900-01-01' as date))
            <= cast(cast(lait.last_year as {{ text_type() }}) || '-03-31' as date)
            and coalesce(area.valid_to, cast('2999-12-31' as date))
            >= cast(cast(lait.last_year as {{ text_type() }}) || '-03-31' as date)
        )
    )
