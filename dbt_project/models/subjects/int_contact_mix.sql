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

select * from together
