"""The published file, built last and moved into place in one step.

A new file is written beside the published one; only when it is whole does it take the published one's name. A
reader that has the old file open keeps it. Parquet, the data package and the data docs follow; they are copies.
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from expectations import run as suites
from orchestration import checks, describing, models
from orchestration.datapackage import data_package
from orchestration.describing import SCHEMAS
from orchestration.resources import Refresh
from sources.home import Home
from sources.landing import literal, quote

PUBLISHED = dg.AssetKey(["published", "health_justice"])
#: Columns that differ from one build to the next without any figure having changed.
_VOLATILE = {
    *("retrieved_at", "landed_at", "latest_retrieved_at", "built_at", "checked_at"),
    # That a day has gone by is no change either.
    *("last_asked_at", "last_answered_at", "days_since_answer", "period_age_days", "days_late", "updated_on"),
    *("days_open", "priority", "chase_rank", "rank_in_place"),
}
#: Two months of nights.
_BUILDS_KEPT = 60


@dataclass(frozen=True)
class Build:
    """One build on its way to being published, as ``meta.build`` of the working file names it."""

    home: Home
    build_id: str
    previous_build_id: str | None
    built_at: datetime
    fingerprint: str

    @classmethod
    def of(cls, home: Home) -> "Build":
        """The build that stands in the working file."""
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            row = connection.execute(
                "select build_id, previous_build_id, built_at, inputs_fingerprint from meta.build"
            ).fetchone()
        assert row, "describe() has written meta.build"
        return cls(home, *row)

    @property
    def file(self) -> Path:
        """Where it is built: beside the published file, under a name that nobody opens."""
        return self.home.published / f".building-{self.build_id}.duckdb"


def _copy_tables(connection: duckdb.DuckDBPyConnection, grains: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Copy every table of the published schemas from the attached warehouse, with its comments; returns row counts."""
    counts: dict[str, int] = {}
    for schema in SCHEMAS:
        connection.execute(f"create schema if not exists {schema}")
    tables = connection.execute(
        "select schema_name, table_name, comment from duckdb_tables()"
        " where database_name = 'warehouse' and schema_name in ('marts', 'meta') order by all"
    ).fetchall()
    for schema, table, comment in tables:
        full = f"{schema}.{quote(table)}"
        # In the order of its grain, a table answers questions about one place from few of its row groups.
        order = ", ".join(quote(column) for column in grains.get(f"{schema}.{table}", ()))
        order_by = f" order by {order}" if order else ""
        connection.execute(f"create table {full} as select * from warehouse.{full}{order_by}")
        if comment:
            connection.execute(f"comment on table {full} is {literal(comment)}")
        for column, described in connection.execute(
            "select column_name, comment from duckdb_columns()"
            " where database_name = 'warehouse' and schema_name = ? and table_name = ? and comment is not null",
            [schema, table],
        ).fetchall():
            connection.execute(f"comment on column {full}.{quote(column)} is {literal(described)}")
        row = connection.execute(f"select count(*) from {full}").fetchone()
        counts[f"{schema}.{table}"] = row[0] if row else 0
    return counts


def _columns(connection: duckdb.DuckDBPyConnection, database: str | None = None) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for schema, table, column, type_ in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where database_name = coalesce(?, current_database()) and schema_name in ('marts', 'meta')"
        " order by schema_name, table_name, column_index",
        [database],
    ).fetchall():
        found.setdefault(f"{schema}.{table}", {})[column] = type_
    return found


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return row[0] if row else 0


def _differs(column: str, type_: str) -> str:
    """SQL for whether a column changed. Sums of doubles come out otherwise in their last digits from one build to the
    next, because several threads add them up: that is no change of a figure."""
    new, old = f"new.{quote(column)}", f"old.{quote(column)}"
    if type_ != "DOUBLE":
        return f"{new} is distinct from {old}"
    near = f"abs({new} - {old}) <= 1e-9 * greatest(abs({new}), abs({old}))"
    return f"({new} is distinct from {old} and not coalesce({near}, false))"


def _row_changes(
    connection: duckdb.DuckDBPyConnection, table: str, shared: Mapping[str, str], grain: Sequence[str]
) -> dict[str, int]:
    """Rows added, removed and changed between ``previous`` and this build; by whole rows where there is no grain.
    ``shared`` has the columns of both, with their types."""
    full = ".".join(quote(part) for part in table.split("."))
    if not grain or not set(grain) <= set(shared):
        columns = ", ".join(quote(c) for c in shared if c not in _VOLATILE) or "1"
        new, old = f"select {columns} from {full}", f"select {columns} from previous.{full}"
        return {
            "rows_added": _count(connection, f"select count(*) from ({new} except all {old})"),
            "rows_removed": _count(connection, f"select count(*) from ({old} except all {new})"),
        }
    rest = {c: type_ for c, type_ in shared.items() if c not in grain and c not in _VOLATILE}
    on = " and ".join(f"new.{quote(c)} is not distinct from old.{quote(c)}" for c in grain)
    differs = " or ".join(_differs(column, type_) for column, type_ in rest.items()) or "false"
    return {
        "rows_added": _count(
            connection, f"select count(*) from {full} as new where not exists (from previous.{full} as old where {on})"
        ),
        "rows_removed": _count(
            connection, f"select count(*) from previous.{full} as old where not exists (from {full} as new where {on})"
        ),
        "rows_changed": _count(
            connection, f"select count(*) from {full} as new join previous.{full} as old on {on} where {differs}"
        ),
    }


