{#-
  The recent trend of each series of a relation, as Fingertips marks it: a query with one row for each series.

  relation        a relation or the name of a CTE above, one row for each point of each series
  partition_by    the columns that make a series, a list
  order_by        the column that orders its points, say period_end
  value, lower, upper       a figure and its 95% limits, for series that are not proportions
  numerator, denominator    counts, for series that are proportions
  is_proportion   a condition (SQL, of a row) that is true for series of proportions; the default is never
  time            a number (SQL, of a row) that says how far apart points are, such as a year; the default is their
                  order, as in Fingertips, which is right when no year is missing

  Columns: those of partition_by; points (how many were used, at most five); first_point and last_point (of order_by);
  slope (a year's, or a point's, change: of the logit for proportions, else in the figure's unit); chi_squared; trend.
  trend is increasing or decreasing where the five most recent points have a slope that is significant at 99.8%
  (chi-squared with one degree of freedom above 9.5495) and of one sign whichever single point is left out;
  no_significant_change where not; cannot_be_calculated where there are fewer than five points, or one of the five
  lacks a value or a limit, has limits that coincide, or, of a proportion, is nought or all of its denominator (it has
  no logit).

  Proportions: the chi-squared test for trend (Cochran WG. Some methods for strengthening the common chi-squared
  tests. Biometrics 1954;10:417-51; Armitage P. Tests for linear trends in proportions and frequencies. Biometrics
  1955;11:375-86), and the sign of the unweighted slope of the logit. Everything else: least squares weighted by the
  inverse of the squared standard error, which is taken from the 95% limits. OHID. Fingertips trend markers.
  Fingertips Public Health Technical Guidance; 2025; and PHEindicatormethods::assign_trend_markers. As there, give it
  years that do not overlap, without breaks in how the figure is made: not months, not rolling periods. The macro
  cannot see that.
-#}
{% macro recent_trend(
    relation, partition_by, order_by, value='null', lower='null', upper='null',
    numerator='null', denominator='null', is_proportion='false', time=none
) -%}
    {%- set series = partition_by | join(', ') -%}
    {%- set points = 5 -%}
    {%- set threshold = '9.54953570608324' -%}
    select
        {{ series }},
        points,
        first_point,
        last_point,
        case when is_usable then slope end as slope,
        case when is_usable then chi_squared end as chi_squared,
        case
            when not is_usable then 'cannot_be_calculated'
            when chi_squared > {{ threshold }} and agreeing = points and slope > 0 then 'increasing'
            when chi_squared > {{ threshold }} and agreeing = points and slope < 0 then 'decreasing'
            else 'no_significant_change'
        end as trend
    from (
        select
            {{ series }},
            count(*) as points,
            min(point) as first_point,
            max(point) as last_point,
            count(*) = {{ points }} and count(*) = count(y) and max(slope) is not null as is_usable,
            max(slope) as slope,
            max(chi_squared) as chi_squared,
            sum(case when slope * slope_without > 0 then 1 else 0 end) as agreeing
        from (
            select
                {{ series }},
                point,
                y,
                (sum_w * sum_wty - sum_wt * sum_wy) / nullif(sum_w * sum_wtt - sum_wt * sum_wt, 0) as slope,
                (
                    (sum_w - w) * (sum_wty - w * t * y) - (sum_wt - w * t) * (sum_wy - w * y)
                ) / nullif(
                    (sum_w - w) * (sum_wtt - w * t * t) - (sum_wt - w * t) * (sum_wt - w * t), 0
                ) as slope_without,
                case
                    when is_proportion then sum_d * power(sum_d * sum_ct - sum_c * sum_dt, 2)
                    / nullif(sum_c * (sum_d - sum_c) * (sum_d * sum_dtt - sum_dt * sum_dt), 0)
                    else power(sum_w * sum_wty - sum_wt * sum_wy, 2)
                    / nullif(sum_w * (sum_w * sum_wtt - sum_wt * sum_wt), 0)
                end as chi_squared
            from (
                select
                    {{ series }},
                    point,
                    is_proportion,
                    t,
                    y,
                    w,
                    {% for name, term in [
                        ('w', 'w'), ('wt', 'w * t'), ('wtt', 'w * t * t'), ('wy', 'w * y'), ('wty', 'w * t * y'),
                        ('c', 'c'), ('ct', 'c * t'), ('d', 'd'), ('dt', 'd * t'), ('dtt', 'd * t * t'),
                    ] -%}
                    sum({{ term }}) over (partition by {{ series }}) as sum_{{ name }}{{ ',' if not loop.last }}
                    {% endfor %}
                from (
                    select
                        {{ series }},
                        point,
                        is_proportion,
                        t - avg(t) over (partition by {{ series }}) as t,
                        c,
                        d,
                        case
                            when is_proportion then case when c > 0 and c < d then ln(c / (d - c)) end
                            when upper_limit > lower_limit then figure
                        end as y,
                        case
                            when is_proportion then 1.0
                            when upper_limit > lower_limit
                                then 1.0 / power({{ standard_error('lower_limit', 'upper_limit') }}, 2)
                        end as w
                    from (
                        select
                            {{ series }},
                            {{ order_by }} as point,
                            {{ is_proportion }} as is_proportion,
                            {{ as_double(value) }} as figure,
                            {{ as_double(lower) }} as lower_limit,
                            {{ as_double(upper) }} as upper_limit,
                            {{ as_double(numerator) }} as c,
                            {{ as_double(denominator) }} as d,
                            {% if time is none -%}
                            -cast(
                                row_number() over (partition by {{ series }} order by {{ order_by }} desc) as double
                            ) as t,
                            {%- else -%}
                            {{ as_double(time) }} as t,
                            {%- endif %}
                            row_number() over (partition by {{ series }} order by {{ order_by }} desc) as age
                        from {{ relation }}
                    ) as numbered
                    where age <= {{ points }}
                ) as recent
            ) as summed
        ) as fitted
        group by {{ series }}
    ) as tested
{%- endmacro %}


{#-
  What a trend of recent_trend means by a polarity: getting_better or getting_worse, or the trend itself where it is
  not_judged, has no significant change, or cannot be calculated.
-#}
{% macro judged_trend(trend, polarity) -%}
    (
        case
            when {{ polarity }} = 'higher_is_better' and {{ trend }} = 'increasing' then 'getting_better'
            when {{ polarity }} = 'higher_is_better' and {{ trend }} = 'decreasing' then 'getting_worse'
            when {{ polarity }} = 'lower_is_better' and {{ trend }} = 'increasing' then 'getting_worse'
            when {{ polarity }} = 'lower_is_better' and {{ trend }} = 'decreasing' then 'getting_better'
            else {{ trend }}
        end
    )
{%- endmacro %}
