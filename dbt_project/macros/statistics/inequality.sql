{#-
  The slope and relative index of inequality of each set of groups: a query with one row for each set.

  relation         a relation or the name of a CTE above, one row for each group (deprivation decile) of each set
  partition_by     the columns that make a set, a list
  rank             what orders the groups: 1 for the most deprived
  value            the group's figure
  population       the people in the group
  standard_error   of the figure, in its unit; standard_error() makes it from limits

  Columns: those of partition_by; group_count; fitted_most_deprived and fitted_least_deprived (the line at the two
  ends of the ranking); slope_index (least less most deprived, in the figure's unit: negative where the deprived have
  more) with slope_index_lower_95, _upper_95, _lower_998 and _upper_998; relative_index (least over most deprived)
  with the same four. All null where there are fewer than five groups, or one lacks a figure, its standard error or a
  population; the relative index also where an end of the line is not above nought.

  A regression of the figure on the group's relative rank (the middle of its share of the population, cumulated),
  weighted by its share: Low A, Low A. Measuring the gap: quantifying and comparing local health inequalities. J
  Public Health 2004;26:388-95; OHID, Fingertips Public Health Technical Guidance; PHEindicatormethods::phe_sii, which
  gives the same slope. The limits are not theirs: they simulate each group's figure 100,000 times and refit; here the
  standard error of the slope follows from the groups' own, sqrt(sum(k^2 * se^2)), as the slope is a weighted sum of
  the figures. For normal errors the simulation tends to just these limits; phe_sii draws rates and proportions on the
  log and logit scales, which gives limits that are a little askew. The limits of the relative index are symmetric on
  the log scale (delta method).
-#}
{% macro slope_index(relation, partition_by, rank, value, population, standard_error) -%}
    {%- set set_columns = partition_by | join(', ') -%}
    select
        {{ set_columns }},
        group_count,
        case when _is_usable then _mean - _slope / 2.0 end as fitted_most_deprived,
        case when _is_usable then _mean + _slope / 2.0 end as fitted_least_deprived,
        case when _is_usable then _slope end as slope_index,
        {% for level, name in [(95, '95'), (99.8, '998')] -%}
        case
            when _is_usable then _slope - {{ normal_quantile(level) }} * _slope_error
        end as slope_index_lower_{{ name }},
        case
            when _is_usable then _slope + {{ normal_quantile(level) }} * _slope_error
        end as slope_index_upper_{{ name }},
        {% endfor -%}
        case when _has_ratio then (_mean + _slope / 2.0) / (_mean - _slope / 2.0) end as relative_index,
        {% for level, name in [(95, '95'), (99.8, '998')] -%}
        case
            when _has_ratio
                then (_mean + _slope / 2.0) / (_mean - _slope / 2.0) * exp(-{{ normal_quantile(level) }} * _ratio_error)
        end as relative_index_lower_{{ name }},
        case
            when _has_ratio
                then (_mean + _slope / 2.0) / (_mean - _slope / 2.0) * exp({{ normal_quantile(level) }} * _ratio_error)
        end as relative_index_upper_{{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from (
        select
            {{ set_columns }},
            count(*) as group_count,
            count(*) >= 5 and count(*) = count(_y * _se * _share) as _is_usable,
            count(*) >= 5 and count(*) = count(_y * _se * _share)
            and min(_mean - abs(_slope) / 2.0) > 0 as _has_ratio,
            max(_mean) as _mean,
            max(_slope) as _slope,
            sqrt(sum(power(_share * _x * _se / _spread, 2))) as _slope_error,
            sqrt(sum(case
                when _mean - abs(_slope) / 2.0 > 0 then power(
                    _se * _share * (
                        (1.0 + _x / (2.0 * _spread)) / (_mean + _slope / 2.0)
                        - (1.0 - _x / (2.0 * _spread)) / (_mean - _slope / 2.0)
                    ), 2
                )
            end)) as _ratio_error
        from (
            select
                {{ set_columns }},
                _share,
                _x,
                _y,
                _se,
                nullif(sum(_share * _x * _x) over (partition by {{ set_columns }}), 0) as _spread,
                sum(_share * _y) over (partition by {{ set_columns }}) as _mean,
                sum(_share * _x * _y) over (partition by {{ set_columns }})
                / nullif(sum(_share * _x * _x) over (partition by {{ set_columns }}), 0) as _slope
            from (
                select
                    {{ set_columns }},
                    _y,
                    _se,
                    _people / _total as _share,
                    (_cumulated - _people / 2.0) / _total - 0.5 as _x
                from (
                    select
                        {{ set_columns }},
                        {{ as_double(value) }} as _y,
                        {{ as_double(standard_error) }} as _se,
                        case when {{ population }} > 0 then {{ as_double(population) }} end as _people,
                        sum({{ as_double(population) }}) over (partition by {{ set_columns }}) as _total,
                        sum({{ as_double(population) }}) over (
                            partition by {{ set_columns }} order by {{ rank }}
                            rows between unbounded preceding and current row
                        ) as _cumulated
                    from {{ relation }}
                ) as counted
            ) as ranked
        ) as fitted
        group by {{ set_columns }}
    ) as summed
{%- endmacro %}
