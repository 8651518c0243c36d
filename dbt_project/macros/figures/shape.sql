{#-
  The columns of a figure, as every model of models/figures yields them and in that order; models/indicators describes them once,
  on int_figure. The first ten are what a figure is identified by, with release_id.
-#}
{% macro figure_columns() -%}
    {{ return([
        'indicator_id', 'area_code', 'period_type', 'period_start', 'period_end', 'sex', 'age_band', 'category_type', 'category',
        'value', 'lower_95', 'upper_95', 'numerator', 'numerator_low', 'numerator_high',
        'denominator', 'denominator_low', 'denominator_high', 'status', 'release_id', 'note',
    ]) }}
{%- endmacro %}


{#- What a figure is of: everything but the release. -#}
{% macro figure_key() -%}
    {{ return(figure_columns()[:9]) }}
{%- endmacro %}


{#-
  A model of plain counts of everybody, as figures: what it does not have is null. `has` names the columns of the shape, beyond
  indicator, place, period, numerator, status, release and note, that the model has.
-#}
{% macro counts_as_figures(model, has=[]) -%}
    (
        select
            {%- set counted = ['indicator_id', 'area_code', 'period_type', 'period_start', 'period_end', 'numerator', 'status', 'release_id', 'note'] %}
            {%- for column in figure_columns() %}
            {% if column in counted or column in has -%}
                {{ column }}
            {%- elif column == 'sex' -%}
                'persons' as sex
            {%- elif column == 'age_band' -%}
                'All ages' as age_band
            {%- elif column in ('category_type', 'category') -%}
                cast(null as {{ text_type() }}) as {{ column }}
            {%- else -%}
                cast(null as double) as {{ column }}
            {%- endif %}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ model }}
    )
{%- endmacro %}
