"""Suites for the marts of studies and of today's people, and what has to hold of the need estimated from them.

The estimated tables have no checks of their own: what describes the published file waits for them, and every check
waits for that. So they are asked about here, beside the figures that they stand on.
"""

from __future__ import annotations

from expectations.suites import Expectation, InSet, NoRows, Suite
from expectations.suites.marts import SUITE
from expectations.suites.table import columns, filled, unique

STUDY = (
    *("study_id", "fieldwork_id", "title", "year_published", "fieldwork_year", "fieldwork_year_basis", "setting"),
    *("country", "design", "extent", "sample_size", "population_at_time", "source_url", "is_verified", "note"),
)
STUDY_ESTIMATE = (
    *("estimate_id", "study_id", "fieldwork_id", "condition_id", "condition_title", "domain", "setting", "sex"),
    *("custody_type", "age_from", "age_to", "measure", "estimate_pct", "lower_95", "upper_95", "standard_error"),
    *("standard_error_basis", "is_verified", "is_used", "why_not_used", "source_url", "note"),
)
STUDY_AGE = (
    *("study_id", "fieldwork_id", "setting", "fieldwork_year", "years_since_fieldwork", "people_then", "people_now"),
    *("people_change_pct", "women_share_then", "women_share_now", "remand_share_then", "remand_share_now"),
    *("aged_50_plus_share_then", "aged_50_plus_share_now", "trust_grade", "grade_reason"),
)
CONTACT_MIX = (
    *("setting", "place_kind", "place_code", "place_name", "sex", "custody_type", "age_band", "people"),
    *("people_log_sd", "counted_on", "mix_basis", "status"),
)
NEED_COMPARISON = ("setting", "condition_id", "indicator_id", "category_type", "category", "why_no_unmet", "note")

SETTINGS = ("prison", "prison_in_a_year", "police_custody", "probation", "youth_justice", "youth_custody")
GRADES = ("good", "caution", "poor", "very poor", "not known", "not verified")

_CELL = ("setting", "place_kind", "place_code", "sex", "custody_type", "age_band")
_ADVICE = "The register gives it twice: look in dbt_project/seeds/evidence."


def suites() -> list[Suite]:
    """A suite for each table."""
    return [
        Suite(
            SUITE,
            "marts.study",
            (
                columns(STUDY),
                filled("study_id", "fieldwork_id", "title", "setting", "extent", "is_verified"),
                unique("key_is_unique", ("study_id",), advice=_ADVICE),
            ),
        ),
        Suite(
            SUITE,
            "marts.study_estimate",
            (
                columns(STUDY_ESTIMATE),
                filled("estimate_id", "study_id", "fieldwork_id", "condition_id", "setting", "sex", "is_used"),
                unique("key_is_unique", ("estimate_id",), advice=_ADVICE),
                _only_what_was_read(),
                _fieldwork_once(),
                _stands_on_used_figures(),
                _need_has_limits(),
            ),
        ),
        Suite(
            SUITE,
            "marts.study_age",
            (
                columns(STUDY_AGE),
                filled("study_id", "fieldwork_id", "setting", "trust_grade", "grade_reason"),
                unique("key_is_unique", ("study_id",), advice=_ADVICE),
                Expectation(
                    name="grades_are_those_that_are_explained",
                    rule=InSet("trust_grade", GRADES),
                    severity="error",
                    reason="Estimates take the worst grade of their studies: one that is not known has no order.",
                    expected=f"trust_grade one of {', '.join(GRADES)}",
                    advice="Say the new grade in estimation/need.py and docs/old-evidence.md too.",
                ),
            ),
        ),
        Suite(
            SUITE,
            "marts.contact_mix",
            (
                columns(CONTACT_MIX),
                filled(*_CELL, "people", "people_log_sd", "counted_on", "mix_basis", "status"),
                unique("key_is_unique", _CELL, advice="A join multiplied the people: look at int_contact_mix."),
                Expectation(
                    name="settings_are_those_that_are_explained",
                    rule=InSet("setting", SETTINGS),
                    severity="error",
                    reason="The studies of a setting are found by its name.",
                    expected=f"setting one of {', '.join(SETTINGS)}",
                    advice="Say the new setting in STUDIED_IN of estimation/need.py and in docs/old-evidence.md.",
                ),
                _places_add_up(),
            ),
        ),
        Suite(
            SUITE,
            "marts.need_comparison",
            (
                columns(NEED_COMPARISON),
                filled("setting", "why_no_unmet"),
                unique("key_is_unique", ("setting", "condition_id"), advice=_ADVICE),
            ),
        ),
    ]


