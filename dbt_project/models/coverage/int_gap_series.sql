-- What gaps can be of: indicators, and the data sets that a publisher lists what it has of.
select
    indicator_id as series_id,
    indicator_id,
    source_id,
    title,
    domain
from {{ ref('int_indicator') }}
union all
select 'police_uk.street', null, 'police_uk_street', 'street crime data', 'crime and victimisation'
union all
select 'police_uk.outcomes', null, 'police_uk_outcomes', 'crime outcomes data', 'policing and diversion'
union all
select 'police_uk.stop_and_search', null, 'police_uk_stop_and_search', 'stop and search data', 'policing and diversion'
