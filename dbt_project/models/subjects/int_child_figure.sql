-- What is known of children in custody and on the way there, as published or as counts, by release.
with youth_justice as (
    select
        release_id, subject, measure, unit, period_type, period_start, period_end, area_level, area_code, area_name,
        coalesce(sex, 'persons') as sex,
        coalesce(age_group, 'All ages') as age_band,
        ethnicity as ethnic_group,
        case
            when need is not null and need_status is not null then 'need and status'
            when need is not null and disposal_type is not null then 'need and sentence'
            when need is not null then 'need'
            when legal_basis is not null then 'legal basis'
            when remand is not null then 'remand'
            when outcome is not null and court_type is not null then 'court and outcome'
            when outcome is not null then 'outcome'
            when previous_offences is not null then 'previous offences'
            when time_to_reoffence is not null then 'time to reoffence'
            when offence is not null then 'offence'
            when disposal is not null then 'disposal'
            when disposal_type is not null then 'disposal type'
        end as category_type,
        case
            when need is not null and need_status is not null then need || ': ' || need_status
            when need is not null and disposal_type is not null then need || ': ' || disposal_type
            when need is not null then need
            when legal_basis is not null then legal_basis
            when remand is not null then coalesce(remand_type || ': ', '') || remand
            when outcome is not null and court_type is not null then court_type || ': ' || outcome
            when outcome is not null then outcome
            when previous_offences is not null then previous_offences
            when time_to_reoffence is not null then time_to_reoffence
            when offence is not null then offence
            when disposal is not null then coalesce(disposal_type || ': ', '') || disposal
            when disposal_type is not null then disposal_type
        end as category,
        disposal_type, court_type, outcome, value, status
    from {{ ref('stg_yjb__youth_justice') }}
),

published as (
    select
        case
            when measure = 'cautions_and_sentences' then 'custodial_sentences'
            when measure = 'children_in_cohort' then 'reoffending_cohort'
            else measure
        end as measure_id,
        period_type, period_start, period_end, area_level, area_code, area_name, sex, age_band, ethnic_group,
        category_type, category,
        case when measure = 'share_with_need' then 100.0 * value else value end as value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        status,
        'yjb_youth_justice' as source_id,
        'figure' as table_name,
        release_id,
        case when status = 'estimated' then 'Scaled up by the publisher.' end as note
    from youth_justice
    where
        measure in (
            'average_children_in_custody', 'mean_nights', 'median_nights', 'average_children_on_remand',
            'remand_decisions', 'remand_outcomes', 'children_with_need', 'share_with_need', 'first_time_entrants',
            'children_cautioned_or_sentenced', 'children_cautioned_or_sentenced_rate', 'children_in_cohort',
            'strip_searches'
        )
        or (measure = 'cautions_and_sentences' and disposal_type = 'Custody')
),

reoffending as (
    select
        measure, period_type, period_start, period_end, area_level, area_code, area_name, sex, age_band, ethnic_group,
        category_type, category, value, status, release_id
    from youth_justice
    where subject = 'reoffending' and coalesce(category_type, 'none') <> 'time to reoffence'
),

reoffending_wide as (
    select
        period_type, period_start, period_end, area_level, area_code, area_name, sex, age_band, ethnic_group,
        category_type, category, release_id,
        max(case when measure = 'children_in_cohort' then value end) as children,
        max(case when measure = 'reoffenders' then value end) as reoffenders,
        max(case when measure = 'reoffences' then value end) as reoffences
    from reoffending
    group by
        period_type, period_start, period_end, area_level, area_code, area_name, sex, age_band, ethnic_group,
        category_type, category, release_id
),

remand_outcome as (
    select
        period_type, period_start, period_end, area_level, area_code, area_name, release_id,
        sum(value) as outcomes,
        sum(case when outcome <> 'Immediate custody' then value end) as without_custody
    from youth_justice
    where measure = 'remand_outcomes' and court_type is not null
    group by period_type, period_start, period_end, area_level, area_code, area_name, release_id
    having count(*) = 8 and count(value) = 8
),

