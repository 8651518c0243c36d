-- Where each prison stands. Its people are from elsewhere: a prison is in no relation of areas, and no figure of a
-- prison is a figure of the place that it stands in.
with release as (
    select * from {{ ref('stg_rebalance__release') }}
    where source_id = 'hmpps_prison_register'
),

mention as (
    select
        prison_code, prison_name, country, postcode, cast(null as {{ text_type() }}) as local_authority_code,
        release_id, 1 as trust
    from {{ ref('stg_hmpps__prison_register_prison') }}
    union all
    select
        prison_code, site_name as prison_name, cast(null as {{ text_type() }}) as country, postcode,
        local_authority_code, release_id, 2 as trust
    from {{ ref('stg_hmpps__prison_register_site') }}
    union all
    select
        prison_code, prison_name, cast(null as {{ text_type() }}) as country, postcode,
        cast(null as {{ text_type() }}) as local_authority_code, release_id, 3 as trust
    from {{ ref('stg_hmpps__prison_register_estate') }}
    union all
    select
        prison_code, listed_name as prison_name, cast(null as {{ text_type() }}) as country, postcode,
        cast(null as {{ text_type() }}) as local_authority_code, release_id, 4 as trust
    from {{ ref('stg_hmpps__prison_register_listing') }}
),

ranked as (
    select
        mention.*,
        row_number() over (
            partition by mention.prison_code
            order by
                case when mention.prison_name is null then 1 else 0 end, mention.trust, {{ newest_first('mention') }},
                mention.prison_name
        ) as name_rank,
        row_number() over (
            partition by mention.prison_code
            order by
                case when mention.postcode is null then 1 else 0 end, mention.trust, {{ newest_first('mention') }},
                mention.postcode
        ) as postcode_rank
    from mention
    left join release on mention.release_id = release.release_id
    where mention.prison_code is not null
),

prison as (
    select
        prison_code,
        max(case when name_rank = 1 then prison_name end) as prison_name,
        max(country) as country,
        max(case when postcode_rank = 1 then postcode end) as postcode,
        -- Two authorities for one prison are none.
        case when count(distinct local_authority_code) = 1 then max(local_authority_code) end as local_authority_code
    from ranked
    group by prison_code
),

held as (
    select prison.*, coalesce(successor.area_code, prison.local_authority_code) as district_code
    from prison
    left join {{ ref('int_area_successor') }} as successor
        on prison.local_authority_code = successor.former_code and successor.is_exact
)

select
    held.prison_code,
    held.prison_name,
    held.country,
    held.postcode,
    placement.district_code,
    placement.pfa_code,
    case when placement.district_code is null then 'not_available' else 'observed' end as status
from held
left join {{ ref('int_district_placement') }} as placement on held.district_code = placement.district_code