def _changes(
    connection: duckdb.DuckDBPyConnection, build: Build, grains: Mapping[str, Sequence[str]]
) -> list[tuple[object, ...]]:
    """What differs from the published file that this build replaces."""
    if build.previous_build_id is None:
        return []
    connection.execute(f"attach {literal(build.home.published_file)} as previous (read_only)")
    new, old = _columns(connection), _columns(connection, "previous")
    written_here = {f"meta.{name}" for name in describing.TABLES}
    changes: list[tuple[str, str, int, str | None]] = []
    for table in sorted((set(new) | set(old)) - written_here):
        if table not in old:
            changes.append((table, "table_added", 1, None))
            continue
        if table not in new:
            changes.append((table, "table_removed", 1, None))
            continue
        changes += [(table, "column_added", 1, c) for c in new[table] if c not in old[table]]
        changes += [(table, "column_removed", 1, c) for c in old[table] if c not in new[table]]
        changes += [
            (table, "type_changed", 1, f"{c}: {old[table][c]} to {new[table][c]}")
            for c in new[table]
            if c in old[table] and new[table][c] != old[table][c]
        ]
        shared = {c: type_ for c, type_ in new[table].items() if old[table].get(c) == type_}
        counted = _row_changes(connection, table, shared, grains.get(table, ()))
        changes += [(table, change, count, None) for change, count in counted.items() if count]
    connection.execute("detach previous")
    return [(build.build_id, build.previous_build_id, *change) for change in changes]


def _check_rows(build: Build) -> list[tuple[object, ...]]:
    """What this build's checks found; how long they have failed is reckoned from the file that it replaces."""
    rows: list[tuple[object, ...]] = []
    path = build.home.work / checks.RESULTS
    for check in json.loads(path.read_text(encoding="utf-8")) if path.exists() else []:
        rows.append(
            (
                build.build_id,
                check["table"],
                check["expectation"],
                "expectations",
                check["severity"],
                check["passed"],
                check["expected"],
                check["observed"],
                check["unexpected_count"],
                json.dumps(check["sample"], default=str),
                check["advice"],
                check["checked_at"],
                None if check["passed"] else check["checked_at"],
                0 if check["passed"] else 1,
            )
        )
    path = build.home.work / models.DBT_CHECKS
    for test in json.loads(path.read_text(encoding="utf-8")) if path.exists() else []:
        rows.append(
            (
                build.build_id,
                None,
                test["name"],
                "dbt",
                "error",
                test["status"] == "pass",
                "no rows",
                test["message"] or f"{test['failures']} rows",
                test["failures"],
                "[]",
                "Run `dbt test --select` with this name and look at its compiled SQL",
                build.built_at,
                None if test["status"] == "pass" else build.built_at,
                0 if test["status"] == "pass" else 1,
            )
        )
    return rows


def _carry_results(connection: duckdb.DuckDBPyConnection, build: Build) -> None:
    """Continue the failures of the file that this build replaces, and carry its results of earlier builds over.

    They are kept for ``_BUILDS_KEPT`` builds, without their failing rows, which would be most of what they weigh. A
    failure that is older than that still knows since when.
    """
    if build.previous_build_id is None:
        return
    connection.execute(f"attach {literal(build.home.published_file)} as previous (read_only)")
    old = _columns(connection, "previous").get("meta.check_result", {})
    columns = [name for name in describing.TABLES["check_result"][1] if name in old]
    # A published file of before there was a history has no failing_since: its failures begin to count now.
    if {"failing_since", "builds_failing"} <= set(columns):
        connection.execute(
            "update meta.check_result as new set failing_since = old.failing_since,"
            " builds_failing = old.builds_failing + 1 from previous.meta.check_result as old"
            " where old.build_id = ? and not new.has_passed and not old.has_passed and old.made_by = new.made_by"
            " and old.check_name = new.check_name and old.checked_table is not distinct from new.checked_table",
            [build.previous_build_id],
        )
    if columns:
        kept = ", ".join(columns)
        values = ", ".join("null" if name == "sample" else name for name in columns)
        connection.execute(
            f"insert into meta.check_result ({kept}) select {values} from previous.meta.check_result"
            " where build_id in"
            " (select distinct build_id from previous.meta.check_result order by build_id desc limit ?)"
            " order by build_id desc",
            [_BUILDS_KEPT - 1],
        )
    connection.execute("detach previous")


