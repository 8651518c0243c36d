-- Every period that a figure is of, and what it can be set beside: periods of different kinds are never equal, but two
-- that share a middle year can be shown together, if it is said how far each of them lies in that year.
with met as (
    select distinct
        period_type,
        period_start,
        period_end,
        {{ population_year('period_start', 'period_end') }} as aligned_year
    from {{ ref('int_figure') }}
),

overlapping as (
    select
        *,
        {{ months_of('period_start', 'period_end') }} as months,
        {{ months_of(
            "greatest(period_start, cast(cast(aligned_year as " ~ text_type() ~ ") || '-01-01' as date))",
            "least(period_end, cast(cast(aligned_year as " ~ text_type() ~ ") || '-12-31' as date))",
        ) }} as months_in_year
    from met
)

select
    period_type,
    period_start,
    period_end,
    cast(months as integer) as months,
    aligned_year,
    case
        when period_start = period_end then 'A day of ' || cast(aligned_year as {{ text_type() }}) || '.'
        when months > 12
            then
                'The middle year of '
                || cast(cast(months / 12 as integer) as {{ text_type() }}) || ' years pooled.'
        when months_in_year = 12 then 'The calendar year itself.'
        when
            months_in_year = months
            then 'All of it is in the year, and it is ' || cast(months as {{ text_type() }}) || ' months of it.'
        else
            cast(months_in_year as {{ text_type() }}) || ' of its ' || cast(months as {{ text_type() }})
            || ' months are in the year.'
    end as alignment
from overlapping
