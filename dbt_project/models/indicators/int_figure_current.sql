-- Every figure on the codes that hold today. A code that was only renamed hands its figures on. Where former areas make
-- up one of today's, their counts are added, and the value is computed anew; rates are never averaged.
{%- set key = figure_key() -%}
{%- set others = key | reject('equalto', 'area_code') | list %}
{%- set counts = [
    'numerator', 'numerator_low', 'numerator_high', 'denominator', 'denominator_low', 'denominator_high',
] %}

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
        successor.former_level,
        successor.relation,
        successor.weight,
        successor.ended_on,
        successor.former_codes_of_area
    from figure
    inner join successor on figure.area_code = successor.former_code
),

-- A code that was given another, with nothing else changed. Two former codes of one place in one file are one figure.
renamed as (
    select
        moved.*,
        row_number() over (
            partition by {{ others | join(', ') }}, release_id, current_code
            order by ended_on desc, area_code desc
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
        {% for column in key %}{{ 'current_code as area_code' if column == 'area_code' else column }},
        {% endfor -%}
        value, lower_95, upper_95, {{ counts | join(', ') }}, status, release_id, note,
        area_code as as_published_area_code,
        'renamed' as carried_by
    from renamed
    where choice = 1
),

-- Former areas stood side by side as districts, and as upper tiers: a district of one tier was both.
beside as (
    select moved.*, 'districts' as stood_as, former_level <> 'upper_tier_local_authority' as says_how_many
    from moved
    where relation <> 'renamed' and former_level <> 'upper_tier_local_authority'
    union all
    select
        moved.*,
        'upper_tiers' as stood_as,
        former_level = 'upper_tier_local_authority' as says_how_many
    from moved
    where
        relation <> 'renamed'
        and (former_level = 'upper_tier_local_authority' or substr(area_code, 1, 3) in ('E06', 'E08', 'E09', 'W06'))
),

-- How many there were is said by the one of them that ended first.
told as (
    select
        *,
        min(case when says_how_many then ended_on end) over (
            partition by {{ others | join(', ') }}, release_id, current_code, stood_as
        ) as first_ended_on
    from beside
),

added as (
    select
        {% for column in key %}{{ 'current_code as area_code' if column == 'area_code' else column }},
        {% endfor -%}
        release_id,
        stood_as,
        count(*) as parts,
        max(case when says_how_many and ended_on = first_ended_on then former_codes_of_area end) as parts_of_area,
        max(case when weight < 1 then 1 else 0 end) = 1 as is_apportioned,
        {% for column in ['numerator', 'denominator'] -%}
            case when count({{ column }}) = count(*) then sum(weight * {{ column }}) end as {{ column }},
            {% for end in ['low', 'high'] -%}
                case
                    when
                        count({{ column }}_{{ end }}) > 0
                        and count(coalesce({{ column }}_{{ end }}, {{ column }})) = count(*)
                        then sum(weight * coalesce({{ column }}_{{ end }}, {{ column }}))
                end as {{ column }}_{{ end }},
            {% endfor -%}
        {% endfor -%}
        -- Of the statuses of the parts, the one that says most against the sum.
        min({{ status_rank('status') }}) as worst,
        {{ listed('area_code', ' + ') }} as as_published_area_code
    from told
    group by current_code, {{ others | join(', ') }}, release_id, stood_as
    -- One-tier districts alone are no set of upper tiers.
    having max(case when says_how_many then 1 else 0 end) = 1
),

judged as (
    select *, coalesce(parts = parts_of_area, false) as is_whole
    from added
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
            when numerator is not null and is_apportioned then 'estimated'
            else {{ status_of_rank('worst') }}
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
    from judged
),

-- What the publisher itself gives on today's codes goes before a renamed code's figure, and that before a sum.
preferred as (
    select
        every_one.*,
        row_number() over (
            partition by {{ key | join(', ') }}, release_id
            order by
                case carried_by
                    when 'as_published' then 1 when 'renamed' then 2 when 'added' then 3 when 'apportioned' then 4
                    else 5
                end,
                as_published_area_code
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