def _write(build: Build, grains: Mapping[str, Sequence[str]]) -> tuple[dict[str, int], list[tuple[object, ...]]]:
    """Write the whole of the new file; returns row counts and changes."""
    for leftover in build.home.published.glob(".building-*"):
        leftover.unlink()
    with duckdb.connect(str(build.file)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(build.home.warehouse)} as warehouse (read_only)")
        counts = _copy_tables(connection, grains)
        connection.execute("detach warehouse")
        changes = _changes(connection, build, grains)
        describing.insert(connection, "change", changes)
        describing.insert(connection, "check_result", _check_rows(build))
        _carry_results(connection, build)
        connection.execute("checkpoint")
    with build.file.open("rb") as written:
        os.fsync(written.fileno())
    return counts, changes


def _keep_copy(home: Home, build_id: str, keep: int) -> None:
    """A dated copy of the published file (a hard link where the disk has them); only the newest are kept."""
    copies = home.published / "copies"
    copies.mkdir(exist_ok=True)
    copy = copies / f"{home.published_file.stem}-{build_id}.duckdb"
    try:
        os.link(home.published_file, copy)
    except OSError:
        shutil.copyfile(home.published_file, copy)
    for old in sorted(copies.glob("*.duckdb"))[:-keep]:
        old.unlink()


def _write_parquet(home: Home) -> None:
    """Each published table as ``parquet/<schema>.<table>.parquet``, each replaced in one step."""
    folder = home.published / "parquet"
    folder.mkdir(exist_ok=True)
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        tables = _columns(connection)
        for table in tables:
            full = ".".join(quote(part) for part in table.split("."))
            temporary = folder / f".{table}.writing"
            connection.execute(f"copy {full} to {literal(temporary)} (format parquet, compression zstd)")
            temporary.replace(folder / f"{table}.parquet")
        for path in folder.iterdir():
            if path.name.removesuffix(".parquet") not in tables:
                path.unlink()


def publish(refresh: Refresh, run_id: str, grains: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Build the new file and move it over the published one; returns what a summary says of it.

    Until the move nothing that an analyst sees has changed.
    """
    home, build = refresh.home, Build.of(refresh.home)
    refresh.reporter.step("writing the new file")
    counts, changes = _write(build, grains)
    build.file.replace(home.published_file)
    _keep_copy(home, build.build_id, refresh.settings.keep_copies)
    refresh.reporter.step("writing Parquet, the data package and the data docs")
    _write_parquet(home)
    package = data_package(home, build.build_id, build.built_at, grains)
    temporary = home.published / ".datapackage.json"
    temporary.write_text(json.dumps(package, indent=2, ensure_ascii=False, default=str), encoding="utf-8")
    temporary.replace(home.published / "datapackage.json")
    suites.build_data_docs(home, home.published / "data_docs")
    published = {
        "build_id": build.build_id,
        "previous_build_id": build.previous_build_id,
        "built_at": build.built_at.isoformat(),
        "edition": home.edition,
        "inputs_fingerprint": build.fingerprint,
        "run_id": run_id,
        "file": str(home.published_file),
        "rows": counts,
    }
    # Last: a kill before this line makes the next refresh build again, which costs time and nothing else.
    temporary = home.published / ".build.json"
    temporary.write_text(json.dumps(published, indent=2), encoding="utf-8")
    temporary.replace(home.published / "build.json")
    names = ("build_id", "previous_build_id", "table_name", "change", "count", "detail")
    refresh.outcome.changes = [dict(zip(names, change, strict=True)) for change in changes]
    refresh.outcome.published = published
    return published


def build_publishing(built: Sequence[dg.AssetsDefinition]) -> dg.AssetsDefinition:
    """The asset ``published/health_justice``, after every table of the published schemas."""
    specs = [spec for asset in built for spec in asset.specs if spec.key.path[0] in SCHEMAS]
    grains = describing.grains_of(built)

    @dg.asset(
        key=PUBLISHED,
        deps=[*(spec.key for spec in specs), *(dg.AssetKey(["meta", name]) for name in describing.WRITTEN)],
        group_name="published",
        kinds={"duckdb", "parquet"},
        owners=["team:data-engineering"],
        description="The DuckDB file that analysts open, its Parquet copies, data package and data docs.",
    )
    def health_justice(context: dg.AssetExecutionContext, refresh: dg.ResourceParam[Refresh]) -> dg.MaterializeResult:
        refresh.reporter.stage("publication")
        published = publish(refresh, context.run_id, grains)
        size = refresh.home.published_file.stat().st_size
        return dg.MaterializeResult(
            metadata={
                "file": dg.MetadataValue.path(published["file"]),
                "size_bytes": size,
                "edition": published["edition"],
                "dagster/row_count": sum(published["rows"].values()),
                "changes": dg.MetadataValue.json(refresh.outcome.changes[:50]),
            }
        )

    return health_justice
