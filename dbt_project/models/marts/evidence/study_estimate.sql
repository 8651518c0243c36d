with figure as (
    select
        register.*,
        coalesce(100.0 * register.numerator / nullif(register.denominator, 0), register.estimate_pct) as share_pct
    from {{ ref('study_figure') }} as register
),

-- The standard error of the log odds: from published limits, else from a count of people, as of a binomial.
precise as (
    select
        figure.*,
        study.fieldwork_id,
        study.fieldwork_year,
        study.extent,
        study.country,
        study.is_verified as is_study_verified,
        case
            when figure.lower_95 > 0 and figure.upper_95 < 100
                then
                    (
                        ln(figure.upper_95 / (100.0 - figure.upper_95))
                        - ln(figure.lower_95 / (100.0 - figure.lower_95))
                    ) / (2 * 1.959964)
            when study.extent <> 'review' and figure.share_pct > 0 and figure.share_pct < 100
                then
                    1.0 / sqrt(
                        coalesce(figure.denominator, figure.assumed_denominator)
                        * (figure.share_pct / 100.0) * (1.0 - figure.share_pct / 100.0)
                    )
        end as standard_error,
        case
            when figure.lower_95 > 0 and figure.upper_95 < 100 then 'published limits'
            when study.extent <> 'review' and figure.denominator is not null then 'count'
            when study.extent <> 'review' and figure.assumed_denominator is not null then 'assumed count'
        end as standard_error_basis
    from figure
    inner join {{ ref('study') }} as study on figure.study_id = study.study_id
),

judged as (
    select
        precise.*,
        case
            when not is_verified or not is_study_verified then 'Not read in its source: general knowledge.'
            when measure = 'positivity' then 'Of those tested, who are not everybody: positivity is no prevalence.'
            when measure = 'range' then 'A range or a bound: no figure to pool.'
            when measure = 'not_read' then 'The figure was not read.'
            when measure = 'other' then 'A rate or a ratio: no share of people.'
            when exclusion is not null then exclusion
            when standard_error is null
                then 'Its sampling error is not known: neither limits nor the number of people were read.'
            when fieldwork_year is null then 'When its fieldwork was done is not known.'
        end as why_not
    from precise
),

known as (
    select
        judged.*,
        max(case when why_not is null and extent <> 'review' then 1 else 0 end)
            over (partition by condition_id, setting) as has_study_of_its_own
    from judged
),

-- Of figures of one fieldwork for the same people one is used: that of the newest report, then the more precise.
ranked as (
    select
        known.*,
        case
            when known.why_not is not null then known.why_not
            when known.extent = 'review' and known.has_study_of_its_own = 1
                then 'A review of other countries: used only where there is no study of England and Wales.'
        end as why_not_of_itself,
        first_value(known.estimate_id) over same_people as first_estimate_id,
        row_number() over same_people as choice
    from known
    inner join {{ ref('study') }} as study on known.study_id = study.study_id
    window same_people as (
        partition by
            known.condition_id, known.setting, known.sex, known.custody_type, known.age_from, known.fieldwork_id,
            case
                when known.why_not is null and (known.extent <> 'review' or known.has_study_of_its_own = 0) then 1
                else 0
            end
        order by study.year_published desc, known.standard_error asc, known.estimate_id asc
    )
)

select
    ranked.estimate_id,
    ranked.study_id,
    ranked.fieldwork_id,
    ranked.condition_id,
    condition.title as condition_title,
    condition.domain,
    ranked.condition as condition_as_published,
    ranked.subgroup as subgroup_as_published,
    ranked.setting,
    ranked.sex,
    ranked.custody_type,
    ranked.age_from,
    ranked.age_to,
    ranked.measure,
    ranked.reference_period,
    ranked.numerator,
    ranked.denominator,
    ranked.assumed_denominator,
    ranked.denominator_note,
    ranked.share_pct as estimate_pct,
    ranked.lower_95,
    ranked.upper_95,
    ranked.range_low,
    ranked.range_high,
    ranked.other_measure,
    ranked.other_value,
    ranked.other_lower_95,
    ranked.other_upper_95,
    ranked.standard_error,
    ranked.standard_error_basis,
    ranked.fieldwork_year,
    ranked.country,
    ranked.extent,
    ranked.is_verified,
    ranked.why_not_of_itself is null and ranked.choice = 1 as is_used,
    coalesce(
        ranked.why_not_of_itself,
        case
            when ranked.choice > 1
                then 'Another figure of the same fieldwork and people is used: ' || ranked.first_estimate_id || '.'
        end
    ) as why_not_used,
    ranked.read_in,
    ranked.source_url,
    ranked.note
from ranked
inner join {{ ref('need_condition') }} as condition on ranked.condition_id = condition.condition_id