child_establishment as (
    select about.prison_code, about.prison_name
    from {{ ref('int_prison') }} as about
    where about.predominant_function = 'YJB'
),

figure as (
    select * from published
    union all
    select
        'reoffending_rate' as measure_id, period_type, period_start, period_end, area_level, area_code, area_name,
        sex, age_band, ethnic_group, category_type, category, cast(null as double) as value,
        reoffenders as numerator, children as denominator,
        case when reoffenders is null or children is null then 'missing' else 'observed' end as status,
        'yjb_youth_justice' as source_id, 'figure' as table_name, release_id,
        cast(null as {{ text_type() }}) as note
    from reoffending_wide
    union all
    select
        'reoffences_per_reoffender' as measure_id, period_type, period_start, period_end, area_level, area_code,
        area_name, sex, age_band, ethnic_group, category_type, category,
        reoffences / nullif(reoffenders, 0) as value,
        reoffences as numerator, reoffenders as denominator,
        case
            when reoffences is null or reoffenders is null then 'missing'
            when reoffenders = 0 then 'not_applicable'
            else 'observed'
        end as status,
        'yjb_youth_justice' as source_id, 'figure' as table_name, release_id,
        cast(null as {{ text_type() }}) as note
    from reoffending_wide
    union all
    select
        'remand_without_custody_share' as measure_id, period_type, period_start, period_end, area_level, area_code,
        area_name, 'persons' as sex, 'All ages' as age_band, cast(null as {{ text_type() }}) as ethnic_group,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        cast(null as double) as value, without_custody as numerator, outcomes as denominator, 'observed' as status,
        'yjb_youth_justice' as source_id, 'figure' as table_name, release_id,
        'Both kinds of court and all four outcomes added up.' as note
    from remand_outcome
    union all
    select
        'first_time_entrant_rate' as measure_id, period_type, period_start, period_end, area_level, area_code,
        area_name, 'persons' as sex, '10-17' as age_band, cast(null as {{ text_type() }}) as ethnic_group,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category, value,
        cast(null as double) as numerator, cast(null as double) as denominator, status, 'dfe_lait' as source_id,
        'figure' as table_name, release_id, cast(null as {{ text_type() }}) as note
    from {{ ref('stg_dfe__lait_figure') }}
    where measure_code = 'FirstYJS' and not is_extract and period_start is not null and area_code is not null
    union all
    select
        'children_cautioned_or_sentenced_rate' as measure_id, period_type, period_start, period_end, area_level,
        area_code, area_name, 'persons' as sex, '10-17' as age_band, cast(null as {{ text_type() }}) as ethnic_group,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category, value,
        cast(null as double) as numerator, cast(null as double) as denominator, status, 'dfe_lait' as source_id,
        'figure' as table_name, release_id, cast(null as {{ text_type() }}) as note
    from {{ ref('stg_dfe__lait_figure') }}
    where
        measure_code = 'YJS_Caution-Sentence10-17_YO' and not is_extract and period_start is not null
        and area_code is not null
    union all
    select
        'children_at_establishment' as measure_id, 'day' as period_type, population.period_start,
        population.period_start as period_end, 'prison' as area_level, cast(null as {{ text_type() }}) as area_code,
        cast(null as {{ text_type() }}) as area_name, 'persons' as sex, 'All ages' as age_band,
        cast(null as {{ text_type() }}) as ethnic_group, 'establishment' as category_type,
        child_establishment.prison_name as category, population.population as value,
        cast(null as double) as numerator, cast(null as double) as denominator,
        case when population.population is null then 'missing' else 'observed' end as status,
        'moj_prison_population_monthly' as source_id,
        case when population.is_copy then 'establishment_copy' else 'establishment' end as table_name,
        population.release_id, 'Everybody in it on the day, those who have turned 18 among them.' as note
    from {{ ref('int_prison_population_month') }} as population
    inner join child_establishment on population.prison_code = child_establishment.prison_code
    union all
    select
        'deaths' as measure_id, period_type, period_start, period_end, area_level, 'K04000001' as area_code,
        'England and Wales' as area_name, 'persons' as sex, age_band, cast(null as {{ text_type() }}) as ethnic_group,
        case when cause <> 'all' then 'apparent cause' end as category_type,
        case when cause <> 'all' then cause end as category, value, cast(null as double) as numerator,
        cast(null as double) as denominator, status, 'moj_deaths_in_custody' as source_id, 'death' as table_name,
        release_id, cast(null as {{ text_type() }}) as note
    from {{ ref('stg_moj__deaths_in_custody') }}
    -- The table by age alone has all causes; the one by cause and age has the causes.
    where
        area_level = 'country' and age_band = '15-17'
        and ((breakdown = 'age' and cause = 'all') or (breakdown = 'cause_and_age' and cause <> 'all'))
    union all
    select
        'adjudications' as measure_id, 'quarter' as period_type, period_start, period_end, 'country' as area_level,
        'K04000001' as area_code, 'England and Wales' as area_name, sex, age_band,
        cast(null as {{ text_type() }}) as ethnic_group, cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category, sum(value) as value, cast(null as double) as numerator,
        cast(null as double) as denominator, 'observed' as status, 'moj_adjudications' as source_id,
        'adjudication' as table_name, release_id,
        'Of 15 to 17 year olds in prisons and young offender institutions.' as note
    from {{ ref('stg_moj__adjudications') }}
    where age_band = '15-17'
    group by period_start, period_end, sex, age_band, release_id
    union all
    select
        'remand_share' as measure_id, 'day' as period_type, period_start, period_end, 'country' as area_level,
        'K04000001' as area_code, 'England and Wales' as area_name,
        case when sex = 'all' then 'persons' else sex end as sex, age_band,
        cast(null as {{ text_type() }}) as ethnic_group, cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category, value, cast(null as double) as numerator,
        cast(null as double) as denominator, status, 'moj_offender_management' as source_id,
        'remand_share' as table_name, release_id, cast(null as {{ text_type() }}) as note
    from {{ ref('stg_moj__offender_management_remand_share') }}
    where nationality = 'all' and age_band = '15-17'
    union all
    select
        'custody_rate' as measure_id, 'calendar_year' as period_type, period_start, period_end,
        'country' as area_level, 'K04000001' as area_code, 'England and Wales' as area_name, 'persons' as sex,
        'Juveniles' as age_band, ethnicity as ethnic_group, cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category, cast(null as double) as value,
        max(case when measure = 'immediate_custody' then value end) as numerator,
        max(case when measure = 'sentenced' then value end) as denominator,
        'observed' as status, 'rdu_ethnicity_facts' as source_id, 'custody_rate' as table_name, release_id,
        cast(null as {{ text_type() }}) as note
    from {{ ref('stg_rdu__ethnicity_facts_custody_rate') }}
    where age_group = 'Juveniles' and sex = 'All' and offence_group = 'All'
    group by period_start, period_end, ethnicity, release_id
    union all
    select
        'reoffending_rate_published' as measure_id, period_type, period_start, period_end, 'country' as area_level,
        'K04000001' as area_code, 'England and Wales' as area_name, 'persons' as sex, 'All ages' as age_band,
        cast(null as {{ text_type() }}) as ethnic_group, 'method' as category_type, method as category, value,
        cast(null as double) as numerator, cast(null as double) as denominator, status,
        'moj_proven_reoffending' as source_id, 'national' as table_name, release_id,
        'Cohorts by the ministry''s older and newer method are not comparable.' as note
    from {{ ref('stg_moj__proven_reoffending_national') }}
    where age_group = 'juvenile' and measure = 'reoffending_rate'
)

select * from figure
