-- Every figure of every indicator as it was published, from each of the models that yield them.
{%- set figures = [
    'int_figure_adjudication',
    'int_figure_alcohol_dependence',
    'int_figure_alcohol_licensing',
    'int_figure_arrest',
    'int_figure_arrest_ethnicity',
    'int_figure_child_assessment_factor',
    'int_figure_child_custody',
    'int_figure_child_reoffending',
    'int_figure_community_mental_health',
    'int_figure_cost_of_reoffending',
    'int_figure_court_caseload',
    'int_figure_court_remand',
    'int_figure_crime_outcome',
    'int_figure_crime_severity',
    'int_figure_custody_ethnicity',
    'int_figure_death_all_causes',
    'int_figure_death_in_custody',
    'int_figure_death_under_supervision',
    'int_figure_deprivation',
    'int_figure_drug_alcohol_treatment',
    'int_figure_drug_seizure',
    'int_figure_fatal_incident',
    'int_figure_fingertips',
    'int_figure_fingertips_next',
    'int_figure_first_time_entrant',
    'int_figure_homelessness',
    'int_figure_hospital_admission',
    'int_figure_immediate_custody',
    'int_figure_lait',
    'int_figure_local_indicator',
    'int_figure_looked_after_child',
    'int_figure_police_contact_death_ethnicity',
    'int_figure_police_workforce',
    'int_figure_prison_bloodborne_virus',
    'int_figure_prison_capacity',
    'int_figure_prison_flow',
    'int_figure_prison_inspection',
    'int_figure_prison_population',
    'int_figure_probation_caseload',
    'int_figure_proven_reoffending',
    'int_figure_recorded_crime',
    'int_figure_recorded_crime_year',
    'int_figure_registered_death',
    'int_figure_release_accommodation',
    'int_figure_rough_sleeping',
    'int_figure_safety_in_custody',
    'int_figure_section_136',
    'int_figure_secure_treatment',
    'int_figure_sentenced_child_need',
    'int_figure_stop_and_search_ethnicity',
    'int_figure_stop_and_search_published',
    'int_figure_surveyed_abuse',
    'int_figure_talking_therapies',
    'int_figure_use_of_force',
    'int_figure_wales_health',
    'int_figure_youth_justice_inspection',
] %}

select {{ figure_columns() | join(', ') }} from {{ counts_as_figures(ref('int_street_crime')) }}
union all
select {{ figure_columns() | join(', ') }} from {{ counts_as_figures(ref('int_stop_and_search'), has=['denominator']) }}
union all
select {{ figure_columns() | join(', ') }}
from {{ counts_as_figures(ref('int_police_contact_death'), has=['category_type', 'category']) }}
union all
select {{ figure_columns() | join(', ') }}
from {{ counts_as_figures(ref('int_ambulance_call_out'), has=['category_type', 'category']) }}
{% for model in figures -%}
    union all
    select {{ figure_columns() | join(', ') }} from {{ ref(model) }}
{% endfor %}
