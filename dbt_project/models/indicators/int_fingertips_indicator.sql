-- What the publisher says of each indicator that has figures and no definition of ours, in its fullest published words.
with figure as (
    select indicator_id from {{ ref('int_figure_fingertips') }}
    union
    select indicator_id from {{ ref('int_figure_fingertips_next') }}
),

named as (
    select fingertips_id, max(indicator_name) as indicator_name
    from {{ ref('stg_ohid__fingertips') }}
    group by fingertips_id
),

with_figures as (
    select
        figure.indicator_id,
        cast(replace(figure.indicator_id, 'fingertips_', '') as integer) as fingertips_id
    from figure
    left join {{ ref('indicator_definition') }} as register on figure.indicator_id = register.indicator_id
    where register.indicator_id is null
),

published as (
    select
        definition.*,
        row_number() over (
            partition by definition.indicator_id
            order by
                -- The short lists have a name and a polarity alone.
                case when length(definition.definition) > 3 then 0 else 1 end,
                case when definition.unit_value is null then 1 else 0 end,
                {{ newest_first('definition') }}
        ) as choice
    from {{ ref('stg_ohid__fingertips_indicator_definition') }} as definition
    left join {{ ref('stg_rebalance__release') }} as release
        on definition.release_id = release.release_id and release.source_id = 'ohid_fingertips'
),

described as (
    select
        with_figures.indicator_id,
        with_figures.fingertips_id,
        coalesce(published.indicator_name, named.indicator_name) as title,
        case when length(published.definition) > 3 then published.definition end as definition,
        published.numerator_definition,
        published.denominator_definition,
        published.unit,
        published.value_type,
        published.better_when,
        case
            when published.unit_value is not null then published.unit_value
            when published.unit = '%' then 100
            when {{ matches('published.unit', 'per 1,?000') }} then 1000
            when {{ matches('published.unit', 'per 10,?000') }} then 10000
            when {{ matches('published.unit', 'per 100,?000') }} then 100000
        end as multiplier
    from with_figures
    left join named on with_figures.fingertips_id = named.fingertips_id
    left join published on with_figures.fingertips_id = published.indicator_id and published.choice = 1
)

select
    indicator_id,
    fingertips_id,
    coalesce(title, 'Fingertips indicator ' || cast(fingertips_id as {{ text_type() }})) as title,
    coalesce(definition, 'As Fingertips publishes it under this name; no words of its definition are at hand.')
        as definition,
    coalesce(numerator_definition, 'As published') as numerator,
    coalesce(denominator_definition, 'As published') as denominator,
    case
        when unit = '%' then 'percent'
        when {{ matches('unit', 'per 1,?000') }} then 'per 1000 people'
        when {{ matches('unit', 'per 10,?000') }} then 'per 10000 people'
        when {{ matches('unit', 'per 100,?000') }} then 'per 100000 people'
        when value_type = 'Score' then 'score'
        else lower(coalesce(nullif(unit, ''), value_type, 'as published'))
    end as unit,
    case when value_type in ('Proportion', 'Crude rate') then multiplier end as multiplier,
    case better_when
        when 'lower' then 'lower_is_better'
        when 'higher' then 'higher_is_better'
        else 'not_judged'
    end as polarity,
    case
        when value_type = 'Proportion' and multiplier is not null then 'wilson'
        when value_type = 'Crude rate' and multiplier is not null then 'byar'
        else 'none'
    end as recomputed_as
from described
