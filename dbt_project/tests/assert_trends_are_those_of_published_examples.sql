-- depends_on: {{ ref('poisson_limit') }}
-- Series and markers of the tests of Fingertips itself (TrendMarkerCalculatorTest and WhenUsingTrendMarkerCalculator
-- of its published source; the diabetes, vaccination and sight loss series are England's and Yorkshire's, from the
-- tests of its successor). Two of those tests state chi-squared, to two decimals: 46.77 for set 1 (with 1.96 for the
-- normal quantile; 46.76 with all its digits) and 47.90 for set 1 of proportions. The chi-squared to nine digits are
-- those of weighted least squares in statsmodels 0.15: squared slope over its unscaled variance.
with point as (
    select
        'set 1' as series,
        false as is_proportion,
        2014 as year,
        994 as numerator,
        40299 as denominator,
        24.67 as value,
        23.16 as lower_95,
        26.25 as upper_95
    union all
    select 'set 1', false, 2015, 1023, 41527, 24.6, 23.15, 26.19
    union all
    select 'set 1', false, 2016, 1199, 42811, 28, 26.44, 29.64
    union all
    select 'set 1', false, 2017, 1332, 44064, 30.2, 28.63, 31.9
    union all
    select 'set 1', false, 2018, 1367, 44701, 30.6, 28.98, 32.25
    union all
    select 'set 2', false, 2014, 209, 1017, 20.5506, 18.1803, 23.1427
    union all
    select 'set 2', false, 2015, 213, 1087, 19.5952, 17.3444, 22.0602
    union all
    select 'set 2', false, 2016, 213, 1119, 19.0349, 16.8421, 21.4394
    union all
    select 'set 2', false, 2017, 239, 1117, 21.3966, 19.0918, 23.8975
    union all
    select 'set 2', false, 2018, 210, 1139, 18.4372, 16.2925, 20.7941
    union all
    select 'set 1 of proportions', true, 2014, 994, 40299, null, null, null
    union all
    select 'set 1 of proportions', true, 2015, 1023, 41527, null, null, null
    union all
    select 'set 1 of proportions', true, 2016, 1199, 42811, null, null, null
    union all
    select 'set 1 of proportions', true, 2017, 1332, 44064, null, null, null
    union all
    select 'set 1 of proportions', true, 2018, 1367, 44701, null, null, null
    union all
    select 'set 2 of proportions', true, 2012, 5, 5, null, null, null
    union all
    select 'set 2 of proportions', true, 2013, 3, 5, null, null, null
    union all
    select 'set 2 of proportions', true, 2014, 1, 5, null, null, null
    union all
    select 'set 2 of proportions', true, 2015, 1, 4, null, null, null
    union all
    select 'set 2 of proportions', true, 2016, 2, 4, null, null, null
    union all
    select 'data 1', true, 2010, 621, 3454, null, null, null
    union all
    select 'data 1', true, 2011, 599, 3195, null, null, null
    union all
    select 'data 1', true, 2012, 556, 3256, null, null, null
    union all
    select 'data 1', true, 2013, 535, 3227, null, null, null
    union all
    select 'data 1', true, 2014, 447, 3121, null, null, null
    union all
    select 'data 1, four points', true, 2010, 621, 3454, null, null, null
    union all
    select 'data 1, four points', true, 2011, 599, 3195, null, null, null
    union all
    select 'data 1, four points', true, 2012, 556, 3256, null, null, null
    union all
    select 'data 1, four points', true, 2013, 535, 3227, null, null, null
    union all
    select 'data 2', true, 2010, 2157, 3454, null, null, null
    union all
    select 'data 2', true, 2011, 2090, 3195, null, null, null
    union all
    select 'data 2', true, 2012, 2194, 3256, null, null, null
    union all
    select 'data 2', true, 2013, 2134.81, 3152, null, null, null
    union all
    select 'data 2', true, 2014, 2094, 3062, null, null, null
    union all
    select 'data 3', true, 2009, 8116, 91530, null, null, null
    union all
    select 'data 3', true, 2010, 8145, 91773, null, null, null
    union all
    select 'data 3', true, 2011, 8222, 92088, null, null, null
    union all
    select 'data 3', true, 2012, 8506, 92238, null, null, null
    union all
    select 'data 3', true, 2013, 8728, 92665.89, null, null, null
    union all
    select 'data 4', true, 1, 5, 22, null, null, null
    union all
    select 'data 4', true, 2, 7, 35, null, null, null
    union all
    select 'data 4', true, 3, 6, 42, null, null, null
    union all
    select 'data 4', true, 4, 8, 50, null, null, null
    union all
    select 'data 4', true, 5, 8, 100, null, null, null
    union all
    select 'data 4', true, 6, 9, 200, null, null, null
    union all
    select 'data 7', true, 2006, 5455, 18590, null, null, null
    union all
    select 'data 7', true, 2007, 5645, 18285, null, null, null
    union all
    select 'data 7', true, 2008, 5405, 18095, null, null, null
    union all
    select 'data 7', true, 2009, 5500, 18170, null, null, null
    union all
    select 'data 7', true, 2010, 5435, 18005, null, null, null
    union all
    select 'data 7', true, 2011, 5480, 17890, null, null, null
    union all
    select 'data 7', true, 2012, 5315, 17860, null, null, null
    union all
    select 'data 7a', true, 2006, 22460, 64600, null, null, null
    union all
    select 'data 7a', true, 2007, 23490, 64830, null, null, null
    union all
    select 'data 7a', true, 2008, 22435, 65880, null, null, null
    union all
    select 'data 7a', true, 2009, 22445, 67900, null, null, null
    union all
    select 'data 7a', true, 2010, 21365, 68705, null, null, null
    union all
    select 'data 7a', true, 2011, 20955, 69835, null, null, null
    union all
    select 'data 7a', true, 2012, 19055, 70910, null, null, null
    union all
    select 'diabetes', true, 2020, 3455176, 48783947, null, null, null
    union all
    select 'diabetes', true, 2021, 3491868, 49122259, null, null, null
    union all
    select 'diabetes', true, 2022, 3625401, 49956777, null, null, null
    union all
    select 'diabetes', true, 2023, 3774801, 50649129, null, null, null
    union all
    select 'diabetes', true, 2024, 3938080, 51441896, null, null, null
    union all
    select 'vaccination', true, 2020, 57274, 61834, null, null, null
    union all
    select 'vaccination', true, 2021, 55865, 60511, null, null, null
    union all
    select 'vaccination', true, 2022, 53681, 59074, null, null, null
    union all
    select 'vaccination', true, 2023, 51767, 57508, null, null, null
    union all
    select 'vaccination', true, 2024, 53185, 59028, null, null, null
    union all
    select 'sight loss', false, 2020, 1416, 48246126, 2.935, 2.7841, 3.0919
    union all
    select 'sight loss', false, 2021, 935, 48440507, 1.93028, 1.8085, 2.058
    union all
    select 'sight loss', false, 2022, 1344, 48753376, 2.7567, 2.6113, 2.9082
    union all
    select 'sight loss', false, 2023, 1415, 49300918, 2.8701, 2.7225, 3.0237
    union all
    select 'sight loss', false, 2024, 1502, 49866388, 3.0121, 2.8616, 3.1683
),

