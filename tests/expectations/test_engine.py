"""Great Expectations inside DuckDB: what is asked is what was written, and what is found comes back whole."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pytest

from expectations.results import CheckResult, plain
from expectations.suites import ColumnSet, Expectation, InSet, NoRows, Rule, Suite, Unique

pytestmark = pytest.mark.slow

Ask = Callable[..., CheckResult]


def _expectation(rule: Rule, name: str = "it_holds") -> Expectation:
    return Expectation(name, rule, "error", "Because.", "that it holds", "Mend it.")


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Ask one rule of a table made by SQL: ``ask(rule, "select ...")``."""
    from expectations.engine import open_engine

    def check(rule: Rule, select: str, *, database: str = "file.duckdb") -> CheckResult:
        path = tmp_path / database
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"create schema s; create table s.t as {select}")
        with open_engine(path, tmp_path / "store") as engine:
            (result,) = engine.check(Suite("tests", "s.t", (_expectation(rule),)))
        return result

    return check


def test_importing_the_way_in_does_not_import_great_expectations() -> None:
    code = (
        "import sys; from sources import catalogue; from expectations import run;"
        " run.plan(catalogue.load()); sys.exit('great_expectations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "query",
    [
        "select * from checked where not regexp_full_match(code, '[a-z]{3}:x%')",
        "select * from checked where code <> 'abc:x%'",
        "select * from checked where code::varchar like '%:y%' or '{' || code <> '{abc:x%' or code = ':x'",
        "select c.* from checked c inner join s.t as other on c.code = other.code where c.code like 'z%'",
        "select * from (with part as (select * from checked) select * from part where code is null)",
    ],
)
def test_braces_colons_percent_signs_and_joins_reach_duckdb_as_written(ask: Ask, query: str) -> None:
    passed = ask(NoRows(query), "select 'abc:x%' as code")
    assert (passed.observed, passed.passed) == ("no row fails", True)


def test_the_count_is_of_all_failing_rows_and_the_sample_of_ten(ask: Ask) -> None:
    failed = ask(NoRows("select * from checked where n >= 100 order by n"), "select range as n from range(1000)")
    assert not failed.passed
    assert failed.unexpected_count == 900
    assert failed.observed == "900 rows fail"
    assert failed.sample == [{"n": n} for n in range(100, 110)]
    assert (failed.table, failed.expectation, failed.severity) == ("s.t", "it_holds", "error")
    assert (failed.expected, failed.advice) == ("that it holds", "Mend it.")
    assert failed.checked_at.utcoffset() is not None


def test_a_failing_row_of_any_type_is_json(ask: Ask) -> None:
    failed = ask(
        NoRows("select * from checked"),
        "select date '2024-03-31' as day, timestamptz '2024-03-31 12:00+01' as moment, 1.50::decimal(9, 2) as price,"
        " 'nan'::double as not_a_number, true as yes, null::bigint as nothing, [1, 2] as several",
    )
    assert json.loads(json.dumps(failed.sample)) == [
        {
            "day": "2024-03-31",
            "moment": "2024-03-31T11:00:00+00:00",
            "price": 1.5,
            "not_a_number": None,
            "yes": True,
            "nothing": None,
            "several": "[1, 2]",
        }
    ]


def test_numpy_and_decimal_values_become_pythons_own() -> None:
    values = [plain(np.bool_(True)), plain(np.int64(3)), plain(np.float64("nan")), plain(Decimal("2.5"))]
    assert values == [True, 3, None, 2.5]
    assert [type(value) for value in values] == [bool, int, type(None), float]


def test_a_repeated_value_is_found_and_nulls_are_not_compared(ask: Ask) -> None:
    table = "select unnest(['a', 'b', 'b', null, null]) as code"
    failed = ask(Unique("code"), table)
    assert (failed.passed, failed.unexpected_count, failed.sample) == (False, 2, [{"code": "b", "rows": 2}])


def test_distinct_values_are_unique(ask: Ask) -> None:
    assert ask(Unique("code"), "select unnest(['a', 'b', null, null]) as code").passed


def test_a_value_outside_the_set_is_found(ask: Ask) -> None:
    failed = ask(InSet("code", ("a", "b")), "select unnest(['a', 'b', 'c', 'c', null]) as code")
    assert (failed.passed, failed.unexpected_count, failed.sample) == (False, 2, [{"code": "c", "rows": 2}])


