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
  cannot see that. A year without a figure among the last five makes the trend incalculable, as in the package;
  Fingertips' own pages pass over such years, which is to be had by leaving their rows out of the relation.
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
        case when _is_usable then slope end as slope,
        case when _is_usable then chi_squared end as chi_squared,
        case
            when not _is_usable then 'cannot_be_calculated'
            when chi_squared > {{ threshold }} and _agreeing = points and slope > 0 then 'increasing'
            when chi_squared > {{ threshold }} and _agreeing = points and slope < 0 then 'decreasing'
            else 'no_significant_change'
        end as trend
    from (
        select
            {{ series }},
            count(*) as points,
            min(_point) as first_point,
            max(_point) as last_point,
            count(*) = {{ points }} and count(*) = count(_y) and max(slope) is not null as _is_usable,
            max(slope) as slope,
            max(chi_squared) as chi_squared,
            sum(case when slope * _slope_without > 0 then 1 else 0 end) as _agreeing
        from (
            select
                {{ series }},
                _point,
                _y,
                (_sum_w * _sum_wty - _sum_wt * _sum_wy) / nullif(_sum_w * _sum_wtt - _sum_wt * _sum_wt, 0) as slope,
                (
                    (_sum_w - _w) * (_sum_wty - _w * _t * _y) - (_sum_wt - _w * _t) * (_sum_wy - _w * _y)
                ) / nullif(
                    (_sum_w - _w) * (_sum_wtt - _w * _t * _t) - (_sum_wt - _w * _t) * (_sum_wt - _w * _t), 0
                ) as _slope_without,
                case
                    when _is_proportion then _sum_d * power(_sum_d * _sum_ct - _sum_c * _sum_dt, 2)
                    / nullif(_sum_c * (_sum_d - _sum_c) * (_sum_d * _sum_dtt - _sum_dt * _sum_dt), 0)
                    else power(_sum_w * _sum_wty - _sum_wt * _sum_wy, 2)
                    / nullif(_sum_w * (_sum_w * _sum_wtt - _sum_wt * _sum_wt), 0)
                end as chi_squared
            from (
                select
                    {{ series }},
                    _point,
                    _is_proportion,
                    _t,
                    _y,
                    _w,
                    {% for name, term in [
                        ('w', '_w'), ('wt', '_w * _t'), ('wtt', '_w * _t * _t'),
                        ('wy', '_w * _y'), ('wty', '_w * _t * _y'),
                        ('c', '_c'), ('ct', '_c * _t'), ('d', '_d'), ('dt', '_d * _t'), ('dtt', '_d * _t * _t'),
                    ] -%}
                    sum({{ term }}) over (partition by {{ series }}) as _sum_{{ name }}{{ ',' if not loop.last }}
                    {% endfor %}
                from (
                    select
                        {{ series }},
                        _point,
                        _is_proportion,
                        _t - avg(_t) over (partition by {{ series }}) as _t,
                        _c,
                        _d,
                        case
                            when _is_proportion then case when _c > 0 and _c < _d then ln(_c / (_d - _c)) end
                            when _upper_limit > _lower_limit then _figure
                        end as _y,
                        case
                            when _is_proportion then 1.0
                            when _upper_limit > _lower_limit
                                then 1.0 / power({{ standard_error('_lower_limit', '_upper_limit') }}, 2)
                        end as _w
                    from (
                        select
                            {{ series }},
                            {{ order_by }} as _point,
                            {{ is_proportion }} as _is_proportion,
                            {{ as_double(value) }} as _figure,
                            {{ as_double(lower) }} as _lower_limit,
                            {{ as_double(upper) }} as _upper_limit,
                            {{ as_double(numerator) }} as _c,
                            {{ as_double(denominator) }} as _d,
                            {% if time is none -%}
                            -cast(
                                row_number() over (partition by {{ series }} order by {{ order_by }} desc) as double
                            ) as _t,
                            {%- else -%}
                            {{ as_double(time) }} as _t,
                            {%- endif %}
                            row_number() over (partition by {{ series }} order by {{ order_by }} desc) as _age
                        from {{ relation }}
                    ) as numbered
                    where _age <= {{ points }}
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
