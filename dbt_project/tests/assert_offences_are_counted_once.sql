-- No offence is lost or counted twice on its way into the figures: the rows of the open data come to the figure of
-- England and Wales, possession and trafficking come to drug offences, and in the workbook the groups of an area come
-- to its total, and the forces with the British Transport Police to that of England and Wales.
with figure as (
    select release_id, indicator_id, area_code, period_start, period_end, numerator
    from {{ ref('int_figure_recorded_crime') }}
),

staged as (
    select
        figure.release_id,
        figure.period_end,
        max(figure.numerator) as found,
        sum(offence.value) as expected
    from figure
    inner join {{ ref('stg_ho__recorded_crime_offence') }} as offence
        on
            figure.release_id = offence.release_id
            and offence.period_end between figure.period_start and figure.period_end
            and offence.area_level in ('police_force_area', 'transport_police')
            and lower(offence.offence_group) <> 'fraud offences'
    where figure.indicator_id = 'recorded_crime_csp_rate' and figure.area_code = 'K04000001'
    group by figure.release_id, figure.period_end
),

drug as (
    select
        release_id,
        area_code,
        period_end,
        max(case when indicator_id = 'drug_offences_recorded_rate' then numerator end) as expected,
        sum(case when indicator_id <> 'drug_offences_recorded_rate' then numerator end) as found,
        count(*) as figures
    from figure
    where
        indicator_id in (
            'drug_offences_recorded_rate', 'drug_possession_recorded_rate', 'drug_trafficking_recorded_rate'
        )
    group by release_id, area_code, period_end
),

headline as (
    select * from {{ ref('stg_ho__recorded_crime_headline') }}
    where measure = 'number'
),

by_area as (
    select
        release_id,
        table_number,
        area_level,
        area_name,
        max(case when offence = 'Total recorded crime (excluding fraud)' then value end) as expected,
        sum(case when part_of = 'Total recorded crime (excluding fraud)' then value end) as found,
        count(case when part_of = 'Total recorded crime (excluding fraud)' then value end) as parts
    from headline
    where table_number in ('P1', 'P4', 'C2', 'C5')
    group by release_id, table_number, area_level, area_name
),

by_offence as (
    select
        release_id,
        table_number,
        offence,
        max(case when area_code = 'K04000001' then value end) as expected,
        sum(case when area_level in ('police_force_area', 'transport_police') then value end) as found
    from headline
    where table_number in ('P1', 'P4')
    group by release_id, table_number, offence
)

select release_id, 'open data' as what, expected, found
from staged
where expected <> found
union all
select release_id, 'drug offences of ' || area_code as what, expected, found
from drug
where figures = 3 and expected <> found
union all
select release_id, 'groups of ' || area_name as what, expected, found
from by_area
where parts = 9 and expected <> found
union all
select release_id, 'forces, ' || offence as what, expected, found
from by_offence
where expected <> found