def test_values_of_the_set_and_nulls_pass(ask: Ask) -> None:
    assert ask(InSet("code", ("a", "b")), "select unnest(['a', null]) as code").passed


def test_a_table_without_rows_passes(ask: Ask) -> None:
    assert ask(InSet("code", ("a",)), "select 'a' as code where false").passed


def test_a_column_that_is_missing_or_unknown_is_named(ask: Ask) -> None:
    failed = ask(ColumnSet(("a", "b"), is_exact=True), "select 1 as a, 2 as c")
    assert not failed.passed
    assert failed.observed == "without [b], with [c] besides"
    assert failed.sample == [
        {"column_name": "b", "problem": "missing"},
        {"column_name": "c", "problem": "not expected"},
    ]


def test_more_columns_than_those_asked_for_pass_where_the_set_is_not_exact(ask: Ask) -> None:
    assert ask(ColumnSet(("b", "a"), is_exact=False), "select 1 as a, 2 as b, 3 as c").passed


def test_a_missing_column_is_named_where_the_set_is_not_exact(ask: Ask) -> None:
    failed = ask(ColumnSet(("a", "b"), is_exact=False), "select 1 as a, 3 as c")
    assert (failed.passed, failed.sample) == (False, [{"column_name": "b", "problem": "missing"}])


@pytest.mark.parametrize("name", ["with space.duckdb", "a$b.duckdb", "100%.duckdb", "a#b.duckdb", "a?b.duckdb"])
def test_a_file_of_any_name_can_be_checked(ask: Ask, name: str) -> None:
    assert ask(NoRows("select * from checked where false"), "select 1 as a", database=name).passed


def test_a_table_that_is_not_there_fails_every_expectation(tmp_path: Path) -> None:
    from expectations.engine import open_engine

    duckdb.connect(str(tmp_path / "empty.duckdb")).close()
    rules = (_expectation(Unique("a"), "first"), _expectation(NoRows("select * from checked"), "second"))
    with open_engine(tmp_path / "empty.duckdb", tmp_path / "store") as engine:
        found = engine.check(Suite("tests", "marts.area", rules))
    assert [(r.expectation, r.passed, r.observed) for r in found] == [
        ("first", False, "the table [marts.area] is not there"),
        ("second", False, "the table [marts.area] is not there"),
    ]


def test_an_expectation_that_cannot_be_asked_fails_and_the_others_are_asked(tmp_path: Path) -> None:
    from expectations.engine import open_engine

    with duckdb.connect(str(tmp_path / "file.duckdb")) as connection:
        connection.execute("create schema s; create table s.t as select 1 as a")
    rules = (
        _expectation(NoRows("select nonsense from checked"), "cannot"),
        _expectation(Unique("b"), "column_is_missing"),
        _expectation(Unique("a"), "can"),
    )
    with open_engine(tmp_path / "file.duckdb", tmp_path / "store") as engine:
        cannot, missing, can = engine.check(Suite("tests", "s.t", rules))
    assert not cannot.passed
    assert cannot.observed.startswith("could not be asked")
    assert "nonsense" in cannot.observed
    assert not missing.passed
    assert '"b"' in missing.observed
    assert can.passed


def test_the_file_is_only_read_and_let_go_of(tmp_path: Path) -> None:
    from expectations.engine import open_engine

    path = tmp_path / "file.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema s; create table s.t as select 1 as a")
    before = path.read_bytes()
    with open_engine(path, tmp_path / "store") as engine:
        engine.check(Suite("tests", "s.t", (_expectation(Unique("a")),)))
    assert path.read_bytes() == before
    # DuckDB refuses to open for writing what this process still holds open for reading.
    with duckdb.connect(str(path)) as connection:
        connection.execute("insert into s.t values (2)")


def test_a_result_holds_nothing_that_json_cannot_say(ask: Ask) -> None:
    failed = ask(Unique("code"), "select unnest([date '2024-01-01', date '2024-01-01']) as code")
    assert json.loads(json.dumps(asdict(failed), default=str))["sample"] == [{"code": "2024-01-01", "rows": 2}]
    assert type(failed.passed) is bool


def test_nothing_asks_for_the_network(ask: Ask, no_network: list[object]) -> None:
    assert ask(Unique("a"), "select 1 as a").passed
    assert no_network == []
