-- The limits of a ratio of proportions, held to a printed worked example; the tolerance is what it is rounded to. The
-- error of a ratio of rates is what that of proportions comes to where the people are many.
with example as (
    -- Agresti A. An introduction to categorical data analysis. New York: Wiley; 1996, section 2.2: heart attacks of 189
    -- of 11,034 physicians on placebo and 104 of 11,037 on aspirin; relative risk 1.82, from 1.43 to 2.30.
    select
        (189.0 / 11034) / (104.0 / 11037) as ratio,
        {{ ratio_of_proportions_error('189.0', '11034.0', '104.0', '11037.0') }} as error,
        {{ ratio_of_proportions_error('189.0', '1e15', '104.0', '1e15') }} as error_of_few,
        {{ ratio_of_rates_error('189.0', '104.0') }} as error_of_rates
)

select *
from example
where
    abs(ratio - 1.82) > 0.01
    or abs({{ limit_of_ratio('ratio', 'error', -1) }} - 1.43) > 0.01
    or abs({{ limit_of_ratio('ratio', 'error', 1) }} - 2.30) > 0.01
    or abs(error_of_few - error_of_rates) > 1e-9
