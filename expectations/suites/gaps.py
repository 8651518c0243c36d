"""Suites for what is missing, late, old, exempt or restated: the tables that say so must themselves be whole.

That something is missing or late is no fault of the file; that it is not said, or said twice, is.
"""

from __future__ import annotations

from datetime import date

from expectations.suites import (
    CoverageComplete,
    ExemptionsNeeded,
    Expectation,
    NoRows,
    Suite,
    text_list,
)
from expectations.suites.marts import SUITE
from expectations.suites.table import columns, filled, unique

COVERAGE = (
    *("series_id", "indicator_id", "source_id", "area_code", "area_name", "area_level", "period_type", "period_start"),
    *("period_end", "sex", "age_band", "category_type", "category", "state", "reason", "explanation", "due_on"),
    "late_from",
)
DATA_GAP = (
    *("gap_id", "opened_on", "series_id", "indicator_id", "title", "area_code", "area_name", "area_level"),
    *("period_type", "period_from", "period_to", "periods", "cells", "reason", "reason_in_words", "people", "due_on"),
    *("source_id", "who_could_fill", "how_to_fill", "exemption_id", "need", "updated_on", "closed_on", "days_open"),
    *("is_open", "is_exempt", "priority"),
)
PLACE_GAP = ("area_code", "area_name", "area_level", "gap_id", "opened_on", "priority", "rank_in_place")
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

STATES = ("present", "empty", "absent", "explained")
REASONS = (
    *("publisher_suppressed", "publisher_not_available", "sender_did_not_submit", "publisher_late", "not_yet_due"),
    *("fetch_failed", "quarantined_by_us", "boundary_change", "series_discontinued", "not_collected", "not_linked"),
    "not_fetched",
)
FETCH_STATES = ("ok", "partly_failing", "failing", "never_asked")
RELEASE_STATES = (
    *("on_time", "due", "late", "very_late", "ended", "irregular", "undated", "nothing_landed", "behind"),
)
PERIOD_STATES = ("recent", "old", "very_old", "no_period")
INCIDENT_KINDS = ("fetch_failed", "unreadable", "publisher_late", "sender_silent")

#: A theme that lacks more than this of what is due is worth a look; publishers leave single places out.
_LACKING = 0.25
#: No exemption is for longer without somebody looking again.
_LONGEST_DAYS = 400


def suites(*, today: date) -> list[Suite]:
    """A suite for each table."""
    return [
        Suite(SUITE, "marts.coverage", _coverage(today)),
        Suite(SUITE, "marts.data_gap", _data_gap(today)),
        Suite(SUITE, "marts.place_gap", _place_gap()),
        Suite(SUITE, "meta.staleness", _staleness(today)),
        Suite(SUITE, "meta.incident", _incident(today)),
        Suite(SUITE, "meta.granted_exemption", _exemption()),
        Suite(SUITE, "meta.revision", _revision()),
    ]


def _coverage(today: date) -> tuple[Expectation, ...]:
    day = f"date '{today.isoformat()}'"
    return (
        columns(COVERAGE),
        filled("series_id", "area_code", "area_level", "state"),
        unique(
            "key_is_unique",
            (
                *("series_id", "area_code", "period_type", "period_start", "period_end", "sex", "age_band"),
                *("category_type", "category"),
            ),
            advice="The grid has a cell twice: a group or an area is expected for two reasons.",
        ),
        _states({"state": STATES, "reason": REASONS}),
        Expectation(
            name="coverage_is_complete",
            rule=CoverageComplete(_LACKING),
            severity="error",
            reason="That figures are missing is a publisher's; that nobody is told why is ours.",
            expected=f"at most {_LACKING:.0%} of a theme's cells that are due absent without an exemption;"
            " an error where any is missing without a reason",
            advice="Read marts.data_gap for the theme: its first rows say whom to ask. A cell without a reason is a"
            " case that the rules of models/coverage forget.",
        ),
        Expectation(
            name="only_what_is_missing_has_a_reason",
            rule=NoRows(
                "select * from checked where (state = 'present' and reason is not null)"
                " or (state = 'explained' and coalesce(trim(explanation), '') = '')"
            ),
            severity="error",
            reason="A figure that is there and said to be missing is believed by nobody.",
            expected="no reason where the figure is there, and an explanation where its absence is explained",
            advice="Reasons are given in models/coverage, one a cell: see which rule takes a cell that is there.",
        ),
        Expectation(
            name="late_is_after_it_was_due",
            rule=NoRows(
                f"select * from checked where (reason = 'not_yet_due' and late_from <= {day})"
                f" or (reason = 'publisher_late' and late_from > {day}) or late_from < due_on"
            ),
            severity="error",
            reason="A publisher that is called late wrongly stops believing us.",
            expected="not_yet_due before late_from only, publisher_late from then on",
            advice="See how models/coverage reckons due_on and late_from from the contract's cadence and promises.",
        ),
        Expectation(
            name="what_is_present_is_there",
            rule=NoRows(
                "select c.series_id, c.area_code, c.period_start, c.period_end, c.sex, c.age_band, c.category_type,"
                " c.category from checked as c left join marts.indicator_value as v on v.is_latest_release"
                " and v.indicator_id = c.indicator_id and v.area_code = c.area_code and v.period_type = c.period_type"
                " and v.period_start = c.period_start and v.period_end = c.period_end"
                " and v.sex is not distinct from c.sex and v.age_band is not distinct from c.age_band"
                " and v.category_type is not distinct from c.category_type"
                " and v.category is not distinct from c.category"
                " where c.state = 'present' and c.indicator_id is not null and v.indicator_id is null"
            ),
            severity="error",
            reason="A hole that counts as filled is never chased.",
            expected="a row of marts.indicator_value for every cell of an indicator that is present",
            advice="The grid's key and the figures' differ: see the group columns of models/coverage.",
        ),
    )


