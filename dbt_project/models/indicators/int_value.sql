-- Every figure with its place and its release: from when to when it was the one known, and whether it still is.
with figure as (
    select rate.*, indicator.source_id
    from {{ ref('int_rate') }} as rate
    inner join {{ ref('int_indicator') }} as indicator on rate.indicator_id = indicator.indicator_id
),

-- Where no day of publication is known, a series that goes on longer was published later.
covered as (
    select source_id, indicator_id, release_id, max(period_end) as covers_to
    from figure
    group by source_id, indicator_id, release_id
),

dated as (
    select
        figure.*,
        release.published_on,
        release.retrieved_at,
        covered.covers_to,
        coalesce(release.published_on, cast(release.retrieved_at as date)) as known_from
    from figure
    inner join covered
        on
            figure.source_id = covered.source_id
            and figure.indicator_id = covered.indicator_id
            and figure.release_id = covered.release_id
    left join {{ ref('stg_rebalance__release') }} as release
        on figure.source_id = release.source_id and figure.release_id = release.release_id
),

ranked as (
    select
        *,
        row_number() over newest as age_rank,
        -- The first day on which any later release was known, so that on each day one release of a figure holds.
        min(known_from) over (newest rows between unbounded preceding and 1 preceding) as known_to
    from dated
    window newest as (
        partition by {{ figure_key() | join(', ') }}
        order by published_on desc nulls last, covers_to desc, retrieved_at desc, release_id desc
    )
)

select
    ranked.indicator_id,
    ranked.area_code,
    area.area_name,
    area.area_level,
    ranked.as_published_area_code,
    ranked.carried_by,
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
    ranked.lower_998,
    ranked.upper_998,
    ranked.possible_low,
    ranked.possible_high,
    ranked.numerator,
    ranked.denominator,
    ranked.unit,
    ranked.status,
    ranked.method,
    ranked.source_id,
    ranked.release_id,
    ranked.published_on,
    ranked.retrieved_at,
    ranked.known_from,
    ranked.known_to,
    ranked.age_rank = 1 as is_latest_release,
    ranked.note
from ranked
inner join {{ ref('int_area') }} as area on ranked.area_code = area.area_code
