-- depends_on: {{ ref('poisson_limit') }}
-- The slope index of inequality of the two areas in the documentation of PHEindicatormethods::phe_sii (example data),
-- by weighted least squares in statsmodels 0.15 and its limits by matrix algebra in NumPy (the documentation prints no
-- results, and phe_sii simulates limits); the correlation of Anscombe's first three quartets, 0.816 (Anscombe FJ.
-- Graphs in statistical analysis. Am Stat 1973;27:17-21), with Fisher's intervals and Spearman's correlations by SciPy
-- 1.17.
with decile as (
    select
        'Area1' as area,
        1 as decile,
        7291 as people,
        75.9 as value,
        1.64 as error
    union all
    select 'Area1', 2, 7997, 78.3, 1.58
    union all
    select 'Area1', 3, 6105, 83.8, 1.51
    union all
    select 'Area1', 4, 7666, 83.6, 1.78
    union all
    select 'Area1', 5, 5790, 80.5, 1.7
    union all
    select 'Area1', 6, 6934, 81.1, 1.56
    union all
    select 'Area1', 7, 5918, 81.7, 1.37
    union all
    select 'Area1', 8, 5974, 84.2, 1.4
    union all
    select 'Area1', 9, 7147, 80.6, 2.43
    union all
    select 'Area1', 10, 7534, 86.3, 1.57
    union all
    select 'Area2', 1, 21675, 70.5, 0.23
    union all
    select 'Area2', 2, 20065, 71.6, 0.26
    union all
    select 'Area2', 3, 19750, 72.5, 0.3
    union all
    select 'Area2', 4, 24713, 73.5, 0.16
    union all
    select 'Area2', 5, 20112, 73.1, 0.79
    union all
    select 'Area2', 6, 19618, 76.2, 0.78
    union all
    select 'Area2', 7, 22408, 78.7, 0.4
    union all
    select 'Area2', 8, 19752, 80.6, 0.28
    union all
    select 'Area2', 9, 18939, 80.9, 0.23
    union all
    select 'Area2', 10, 19312, 80, 0.35
),

index_found as (
    {{ slope_index(
        'decile', ['area'], rank='decile', value='value', population='people', standard_error='error'
    ) }}
),

pair as (
    select
        10 as x,
        8.04 as y1,
        9.14 as y2,
        7.46 as y3
    union all
    select 8, 6.95, 8.14, 6.77
    union all
    select 13, 7.58, 8.74, 12.74
    union all
    select 9, 8.81, 8.77, 7.11
    union all
    select 11, 8.33, 9.26, 7.81
    union all
    select 14, 9.96, 8.1, 8.84
    union all
    select 6, 7.24, 6.13, 6.08
    union all
    select 4, 4.26, 3.1, 5.39
    union all
    select 12, 10.84, 9.13, 8.15
    union all
    select 7, 4.82, 7.26, 6.42
    union all
    select 5, 5.68, 4.74, 5.73
),

ranked as (
    select
        x,
        y1,
        y2,
        y3,
        {{ average_rank('x') }} as rank_x,
        {{ average_rank('y3') }} as rank_y3
    from pair
),

correlation as (
    select
        {{ pearson('x', 'y1') }} as r1,
        {{ pearson('x', 'y2') }} as r2,
        {{ pearson('x', 'y3') }} as r3,
        {{ pearson('rank_x', 'rank_y3') }} as rho3
    from ranked
),

found as (
    select
        area as example,
        case area when 'Area1' then 78.03207876952996 else 69.34261968805966 end as expected,
        0.000000001 as tolerance,
        fitted_most_deprived as found
    from index_found
    union all
    select area, case area when 'Area1' then 7.000234760079891 else 12.622738563631728 end, 0.000000001, slope_index
    from index_found
    union all
    select
        area,
        case area when 'Area1' then 3.153428895451944 else 12.01166664630941 end,
        0.000000001,
        slope_index_lower_95
    from index_found
    union all
    select
        area,
        case area when 'Area1' then 10.847040624707839 else 13.233810480954046 end,
        0.000000001,
        slope_index_upper_95
    from index_found
    union all
    select
        area,
        case area when 'Area1' then 1.0897097049119413 else 1.1820343480014972 end,
        0.000000001,
        relative_index
    from index_found
    union all
    select
        area,
        case area when 'Area1' then 1.0394810524219005 else 1.1725449019780065 end,
        0.000000001,
        relative_index_lower_95
    from index_found
    union all
    select
        area,
        case area when 'Area1' then 1.1423654507338779 else 1.191600592436444 end,
        0.000000001,
        relative_index_upper_95
    from index_found
    union all
    select 'Anscombe 1', 0.816, 0.0005, r1
    from correlation
    union all
    select 'Anscombe 2', 0.816, 0.0005, r2
    from correlation
    union all
    select 'Anscombe 3', 0.816, 0.0005, r3
    from correlation
    union all
    select 'Anscombe 1', 0.8164205163448395, 0.000000001, r1
    from correlation
    union all
    select 'Anscombe 1, lower', 0.4243912133932152, 0.000000001, {{ pearson_lower('r1', '11') }}
    from correlation
    union all
    select 'Anscombe 1, upper', 0.9506932537865604, 0.000000001, {{ pearson_upper('r1', '11') }}
    from correlation
    union all
    select 'Anscombe 3, ranks', 0.990909090909091, 0.000000001, rho3
    from correlation
)

select *
from found
where not coalesce(abs(found - expected) <= tolerance, false)