def _only_what_was_read() -> Expectation:
    return Expectation(
        name="only_figures_that_were_read_are_used",
        rule=NoRows(
            "select * from checked where is_used and (not is_verified or measure <> 'prevalence'"
            " or standard_error is null) or is_used <> (why_not_used is null)"
        ),
        severity="error",
        reason="A recollection, a positivity or a range would be pooled as if a study had found it.",
        expected="is_used only of verified prevalences with a standard error; all others with why_not_used",
        advice="Look at why_not in study_estimate.sql, and at the row of study_figure.csv.",
    )


def _fieldwork_once() -> Expectation:
    return Expectation(
        name="no_pool_has_two_figures_of_one_fieldwork",
        rule=NoRows(
            "select p.condition_id, p.setting, p.sex, p.custody_type, p.age_band, c.fieldwork_id, count(*) as figures"
            " from (select *, unnest(string_split(estimates, '; ')) as estimate_id from marts.need_prevalence) as p"
            " inner join checked as c on p.estimate_id = c.estimate_id group by all having count(*) > 1"
        ),
        severity="error",
        reason="The same people would count as two studies, and the limits would be too narrow.",
        expected="in each pooled prevalence at most one figure of each fieldwork_id",
        advice="Look at one_a_fieldwork in estimation/need.py, and at fieldwork_id in study_register.csv.",
    )


def _stands_on_used_figures() -> Expectation:
    return Expectation(
        name="estimates_stand_on_used_figures_alone",
        rule=NoRows(
            "select distinct estimate_id from (select unnest(string_split(estimates, '; ')) as estimate_id"
            " from marts.need_estimate where estimates is not null) as e"
            " where not exists (select 1 from checked as c where c.estimate_id = e.estimate_id and c.is_used)"
        ),
        severity="error",
        reason="A figure that is kept out of results would be in one.",
        expected="every figure that marts.need_estimate names in marts.study_estimate with is_used",
        advice="The estimates are older than the figures: run the refresh again.",
    )


def _need_has_limits() -> Expectation:
    return Expectation(
        name="estimated_need_has_limits_or_a_reason",
        # Hundredths of a person: sums over strata end a hair beside the whole.
        rule=NoRows(
            "select e.* from marts.need_estimate as e where case e.status"
            " when 'modelled' then not coalesce(e.lower_95 <= e.value and e.value <= e.upper_95 and e.lower_95 >= 0"
            " and e.value <= e.people_covered + 0.01 and e.people_covered <= e.people + 0.01"
            " and e.trust_grade is not null"
            " and (e.unmet is null) = (e.observed is null) and (e.unmet is null) = (e.why_no_unmet is not null), false)"
            " when 'not_available' then e.value is not null or e.reason is null else true end"
        ),
        severity="error",
        reason="An estimate without limits would be read as a count.",
        expected="of modelled rows limits around the value, and the unmet need or why there is none; else a reason",
        advice="Look at the place's rows of marts.contact_mix, and at standardised in estimation/need.py.",
    )


def _places_add_up() -> Expectation:
    return Expectation(
        name="places_add_up_to_the_country",
        rule=NoRows(
            "select setting, place_kind, sum(checked.people) as people, any_value(country.people) as people_of_country"
            " from checked inner join (select setting, sum(people) as people from checked"
            " where place_code = 'K04000001' group by setting) as country using (setting)"
            " where place_kind <> 'country' and setting in ('prison', 'police_custody', 'probation')"
            " group by setting, place_kind having abs(sum(checked.people) - any_value(country.people)) > 1"
        ),
        severity="error",
        reason="People who are shared out between places would be lost or counted twice.",
        expected="of prison, police_custody and probation, each kind of place adding up to England and Wales",
        advice="A share does not add up to one: look at the int_mix models of the setting.",
    )
