{#- The name of a date's month. -#}
{% macro month_name(date) -%}
    case extract(month from {{ date }})
        {%- for name in [
            'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
            'November', 'December',
        ] %}
            when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end
{%- endmacro %}


{#- A date's month and year: May 2018. -#}
{% macro month_in_words(date) -%}
    {{ month_name(date) }} || ' ' || cast(extract(year from {{ date }}) as {{ text_type() }})
{%- endmacro %}


{#- A date's year, or the two that a year from its month on lies in: 2018, 2018/19. -#}
{% macro year_in_words(date) -%}
    cast(extract(year from {{ date }}) as {{ text_type() }})
    || case
        when extract(month from {{ date }}) > 1
            then
                '/'
                || substr(cast(extract(year from {{ date_plus('year', 1, date) }}) as {{ text_type() }}), 3, 2)
        else ''
    end
{%- endmacro %}


{#-
  What a run of periods covers, as people say it, from the first one's first day to the last one's last: July 2019 to
  August 2024; 2012/13 to 2018/19; 30 June 2018.
-#}
{% macro periods_in_words(period_type, first_start, last_start, last_end, periods) -%}
    case
        when {{ first_start }} is null then null
        when {{ period_type }} = 'day'
            then
                {{ day_in_words(first_start) }}
                || case when {{ periods }} > 1 then ' to ' || {{ day_in_words(last_end) }} else '' end
        when {{ months_to_next(period_type) }} = 12
            then
                {{ year_in_words(first_start) }}
                || case when {{ periods }} > 1 then ' to ' || {{ year_in_words(last_start) }} else '' end
        when {{ month_in_words(first_start) }} = {{ month_in_words(last_end) }} then {{ month_in_words(first_start) }}
        else {{ month_in_words(first_start) }} || ' to ' || {{ month_in_words(last_end) }}
    end
{%- endmacro %}


{#- What areas of a level are called, several of them. -#}
{% macro level_in_words(area_level) -%}
    case {{ area_level }}
        when 'local_authority_district' then 'districts'
        when 'upper_tier_local_authority' then 'counties'
        when 'police_force_area' then 'police force areas'
        when 'community_safety_partnership' then 'community safety partnerships'
        when 'integrated_care_board' then 'integrated care boards'
        when 'sub_integrated_care_board' then 'parts of integrated care boards'
        when 'local_health_board' then 'health boards'
        when 'region' then 'regions'
        else replace({{ area_level }}, '_', ' ') || 's'
    end
{%- endmacro %}
