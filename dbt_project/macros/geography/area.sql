{#- The country, England or Wales, of an area of England or Wales, from the first letter of its code. -#}
{% macro country_of(area_code) -%}
    case substr({{ area_code }}, 1, 1) when 'E' then 'E92000001' when 'W' then 'W92000004' end
{%- endmacro %}


{#-
  The relations from one level to another that a sum may go over: each child once in a vintage, in the one parent that it has.

  A parent with a child that sits in several parents is left out whole, because its sum would lack something. Use it in a join
  on (vintage, child_code); the sum of what it leaves out is for the caller to report.
-#}
{% macro relations_to_sum(child_level, parent_level) -%}
    (
        select relation.vintage, relation.child_code, relation.parent_code
        from {{ ref('int_area_relation') }} as relation
        where
            relation.child_level = '{{ child_level }}'
            and relation.parent_level = '{{ parent_level }}'
            and not exists (
                select 1
                from {{ ref('int_area_relation') }} as other
                where
                    other.vintage = relation.vintage
                    and other.parent_code = relation.parent_code
                    and other.child_level = '{{ child_level }}'
                    and not other.is_exact
            )
    )
{%- endmacro %}
