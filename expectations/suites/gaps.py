"""Suites for what is missing, late, old, exempt or restated: the tables that say so must themselves be whole.

That something is missing or late is no fault of the file; that it is not said, or said twice, is.
"""

from __future__ import annotations

from datetime import date

from expectations.suites import (
    ExemptionsNeeded,
    Expectation,
    NoRows,
    Suite,
    text_list,
)
from expectations.suites.marts import SUITE
from expectations.suites.table import columns, filled, unique

STALENESS = (
    *("scope", "source_id", "table_name", "area_code", "area_name", "area_level", "last_asked_at", "last_answered_at"),
    *("days_since_answer", "failing_days", "fetch_problem", "fetch_state", "last_released_on", "last_released_basis"),
    *("next_due_on", "late_from", "very_late_from", "days_late", "release_state", "newest_period_end"),
    *("period_age_days", "period_state", "cadence", "warn_after_days", "fail_after_days", "incident_after"),
    *("threshold_reason", "state", "severity", "in_words"),
)
INCIDENT = (
    *("incident_id", "source_id", "sender_area_code", "sender_area_name", "kind", "kinds", "first_failed_on"),
    *("opened_on", "updated_on", "closed_on", "failures", "last_problem", "what_to_do", "in_words", "is_open"),
)
EXEMPTION = (
    *("exemption_id", "source_id", "series_id", "area_code", "reason_code", "why", "owner_role", "granted_on"),
    *("ends_on", "is_in_force"),
)
REVISION = (
    *("source_id", "indicator_id", "release_id", "release_before", "given_again", "changed", "unexplained"),
    *("farthest_area_code", "farthest_period_end", "farthest_before", "farthest_now"),
)

FETCH_STATES = ("ok", "partly_failing", "failing", "never_asked")
RELEASE_STATES = (
    *("on_time", "due", "late", "very_late", "ended", "irregular", "undated", "nothing_landed", "behind"),
)
PERIOD_STATES = ("recent", "old", "very_old", "no_period")
INCIDENT_KINDS = ("fetch_failed", "unreadable", "publisher_late", "sender_silent")

#: No exemption is for longer without somebody looking again.
_LONGEST_DAYS = 400


def suites(*, today: date) -> list[Suite]:
    """A suite for each table."""
    return [
        Suite(SUITE, "meta.staleness", _staleness(today)),
        Suite(SUITE, "meta.incident", _incident(today)),
        Suite(SUITE, "meta.granted_exemption", _exemption()),
        Suite(SUITE, "meta.revision", _revision()),
    ]


def _staleness(today: date) -> tuple[Expectation, ...]:
    return (
        columns(STALENESS),
        filled("scope", "source_id", "fetch_state", "release_state", "period_state", "state", "severity", "in_words"),
        unique(
            "key_is_unique",
            ("scope", "source_id", "table_name", "area_code"),
            advice="A join multiplied the rows: a source has two newest asks, or a table two newest periods.",
        ),
        _states({"fetch_state": FETCH_STATES, "release_state": RELEASE_STATES, "period_state": PERIOD_STATES}),
        Expectation(
            name="late_is_after_it_was_due",
            rule=NoRows(
                "select source_id, table_name, area_code, release_state, next_due_on, late_from, very_late_from,"
                " days_late from checked where"
                f" (release_state = 'late' and (late_from is null or late_from > date '{today.isoformat()}'))"
                " or (release_state = 'very_late' and (very_late_from is null"
                f" or very_late_from > date '{today.isoformat()}'))"
                " or (release_state in ('late', 'very_late')) <> (coalesce(days_late, 0) > 0)"
                " or late_from > very_late_from"
            ),
            severity="error",
            reason="A publisher that is called late wrongly stops believing us.",
            expected="late from late_from and very late from very_late_from, with days_late then and only then",
            advice="Look at int_awaited_period: which period it awaits, and the contract's thresholds.",
        ),
        Expectation(
            name="every_table_of_a_source_has_its_clocks",
            rule=NoRows(
                "select distinct source_id, table_name from meta.source_column anti join"
                " (select source_id, table_name from checked where scope = 'table') using (source_id, table_name)"
            ),
            severity="error",
            reason="What has no clock can be late for ever.",
            expected="a row for every table that the contracts have",
            advice="See that int_awaited_period starts from the contracts' tables, and not from what has landed.",
        ),
        Expectation(
            name="nothing_is_from_the_future",
            rule=NoRows(
                "select source_id, table_name, area_code, newest_period_end, period_age_days, last_released_on,"
                " days_since_answer from checked where period_age_days < 0 or days_since_answer < 0"
            ),
            severity="error",
            reason="An age below nothing hides what is old.",
            expected="ages of no less than 0 days",
            advice="Ages are reckoned from build_day(): see REBALANCE_DAY, and how the period was read.",
        ),
    )


