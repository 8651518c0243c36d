{#- The newest figure of some indicators, of each place and group of people and kind of period: every column of int_value. -#}
{% macro newest_figures(indicator_ids) -%}
    select *
    from (
        select
            figure.*,
            row_number() over (
                partition by
                    indicator_id,
                    area_code,
                    sex,
                    age_band,
                    coalesce(category_type, ''),
                    coalesce(category, ''),
                    period_type
                order by period_end desc, source_id asc
            ) as age_rank
        from {{ ref('int_value') }} as figure
        where
            is_latest_release
            and indicator_id in ('{{ indicator_ids | join("', '") }}')
            and coalesce(numerator, figure.value) is not null
    ) as ranked
    where age_rank = 1
{%- endmacro %}
