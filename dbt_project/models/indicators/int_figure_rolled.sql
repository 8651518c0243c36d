-- Figures of larger areas that a source does not publish, where its figures of all the districts (or all the upper
-- tiers) of such an area are counts: so that a force area has its health figures beside its justice ones. Whole sets
-- only, of one release.
{%- set key = figure_key() -%}
{%- set others = key | reject('equalto', 'area_code') | list %}

with figure as (
    select figure.*
    from {{ ref('int_figure_current') }} as figure
    inner join {{ ref('int_indicator') }} as indicator on figure.indicator_id = indicator.indicator_id
    where
        figure.category_type is null
        and (indicator.method in ('byar', 'wilson') or indicator.recomputed_as in ('byar', 'wilson'))
        and (figure.numerator is not null or figure.numerator_low is not null)
        and (figure.denominator is not null or indicator.denominator_kind <> 'own')
),

relation as (
    select child_code, child_level, parent_code, parent_level
    from {{ ref('int_area_relation') }}
    where
        vintage = (select max(newest.vintage) from {{ ref('int_area_relation') }} as newest)
        and child_level in ('local_authority_district', 'upper_tier_local_authority')
        and parent_level in (
            'upper_tier_local_authority',
            'community_safety_partnership',
            'police_force_area',
            'integrated_care_board',
            'region'
        )
        and child_code <> parent_code
        and is_exact
),

-- A parent with a child that it shares is left out: its sum would lack something.
parent as (
    select all_of.parent_code, all_of.parent_level, all_of.child_level, count(*) as children
    from {{ ref('int_area_relation') }} as all_of
    where all_of.vintage = (select max(newest.vintage) from {{ ref('int_area_relation') }} as newest)
    group by all_of.parent_code, all_of.parent_level, all_of.child_level
    having count(*) = sum(case when all_of.is_exact then 1 else 0 end)
),

summed as (
    select
        relation.parent_code as area_code,
        {% for column in others -%}
            figure.{{ column }},
        {% endfor -%}
        relation.child_level,
        figure.release_id,
        max(parent.children) as children,
        {% for column in ['numerator', 'denominator'] -%}
            case when count(figure.{{ column }}) = count(*) then sum(figure.{{ column }}) end as {{ column }},
            {% for end in ['low', 'high'] -%}
                case
                    when
                        count(figure.{{ column }}_{{ end }}) > 0
                        and count(coalesce(figure.{{ column }}_{{ end }}, figure.{{ column }})) = count(*)
                        then sum(coalesce(figure.{{ column }}_{{ end }}, figure.{{ column }}))
                end as {{ column }}_{{ end }},
            {% endfor -%}
        {% endfor -%}
        min({{ status_rank('figure.status') }}) as worst
    from figure
    inner join relation on figure.area_code = relation.child_code
    inner join parent on relation.parent_code = parent.parent_code and relation.child_level = parent.child_level
    group by
        {% for column in others -%}
            figure.{{ column }},
        {% endfor -%}
        relation.parent_code, relation.child_level, figure.release_id
    having count(*) = max(parent.children)
),

chosen as (
    select
        summed.*,
        row_number() over (
            partition by {{ key | join(', ') }}, release_id
            order by child_level
        ) as choice
    from summed
    -- What the publisher gives of the area itself, in whatever release, is not made again.
    where
        not exists (
            select 1
            from {{ ref('int_figure_current') }} as given
            where
                given.indicator_id = summed.indicator_id
                and given.area_code = summed.area_code
                and given.period_type = summed.period_type
                and given.period_start = summed.period_start
                and given.period_end = summed.period_end
        )
)

select
    {{ key | join(',\n    ') }},
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    numerator_low,
    numerator_high,
    denominator,
    denominator_low,
    denominator_high,
    {{ status_of_rank('worst') }} as status,
    release_id,
    'The sum of its ' || cast(children as {{ text_type() }})
    || case child_level when 'local_authority_district' then ' districts.' else ' upper-tier authorities.' end as note,
    cast(null as {{ text_type() }}) as as_published_area_code,
    'summed' as carried_by
from chosen
where choice = 1
union all
select
    {{ figure_columns() | join(',\n    ') }},
    as_published_area_code,
    carried_by
from {{ ref('int_figure_current') }}