def _incident(today: date) -> tuple[Expectation, ...]:
    return (
        columns(INCIDENT),
        filled("incident_id", "source_id", "kind", "opened_on", "updated_on", "what_to_do", "in_words", "is_open"),
        unique("key_is_unique", ("incident_id",), advice="Two spells of one source were given one name."),
        _states({"kind": INCIDENT_KINDS}),
        Expectation(
            name="an_incident_closes_after_it_opened",
            rule=NoRows(
                "select * from checked where is_open <> (closed_on is null) or closed_on < opened_on"
                " or first_failed_on > opened_on or updated_on < opened_on"
                f" or opened_on > date '{today.isoformat()}' or closed_on > date '{today.isoformat()}'"
            ),
            severity="error",
            reason="An incident that ends before it begins was never shown to anybody.",
            expected="first_failed_on, opened_on and closed_on in that order, none of them to come, and open where not"
            " closed",
            advice="Follow the source's events in the order of their days: see int_... models below meta.incident.",
        ),
        Expectation(
            name="one_incident_at_a_time",
            rule=NoRows(
                "select a.source_id, a.sender_area_code, a.incident_id, a.opened_on, a.closed_on,"
                " b.incident_id as other, b.opened_on as other_opened_on from checked as a"
                " inner join checked as b on a.source_id = b.source_id"
                " and a.sender_area_code is not distinct from b.sender_area_code and a.incident_id <> b.incident_id"
                " and a.opened_on <= b.opened_on and b.opened_on < coalesce(a.closed_on, date '9999-12-31')"
            ),
            severity="error",
            reason="Two alerts for one trouble are a storm.",
            expected="no two incidents of a source or sender open on one day",
            advice="Spells that touch are one incident: see how meta.incident joins them.",
        ),
    )


def _exemption() -> tuple[Expectation, ...]:
    return (
        columns(EXEMPTION),
        unique("key_is_unique", ("exemption_id",), advice="Two rows of the seed exemption have one name."),
        Expectation(
            name="exemptions_are_needed",
            rule=ExemptionsNeeded(_LONGEST_DAYS),
            severity="error",
            reason="An exemption that nobody looks at again is a gap that nobody sees; that it has ended warns.",
            expected=f"a reason, an owner's role and an end within {_LONGEST_DAYS} days for each; none that has ended"
            " while what it covers goes on, and none of what goes on no longer",
            advice="not_needed: delete its row from the seed exemption. ended: chase its owner, or renew it with a new"
            " reason. incomplete or too_long: say why, whose it is and until when (docs/checks.md).",
        ),
    )


def _revision() -> tuple[Expectation, ...]:
    return (
        columns(REVISION),
        filled("source_id", "indicator_id", "release_id", "release_before", "given_again", "changed", "unexplained"),
        unique(
            "key_is_unique",
            ("source_id", "indicator_id", "release_id", "release_before"),
            advice="Two figures of one release share a key: see marts.indicator_value.",
        ),
        Expectation(
            name="changes_are_counted",
            rule=NoRows(
                "select * from checked where unexplained > changed or changed > given_again or unexplained < 0"
                " or (changed > 0) <> (farthest_area_code is not null)"
            ),
            severity="error",
            reason="A share over one is no share.",
            expected="unexplained <= changed <= given_again, and a farthest figure where any changed",
            advice="Count each figure once in meta.revision.",
        ),
    )


def _states(words: dict[str, tuple[str, ...]]) -> Expectation:
    """Every state is one of the words that the column's description has."""
    wrong = " or ".join(f"{name} not in ({text_list(values)})" for name, values in words.items())
    return Expectation(
        name="states_are_known",
        rule=NoRows(f"select * from checked where {wrong}"),
        severity="error",
        reason="A state that nobody knows is shown to nobody.",
        expected="; ".join(f"{name} one of {', '.join(values)}" for name, values in words.items()),
        advice="Add the word to the column's description, to this suite and to what reads it.",
    )
