"""What a contract promises, asked of landing: each expectation passes on good rows and fails on the one it is for."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from expectations.results import CheckResult
from expectations.suites import STATUSES, WITH_OR_WITHOUT_VALUE, WITH_VALUE, WITHOUT_VALUE, NoRows, landing
from sources.catalogue import Catalogue, Source
from sources.contract import Column, RowCountTolerance, Table

# Importing Great Expectations takes longer than all of these.
pytestmark = pytest.mark.slow

TABLE = Table(
    description="Made up for the tests.",
    kind="figures",
    grain=("area_code", "period"),
    row_count=RowCountTolerance(lower=0.5, upper=2.0, reason="Made up."),
    columns={
        "area_code": Column(type="text", description="A code.", is_nullable=False),
        "period": Column(type="month", description="A month.", is_nullable=False),
        "sex": Column(type="text", description="A sex.", values=("female", "male")),
        "year": Column(type="integer", description="A year.", values=("2023", "2024")),
        "seen_at": Column(type="timestamp", description="A moment."),
        "is_total": Column(type="boolean", description="Whether it is a total."),
        "value": Column(type="number", description="A figure.", minimum=0, maximum=1000),
        "status": Column(type="text", description="Its status."),
    },
)

GOOD = f"""
create schema landing;
create schema ledger;
create table landing.made_up__figure (
    area_code varchar, period date, sex varchar, year bigint, seen_at timestamptz, is_total boolean,
    value double, status varchar,
    release_id varchar, archive_sha256 varchar, source_file varchar, source_sheet varchar, source_row bigint,
    source_column varchar
);
insert into landing.made_up__figure values
    ('E1', '2024-01-01', 'female', 2024, null, true, 12, 'observed', 'r1', '{"a" * 64}', 'x-2023.csv', null, 2, 'C'),
    ('E2', '2024-01-01', null, 2023, now(), false, null, 'suppressed', 'r1', '{"a" * 64}', 'x-2023.csv', null, 3, 'C'),
    ('E1', '2024-01-01', 'male', null, null, true, 0, 'rounded', 'r2', '{"b" * 64}', 'x-2024.csv', null, 2, 'C'),
    ('E2', '2024-01-01', 'male', null, null, true, null, 'low_reliability', 'r2', '{"b" * 64}', 'x-2024.csv', null, 3,
     'C');
create table ledger.landed (
    source_id varchar, table_name varchar, release_id varchar, source_file varchar,
    rows_in bigint, rows_landed bigint, rows_quarantined bigint, published_on varchar, landed_at varchar
);
insert into ledger.landed values
    ('made_up', 'figure', 'r1', 'x-2023.csv', 3, 2, 1, '2024-02-01', '2026-01-01T00:00:00'),
    ('made_up', 'figure', 'r2', 'x-2024.csv', 2, 2, 0, '2024-03-01', '2026-01-01T00:00:00'),
    ('another', 'figure', 'r9', 'x-2025.csv', 2, 9, 0, '2025-03-01', '2026-01-01T00:00:00');
create view ledger.parquet as
    select 'made_up__figure' as table_id, release_id, count(*) as rows from landing.made_up__figure group by release_id;
create table ledger.quarantined (source_id varchar, table_name varchar, release_id varchar);
insert into ledger.quarantined values ('made_up', 'figure', 'r1'), ('another', 'figure', 'r9');
"""


@dataclass(frozen=True)
class Case:
    """A change to good tables, the expectation that has to see it, and what its sample's first row has to say."""

    expectation: str
    change: str
    sample: dict[str, object]
    count: int = 1
    also: tuple[str, ...] = ()
    """Others that the same change has to fail."""


