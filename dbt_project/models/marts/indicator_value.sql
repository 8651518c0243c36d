with computed as (
    select
        rate.indicator_id,
        rate.area_code,
        rate.period_type,
        rate.period_start,
        rate.period_end,
        'persons' as sex,
        'All ages' as age_band,
        rate.category_type,
        rate.category,
        rate.value,
        rate.lower_95,
        rate.upper_95,
        rate.numerator,
        rate.denominator,
        rate.unit,
        rate.status,
        rate.method,
        indicator.source_id,
        rate.release_id,
        rate.note
    from {{ ref('int_rate') }} as rate
    inner join {{ ref('indicator_definition') }} as indicator on rate.indicator_id = indicator.indicator_id
),

published as (
    select
        indicator_id,
        area_code,
        period_type,
        period_start,
        period_end,
        sex,
        age_band,
        category_type,
        category,
        value,
        lower_95,
        upper_95,
        numerator,
        denominator,
        cast(null as {{ text_type() }}) as unit,
        status,
        'as_published' as method,
        'ohid_fingertips' as source_id,
        release_id,
        note
    from {{ ref('int_fingertips') }}
),

every_value as (
    select * from computed
    union all
    select * from published
),

-- Where no day of publication is known, a series that goes on longer was published later.
covered as (
    select source_id, indicator_id, release_id, max(period_end) as covers_to
    from every_value
    group by source_id, indicator_id, release_id
),

ranked as (
    select
        every_value.*,
        release.published_on,
        release.retrieved_at,
        row_number() over (
            partition by
                every_value.indicator_id, every_value.area_code, every_value.period_type, every_value.period_start,
                every_value.period_end, every_value.sex, every_value.age_band, every_value.category_type,
                every_value.category
            order by
                release.published_on desc nulls last, covered.covers_to desc, release.retrieved_at desc,
                every_value.release_id desc
        ) as age_rank
    from every_value
    inner join covered
        on
            every_value.source_id = covered.source_id
            and every_value.indicator_id = covered.indicator_id
            and every_value.release_id = covered.release_id
    left join {{ ref('stg_rebalance__release') }} as release
        on every_value.source_id = release.source_id and every_value.release_id = release.release_id
)

select
    ranked.indicator_id,
    ranked.area_code,
    area.area_name,
    area.area_level,
    ranked.period_type,
    ranked.period_start,
    ranked.period_end,
    ranked.sex,
    ranked.age_band,
    ranked.category_type,
    ranked.category,
    ranked.value,
    ranked.lower_95,
    ranked.upper_95,
    ranked.numerator,
    ranked.denominator,
    ranked.unit,
    ranked.status,
    ranked.method,
    ranked.source_id,
    ranked.release_id,
    ranked.published_on,
    ranked.retrieved_at,
    ranked.age_rank = 1 as is_latest_release,
    ranked.note
from ranked
left join {{ ref('area') }} as area on ranked.area_code = area.area_code