def _data_gap(today: date) -> tuple[Expectation, ...]:
    day = f"date '{today.isoformat()}'"
    run = "series_id, area_level, area_code, period_type, group_names, reason"
    same = " and ".join(f"a.{name} is not distinct from b.{name}" for name in run.split(", "))
    return (
        columns(DATA_GAP),
        filled("gap_id", "opened_on", "updated_on", "series_id", "reason", "reason_in_words", "is_open", "is_exempt"),
        unique(
            "key_is_unique",
            ("gap_id", "opened_on"),
            advice="A gap was opened twice on one day: the history is merged by gap_id.",
        ),
        _states({"reason": REASONS}),
        Expectation(
            name="a_gap_closes_after_it_opened",
            rule=NoRows(
                "select * from checked where is_open <> (closed_on is null) or closed_on < opened_on"
                f" or updated_on < opened_on or opened_on > {day} or closed_on > {day} or period_to < period_from"
                " or days_open < 0"
            ),
            severity="error",
            reason="How long a gap has been open decides who is asked first.",
            expected="opened_on, updated_on and closed_on in order, none of them to come, and open where not closed",
            advice="The history is merged in marts.data_gap by build_day(): see whether the day ran backwards.",
        ),
        Expectation(
            name="runs_do_not_overlap",
            rule=NoRows(
                "select a.gap_id, b.gap_id as within_it, a.series_id, a.area_code, a.group_names, a.reason,"
                " a.period_from, a.period_to, b.reason as other_reason, b.period_from as other_from,"
                " b.period_to as other_to"
                f" from checked as a inner join checked as b on {same} and a.is_open and b.is_open"
                " and a.gap_id <> b.gap_id and a.period_from <= b.period_from and a.period_to >= b.period_to"
                # Which groups some are is not said.
                " where a.group_names <> 'some groups' and a.group_names not like '%...'"
            ),
            severity="error",
            reason="A hole that two gaps claim is chased twice.",
            expected="no open run of periods within another of the same series, place, groups and reason",
            advice="Runs are made of cells that follow one another with one reason: see how int_gap numbers them.",
        ),
        Expectation(
            name="one_of_a_gap_is_open",
            rule=NoRows(
                "select gap_id, count(*) as open_rows from checked where is_open group by gap_id having count(*) > 1"
            ),
            severity="error",
            reason="The same hole would be chased twice.",
            expected="at most one open row for each gap_id",
            advice="The history is merged by gap_id: an open row was not found when the gap was seen again.",
        ),
        Expectation(
            name="every_missing_cell_is_in_one_gap",
            rule=NoRows(
                "select coalesce(c.series_id, g.series_id) as series_id, coalesce(c.reason, g.reason) as reason,"
                " coalesce(c.cells, 0) as cells_of_the_grid, coalesce(g.cells, 0) as cells_of_gaps from"
                " (select series_id, reason, count(*) as cells from marts.coverage where state in ('absent', 'empty')"
                " group by series_id, reason) as c full join"
                " (select series_id, reason, sum(cells) as cells from checked where is_open group by series_id, reason)"
                " as g on g.series_id = c.series_id and g.reason = c.reason"
                " where coalesce(c.cells, 0) <> coalesce(g.cells, 0)"
            ),
            severity="error",
            reason="What is counted in no gap is missed by nobody.",
            expected="for each series and reason as many cells in open gaps as are missing in marts.coverage",
            advice="Runs are made of the grid's cells: see which of them the merging loses or repeats.",
        ),
        Expectation(
            name="who_could_fill_it_is_known",
            rule=NoRows(
                "select gap_id, series_id, reason, source_id, who_could_fill, how_to_fill from checked where is_open"
                " and reason not in ('series_discontinued', 'boundary_change', 'not_yet_due')"
                " and (coalesce(trim(who_could_fill), '') = '' or coalesce(trim(how_to_fill), '') = '')"
            ),
            severity="warn",
            reason="A gap that nobody can be asked about stays open.",
            expected="who_could_fill and how_to_fill of every open gap that somebody can fill",
            advice="Name the publisher in the source's contract, or who could collect it in the indicator's"
            " definition.",
        ),
    )


def _place_gap() -> tuple[Expectation, ...]:
    return (
        columns(PLACE_GAP),
        filled("area_code", "gap_id", "opened_on"),
        unique(
            "key_is_unique",
            ("area_code", "gap_id", "opened_on"),
            advice="A place is among a gap's places twice.",
        ),
        Expectation(
            name="every_one_is_an_open_gap",
            rule=NoRows(
                "select * from checked anti join (select gap_id, opened_on from marts.data_gap where is_open)"
                " using (gap_id, opened_on)"
            ),
            severity="error",
            reason="A place would chase what has come.",
            expected="an open row of marts.data_gap for every row",
            advice="marts.place_gap is made of the open rows of marts.data_gap: see that it is built after it.",
        ),
    )


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
                " or (scope = 'table' and (release_state in ('late', 'very_late')) <> (coalesce(days_late, 0) > 0))"
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
    """Every state that is given is one of the words that the column's description has."""
    wrong = " or ".join(f"{name} not in ({text_list(values)})" for name, values in words.items())
    return Expectation(
        name="states_are_known",
        rule=NoRows(f"select * from checked where {wrong}"),
        severity="error",
        reason="A state that nobody knows is shown to nobody.",
        expected="; ".join(f"{name} one of {', '.join(values)}" for name, values in words.items()),
        advice="Add the word to the column's description, to this suite and to what reads it.",
    )