FIGURE = "landing.made_up__figure"
CASES = [
    Case(
        "columns_are_the_contracts",
        f"alter table {FIGURE} drop column is_total",
        {"column_name": "is_total", "problem": "missing"},
    ),
    Case(
        "columns_are_the_contracts",
        f"alter table {FIGURE} add column surprise varchar",
        {"column_name": "surprise", "problem": "not expected"},
    ),
    Case(
        "types_are_the_contracts",
        f"alter table {FIGURE} alter column seen_at type varchar",
        {"column_name": "seen_at", "expected_type": "TIMESTAMP WITH TIME ZONE", "found_type": "VARCHAR"},
    ),
    Case(
        "types_are_the_contracts",
        f"alter table {FIGURE} alter column source_row type varchar",
        {"column_name": "source_row", "expected_type": "BIGINT", "found_type": "VARCHAR"},
    ),
    Case(
        "grain_is_unique",
        f"update {FIGURE} set area_code = 'E1' where release_id = 'r1'",
        {"release_id": "r1", "area_code": "E1", "period": "2024-01-01", "rows_with_this_key": 2},
    ),
    Case(
        "required_columns_are_filled",
        f"update {FIGURE} set area_code = null where release_id = 'r2' and area_code = 'E2'",
        {"wrong_column": "area_code", "found": None, "source_file": "x-2024.csv", "source_row": 3},
    ),
    Case(
        "provenance_is_complete",
        f"update {FIGURE} set archive_sha256 = upper(archive_sha256) where release_id = 'r2' and area_code = 'E2'",
        {"archive_sha256": "B" * 64, "source_row": 3},
    ),
    Case(
        "provenance_is_complete",
        f"update {FIGURE} set source_file = '' where release_id = 'r2' and area_code = 'E2'",
        {"source_file": "", "release_id": "r2"},
    ),
    Case(
        "values_are_known",
        f"update {FIGURE} set sex = 'Female' where release_id = 'r1' and area_code = 'E1'",
        {"wrong_column": "sex", "found": "Female", "source_row": 2, "source_column": "C"},
    ),
    Case(
        "values_are_known",
        f"update {FIGURE} set year = 1924 where release_id = 'r1' and area_code = 'E1'",
        {"wrong_column": "year", "found": "1924"},
    ),
    Case(
        "figures_are_in_range",
        f"update {FIGURE} set value = -1 where release_id = 'r1' and area_code = 'E1'",
        {"wrong_column": "value", "found": "-1.0", "source_row": 2},
    ),
    Case(
        "figures_are_in_range",
        f"update {FIGURE} set value = 1000.5 where release_id = 'r1' and area_code = 'E1'",
        {"wrong_column": "value", "found": "1000.5"},
    ),
    Case(
        "statuses_are_known",
        f"update {FIGURE} set status = 'guessed' where release_id = 'r2' and area_code = 'E2'",
        {"status": "guessed", "rows": 1},
    ),
    Case(
        "value_is_null_where_status_says_so",
        f"update {FIGURE} set value = 3 where status = 'suppressed'",
        {"value": 3.0, "status": "suppressed", "area_code": "E2", "source_row": 3},
    ),
    Case(
        "value_is_null_where_status_says_so",
        f"update {FIGURE} set value = null where status = 'observed'",
        {"value": None, "status": "observed", "area_code": "E1"},
    ),
    Case(
        "value_is_null_where_status_says_so",
        f"update {FIGURE} set value = 'nan' where status = 'observed'",
        {"value": None, "status": "observed"},
        also=("figures_are_in_range",),  # DuckDB puts it above every number
    ),
    Case(
        "value_is_null_where_status_says_so",
        f"update {FIGURE} set status = null where status = 'observed'",
        {"value": 12.0, "status": None},
    ),
    Case(
        "row_count_is_within_tolerance",
        "insert into ledger.landed values ('made_up', 'figure', 'r0', 'x-2022.csv', 5, 5, 0, '2024-02-15', '2026');"
        + f"insert into {FIGURE} select 'E' || range, '2023-01-01', null, 2023, null, true, 1, 'observed', 'r0',"
        + f" '{'a' * 64}', 'x-2022.csv', null, range, 'C' from range(5)",
        {"release_id": "r2", "rows_landed": 2, "release_before": "r0", "rows_before": 5},
    ),
    Case(
        "ledger_reconciles",
        f"delete from {FIGURE} where release_id = 'r1' and area_code = 'E2'",
        {"release_id": "r1", "rows_landed": 2, "rows_in_parquet": 1},
    ),
    Case(
        "ledger_reconciles",
        "update ledger.landed set rows_in = 4 where release_id = 'r1'",
        {"release_id": "r1", "rows_in": 4, "rows_landed": 2, "rows_quarantined": 1},
    ),
    Case(
        "ledger_reconciles",
        "delete from ledger.quarantined",
        {"release_id": "r1", "rows_quarantined": 1, "rows_kept_in_quarantine": None},
    ),
    Case(
        "ledger_reconciles",
        f"update {FIGURE} set release_id = 'r3' where release_id = 'r2' and area_code = 'E2'",
        {"release_id": "r2", "rows_landed": 2, "rows_in_parquet": 1},
        2,
    ),
]
Check = Callable[[str], dict[str, CheckResult]]


@pytest.fixture(scope="session")
def made_up(sources: Catalogue) -> Source:
    """A source whose contract has everything that a landing suite can ask."""
    real = next(iter(sources.values()))
    return replace(real, id="made_up", contract=real.contract.model_copy(update={"tables": {"figure": TABLE}}))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of good tables, made once and copied by each test."""
    path = tmp_path_factory.mktemp("good") / "scratch.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(GOOD)
    return path


@pytest.fixture
def check(tmp_path: Path, good: Path, made_up: Source) -> Check:
    """The results of the made-up table's suite, by name, after a change to good tables."""
    from expectations.engine import open_engine

    def run(change: str) -> dict[str, CheckResult]:
        shutil.copyfile(good, tmp_path / "scratch.duckdb")
        if change:
            with duckdb.connect(str(tmp_path / "scratch.duckdb")) as connection:
                connection.execute(change)
        with open_engine(tmp_path / "scratch.duckdb", tmp_path / "store") as engine:
            return {found.expectation: found for found in engine.check(landing.suite(made_up, "figure", TABLE))}

    return run


