{#-
  What is particular to how landing Parquet is read. Everything here goes through adapter.dispatch, so that another engine
  needs its own versions of these and no change to a model.
-#}

{#- The folder of landing tables. -#}
{% macro landing_folder() -%}
    {{ env_var('REBALANCE_LANDING', 'data/' ~ env_var('REBALANCE_EDITION', 'sample') ~ '/landing') }}
{%- endmacro %}


{#- The edition: where the bytes come from. -#}
{% macro edition() -%}
    {{ env_var('REBALANCE_EDITION', 'sample') }}
{%- endmacro %}


{#- The names of the Parquets that the registry has for one landing table, in order. -#}
{% macro registered_files(source_id, table_name) %}
    {%- set query -%}
        select landing_file
        from {{ source('landing', 'rebalance__release') }}
        where source_id = '{{ source_id }}' and table_name = '{{ table_name }}' and rows_landed > 0
        order by landing_file
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list if execute else []) }}
{% endmacro %}


{#-
  The names of the registered Parquets that an incremental model has no rows of yet: all of them on a first or a full build.
  Rows of Parquets that are no longer registered were deleted by the model's pre-hook, forget_old_files.
-#}
{% macro new_files(source_id, table_name) %}
    {%- set registered = registered_files(source_id, table_name) -%}
    {%- if not execute or not is_incremental() -%}
        {{ return(registered) }}
    {%- endif -%}
    {%- set staged = run_query('select distinct landing_file from ' ~ this).columns[0].values() | list -%}
    {%- set known = {} -%}
    {%- for name in staged -%}{%- do known.update({name: true}) -%}{%- endfor -%}
    {%- set fresh = [] -%}
    {%- for name in registered -%}
        {%- if name not in known -%}{%- do fresh.append(name) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(fresh) }}
{% endmacro %}


{#-
  A pre-hook of an incremental model by landing file: deletes the rows of Parquets that are no longer registered, and every row
  that another version of the model (or, where `besides` says so, another version of what it was built with) made.
-#}
{% macro forget_old_files(source_id, table_name, besides=none) %}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            made_by <> '{{ local_md5(model.raw_code) }}'
            {% if besides %}or {{ besides }}{% endif %}
            or landing_file not in (
                select landing_file
                from {{ source('landing', 'rebalance__release') }}
                where source_id = '{{ source_id }}' and table_name = '{{ table_name }}'
            )
    {%- else -%}
        select 1
    {%- endif -%}
{% endmacro %}


{#- The rows of the named Parquets of a landing table with landing_file, the Parquet's name; no rows where none is named. -#}
{% macro read_landing(table_id, files) -%}
    {{ return(adapter.dispatch('read_landing', 'rebalance')(table_id, files)) }}
{%- endmacro %}

{% macro default__read_landing(table_id, files) -%}
    {{ exceptions.raise_compiler_error('read_landing is not written for ' ~ target.type ~ ' yet') }}
{%- endmacro %}

{% macro duckdb__read_landing(table_id, files) -%}
    {%- set folder = landing_folder() ~ '/' ~ table_id -%}
    (
        select *, parse_filename(filename) as landing_file
        from read_parquet([
            {%- for name in files or ['_schema.parquet'] %}'{{ (folder ~ '/' ~ name) | replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor -%}
        ], union_by_name = true, filename = true)
    )
{%- endmacro %}


{#- One text that changes when any release of a source is added, replaced or removed. -#}
{% macro releases_fingerprint(source_id) -%}
    {{ return(adapter.dispatch('releases_fingerprint', 'rebalance')(source_id)) }}
{%- endmacro %}

{% macro default__releases_fingerprint(source_id) -%}
    (
        select coalesce(md5(array_join(sort_array(collect_list(landing_file)), ',')), 'none')
        from {{ source('landing', 'rebalance__release') }}
        where source_id = '{{ source_id }}'
    )
{%- endmacro %}

{% macro duckdb__releases_fingerprint(source_id) -%}
    (
        select coalesce(md5(string_agg(landing_file, ',' order by landing_file)), 'none')
        from {{ source('landing', 'rebalance__release') }}
        where source_id = '{{ source_id }}'
    )
{%- endmacro %}


{#-
  Whether a row is of one of some registered files; nothing is compared where all of them are meant.
  Named one by one, so that an engine can pass over the rest of the table unread.
-#}
{% macro is_of_files(files, registered) -%}
    {%- if files | length == registered | length -%}
        1 = 1
    {%- else -%}
        landing_file in (
            {%- for name in files or [''] -%}'{{ name | replace("'", "''") }}'{{ ', ' if not loop.last }}{%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}
