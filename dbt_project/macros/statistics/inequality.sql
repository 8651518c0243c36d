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
        case when is_usable then mean - slope / 2.0 end as fitted_most_deprived,
        case when is_usable then mean + slope / 2.0 end as fitted_least_deprived,
        case when is_usable then slope end as slope_index,
        {% for level, name in [(95, '95'), (99.8, '998')] -%}
        case when is_usable then slope - {{ normal_quantile(level) }} * slope_error end as slope_index_lower_{{ name }},
        case when is_usable then slope + {{ normal_quantile(level) }} * slope_error end as slope_index_upper_{{ name }},
        {% endfor -%}
        case when has_ratio then (mean + slope / 2.0) / (mean - slope / 2.0) end as relative_index,
        {% for level, name in [(95, '95'), (99.8, '998')] -%}
        case
            when has_ratio
                then (mean + slope / 2.0) / (mean - slope / 2.0) * exp(-{{ normal_quantile(level) }} * ratio_error)
        end as relative_index_lower_{{ name }},
        case
            when has_ratio
                then (mean + slope / 2.0) / (mean - slope / 2.0) * exp({{ normal_quantile(level) }} * ratio_error)
        end as relative_index_upper_{{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from (
        select
            {{ set_columns }},
            count(*) as group_count,
            count(*) >= 5 and count(*) = count(y * se * share) as is_usable,
            count(*) >= 5 and count(*) = count(y * se * share)
            and min(mean - abs(slope) / 2.0) > 0 as has_ratio,
            max(mean) as mean,
            max(slope) as slope,
            sqrt(sum(power(share * x * se / spread, 2))) as slope_error,
            sqrt(sum(case
                when mean - abs(slope) / 2.0 > 0 then power(
                    se * share * (
                        (1.0 + x / (2.0 * spread)) / (mean + slope / 2.0)
                        - (1.0 - x / (2.0 * spread)) / (mean - slope / 2.0)
                    ), 2
                )
            end)) as ratio_error
        from (
            select
                {{ set_columns }},
                share,
                x,
                y,
                se,
                nullif(sum(share * x * x) over (partition by {{ set_columns }}), 0) as spread,
                sum(share * y) over (partition by {{ set_columns }}) as mean,
                sum(share * x * y) over (partition by {{ set_columns }})
                / nullif(sum(share * x * x) over (partition by {{ set_columns }}), 0) as slope
            from (
                select
                    {{ set_columns }},
                    y,
                    se,
                    people / total as share,
                    (cumulated - people / 2.0) / total - 0.5 as x
                from (
                    select
                        {{ set_columns }},
                        {{ as_double(value) }} as y,
                        {{ as_double(standard_error) }} as se,
                        case when {{ population }} > 0 then {{ as_double(population) }} end as people,
                        sum({{ as_double(population) }}) over (partition by {{ set_columns }}) as total,
                        sum({{ as_double(population) }}) over (
                            partition by {{ set_columns }} order by {{ rank }}
                            rows between unbounded preceding and current row
                        ) as cumulated
                    from {{ relation }}
                ) as counted
            ) as ranked
        ) as fitted
        group by {{ set_columns }}
    ) as summed
{%- endmacro %}
