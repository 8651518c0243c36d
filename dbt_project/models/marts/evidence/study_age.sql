with study as (
    select
        study.*,
        cast(extract(year from {{ build_day() }}) as integer) - fieldwork_year as years_since_fieldwork,
        -- What it was of is not the population of England and Wales, so that no drift can be told.
        extent <> 'review' and country not like '%Scotland%' as is_of_england_and_wales
    from {{ ref('study') }} as study
),

measure as (
    select * from {{ ref('int_contact_measure') }}
),

newest as (
    select setting, measure, counted_on, value, source
    from (
        select
            measure.*,
            row_number() over (partition by setting, measure order by counted_on desc) as age_rank
        from measure
    ) as ranked
    where age_rank = 1
),

-- The day nearest to the middle of the fieldwork, within three years of it.
nearest as (
    select *
    from (
        select
            study.study_id,
            measure.measure,
            measure.counted_on,
            measure.value,
            row_number() over (
                partition by study.study_id, measure.measure
                order by abs(extract(year from measure.counted_on) - study.fieldwork_year) asc, measure.counted_on asc
            ) as distance_rank
        from study
        inner join measure on study.setting = measure.setting
        where abs(extract(year from measure.counted_on) - study.fieldwork_year) <= 3
    ) as ranked
    where distance_rank = 1
),

compared as (
    select
        study.study_id,
        max(case when newest.measure = 'people' then nearest.value end) as people_then,
        max(case when newest.measure = 'people' then newest.value end) as people_now,
        max(case when newest.measure = 'women_share' then nearest.value end) as women_share_then,
        max(case when newest.measure = 'women_share' then newest.value end) as women_share_now,
        max(case when newest.measure = 'remand_share' then nearest.value end) as remand_share_then,
        max(case when newest.measure = 'remand_share' then newest.value end) as remand_share_now,
        max(case when newest.measure = 'aged_50_plus_share' then nearest.value end) as aged_50_plus_share_then,
        max(case when newest.measure = 'aged_50_plus_share' then newest.value end) as aged_50_plus_share_now,
        max(case when newest.measure = 'people' then nearest.counted_on end) as people_then_on,
        max(case when newest.measure = 'people' then newest.counted_on end) as people_now_on,
        max(case when newest.measure = 'people' then newest.source end) as people_now_source
    from study
    inner join newest on study.setting = newest.setting
    left join nearest on study.study_id = nearest.study_id and newest.measure = nearest.measure
    where study.is_of_england_and_wales
    group by study.study_id
),

drift as (
    select
        study.*,
        case
            when study.is_of_england_and_wales and study.extent = 'national'
                then coalesce(study.population_at_time, compared.people_then)
            else compared.people_then
        end as people_then,
        case
            when study.extent = 'national' and study.population_at_time is not null and study.is_of_england_and_wales
                then 'the study'
            when compared.people_then is not null then 'the figure nearest to the fieldwork'
        end as people_then_basis,
        compared.people_then_on,
        compared.people_now,
        compared.people_now_on,
        compared.people_now_source,
        compared.women_share_then,
        compared.women_share_now,
        compared.remand_share_then,
        compared.remand_share_now,
        compared.aged_50_plus_share_then,
        compared.aged_50_plus_share_now
    from study
    left join compared on study.study_id = compared.study_id
),

-- A point for each thing that speaks against it; docs/old-evidence.md has the rule.
scored as (
    select
        drift.*,
        100.0 * (people_now - people_then) / nullif(people_then, 0) as people_change_pct,
        case
            when years_since_fieldwork > 20 then 3
            when years_since_fieldwork > 10 then 2
            when years_since_fieldwork > 5 then 1
            else 0
        end as age_points,
        case when abs(people_now - people_then) > 0.25 * people_then then 1 else 0 end as size_points,
        case
            when
                abs(women_share_now - women_share_then) > 0.25 * women_share_then
                or abs(remand_share_now - remand_share_then) > 0.25 * remand_share_then
                or abs(aged_50_plus_share_now - aged_50_plus_share_then) > 0.25 * aged_50_plus_share_then
                then 1
            else 0
        end as mix_points,
        case when extent = 'national' then 0 else 1 end as extent_points,
        case when sample_size >= 200 then 0 else 1 end as sample_points
    from drift
),

graded as (
    select
        scored.*,
        age_points + size_points + mix_points + extent_points + sample_points as points
    from scored
)

select
    study_id,
    fieldwork_id,
    setting,
    fieldwork_year,
    fieldwork_year_basis,
    years_since_fieldwork,
    cast(people_then as double) as people_then,
    people_then_basis,
    people_then_on,
    cast(people_now as double) as people_now,
    people_now_on,
    people_now_source,
    cast(people_change_pct as double) as people_change_pct,
    women_share_then,
    women_share_now,
    remand_share_then,
    remand_share_now,
    aged_50_plus_share_then,
    aged_50_plus_share_now,
    cast(points as integer) as points,
    case
        when not is_verified then 'not verified'
        when fieldwork_year is null then 'not known'
        when points <= 1 then 'good'
        when points = 2 then 'caution'
        when points <= 4 then 'poor'
        else 'very poor'
    end as trust_grade,
    case
        when not is_verified then 'Nobody read it in its source.'
        when fieldwork_year is null then 'When it was done is not known.'
        else
            'The fieldwork is '
            || cast(cast(round(years_since_fieldwork) as integer) as {{ text_type() }})
            || ' years old'
            || case when fieldwork_year_basis = 'stated' then '' else ', going by its publication' end
            || case
                when people_change_pct is null then '; how the people have changed since is not known'
                when size_points = 1
                    then
                        '; there are now '
                        || cast(cast(round(abs(people_change_pct)) as integer) as {{ text_type() }}) || '% '
                        || case when people_change_pct > 0 then 'more' else 'fewer' end || ' people in the setting'
                else ''
            end
            || case
                when mix_points = 1
                    then '; the share of women, of people on remand or of those aged 50 and over is another'
                else ''
            end
            || case extent
                when 'one_place' then '; it was done in one place'
                when 'some_places' then '; it was done in some places only'
                when 'review' then '; it puts other studies together'
                else ''
            end
            || case
                when sample_size is null then '; how many were asked is not known'
                when sample_points = 1 then '; fewer than 200 were asked'
                else ''
            end
            || '.'
    end as grade_reason
from graded