marker as (
    select
        'set 1' as series,
        46.763597160549594 as chi_squared,
        'increasing' as trend
    union all
    select 'set 2', 0.46422602414287395, 'no_significant_change'
    union all
    select 'set 1 of proportions', 47.89667670758935, 'increasing'
    union all
    select 'set 2 of proportions', null, 'cannot_be_calculated'
    union all
    select 'data 1', 20.11508021667509, 'decreasing'
    union all
    select 'data 1, four points', null, 'cannot_be_calculated'
    union all
    select 'data 2', 30.01045281398833, 'increasing'
    union all
    select 'data 3', 23.554101194231613, 'increasing'
    union all
    select 'data 4', 13.763080325145125, 'decreasing'
    union all
    select 'data 7', 0.017950395096335083, 'no_significant_change'
    union all
    select 'data 7a', 978.2844690901757, 'decreasing'
    union all
    select 'diabetes', 16494.755906619153, 'increasing'
    union all
    select 'vaccination', 405.04790902721066, 'decreasing'
    union all
    select 'sight loss', 33.4845500668408, 'increasing'
),

found as (
    {{ recent_trend(
        'point',
        ['series'],
        'year',
        value='value',
        lower='lower_95',
        upper='upper_95',
        numerator='numerator',
        denominator='denominator',
        is_proportion='is_proportion',
    ) }}
)

select
    marker.*,
    found.trend as found_trend,
    found.chi_squared as found_chi_squared
from marker
left join found on marker.series = found.series
where not coalesce(
    found.trend = marker.trend
    and (
        abs(found.chi_squared - marker.chi_squared) <= 0.000000001 * marker.chi_squared
        or (found.chi_squared is null and marker.chi_squared is null)
    )
    and (marker.series <> 'set 1' or abs(found.chi_squared - 46.77) < 0.01)
    and (marker.series <> 'set 1 of proportions' or abs(found.chi_squared - 47.90) < 0.005),
    false
)
