-- The two sexes side by side, each with its limits, and the ratio of women's figure to men's with its interval where
-- the counts are known and none is nought.
with figure as (
    select figure.*, measure.method, measure.unit
    from {{ ref('int_sex_figure') }} as figure
    inner join {{ ref('subject_measure') }} as measure
        on measure.mart = 'women_in_custody' and figure.measure_id = measure.measure_id
),

valued as (
    select
        figure.measure_id, figure.sex, figure.period_type, figure.period_start, figure.period_end,
        figure.category_type, figure.category, figure.method, figure.numerator, figure.denominator, figure.status,
        figure.source_id, figure.table_name, figure.release_id, figure.note,
        case
            when figure.method in ('wilson', 'quotient') then 100.0 * figure.numerator / nullif(figure.denominator, 0)
            when figure.method = 'byar' then 1000.0 * figure.numerator / nullif(figure.denominator, 0)
            when figure.method = 'count' then figure.numerator
            else figure.value
        end as value,
        case
            when figure.method = 'wilson' then 100.0 * {{ wilson_lower('figure.numerator', 'figure.denominator') }}
            when figure.method = 'byar'
                then
                    1000.0 * {{ byar_lower('figure.numerator', 'poisson_limit.lower_95') }}
                    / nullif(figure.denominator, 0)
        end as lower_95,
        case
            when figure.method = 'wilson' then 100.0 * {{ wilson_upper('figure.numerator', 'figure.denominator') }}
            when figure.method = 'byar'
                then
                    1000.0 * {{ byar_upper('figure.numerator', 'poisson_limit.upper_95') }}
                    / nullif(figure.denominator, 0)
        end as upper_95
    from figure
    left join {{ ref('poisson_limit') }} as poisson_limit on figure.numerator = poisson_limit.observed
),

women as (
    select * from valued
    where sex = 'female'
),

men as (
    select * from valued
    where sex = 'male'
),

paired as (
    select
        women.measure_id,
        women.period_type,
        women.period_start,
        women.period_end,
        women.category_type,
        women.category,
        women.method,
        women.value as women_value,
        women.lower_95 as women_lower_95,
        women.upper_95 as women_upper_95,
        women.numerator as women_numerator,
        women.denominator as women_denominator,
        women.status,
        men.value as men_value,
        men.lower_95 as men_lower_95,
        men.upper_95 as men_upper_95,
        men.numerator as men_numerator,
        men.denominator as men_denominator,
        coalesce(men.status, 'not_available') as men_status,
        -- Two counts have no ratio: they are of populations of unlike size. Two shares of one whole have none either.
        case
            when
                women.method <> 'count' and women.measure_id <> 'share_of_sentenced_prisoners' and men.value > 0
                then women.value / men.value
        end as ratio,
        case
            when women.numerator > 0 and men.numerator > 0 and women.denominator > 0 and men.denominator > 0
                then
                    case women.method
                        when 'wilson'
                            then
                                {{ ratio_of_proportions_error(
                                    'women.numerator', 'women.denominator', 'men.numerator', 'men.denominator'
                                ) }}
                        when 'byar' then {{ ratio_of_rates_error('women.numerator', 'men.numerator') }}
                    end
        end as standard_error,
        women.source_id,
        women.table_name,
        women.release_id,
        women.note
    from women
    left join men
        on
            women.measure_id = men.measure_id
            and women.period_type = men.period_type
            and coalesce(women.period_start, cast('0001-01-01' as date))
            = coalesce(men.period_start, cast('0001-01-01' as date))
            and coalesce(women.period_end, cast('0001-01-01' as date))
            = coalesce(men.period_end, cast('0001-01-01' as date))
            and coalesce(women.category_type, '') = coalesce(men.category_type, '')
            and coalesce(women.category, '') = coalesce(men.category, '')
            and women.source_id = men.source_id
            and women.table_name = men.table_name
            and women.release_id = men.release_id
)

select
    measure_id,
    period_type,
    period_start,
    period_end,
    category_type,
    category,
    method,
    women_value,
    women_lower_95,
    women_upper_95,
    women_numerator,
    women_denominator,
    case
        when women_value is null and status in ('observed', 'provisional', 'revised') then 'not_applicable'
        else status
    end as status,
    men_value,
    men_lower_95,
    men_upper_95,
    men_numerator,
    men_denominator,
    case
        when men_value is null and men_status in ('observed', 'provisional', 'revised') then 'not_applicable'
        else men_status
    end as men_status,
    ratio,
    {{ limit_of_ratio('ratio', 'standard_error', -1) }} as ratio_lower_95,
    {{ limit_of_ratio('ratio', 'standard_error', 1) }} as ratio_upper_95,
    source_id,
    table_name,
    release_id,
    note
from paired
