"""What has to hold of the fills: their suites pass on good tables, see the row that breaks them, and only warn."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from estimation import tables
from expectations.results import CheckResult
from expectations.suites import estimates

TODAY = date(2026, 1, 31)
#: Columns whose value in a good row is not a text of their own name.
VALUES = {
    "period_start": "date '2024-01-01'",
    "period_end": "date '2024-12-31'",
    "gap": "'suppressed'",
    "status": "'estimated'",
    "scope": "'all'",
    "reason": "null",
    "is_guarded": "true",
    "inputs": """'{"hidden_from": 1, "hidden_to": 4}'""",
    "hidden_cells": "400",
    "denominator": "70.0",
    **dict.fromkeys(("numerator", "value"), "2.0"),
    **dict.fromkeys(("numerator_lower_95", "lower_95"), "1.0"),
    **dict.fromkeys(("numerator_upper_95", "upper_95"), "4.0"),
    **dict.fromkeys(("coverage_95", "model_coverage_95"), "0.95"),
    "median_absolute_error": "1.0",
}
FILLED, TESTED = "marts.filled_value", "marts.fill_validation"
TABLES = {FILLED: estimates.FILLED_VALUE, TESTED: estimates.FILL_VALIDATION}

Check = Callable[[str, str], dict[str, CheckResult]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """The results of one suite, by name, after a change to good tables: ``check(table, change)``."""
    from expectations.engine import open_engine

    good = tmp_path / "good.duckdb"
    with duckdb.connect(str(good)) as connection:
        connection.execute("create schema marts")
        for table, columns in TABLES.items():
            row = ", ".join(f"{VALUES.get(name, repr(name))} as {name}" for name in columns)
            connection.execute(f"create table {table} as select {row}")

    def run(table: str, change: str) -> dict[str, CheckResult]:
        path = tmp_path / "warehouse.duckdb"
        shutil.copyfile(good, path)
        if change:
            with duckdb.connect(str(path)) as connection:
                connection.execute(change)
        (suite,) = [s for s in estimates.suites(today=TODAY) if s.table == table]
        with open_engine(path, tmp_path / "store") as engine:
            return {found.expectation: found for found in engine.check(suite)}

    return run


def test_the_suites_name_the_columns_that_the_tables_have() -> None:
    assert {name: tuple(tables.TABLES[name.removeprefix("marts.")].columns) for name in TABLES} == TABLES


def test_no_expectation_stops_what_is_made_after_these_tables() -> None:
    assert {e.severity for suite in estimates.suites(today=TODAY) for e in suite.expectations} == {"warn"}


@pytest.mark.slow
@pytest.mark.parametrize("table", [FILLED, TESTED])
def test_good_tables_meet_every_expectation(check: Check, table: str) -> None:
    assert {name: r.observed for name, r in check(table, "").items() if not r.passed} == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "change", "expectation"),
    [
        (FILLED, f"insert into {FILLED} select * from {FILLED}", "key_is_unique"),
        (FILLED, f"alter table {FILLED} drop column unit", "columns_are_as_agreed"),
        (FILLED, f"update {FILLED} set sex = null", "required_columns_are_filled"),
        (FILLED, f"update {FILLED} set status = 'not_available'", "value_is_null_where_status_says_so"),
        (FILLED, f"update {FILLED} set period_end = date '2026-02-01'", "no_period_is_in_the_future"),
        (FILLED, f"update {FILLED} set numerator_upper_95 = 3", "nothing_hidden_is_given_away"),
        (FILLED, f"update {FILLED} set numerator_lower_95 = 2", "nothing_hidden_is_given_away"),
        (FILLED, f"update {FILLED} set numerator = 9", "fills_lie_within_their_limits"),
        (TESTED, f"insert into {TESTED} select * from {TESTED}", "key_is_unique"),
        (TESTED, f"alter table {TESTED} drop column mean_width", "columns_are_as_agreed"),
        (TESTED, f"update {TESTED} set design = null", "required_columns_are_filled"),
        (TESTED, f"update {TESTED} set coverage_95 = 0.7", "intervals_hold_what_was_hidden"),
    ],
)
def test_a_broken_row_fails_its_expectation_alone(check: Check, table: str, change: str, expectation: str) -> None:
    assert [name for name, r in check(table, change).items() if not r.passed] == [expectation]
