select
    mix.setting,
    mix.place_kind,
    mix.place_code,
    coalesce(area.area_name, prison.prison_name) as place_name,
    mix.sex,
    mix.custody_type,
    mix.age_band,
    mix.age_from,
    mix.age_to,
    cast(mix.people as double) as people,
    cast(mix.people_log_sd as double) as people_log_sd,
    mix.counted_on,
    mix.mix_basis,
    case when mix.people_log_sd > 0 or mix.setting = 'prison' then 'estimated' else 'observed' end as status
from {{ ref('int_contact_mix') }} as mix
left join {{ ref('int_area') }} as area on mix.place_kind <> 'prison' and mix.place_code = area.area_code
left join {{ ref('int_prison') }} as prison on mix.place_kind = 'prison' and mix.place_code = prison.prison_code
