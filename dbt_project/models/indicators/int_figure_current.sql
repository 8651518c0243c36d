-- Every figure on the codes that hold today. A code that was only renamed hands its figures on. Where former areas make up one of
-- today's, their counts are added, and the core computes the value anew; rates are never averaged.
{%- set key = figure_key() -%}
{%- set others = key | reject('equalto', 'area_code') | list %}
{%- set counts = ['numerator', 'numerator_low', 'numerator_high', 'denominator', 'denominator_low', 'denominator_high'] %}

with figure as (
    select * from {{ ref('int_figure') }}
),

successor as (
    select * from {{ ref('int_area_successor') }}
),

moved as (
    select
        figure.*,
        successor.area_code as current_code,
        successor.relation,
        successor.weight,
        successor.former_parts,
        successor.area_parts
    from figure
    inner join successor on figure.area_code = successor.former_code
),

-- A code that was given another, with nothing else changed. Two former codes of one place in one file are one figure.
renamed as (
    select
        moved.*,
        row_number() over (
            partition by {{ others | join(', ') }}, release_id, current_code
            order by area_code desc
        ) as choice
    from moved
    where relation = 'renamed'
),

whole as (
    select
        {{ key | join(', ') }}, value, lower_95, upper_95, {{ counts | join(', ') }}, status, release_id, note,
        area_code as as_published_area_code,
        'as_published' as carried_by
    from figure
    where not exists (select 1 from successor where successor.former_code = figure.area_code)
    union all
    select
        {% for column in key %}{{ 'current_code as area_code' if column == 'area_code' else column }}, {% endfor -%}
        value, lower_95, upper_95, {{ counts | join(', ') }}, status, release_id, note,
        area_code as as_published_area_code,
        'renamed' as carried_by
    from renamed
    where choice = 1
),

added as (
    select
        {% for column in key %}{{ 'current_code as area_code' if column == 'area_code' else column }}, {% endfor -%}
        release_id,
        -- Whole where the former areas are all there, each in the set once.
        sum(former_parts) = max(area_parts) as is_whole,
        max(case when weight < 1 then 1 else 0 end) = 1 as is_apportioned,
        sum(former_parts) as parts,
        max(area_parts) as area_parts,
        case when count(numerator) = count(*) then sum(weight * numerator) end as numerator,
        case when count(coalesce(numerator_low, numerator)) = count(*) and count(numerator_low) > 0
            then sum(weight * coalesce(numerator_low, numerator)) end as numerator_low,
        case when count(coalesce(numerator_high, numerator)) = count(*) and count(numerator_high) > 0
            then sum(weight * coalesce(numerator_high, numerator)) end as numerator_high,
        case when count(denominator) = count(*) then sum(weight * denominator) end as denominator,
        case when count(coalesce(denominator_low, denominator)) = count(*) and count(denominator_low) > 0
            then sum(weight * coalesce(denominator_low, denominator)) end as denominator_low,
        case when count(coalesce(denominator_high, denominator)) = count(*) and count(denominator_high) > 0
            then sum(weight * coalesce(denominator_high, denominator)) end as denominator_high,
        count(numerator) as known_numerators,
        -- Of the statuses of the parts, the one that says most against the sum.
        min(
            case status
                when 'suppressed' then '1 suppressed'
                when 'not_available' then '2 not_available'
                when 'missing' then '3 missing'
                when 'not_applicable' then '4 not_applicable'
                when 'low_reliability' then '5 low_reliability'
                when 'modelled' then '6 modelled'
                when 'estimated' then '7 estimated'
                when 'rounded' then '8 rounded'
                when 'provisional' then '9 provisional'
                when 'revised' then 'a revised'
                else 'b observed'
            end
        ) as worst,
        {{ listed('area_code', ' + ') }} as as_published_area_code
    from moved
    where relation <> 'renamed'
    group by current_code, {{ others | join(', ') }}, release_id
),

summed as (
    select
        {{ key | join(', ') }},
        cast(null as double) as value,
        cast(null as double) as lower_95,
        cast(null as double) as upper_95,
        {% for column in counts -%}
        case when is_whole then {{ column }} end as {{ column }},
        {% endfor -%}
        case
            when not is_whole then 'not_available'
            when numerator is null then substr(worst, 3, 20)
            when is_apportioned then 'estimated'
            else substr(worst, 3, 20)
        end as status,
        release_id,
        case
            when not is_whole
                then
                    'Not all of the former areas that make up this one were published ('
                    || as_published_area_code || ').'
            when is_apportioned
                then
                    'Former areas'' counts, shared out by population where an area was divided ('
                    || as_published_area_code || ').'
            else 'The sum of the former areas ' || as_published_area_code || '.'
        end as note,
        as_published_area_code,
        case when not is_whole then 'incomplete' when is_apportioned then 'apportioned' else 'added' end as carried_by
    from added
),

-- What the publisher itself gives on today's codes goes before what is added up here, and a renamed code's before a sum.
preferred as (
    select
        every_one.*,
        row_number() over (
            partition by {{ key | join(', ') }}, release_id
            order by
                case carried_by
                    when 'as_published' then 1 when 'renamed' then 2 when 'added' then 3 when 'apportioned' then 4
                    else 5
                end
        ) as choice
    from (
        select * from whole
        union all
        select
            {{ key | join(', ') }}, value, lower_95, upper_95, {{ counts | join(', ') }}, status, release_id, note,
            as_published_area_code, carried_by
        from summed
    ) as every_one
)

select
    {{ figure_columns() | join(',\n    ') }},
    as_published_area_code,
    carried_by
from preferred
where choice = 1
