"""The way in: what is checked, and checking it.

``plan`` names every check without importing Great Expectations, so that Dagster can declare them before any runs.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from expectations.passed import Passed
from expectations.results import CheckResult
from expectations.suites import (
    Severity,
    Suite,
    estimates,
    evidence,
    gaps,
    landing,
    marts,
    places,
    published,
    sources,
    subjects,
)
from sources.catalogue import Catalogue
from sources.home import Edition, Home
from sources.landing import literal, quote

if TYPE_CHECKING:
    from expectations.engine import Engine

__all__ = ["CheckResult", "PlannedCheck", "build_data_docs", "check_landing", "check_marts", "plan", "run"]


@dataclass(frozen=True)
class PlannedCheck:
    """One check that a refresh will make: its names are those of the result."""

    suite: str
    table: str
    expectation: str
    severity: Severity
    reason: str
    """Why this severity."""
    expected: str


def plan(catalogue: Catalogue) -> list[PlannedCheck]:
    """Every check of every landing table, mart and source and of the file, in the order in which results come."""
    suites = [*landing.suites(catalogue), *_of_the_warehouse(catalogue, edition="sample", today=date.min)]
    return [
        PlannedCheck(
            suite=suite.name,
            table=suite.table,
            expectation=expectation.name,
            severity=expectation.severity,
            reason=expectation.reason,
            expected=expectation.expected,
        )
        for suite in suites
        for expectation in suite.expectations
    ]


def _of_the_warehouse(catalogue: Catalogue, *, edition: Edition, today: date) -> list[Suite]:
    """What is asked of the working file once dbt has built it."""
    return [
        *marts.suites(edition=edition, today=today),
        *subjects.suites(today=today),
        *places.suites(today=today),
        *evidence.suites(),
        *estimates.suites(today=today),
        *gaps.suites(today=today),
        *sources.suites(catalogue),
        *published.suites(),
    ]


def run(suites: Iterable[Suite], engine: Engine) -> list[CheckResult]:
    """The results of some suites, in their order."""
    return [result for suite in suites for result in engine.check(suite)]


def check_landing(home: Home, catalogue: Catalogue, tables: Collection[str] | None = None) -> list[CheckResult]:
    """Check every landing table of an edition, or those whose ids (``<source>__<table>``) are given.

    Rows of files that passed before are not asked again. Raises KeyError for an id that the catalogue does not have.
    """
    suites = landing.suites(catalogue, tables)
    if tables is not None:
        found = {suite.table.removeprefix(f"{landing.SUITE}.") for suite in suites}
        if unknown := sorted(set(tables) - found):
            raise KeyError(f"no landing table is called {', '.join(f'[{name}]' for name in unknown)}")
    from expectations.engine import open_engine

    passed = Passed(home)
    files = {suite.table: passed.to_check(suite.table.removeprefix(f"{landing.SUITE}.")) for suite in suites}
    with _landing_database(home, files) as database, open_engine(database, _store(home)) as engine:
        results = run(suites, engine)
    for suite in suites:
        of_rows = {expectation.name for expectation in suite.expectations if not expectation.asks_the_ledger}
        if all(r.passed for r in results if r.table == suite.table and r.expectation in of_rows):
            passed.record(suite.table.removeprefix(f"{landing.SUITE}."), files[suite.table])
    passed.save()
    return results


def check_marts(
    warehouse_path: Path, home: Home, catalogue: Catalogue, *, today: date | None = None
) -> list[CheckResult]:
    """Check the marts, the sources and the whole of an edition's working file, which it opens for reading only.

    ``today`` is the day after which a period is in the future; by default the edition's ``day``.
    """
    if not warehouse_path.is_file():
        raise FileNotFoundError(f"[{warehouse_path}] is not there: dbt has built nothing to check")
    from expectations.engine import open_engine

    suites = _of_the_warehouse(catalogue, edition=home.edition, today=today or home.day)
    with open_engine(warehouse_path, _store(home)) as engine:
        return run(suites, engine)


def build_data_docs(home: Home, folder: Path) -> Path:
    """Write a static site of the edition's latest suites and results into ``folder``; returns its first page."""
    from expectations import engine

    banner = "Bundled edition: every value here is synthetic." if home.is_synthetic else None
    return engine.build_data_docs(_store(home), folder, banner=banner)


def _store(home: Home) -> Path:
    return home.work / "expectations"


@contextmanager
def _landing_database(home: Home, files: Mapping[str, Sequence[Path]]) -> Iterator[Path]:
    """A scratch DuckDB file with a view over the given Parquets of each table, and the ledger's rows."""
    folder = home.work / f"checking-landing-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / "scratch.duckdb"  # not landing: a schema of the file's own name is ambiguous
    try:
        with duckdb.connect(str(path)) as connection:
            connection.execute("set TimeZone = 'UTC'; create schema landing; create schema ledger")
            for table, paths in files.items():
                if paths:
                    connection.execute(
                        f"create view landing.{quote(table.removeprefix(f'{landing.SUITE}.'))} as select * from"
                        f" read_parquet([{', '.join(literal(path) for path in paths)}], union_by_name = true)"
                    )
            _copy_ledger(connection, home)
            _count_parquet(connection, home, [table.removeprefix(f"{landing.SUITE}.") for table in files])
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


#: The ledger's tables and columns that expectations ask about, with their DuckDB types.
_LEDGER = {
    "landed": {
        "source_id": "varchar",
        "table_name": "varchar",
        "release_id": "varchar",
        "source_file": "varchar",
        "rows_in": "bigint",
        "rows_landed": "bigint",
        "rows_quarantined": "bigint",
        "published_on": "varchar",
        "landed_at": "varchar",
    },
    "quarantined": {"source_id": "varchar", "table_name": "varchar", "release_id": "varchar"},
}


def _copy_ledger(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    # Through Arrow: DuckDB's own way to SQLite is an extension to download, and inserting row by row takes
    # seconds for a hundred thousand rows.
    import pyarrow

    with home.open_ledger() as ledger:
        for table, columns in _LEDGER.items():
            rows = ledger.execute(f"select {', '.join(columns)} from {table}").fetchall()
            arrays = {
                name: pyarrow.array(
                    [row[name] for row in rows], pyarrow.int64() if type_ == "bigint" else pyarrow.string()
                )
                for name, type_ in columns.items()
            }
            found = pyarrow.table(arrays)
            connection.register("found", found)
            connection.execute(f"create table ledger.{table} as select * from found")
            connection.unregister("found")


def _count_parquet(connection: duckdb.DuckDBPyConnection, home: Home, table_ids: Sequence[str]) -> None:
    """Write ``ledger.parquet``: the rows of every landed file by its own footer, whether or not it has passed."""
    connection.execute("create table ledger.parquet (table_id varchar, release_id varchar, rows bigint)")
    for table_id in table_ids:
        paths = [path for path in (home.landing / table_id).glob("*.parquet") if not path.name.startswith("_")]
        if paths:
            # A file is called after its release and the code that read it.
            connection.execute(
                f"insert into ledger.parquet select {literal(table_id)}, split_part(parse_filename(file_name), '.', 1),"
                f" num_rows from parquet_file_metadata([{', '.join(literal(path) for path in paths)}])"
            )
