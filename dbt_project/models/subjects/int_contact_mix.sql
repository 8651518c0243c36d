-- Today's people in contact with the justice system, by place, sex, kind of custody and age: what a study's prevalence
-- is applied to. What is counted is taken as it is; what is not is shared out by a rule that mix_basis states.
with together as (
    select * from {{ ref('int_mix_prison') }}
    union all
    select * from {{ ref('int_mix_police_custody') }}
    union all
    select * from {{ ref('int_mix_probation') }}
    union all
    select * from {{ ref('int_mix_youth_justice') }}
    union all
    select * from {{ ref('int_mix_youth_custody') }}
)

select
    setting,
    place_kind,
    place_code,
    sex,
    custody_type,
    age_band,
    max(age_from) as age_from,
    max(age_to) as age_to,
    sum(people) as people,
    max(people_log_sd) as people_log_sd,
    max(counted_on) as counted_on,
    min(mix_basis) as mix_basis
from together
group by setting, place_kind, place_code, sex, custody_type, age_band
having sum(people) > 0
