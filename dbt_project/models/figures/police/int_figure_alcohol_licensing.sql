-- Licences on 31 March. The total of England and Wales is the publisher's headline figure, which has estimates for the
-- authorities that did not answer, to the nearest hundred; the total below its tables is only of those that did.
with by_authority as (
    select
        case
            when measure = 'Premises licences selling alcohol' then 'alcohol_premises_rate'
            when measure = 'Premises with 24-hour alcohol licences' then 'alcohol_24_hour_rate'
        end as indicator_id,
        area_code, period_start, period_end, value, status, release_id
    from {{ ref('stg_ho__alcohol_licensing_figure') }}
    where
        measure in ('Premises licences selling alcohol', 'Premises with 24-hour alcohol licences')
        and subject in ('licensable_activity', 'twenty_four_hour_licence')
        and premises_scope = 'all'
        and area_level = 'local_authority_district'
        and area_code is not null
),

-- The headline figures have the three kinds of premises that sell alcohol and not their sum.
headline_part as (
    select
        case
            when measure = 'Premises with 24-hour alcohol licences' then 'alcohol_24_hour_rate'
            else 'alcohol_premises_rate'
        end as indicator_id,
        period_start, period_end, release_id, value
    from {{ ref('stg_ho__alcohol_licensing_headline') }}
    where
        measure in (
            'Premises with 24-hour alcohol licences',
            'Premises licences on-sales of alcohol only',
            'Premises licences off-sales of alcohol only',
            'Premises licences both on- and off-sales of alcohol'
        )
),

headline as (
    select
        indicator_id, period_start, period_end, release_id,
        sum(value) as value,
        count(*) as parts,
        count(value) as known_parts
    from headline_part
    group by indicator_id, period_start, period_end, release_id
),

every_area as (
    select
        indicator_id, area_code, period_start, period_end, value, status, release_id,
        cast(null as double) as half_width,
        cast(null as {{ text_type() }}) as note
    from by_authority
    union all
    select
        indicator_id,
        'K04000001' as area_code,
        period_start,
        period_end,
        value,
        'estimated' as status,
        release_id,
        50 * parts as half_width,
        'Rounded to the nearest hundred, with the publisher''s estimates for authorities that did not answer.' as note
    from headline
    where parts = known_parts and parts = case when indicator_id = 'alcohol_24_hour_rate' then 1 else 3 end
)

select
    indicator_id,
    area_code,
    'day' as period_type,
    period_end as period_start,
    period_end,
    'persons' as sex,
    'All ages' as age_band,
    cast(null as {{ text_type() }}) as category_type,
    cast(null as {{ text_type() }}) as category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    cast(value as double) as numerator,
    cast(value - half_width as double) as numerator_low,
    cast(value + half_width as double) as numerator_high,
    cast(null as double) as denominator,
    cast(null as double) as denominator_low,
    cast(null as double) as denominator_high,
    status,
    release_id,
    note
from every_area