def test_good_rows_meet_every_expectation(check: Check) -> None:
    found = check("")
    assert {name: (r.passed, r.observed) for name, r in found.items() if not r.passed} == {}


def test_every_expectation_has_a_case_that_it_fails(made_up: Source) -> None:
    names = {expectation.name for expectation in landing.suite(made_up, "figure", TABLE).expectations}
    assert names == {case.expectation for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.expectation}: {case.change[:60]}")
def test_a_broken_row_fails_its_expectation_alone(check: Check, case: Case) -> None:
    found = check(case.change)
    assert {name for name, result in found.items() if not result.passed} == {case.expectation, *case.also}
    failed = found[case.expectation]
    assert failed.unexpected_count == case.count
    assert case.sample.items() <= failed.sample[0].items()
    assert failed.advice
    assert (failed.suite, failed.table) == ("landing", "landing.made_up__figure")


def test_a_release_is_compared_with_the_one_before_of_its_own_file(check: Check) -> None:
    other_force = (
        "insert into ledger.landed values ('made_up', 'figure', 'r5', 'y-2024.csv', 900, 900, 0, '2024-09-01', '2026');"
        f"insert into {FIGURE} select 'E' || range, '2023-01-01', null, 2023, null, true, 1, 'observed', 'r5',"
        f" '{'a' * 64}', 'y-2024.csv', null, range, 'C' from range(900)"
    )
    assert check(other_force)["row_count_is_within_tolerance"].passed


def test_a_month_in_words_does_not_make_another_file_of_it(check: Check) -> None:
    same_file = (
        "update ledger.landed set source_file = 'x-march-2024.csv' where release_id = 'r1';"
        "update ledger.landed set source_file = 'x-apr-2024.csv', rows_landed = 90 where release_id = 'r2'"
    )
    failed = check(same_file)["row_count_is_within_tolerance"]
    assert not failed.passed
    assert failed.sample == [{"release_id": "r2", "rows_landed": 90, "release_before": "r1", "rows_before": 2}]
    assert failed.severity == "warn"


def test_statuses_are_each_with_a_value_without_one_or_either() -> None:
    assert sorted([*WITH_VALUE, *WITHOUT_VALUE, *WITH_OR_WITHOUT_VALUE]) == sorted(STATUSES)
    assert WITH_VALUE == ("observed", "provisional", "revised", "estimated", "modelled")


def test_a_table_is_asked_only_what_its_contract_says(made_up: Source) -> None:
    plain = Table(
        description="Made up.",
        kind="events",
        grain=(),
        grain_reason="Made up.",
        columns={"note": Column(type="text", description="A note.")},
    )
    names = [expectation.name for expectation in landing.suite(made_up, "note", plain).expectations]
    assert names == [
        "columns_are_the_contracts",
        "types_are_the_contracts",
        "provenance_is_complete",
        "ledger_reconciles",
    ]


def test_every_source_of_the_project_has_a_suite_for_each_table(sources: Catalogue) -> None:
    tables = [suite.table for suite in landing.suites(sources)]
    assert tables == [f"landing.{source.table_id(name)}" for source, name, _ in sources.tables()]
    for suite in landing.suites(sources):
        names = [expectation.name for expectation in suite.expectations]
        assert len(names) == len(set(names))


def test_a_contract_can_say_which_files_are_the_same_at_two_times(sources: Catalogue) -> None:
    (suite,) = landing.suites(sources, ["ohid_fingertips__indicator_value"])
    (rule,) = [e.rule for e in suite.expectations if e.name == "row_count_is_within_tolerance"]
    with duckdb.connect() as connection:
        connection.execute(
            "create schema ledger; create table ledger.landed as select * from (values"
            " ('r1', 'fingertips-848-501.csv', 1000, '2024-01-01'), ('r2', 'fingertips-848-502.csv', 10, '2024-01-01'),"
            " ('r3', 'fingertips-848-501.csv', 1100, '2025-01-01'), ('r4', 'fingertips-848-502.csv', 90, '2025-01-01'))"
            " as v (release_id, source_file, rows_landed, published_on);"
            "alter table ledger.landed add column source_id varchar default 'ohid_fingertips';"
            "alter table ledger.landed add column table_name varchar default 'indicator_value';"
            "alter table ledger.landed add column landed_at varchar default '2026'"
        )
        assert isinstance(rule, NoRows)
        assert [row[0] for row in connection.execute(rule.query).fetchall()] == ["r4"]
