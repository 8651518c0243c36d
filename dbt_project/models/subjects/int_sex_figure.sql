-- What is known of women and of men in custody, a row a sex. Prisons are counted where they hold one sex and the
-- monthly list gives them by themselves: not Peterborough, whose women and men are one line of it, and nothing before
-- the first list of prisons at hand, because what a closed prison held is not known.
with prison as (
    select prison_code, case sex_held when 'women' then 'female' when 'men' then 'male' end as sex
    from {{ ref('int_prison') }}
    where sex_held in ('women', 'men')
),

of_two_sexes as (
    select pair.prison_code
    from {{ ref('prison_reported_together') }} as pair
    inner join prison on pair.prison_code = prison.prison_code
    inner join prison as partner on pair.partner_code = partner.prison_code
    where prison.sex <> partner.sex
),

listed_estate as (
    select
        prison.sex,
        population.period_start,
        population.release_id,
        population.is_copy,
        count(*) as listed,
        sum(population.population) as people,
        sum(case when population.population > 0 then 1 else 0 end) as prisons,
        sum(case when population.population is not null then population.in_use_cna end) as places
    from {{ ref('int_prison_population_month') }} as population
    inner join prison on population.prison_code = prison.prison_code
    left join of_two_sexes on population.prison_code = of_two_sexes.prison_code
    where of_two_sexes.prison_code is null and population.period_start >= cast('2017-02-01' as date)
    group by prison.sex, population.period_start, population.release_id, population.is_copy
),

fewest_listed as (
    select sex, min(listed) as listed
    from listed_estate
    where not is_copy
    group by sex
),

-- A copy with fewer prisons than any bulletin is not whole, and its sum would be of some of them.
estate as (
    select listed_estate.*
    from listed_estate
    left join fewest_listed on listed_estate.sex = fewest_listed.sex
    where not listed_estate.is_copy or listed_estate.listed >= fewest_listed.listed
),

of_estate as (
    select
        'prison_population' as measure_id, sex, period_start, release_id, is_copy,
        people as numerator, cast(null as double) as denominator
    from estate
    union all
    select
        'prisons' as measure_id, sex, period_start, release_id, is_copy,
        cast(prisons as double) as numerator, cast(null as double) as denominator
    from estate
    union all
    select
        'occupancy_of_in_use_cna' as measure_id, sex, period_start, release_id, is_copy,
        people as numerator, places as denominator
    from estate
),

sentenced as (
    select sex, offence, period_start, release_id, value, status
    from {{ ref('stg_moj__prison_population_monthly_sentenced_by_offence') }}
),

sentenced_of_sex as (
    select sex, period_start, release_id, sum(value) as people
    from sentenced
    group by sex, period_start, release_id
    having count(*) = count(value)
),

sentenced_in_all as (
    select period_start, release_id, sum(people) as people
    from sentenced_of_sex
    group by period_start, release_id
    having count(*) = 2
),

custody_rate as (
    select
        lower(sex) as sex, ethnicity, period_start, period_end, release_id,
        max(case when measure = 'immediate_custody' then value end) as in_custody,
        max(case when measure = 'sentenced' then value end) as sentenced
    from {{ ref('stg_rdu__ethnicity_facts_custody_rate') }}
    where sex in ('Female', 'Male') and age_group = 'All' and offence_group = 'All'
    group by lower(sex), ethnicity, period_start, period_end, release_id
),

-- The six groups are the whole; the publisher gives no total by sex.
custody_rate_group as (
    select
        sex, 'ethnic group' as category_type, ethnicity as category, period_start, period_end, release_id,
        in_custody, sentenced
    from custody_rate
    union all
    select
        sex, cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        period_start, period_end, release_id, sum(in_custody) as in_custody, sum(sentenced) as sentenced
    from custody_rate
    group by sex, period_start, period_end, release_id
    having count(distinct ethnicity) = 6 and count(in_custody) = 6 and count(sentenced) = 6
),

adjudication as (
    select sex, period_start, period_end, release_id, outcome, offence, sum(value) as outcomes
    from {{ ref('stg_moj__adjudications') }}
    where sex in ('female', 'male')
    group by sex, period_start, period_end, release_id, outcome, offence
),

