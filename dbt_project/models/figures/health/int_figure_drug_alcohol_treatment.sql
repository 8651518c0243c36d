-- Adults in community treatment for drugs and alcohol: shares and rates of NDTMS counts, one breakdown at a time.
{%- set parts = {
    'in_treatment': "topic = 'in_treatment'",
    'started': "topic = 'new_presentations'",
    'by_justice': "topic = 'referral_source' and category = 'criminal_justice'",
    'source_known': "topic = 'referral_source' and category <> 'missing'",
    'exits': "topic = 'treatment_exit'",
    'exits_to_prison': "topic = 'treatment_exit' and category in ('prison', 'transferred_in_custody')",
    'completions': "topic = 'treatment_exit' and category = 'successful_completion'",
    'deaths': "topic = 'treatment_exit' and category = 'died'",
    'drop_outs': "topic = 'treatment_exit' and category = 'dropped_out'",
    'waits': "topic = 'waiting_time_first_intervention' and category in ('3weeksandunder', '3to6weeks', 'over6weeks')",
    'long_waits': "topic = 'waiting_time_first_intervention' and category in ('3to6weeks', 'over6weeks')",
    'housing_known': "topic = 'housing_situation' and category <> 'not_stated_or_missing'",
    'housing_problems': "topic = 'housing_situation' and category in ('housing_problem', 'urgent_problem')",
    'completion_base': "topic = 'scnr' and category = 'intreatment'",
    'lasting_completions': "topic = 'scnr' and category = 'scrn'",
} %}
{%- set indicators = [
    ('adults_in_treatment_rate', 'in_treatment', none, "age_group = 'all'"),
    ('adults_alcohol_treatment_rate', 'in_treatment', none, "age_group = 'all' and substance_group = 'alcohol_only'"),
    ('cj_referral_share', 'by_justice', 'source_known', none),
    ('treatment_exit_prison_share', 'exits_to_prison', 'exits', none),
    ('treatment_completion_exit_share', 'completions', 'exits', none),
    ('treatment_drop_out_exit_share', 'drop_outs', 'exits', none),
    ('treatment_death_share', 'deaths', 'in_treatment', none),
    ('treatment_wait_over_3_weeks', 'long_waits', 'waits', none),
    ('treatment_start_housing_problem', 'housing_problems', 'housing_known', none),
    ('opiate_completion', 'lasting_completions', 'completion_base', "substance_group = 'opiate'"),
    ('nonopiate_completion_ndtms', 'lasting_completions', 'completion_base', "substance_group = 'non_opiate_any'"),
    ('alcohol_completion', 'lasting_completions', 'completion_base', "substance_group = 'alcohol_only'"),
] %}
{#- What stands above a line needs all its parts; a way of leaving that a year did not ask about has nobody in it. -#}
{%- set above = indicators | map(attribute=1) | list %}
with published as (
    select * from {{ ref('stg_ndtms__treatment_treatment') }}
    where programme = 'adult_community' and area_code is not null
),

cell as (
    select
        release_id, area_code, period_start, period_end, sex, age_group, substance_group, topic, category, value, status
    from published
    union all
    -- Those who use no opiate are in two groups, with alcohol and without; the publisher's measure has both.
    select
        release_id,
        area_code,
        period_start,
        period_end,
        sex,
        age_group,
        'non_opiate_any' as substance_group,
        topic,
        category,
        value,
        status
    from published
    where substance_group in ('non_opiate_only', 'non_opiate_and_alcohol') and topic = 'scnr'
),

bounded as (
    select
        *,
        -- A count rounded to the nearest 5 can be two more or two fewer.
        case when status = 'rounded' then greatest(value - 2, 0) else value end as low,
        case when status = 'rounded' then value + 2 else value end as high
    from cell
),

one_row as (
    select
        release_id,
        area_code,
        period_start,
        period_end,
        sex,
        age_group,
        substance_group,
        {%- for part, condition in parts.items() %}
            {%- if part in above %}
                case
                    when count(case when {{ condition }} and value is null then 1 end) = 0
                        then sum(case when {{ condition }} then value end)
                end as {{ part }},
            {%- else %}
                sum(case when {{ condition }} then value end) as {{ part }},
            {%- endif %}
            sum(case when {{ condition }} then low end) as {{ part }}_low,
            sum(case when {{ condition }} then high end) as {{ part }}_high,
        {%- endfor %}
        max(case when status = 'rounded' then 1 else 0 end) as is_rounded
    from bounded
    group by release_id, area_code, period_start, period_end, sex, age_group, substance_group
),

measure as (
    {%- for indicator, part, whole, condition in indicators %}
        select
            '{{ indicator }}' as indicator_id,
            one_row.release_id,
            one_row.area_code,
            one_row.period_start,
            one_row.period_end,
            one_row.sex,
            one_row.age_group,
            {{ "cast(null as " ~ text_type() ~ ")" if condition and "substance_group" in condition
                else "nullif(one_row.substance_group, 'all')" }} as drug_group,
            one_row.is_rounded,
            one_row.{{ part }} as numerator,
            one_row.{{ part }}_low as numerator_low,
            one_row.{{ part }}_high as numerator_high,
            {{ "one_row." ~ whole if whole else "cast(null as double)" }} as denominator,
            {{ "one_row." ~ whole ~ "_low" if whole else "cast(null as double)" }} as denominator_low,
            {{ "one_row." ~ whole ~ "_high" if whole else "cast(null as double)" }} as denominator_high
        from one_row
        where
            one_row.{{ part }}_high is not null
            {%- if whole %}
                and one_row.{{ whole }}_high is not null
            {%- endif %}
            {%- if condition %}
                and {{ condition }}
            {%- endif %}
            {%- if not (condition and "substance_group" in condition) %}
                and one_row.substance_group <> 'non_opiate_any'
            {%- endif %}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
)

select
    indicator_id,
    area_code,
    'financial_year' as period_type,
    period_start,
    period_end,
    case when sex = 'all' then 'persons' else sex end as sex,
    case when age_group = 'all' then '18+' else age_group end as age_band,
    case when drug_group is not null then 'drug group' end as category_type,
    case drug_group
        when 'opiate' then 'opiate'
        when 'non_opiate_only' then 'non-opiate only'
        when 'non_opiate_and_alcohol' then 'non-opiate and alcohol'
        when 'alcohol_only' then 'alcohol only'
        else drug_group
    end as category,
    cast(null as double) as value,
    cast(null as double) as lower_95,
    cast(null as double) as upper_95,
    numerator,
    case when is_rounded = 1 then numerator_low end as numerator_low,
    case when is_rounded = 1 then numerator_high end as numerator_high,
    denominator,
    case when is_rounded = 1 then denominator_low end as denominator_low,
    case when is_rounded = 1 then denominator_high end as denominator_high,
    case
        when numerator is null then 'not_available'
        when is_rounded = 1 then 'rounded'
        else 'observed'
    end as status,
    release_id,
    cast(null as {{ text_type() }}) as note
from measure
where
    -- Sex, age and drug group crossed make cells too small to say anything of a place.
    case when sex = 'all' then 0 else 1 end
    + case when age_group = 'all' then 0 else 1 end
    + case when drug_group is null then 0 else 1 end <= 1
