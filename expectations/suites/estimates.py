"""Suites for the estimated tables of fills.

All of severity ``warn``: meta.column is made after these tables, and is itself among what is checked, so that a check
that stopped what comes after them would wait for itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from expectations.suites import Expectation, NoRows, Suite
from expectations.suites.marts import SUITE
from expectations.suites.table import columns, filled, not_in_the_future, unique, value_or_status

_PERIOD = ("period_type", "period_start", "period_end")
FILLED_VALUE = (
    *("indicator_id", "area_code", "area_name", "area_level", *_PERIOD, "sex", "age_band", "category_type", "category"),
    *("gap", "method", "numerator", "numerator_lower_95", "numerator_upper_95", "denominator", "value", "lower_95"),
    *("upper_95", "unit", "status", "total_area_code", "inputs", "is_guarded", "reason", "source_id"),
)
FILL_VALIDATION = (
    *("design", "method", "scope", "indicator_id", "child_level", "parent_level", *_PERIOD, "totals", "hidden_cells"),
    *("median_count", "median_absolute_error", "median_relative_error", "coverage_95", "model_coverage_95"),
    "mean_width",
)
#: So many hidden cells, and a coverage is more than chance.
ENOUGH_HIDDEN = 200
LEAST_COVERAGE = 0.85

_REASON = "What is made after the estimated tables is among what is checked: a check that stops it would never begin."
_ADVICE = "Look in estimation/filling, and run tests/estimation."


def suites(*, today: date) -> list[Suite]:
    """A suite for each table."""
    return [
        Suite(
            SUITE,
            "marts.filled_value",
            _warnings(
                columns(FILLED_VALUE),
                filled("indicator_id", "area_code", *_PERIOD, "sex", "age_band", "gap", "status", "source_id"),
                unique(
                    "key_is_unique",
                    ("indicator_id", "area_code", *_PERIOD, "sex", "age_band", "category_type", "category"),
                    advice="A cell is a part of two totals and was filled from both.",
                ),
                value_or_status("numerator"),
                not_in_the_future(today),
                _rule(
                    "nothing_hidden_is_given_away",
                    "select * from checked where gap = 'suppressed' and method is not null"
                    " and numerator_lower_95 <= cast(inputs ->> 'hidden_to' as double) and not (is_guarded"
                    " and numerator_lower_95 <= cast(inputs ->> 'hidden_from' as double) and numerator_upper_95"
                    # A small count is at most what it is a share of.
                    " >= least(cast(inputs ->> 'hidden_to' as double), coalesce(denominator, 'inf')))",
                    "limits that hold the whole of what a publisher hides, or nothing of it",
                ),
                _rule(
                    "fills_lie_within_their_limits",
                    "select * from checked where not (numerator_lower_95 <= numerator and"
                    " numerator <= numerator_upper_95) or (method is null) <> (reason is not null)",
                    "a count within its limits with a method, or a reason why there is none",
                ),
            ),
        ),
        Suite(
            SUITE,
            "marts.fill_validation",
            _warnings(
                columns(FILL_VALIDATION),
                filled("design", "method", "scope", "hidden_cells", "median_absolute_error", "coverage_95"),
                unique(
                    "key_is_unique",
                    ("design", "method", "scope", "indicator_id", "child_level", "parent_level"),
                    advice="A table was tried twice.",
                ),
                _rule(
                    "intervals_hold_what_was_hidden",
                    f"select * from checked where scope = 'all' and hidden_cells >= {ENOUGH_HIDDEN}"
                    f" and coverage_95 < {LEAST_COVERAGE}",
                    f"95% limits that hold at least {LEAST_COVERAGE:.0%} of the cells that were hidden, by method",
                ),
            ),
        ),
    ]


def _warnings(*expectations: Expectation) -> tuple[Expectation, ...]:
    return tuple(replace(expectation, severity="warn", reason=_REASON) for expectation in expectations)


def _rule(name: str, query: str, expected: str) -> Expectation:
    return Expectation(name, NoRows(query), "warn", _REASON, expected, _ADVICE)
