{#- The order of releases, newest first: by day of publication, then by when it was retrieved; the id settles a tie. -#}
{% macro newest_first(relation) -%}
    release.published_on desc nulls last, release.retrieved_at desc, {{ relation }}.release_id desc
{%- endmacro %}


{#-
  The rows of a landing table that came in the newest release of what they belong to: of each vintage, say, where `of` is
  that. Several rows of that one release all stay.
-#}
{% macro of_newest_release(source_id, table, of) -%}
    (
        select ranked.*
        from (
            select
                landed.*,
                dense_rank() over (
                    partition by {{ of | join(', ') }}
                    order by {{ newest_first('landed') }}
                ) as age_rank
            from {{ source('landing', source_id ~ '__' ~ table) }} as landed
            left join {{ ref('stg_rebalance__release') }} as release
                on landed.release_id = release.release_id and release.source_id = '{{ source_id }}'
        ) as ranked
        where ranked.age_rank = 1
    )
{%- endmacro %}