adjudication_group as (
    select
        sex, period_start, period_end, release_id, cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category, sum(outcomes) as outcomes
    from adjudication
    group by sex, period_start, period_end, release_id
    union all
    select
        sex, period_start, period_end, release_id, 'outcome' as category_type, outcome as category,
        sum(outcomes) as outcomes
    from adjudication
    group by sex, period_start, period_end, release_id, outcome
    union all
    select
        sex, period_start, period_end, release_id, 'offence' as category_type, offence as category,
        sum(outcomes) as outcomes
    from adjudication
    group by sex, period_start, period_end, release_id, offence
),

-- Prisons with a rate of their own, children's establishments left out.
adjudication_rate as (
    select
        prison.sex,
        figure.period_start,
        figure.period_end,
        figure.release_id,
        figure.category_type,
        figure.category,
        sum(figure.numerator) as outcomes
    from {{ ref('int_prison_measure') }} as figure
    inner join prison on figure.prison_code = prison.prison_code
    inner join {{ ref('int_prison') }} as about on figure.prison_code = about.prison_code
    where
        figure.measure_id = 'adjudications_rate' and figure.value is not null
        and coalesce(about.predominant_function, 'not known') <> 'YJB'
    group by
        prison.sex, figure.period_start, figure.period_end, figure.release_id, figure.category_type, figure.category
),

adjudication_people as (
    select prison.sex, figure.period_start, figure.period_end, figure.release_id, sum(figure.denominator) as people
    from {{ ref('int_prison_measure') }} as figure
    inner join prison on figure.prison_code = prison.prison_code
    inner join {{ ref('int_prison') }} as about on figure.prison_code = about.prison_code
    where
        figure.measure_id = 'adjudications_rate' and figure.value is not null and figure.category is null
        and coalesce(about.predominant_function, 'not known') <> 'YJB'
    group by prison.sex, figure.period_start, figure.period_end, figure.release_id
),

-- The four causes are all of them; the extract has no total by sex.
death_of_all_causes as (
    select sex, period_type, period_start, period_end, release_id, sum(value) as deaths
    from {{ ref('stg_moj__safety_in_custody_national_year') }}
    where measure = 'deaths' and sex in ('female', 'male') and cause <> 'all'
    group by sex, period_type, period_start, period_end, release_id
    having count(value) = 4
),

investigated as (
    select
        case service when 'prisons: female' then 'female' else 'male' end as sex,
        period_type, period_start, period_end, value, status, release_id
    from {{ ref('stg_ppo__fatal_incidents') }}
    where service in ('prisons: female', 'prisons: male') and cause = 'all'
),

