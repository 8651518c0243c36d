"""What has to hold of the marts of a subject: their suites pass on good tables and see the row that breaks them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.results import CheckResult
from expectations.suites import subjects

pytestmark = pytest.mark.slow

TODAY = date(2026, 1, 31)

#: Columns whose value in a good row is not a text of their own name.
VALUES = {
    "period_start": "date '2024-01-01'",
    "period_end": "date '2024-12-31'",
    "status": "'observed'",
    "men_status": "'observed'",
    **dict.fromkeys(("is_latest", "is_latest_release", "is_open"), "true"),
    "is_layout_only": "false",
    **dict.fromkeys(("value", "women_value", "men_value", "ratio", "numerator", "denominator"), "2.0"),
    **dict.fromkeys(("lower_95", "ratio_lower_95"), "1.0"),
    **dict.fromkeys(("upper_95", "ratio_upper_95"), "3.0"),
}
TABLES = {
    "prison": subjects.PRISON,
    "prison_profile": subjects.PRISON_PROFILE,
    "women_in_custody": subjects.WOMEN_IN_CUSTODY,
    "children_in_custody": subjects.CHILDREN_IN_CUSTODY,
    "secure_hospital_transfer": subjects.SECURE_HOSPITAL_TRANSFER,
}
PROFILE = "marts.prison_profile"

Check = Callable[[str, str], dict[str, CheckResult]]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for table, columns in TABLES.items():
            row = ", ".join(f"{VALUES.get(name, repr(name))} as {name}" for name in columns)
            connection.execute(f"create table marts.{table} as select {row}")
    return path


@pytest.fixture
def check(tmp_path: Path, good: Path) -> Check:
    """The results of one mart's suite, by name, after a change to good tables: ``check(table, change)``."""
    from expectations.engine import open_engine

    def run(table: str, change: str) -> dict[str, CheckResult]:
        path = tmp_path / "warehouse.duckdb"
        shutil.copyfile(good, path)
        if change:
            with duckdb.connect(str(path)) as connection:
                connection.execute(change)
        (suite,) = [s for s in subjects.suites(today=TODAY) if s.table == table]
        with open_engine(path, tmp_path / "store") as engine:
            return {found.expectation: found for found in engine.check(suite)}

    return run


@pytest.mark.parametrize("table", [f"marts.{name}" for name in TABLES])
def test_good_tables_meet_every_expectation(check: Check, table: str) -> None:
    assert {name: r.observed for name, r in check(table, "").items() if not r.passed} == {}


@pytest.mark.parametrize("table", [f"marts.{name}" for name in TABLES])
def test_a_row_that_is_there_twice_is_seen(check: Check, table: str) -> None:
    found = check(table, f"insert into {table} select * from {table}")
    assert [name for name, r in found.items() if not r.passed] == ["key_is_unique"]


@pytest.mark.parametrize(
    ("change", "expectation"),
    [
        (f"alter table {PROFILE} drop column is_layout_only", "columns_are_as_agreed"),
        (f"update {PROFILE} set prison_name = null", "required_columns_are_filled"),
        (f"update {PROFILE} set value = null", "value_is_null_where_status_says_so"),
        (f"update {PROFILE} set status = 'suppressed'", "value_is_null_where_status_says_so"),
        (f"update {PROFILE} set period_end = date '2026-02-01'", "no_period_is_in_the_future"),
    ],
)
def test_a_broken_row_fails_its_expectation_alone(check: Check, change: str, expectation: str) -> None:
    assert [name for name, r in check(PROFILE, change).items() if not r.passed] == [expectation]


def test_a_gap_that_is_named_is_no_fault(check: Check) -> None:
    table = "marts.secure_hospital_transfer"
    change = (
        f"update {table} set value = null, status = 'not_available', period_type = null, period_start = null,"
        " period_end = null, source_id = null, release_id = null"
    )
    assert all(r.passed for r in check(table, change).values())
