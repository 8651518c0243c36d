{#-
  The steps of a path, each place and year: the figure that there is of each step, or why there is none. The steps come from
  different sources and count different people, so a step is never a share of the one before it; how many times one count goes into
  the one before is said as that.
-#}
{% macro steps_of_path(path) -%}
with step as (
    select * from {{ ref('pathway_step') }}
    where path = '{{ path }}'
),

headline as (
    select
        value.*,
        indicator.denominator_kind,
        {{ population_year('value.period_start', 'value.period_end') }} as aligned_year,
        -- Of parts of a year only shares are taken: a quarter's count is no year's.
        {{ period_type_rank('value.period_type') }} <= 4 or indicator.denominator_kind = 'own' as is_of_a_year
    from {{ ref('int_headline_value') }} as value
    inner join {{ ref('int_indicator') }} as indicator on value.indicator_id = indicator.indicator_id
    where value.indicator_id in (select step.indicator_id from step where step.indicator_id is not null)
),

-- Of periods with one middle year the one that ends last.
yearly as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by indicator_id, area_code, aligned_year
                order by case when value is null then 1 else 0 end, period_end desc, period_start
            ) as choice
        from headline
        where is_of_a_year
    ) as chosen
    where choice = 1
),

place_and_year as (
    select distinct area_code, area_name, area_level, aligned_year from yearly
),

offered as (
    select indicator_id, {{ listed('area_level', ', ') }} as area_levels
    from headline
    where value is not null and is_of_a_year
    group by indicator_id
),

offered_at as (
    select distinct indicator_id, area_level from headline
    where value is not null and is_of_a_year
),

offered_in_parts as (
    select distinct indicator_id from headline
    where value is not null and not is_of_a_year
),

placed as (
    select
        step.path,
        step.step_order,
        step.step_id,
        step.title,
        step.indicator_id,
        step.counts,
        step.who_has_it,
        place_and_year.area_code,
        place_and_year.area_name,
        place_and_year.area_level,
        place_and_year.aligned_year,
        yearly.period_type,
        yearly.period_start,
        yearly.period_end,
        yearly.numerator,
        {% for column, of_count in [
            ('denominator', 'resident.population'),
            ('value', '100000.0 * yearly.numerator / resident.population'),
            ('lower_95', '100000.0 * ' ~ byar_lower('yearly.numerator', 'limits.lower_95') ~ ' / resident.population'),
            ('upper_95', '100000.0 * ' ~ byar_upper('yearly.numerator', 'limits.upper_95') ~ ' / resident.population'),
            ('unit', "'per 100000 people'"),
        ] -%}
        case when yearly.denominator_kind = 'none' then {{ of_count }} else yearly.{{ column }} end as {{ column }},
        {% endfor -%}
        yearly.status,
        yearly.source_id,
        yearly.release_id,
        offered.area_levels,
        offered_at.area_level is not null as is_offered_at_level,
        offered.indicator_id is null and offered_in_parts.indicator_id is not null as is_of_parts_of_years
    from place_and_year
    cross join step
    left join yearly
        on
            step.indicator_id = yearly.indicator_id
            and place_and_year.area_code = yearly.area_code
            and place_and_year.aligned_year = yearly.aligned_year
    -- A count becomes a rate over the residents of the place.
    left join {{ ref('int_population_by_area') }} as resident
        on
            place_and_year.area_code = resident.area_code
            and place_and_year.aligned_year = resident.year
            and resident.sex = 'persons'
            and yearly.denominator_kind = 'none'
    left join {{ ref('poisson_limit') }} as limits on yearly.numerator = limits.observed
    left join offered on step.indicator_id = offered.indicator_id
    left join offered_in_parts on step.indicator_id = offered_in_parts.indicator_id
    left join offered_at
        on step.indicator_id = offered_at.indicator_id and place_and_year.area_level = offered_at.area_level
),

followed as (
    select
        *,
        lag(numerator) over steps as numerator_before,
        lag(step_id) over steps as step_before
    from placed
    window steps as (partition by area_code, aligned_year order by step_order)
)

select
    followed.area_code,
    followed.area_name,
    followed.area_level,
    followed.aligned_year,
    cast(followed.step_order as integer) as step_order,
    followed.step_id,
    followed.title,
    followed.indicator_id,
    followed.period_type,
    followed.period_start,
    followed.period_end,
    followed.numerator as people,
    followed.counts as people_are,
    followed.value as rate,
    followed.lower_95 as rate_lower_95,
    followed.upper_95 as rate_upper_95,
    followed.unit as rate_unit,
    followed.denominator,
    case when followed.numerator is not null and followed.numerator_before > 0 then followed.step_before end
        as step_before,
    followed.numerator / nullif(followed.numerator_before, 0) as times_step_before,
    {{ rate_ratio_lower('(followed.numerator / nullif(followed.numerator_before, 0))', 'followed.numerator', 'followed.numerator_before') }}
        as times_lower_95,
    {{ rate_ratio_upper('(followed.numerator / nullif(followed.numerator_before, 0))', 'followed.numerator', 'followed.numerator_before') }}
        as times_upper_95,
    coalesce(followed.status, 'not_available') as status,
    case
        when coalesce(followed.value, followed.numerator) is not null then null
        when followed.status = 'suppressed' then 'hidden_by_publisher'
        when followed.status is not null then 'not_published_for_place'
        when followed.is_of_parts_of_years then 'published_for_parts_of_years'
        when followed.indicator_id is null or followed.area_levels is null then 'no_data'
        when not followed.is_offered_at_level then 'not_published_at_this_level'
        else 'not_published_for_place_and_year'
    end as gap,
    case
        when coalesce(followed.value, followed.numerator) is not null then null
        when followed.status = 'suppressed' then 'The publisher hides a small count.'
        when followed.status is not null then 'The publisher gives no figure of this place.'
        when followed.is_of_parts_of_years then 'Published for parts of years, which are no year''s count.'
        when followed.indicator_id is null or followed.area_levels is null
            then 'No data at hand. Who has it: ' || followed.who_has_it || '.'
        when not followed.is_offered_at_level
            then
                'Published for ' || replace(followed.area_levels, '_', ' ') || ' alone. Who has it: '
                || followed.who_has_it || '.'
        else 'Published for such places, and not for this one in this year.'
    end as gap_note,
    followed.who_has_it,
    followed.source_id,
    followed.release_id
from followed
{%- endmacro %}