figure as (
    select
        measure_id,
        sex,
        'day' as period_type,
        period_start,
        period_start as period_end,
        cast(null as {{ text_type() }}) as category_type,
        cast(null as {{ text_type() }}) as category,
        cast(null as double) as value,
        numerator,
        denominator,
        'observed' as status,
        'moj_prison_population_monthly' as source_id,
        case when is_copy then 'establishment_copy' else 'establishment' end as table_name,
        release_id,
        'Prisons that hold one sex and are listed by themselves; Peterborough, listed with both, is not among them.'
            as note
    from of_estate
    union all
    select
        'remand_share' as measure_id, sex, 'day' as period_type, period_start, period_end,
        case when age_band <> 'all' then 'age' end as category_type,
        case when age_band <> 'all' then age_band end as category,
        value, cast(null as double) as numerator, cast(null as double) as denominator, status,
        'moj_offender_management' as source_id, 'remand_share' as table_name, release_id,
        cast(null as {{ text_type() }}) as note
    from {{ ref('stg_moj__offender_management_remand_share') }}
    where nationality = 'all' and sex in ('female', 'male')
    union all
    select
        'sentenced_prisoners' as measure_id, sex, 'day' as period_type, period_start, period_start as period_end,
        'offence group' as category_type, offence as category, cast(null as double) as value, value as numerator,
        cast(null as double) as denominator, status, 'moj_prison_population_monthly' as source_id,
        'sentenced_by_offence' as table_name, release_id, cast(null as {{ text_type() }}) as note
    from sentenced
    union all
    select
        'sentenced_offence_share' as measure_id, sentenced.sex, 'day' as period_type, sentenced.period_start,
        sentenced.period_start as period_end, 'offence group' as category_type, sentenced.offence as category,
        cast(null as double) as value, sentenced.value as numerator, sentenced_of_sex.people as denominator,
        sentenced.status, 'moj_prison_population_monthly' as source_id, 'sentenced_by_offence' as table_name,
        sentenced.release_id, cast(null as {{ text_type() }}) as note
    from sentenced
    inner join sentenced_of_sex
        on
            sentenced.sex = sentenced_of_sex.sex
            and sentenced.period_start = sentenced_of_sex.period_start
            and sentenced.release_id = sentenced_of_sex.release_id
    union all
    select
        'sentenced_prisoners' as measure_id, sex, 'day' as period_type, period_start, period_start as period_end,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        cast(null as double) as value, people as numerator, cast(null as double) as denominator, 'observed' as status,
        'moj_prison_population_monthly' as source_id, 'sentenced_by_offence' as table_name, release_id,
        'The offence groups added up: the copy at hand has no total.' as note
    from sentenced_of_sex
    union all
    select
        'share_of_sentenced_prisoners' as measure_id, sentenced_of_sex.sex, 'day' as period_type,
        sentenced_of_sex.period_start, sentenced_of_sex.period_start as period_end,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        cast(null as double) as value, sentenced_of_sex.people as numerator, sentenced_in_all.people as denominator,
        'observed' as status, 'moj_prison_population_monthly' as source_id, 'sentenced_by_offence' as table_name,
        sentenced_of_sex.release_id, 'The offence groups added up: the copy at hand has no total.' as note
    from sentenced_of_sex
    inner join sentenced_in_all
        on
            sentenced_of_sex.period_start = sentenced_in_all.period_start
            and sentenced_of_sex.release_id = sentenced_in_all.release_id
    union all
    select
        'custody_rate' as measure_id, sex, 'calendar_year' as period_type, period_start, period_end, category_type,
        category, cast(null as double) as value, in_custody as numerator, sentenced as denominator,
        case when in_custody is null or sentenced is null then 'missing' else 'observed' end as status,
        'rdu_ethnicity_facts' as source_id, 'custody_rate' as table_name, release_id,
        case when category is null then 'The six ethnic groups (not stated among them) added up.' end as note
    from custody_rate_group
    union all
    select
        'immediate_custody' as measure_id, sex, 'calendar_year' as period_type, period_start, period_end,
        category_type, category, cast(null as double) as value, in_custody as numerator,
        cast(null as double) as denominator, case when in_custody is null then 'missing' else 'observed' end as status,
        'rdu_ethnicity_facts' as source_id, 'custody_rate' as table_name, release_id,
        case when category is null then 'The six ethnic groups (not stated among them) added up.' end as note
    from custody_rate_group
    union all
    select
        'mean_custodial_sentence' as measure_id, lower(sex) as sex, period_type, period_start, period_end,
        'ethnic group' as category_type, ethnicity as category, value, cast(null as double) as numerator,
        cast(null as double) as denominator, status, 'rdu_ethnicity_facts' as source_id,
        'average_sentence' as table_name, release_id, cast(null as {{ text_type() }}) as note
    from {{ ref('stg_rdu__ethnicity_facts_average_sentence') }}
    where sex in ('Female', 'Male') and age_group = 'All'
    union all
    select
        'adjudications' as measure_id, sex, 'quarter' as period_type, period_start, period_end, category_type,
        category, cast(null as double) as value, outcomes as numerator, cast(null as double) as denominator,
        'observed' as status, 'moj_adjudications' as source_id, 'adjudication' as table_name, release_id,
        cast(null as {{ text_type() }}) as note
    from adjudication_group
    union all
    select
        'adjudications_proved_share' as measure_id, part.sex, 'quarter' as period_type, part.period_start,
        part.period_end, cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        cast(null as double) as value, part.outcomes as numerator, whole.outcomes as denominator,
        'observed' as status, 'moj_adjudications' as source_id, 'adjudication' as table_name, part.release_id,
        cast(null as {{ text_type() }}) as note
    from adjudication_group as part
    inner join adjudication_group as whole
        on
            part.sex = whole.sex
            and part.period_start = whole.period_start
            and part.release_id = whole.release_id
            and whole.category_type is null
    where part.category_type = 'outcome' and part.category = 'Proved'
    union all
    select
        'adjudications_rate' as measure_id, adjudication_rate.sex, 'quarter' as period_type,
        adjudication_rate.period_start, adjudication_rate.period_end, adjudication_rate.category_type,
        adjudication_rate.category, cast(null as double) as value, adjudication_rate.outcomes as numerator,
        adjudication_people.people as denominator, 'observed' as status, 'moj_adjudications' as source_id,
        'adjudication' as table_name, adjudication_rate.release_id, cast(null as {{ text_type() }}) as note
    from adjudication_rate
    inner join adjudication_people
        on
            adjudication_rate.sex = adjudication_people.sex
            and adjudication_rate.period_start = adjudication_people.period_start
            and adjudication_rate.period_end = adjudication_people.period_end
            and adjudication_rate.release_id = adjudication_people.release_id
    union all
    select
        case measure when 'women_share_of_self_harm' then 'share_of_self_harm' else measure end as measure_id, sex,
        period_type, period_start, period_end,
        case when cause <> 'all' then 'apparent cause' end as category_type,
        case when cause <> 'all' then cause end as category,
        case when measure = 'women_share_of_self_harm' then value end as value,
        case when measure = 'deaths' then value end as numerator,
        cast(null as double) as denominator, status, 'moj_safety_in_custody' as source_id,
        'national_year' as table_name, release_id,
        case
            when measure = 'deaths' then 'Of twelve months whose end the extract does not state.'
            else 'Of incidents or of individuals: the extract does not say.'
        end as note
    from {{ ref('stg_moj__safety_in_custody_national_year') }}
    where measure in ('women_share_of_self_harm', 'deaths') and sex in ('female', 'male')
    union all
    select
        'deaths' as measure_id, sex, period_type, period_start, period_end,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        cast(null as double) as value, deaths as numerator, cast(null as double) as denominator,
        'observed' as status, 'moj_safety_in_custody' as source_id, 'national_year' as table_name, release_id,
        'Of twelve months whose end the extract does not state; the four causes added up.' as note
    from death_of_all_causes
    union all
    select
        measure as measure_id, sex, period_type, period_start, period_end,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        cast(null as double) as value, value as numerator, cast(null as double) as denominator, status,
        'moj_safety_in_custody' as source_id, 'prison_incident' as table_name, release_id,
        'Sex is that of the establishment.' as note
    from {{ ref('stg_moj__safety_in_custody_prison_incident') }}
    where area_level = 'country' and sex in ('female', 'male')
    union all
    select
        'fatal_incidents_investigated' as measure_id, sex, period_type, period_start, period_end,
        cast(null as {{ text_type() }}) as category_type, cast(null as {{ text_type() }}) as category,
        cast(null as double) as value, value as numerator, cast(null as double) as denominator, status,
        'ppo_fatal_incidents' as source_id, 'investigation' as table_name, release_id,
        'Sex is that of the prison.' as note
    from investigated
    union all
    select
        measure as measure_id, lower(category) as sex, period_type, period_start, period_end,
        case when is_supervised_only then 'supervision' end as category_type,
        case when is_supervised_only then 'supervised only' end as category,
        value, cast(null as double) as numerator, cast(null as double) as denominator, status,
        'hmpps_releases_and_accommodation' as source_id, 'outcome' as table_name, release_id,
        cast(null as {{ text_type() }}) as note
    from {{ ref('stg_hmpps__releases_and_accommodation') }}
    where
        breakdown = 'sex' and lower(category) in ('female', 'male') and circumstance = 'all'
        and area_level = 'country' and unit = 'per cent'
)

select * from figure
