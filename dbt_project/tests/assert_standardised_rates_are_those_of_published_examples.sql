-- Down's syndrome in children of mothers with five or more, Michigan 1950-64, by mother's age, standardised to all
-- mothers: Fleiss JL. Statistical methods for rates and proportions, 2nd edition. New York: Wiley; 1981, table 14.4,
-- used by Fay MP, Feuer EJ. Stat Med 1997;16:791-801. The rate, 75.52901 per 100,000, is printed in the vignette of
-- the R package dsrTest 1.0.0 (2022); to nine digits rate, variance and Dobson's limits by the formulas of Dobson et
-- al. (1991) in NumPy (tests/dbt_project/test_statistics.py finds the published gamma limits again from this
-- variance). The population of the European standard: Eurostat 2013.
with band as (
    select 0 as cases, 327 as births, 319933 as standard
    union all
    select 8, 30666, 931318
    union all
    select 63, 123419, 786511
    union all
    select 112, 149919, 488235
    union all
    select 262, 104088, 237863
    union all
    select 295, 34392, 61313
),

rate as (
    select
        sum(cases) as cases,
        {{ dsr_value('cases', 'births', 'standard') }} as value,
        {{ dsr_variance('cases', 'births', 'standard') }} as variance,
        {{ dsr_variance('cases', 'births', 'standard', variance=repeat_variance('2 * cases', 'cases')) }} as of_repeats
    from band
),

-- A tenth of the cases is fewer than ten in all but the last two bands, and seven events are too few for any rate.
few as (
    select {{ dsr_value('case when births = 30666 then 7 else 0 end', 'births', 'standard') }} as value
    from band
),

standard as (
    select
        sum(standard_population) as people,
        count(*) as bands
    from {{ ref('european_standard_population') }}
),

found as (
    select
        'published rate' as example,
        75.52901 as expected,
        0.000005 as tolerance,
        value as found
    from rate
    union all
    select 'rate', 75.52900744525678, 0.000000001, value
    from rate
    union all
    select 'variance', 16.82709694365188, 0.000000001, variance
    from rate
    union all
    select 'lower 95%', 67.63274312268956, 0.000000001, {{ dobson_lower('value', 'variance', 'cases') }}
    from rate
    union all
    select 'upper 95%', 83.8671087085424, 0.000000001, {{ dobson_upper('value', 'variance', 'cases') }}
    from rate
    union all
    select 'lower 99.8%', 63.28004087465095, 0.000000001, {{ dobson_lower('value', 'variance', 'cases', 99.8) }}
    from rate
    union all
    select 'upper 99.8%', 88.79668977318876, 0.000000001, {{ dobson_upper('value', 'variance', 'cases', 99.8) }}
    from rate
    union all
    -- Two events a person: 2n * (2 * 2 - 1) = 6n squared events.
    select 'variance of repeat events', 6.0 * 16.82709694365188, 0.00000001, of_repeats
    from rate
    union all
    select 'fewer than ten events', 1.0, 0.0, case when value is null then 1.0 end
    from few
    union all
    select 'european standard', 100000.0, 0.0, people
    from standard
    union all
    select 'its bands', 19.0, 0.0, bands
    from standard
)

select *
from found
where not coalesce(abs(found - expected) <= tolerance, false)
