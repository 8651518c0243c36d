{#-
  Pearson's correlation of two measures over places, an aggregate: from -1 to 1.

  Places where one of the two is null are left out. Null for fewer than three pairs, and where a measure is the same
  in all.
-#}
{% macro pearson(x, y) -%}
    {%- set x = as_double(x) -%}
    {%- set y = as_double(y) -%}
    (
        case
            when
                count({{ x }} + {{ y }}) >= 3
                and min(case when {{ y }} is not null then {{ x }} end)
                < max(case when {{ y }} is not null then {{ x }} end)
                and min(case when {{ x }} is not null then {{ y }} end)
                < max(case when {{ x }} is not null then {{ y }} end)
                then corr({{ x }}, {{ y }})
        end
    )
{%- endmacro %}


{#-
  A measure's rank among those of its partition, ties sharing their mean rank: a window expression, null for a null.

  Spearman's correlation is pearson() of two such columns, made over pairs of which none is null (Spearman C. The
  proof and measurement of association between two things. Am J Psychol 1904;15:72-101). `partition_by` is a list of
  columns; they may be none.
-#}
{% macro average_rank(x, partition_by=[]) -%}
    (
        case
            when {{ x }} is not null
                then rank() over (
                    {{ 'partition by ' ~ (partition_by | join(', ')) if partition_by }}
                    order by case when {{ x }} is null then 1 else 0 end, {{ x }}
                )
                + (count(*) over (partition by {{ (partition_by + [x]) | join(', ') }}) - 1) / 2.0
        end
    )
{%- endmacro %}


{#-
  The lower limit of Pearson's correlation `r` over `pairs` places, by Fisher's z.

  tanh(atanh(r) - z / sqrt(pairs - 3)). Null for fewer than four pairs; -1 and 1 are their own limits. Fisher RA. On
  the "probable error" of a coefficient of correlation deduced from a small sample. Metron 1921;1:3-32. Places that
  lie side by side are not independent: the interval is narrower than it should be for them.
-#}
{% macro pearson_lower(r, pairs, level=95) -%}
    {{ fisher_limit(r, pairs, '1.0', level, '-') }}
{%- endmacro %}


{#- The upper limit of Pearson's correlation; see pearson_lower. -#}
{% macro pearson_upper(r, pairs, level=95) -%}
    {{ fisher_limit(r, pairs, '1.0', level, '+') }}
{%- endmacro %}


{#-
  The lower limit of Spearman's correlation `r` over `pairs` places: as pearson_lower, with the variance of Bonett DG,
  Wright TA. Sample size requirements for estimating Pearson, Kendall and Spearman correlations. Psychometrika
  2000;65:23-8, (1 + r^2 / 2) / (pairs - 3).
-#}
{% macro spearman_lower(r, pairs, level=95) -%}
    {{ fisher_limit(r, pairs, '(1.0 + power(' ~ r ~ ', 2) / 2.0)', level, '-') }}
{%- endmacro %}


{#- The upper limit of Spearman's correlation; see spearman_lower. -#}
{% macro spearman_upper(r, pairs, level=95) -%}
    {{ fisher_limit(r, pairs, '(1.0 + power(' ~ r ~ ', 2) / 2.0)', level, '+') }}
{%- endmacro %}


{#- A limit on Fisher's scale, back on that of a correlation; `variance` is times 1 / (pairs - 3), `sign` - or +. -#}
{% macro fisher_limit(r, pairs, variance, level, sign) -%}
    {%- set r = as_double(r) -%}
    {%- set pairs = as_double(pairs) -%}
    {%- set limit -%}
        exp(
            ln((1.0 + {{ r }}) / (1.0 - {{ r }}))
            {{ sign }} 2.0 * {{ normal_quantile(level) }} * sqrt({{ variance }} / ({{ pairs }} - 3.0))
        )
    {%- endset -%}
    (
        case
            when {{ pairs }} > 3 and abs({{ r }}) >= 1 then {{ r }}
            when {{ pairs }} > 3 and abs({{ r }}) < 1 then ({{ limit }} - 1.0) / ({{ limit }} + 1.0)
        end
    )
{%- endmacro %}
