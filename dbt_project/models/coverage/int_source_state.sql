-- How each source stands with us: whether it answered when it was last asked, whether a file of it cannot be read, and
-- whether all of it was put in a folder by somebody, so that nothing can be said of what its publisher has.
with asked as (
    select
        source_id,
        failed,
        row_number() over (partition by source_id order by asked_on desc) as age_rank
    from {{ source('landing', 'rebalance__ask') }}
),

unread as (
    select
        source_id,
        max(cast(first_received_at as date)) as unread_since,
        {{ listed('source_file', ', ') }} as unread_files
    from {{ source('landing', 'rebalance__unread') }}
    group by source_id
),

brought as (
    select source_id, min(case when origin = 'folder' then 1 else 0 end) = 1 as is_from_a_folder
    from {{ source('landing', 'rebalance__release') }}
    group by source_id
)

select
    source.source_id,
    source.title,
    source.publisher,
    source.landing_page,
    source.usual_lag_days,
    source.warn_after_days,
    source.sender_level,
    source.sender,
    source.has_rows,
    coalesce(asked.failed > 0, false) as latest_ask_failed,
    unread.unread_since,
    unread.unread_files,
    coalesce(brought.is_from_a_folder, '{{ edition() }}' = 'folder') as is_from_a_folder
from {{ source('landing', 'rebalance__source') }} as source
left join asked on source.source_id = asked.source_id and asked.age_rank = 1
left join unread on source.source_id = unread.source_id
left join brought on source.source_id = brought.source_id
