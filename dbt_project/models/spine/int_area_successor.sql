-- Every code that has ended, with the code or codes of today that hold what it held, through as many changes as it
-- took.
with listed as (
    select
        old_code, old_name, new_code, new_name, change_type,
        cast(cast(change_year as {{ text_type() }}) || '-04-01' as date) as changed_on
    from {{ ref('stg_ons__code_change') }}
    where
        substr(old_code, 1, 1) in ('E', 'W')
        and change_type in ('merger', 'new_code', 'termination')
        and (new_code is null or new_code <> old_code)
),

replaced as (
    select distinct old_code, old_name, new_code, new_name, changed_on, cast(null as double) as population
    from listed
    where new_code is not null
),

-- A county council that was abolished has no new code of its own: its districts' codes say where its people are.
abolished as (
    select
        listed.old_code,
        listed.old_name,
        replaced.new_code,
        replaced.new_name,
        listed.changed_on,
        case when count(*) = count(former.population) then cast(sum(former.population) as double) end as population
    from listed
    inner join {{ ref('district_parent') }} as parent on listed.old_code = parent.parent_code
    inner join replaced on parent.district_code = replaced.old_code and listed.changed_on = replaced.changed_on
    left join {{ ref('former_district') }} as former on parent.district_code = former.district_code
    where listed.new_code is null
    group by listed.old_code, listed.old_name, replaced.new_code, replaced.new_name, listed.changed_on
),

-- What the register of changes does not list; where it does, the register is right.
elsewhere as (
    select old_code, old_name, new_code, new_name, changed_on, cast(population as double) as population
    from {{ ref('area_change') }} as known
    where not exists (select 1 from replaced where replaced.old_code = known.old_code)
),

change as (
    select * from replaced
    union all
    select * from abolished
    union all
    select * from elsewhere
),

divided as (
    select
        old_code,
        new_code,
        changed_on,
        case
            when count(*) over (partition by old_code) = 1 then 1.0
            when count(*) over (partition by old_code) = count(population) over (partition by old_code)
                then population / sum(population) over (partition by old_code)
        end as share
    from change
),

walk_1 as (
    select old_code as former_code, new_code as area_code, share, changed_on, changed_on as ended_on
    from divided
),

walk_2 as (
    select
        walk.former_code,
        coalesce(divided.new_code, walk.area_code) as area_code,
        walk.share * case when divided.old_code is null then 1.0 else divided.share end as share,
        coalesce(divided.changed_on, walk.changed_on) as changed_on,
        walk.ended_on
    from walk_1 as walk
    left join divided on walk.area_code = divided.old_code
),

walk_3 as (
    select
        walk.former_code,
        coalesce(divided.new_code, walk.area_code) as area_code,
        walk.share * case when divided.old_code is null then 1.0 else divided.share end as share,
        coalesce(divided.changed_on, walk.changed_on) as changed_on,
        walk.ended_on
    from walk_2 as walk
    left join divided on walk.area_code = divided.old_code
),

walk_4 as (
    select
        walk.former_code,
        coalesce(divided.new_code, walk.area_code) as area_code,
        walk.share * case when divided.old_code is null then 1.0 else divided.share end as share,
        coalesce(divided.changed_on, walk.changed_on) as changed_on,
        walk.ended_on
    from walk_3 as walk
    left join divided on walk.area_code = divided.old_code
),

arrived as (
    select
        former_code,
        area_code,
        max(changed_on) as changed_on,
        min(ended_on) as ended_on,
        case when count(*) = count(share) then sum(share) end as weight
    from walk_4
    where not exists (select 1 from divided where divided.old_code = walk_4.area_code)
    group by former_code, area_code
),

began as (
    select new_code as area_code, min(changed_on) as began_on
    from change
    group by new_code
),

divided_name as (
    select new_code, new_name from change
    where not exists (select 1 from divided where divided.old_code = change.new_code)
),

named as (
    select old_code as area_code, min(old_name) as area_name from change
    group by old_code
    union
    select new_code as area_code, min(new_name) as area_name from divided_name
    group by new_code
),

described as (
    select
        arrived.*,
        began.began_on,
        former.area_level as former_level,
        present.area_level,
        count(*) over (partition by arrived.former_code) as areas_of_former
    from arrived
    inner join {{ ref('area_code_prefix') }} as former on substr(arrived.former_code, 1, 3) = former.prefix
    inner join {{ ref('area_code_prefix') }} as present on substr(arrived.area_code, 1, 3) = present.prefix
    left join began on arrived.former_code = began.area_code
),

-- The former codes that stood side by side: districts with districts, and counties with the unitaries that were upper
-- tiers like them.
beside as (
    select
        one.former_code,
        one.area_code,
        count(*) as former_codes_of_area,
        max(other.areas_of_former) as most_areas
    from described as one
    inner join described as other
        on
            one.area_code = other.area_code
            and one.ended_on <= other.ended_on
            and (other.began_on is null or one.ended_on > other.began_on)
            and (
                one.former_level = other.former_level
                or (
                    one.former_level = 'upper_tier_local_authority'
                    and other.former_level = 'local_authority_district'
                    and substr(other.former_code, 1, 3) <> 'E07'
                )
            )
    group by one.former_code, one.area_code
)

select
    described.former_code,
    former_name.area_name as former_name,
    described.former_level,
    described.area_code,
    area_name.area_name,
    described.area_level,
    described.ended_on,
    described.changed_on,
    case
        when described.areas_of_former > 1 then 'split'
        when beside.former_codes_of_area = 1 then 'renamed'
        else 'merged'
    end as relation,
    cast(described.weight as double) as weight,
    cast(beside.former_codes_of_area as integer) as former_codes_of_area,
    described.areas_of_former = 1 as is_exact,
    beside.most_areas = 1 as is_whole_known
from described
inner join beside on described.former_code = beside.former_code and described.area_code = beside.area_code
left join named as former_name on described.former_code = former_name.area_code
left join named as area_name on described.area_code = area_name.area_code
