-- A file that lands in several tables is one release of its source.
select
    source_id,
    release_id,
    min(source_file) as source_file,
    min(published_on) as published_on,
    max(retrieved_at) as retrieved_at
from {{ source('landing', 'rebalance__release') }}
group by source_id, release_id
