"""A tidy table to Parquet, with its provenance.

One Parquet a source, table and release. The ledger is the truth: a Parquet that the ledger does not name is the
rest of an interrupted run and is swept away; a release that the ledger names is not read again until its
contract or reader changes.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from sources import archive
from sources.catalogue import Catalogue, Source
from sources.contract import PROVENANCE, Column, Table
from sources.errors import ReadError
from sources.home import Home
from sources.reading import Figures, PublishedFile, Quarantined, Records

_SQL_TYPES = {
    "text": "varchar",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "month": "date",
    "timestamp": "timestamptz",
}
_PROVENANCE_TYPES = {name: "bigint" if name == "source_row" else "varchar" for name in PROVENANCE}
#: A file of more quarantined rows than this is not the file that the contract describes.
_MOST_REJECTED = 100_000


def sql_type(column: Column) -> str:
    """The DuckDB type that a contract column lands as."""
    return _SQL_TYPES[column.type]


def release_id(file: PublishedFile) -> str:
    """The name of a release: the file's name and the first ten characters of its hash."""
    stem = re.sub(r"[^a-z0-9]+", "-", Path(file.name).stem.lower()).strip("-")
    return f"{stem[:80]}-{file.sha256[:10]}"


@dataclass(frozen=True)
class Arrival:
    """The archived bytes that a file was read from, and how they came."""

    archive_sha256: str
    origin: str
    address: str
    published_on: str | None
    retrieved_at: str


@dataclass(frozen=True)
class Landed:
    """What landing one table of one file came to."""

    table: str
    release_id: str
    rows_in: int
    rows_landed: int
    quarantined: Sequence[Quarantined]
    notes: Sequence[str]
    file_name: str


def quote(identifier: str) -> str:
    """An SQL identifier in double quotes."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: object) -> str:
    """An SQL literal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def _schema(table: Table) -> dict[str, str]:
    columns = {name: sql_type(column) for name, column in table.columns.items()}
    return columns | {name: _PROVENANCE_TYPES[name] for name in table.provenance}


class Landing:
    """The landing zone of one edition."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def folder(self, table_id: str) -> Path:
        """The folder of one landing table; its Parquets are the releases, and ``_schema`` is empty."""
        return self.home.landing / table_id

    def prepare(self, catalogue: Catalogue) -> None:
        """Give every table of the catalogue its folder and its empty Parquet, so that models build with nothing
        landed, and sweep away what an interrupted run left."""
        with self.home.open_ledger() as ledger, duckdb.connect() as connection:
            for source, name, table in catalogue.tables():
                folder = self.folder(source.table_id(name))
                folder.mkdir(parents=True, exist_ok=True)
                rows = ledger.execute(
                    "select file_name from landed where source_id = ? and table_name = ?", (source.id, name)
                )
                known = {row["file_name"] for row in rows} | {"_schema.parquet"}
                for path in folder.iterdir():
                    if path.name not in known:
                        path.unlink()
                columns = ", ".join(f"null::{type_} as {quote(n)}" for n, type_ in _schema(table).items())
                self._copy(connection, f"select {columns} where false", folder / "_schema.parquet")

    @staticmethod
    def _copy(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
        temporary = target.with_name(f".{target.name}.writing")
        connection.execute(f"copy ({query}) to {literal(temporary)} (format parquet, compression zstd)")
        temporary.replace(target)

    def land(self, source: Source, file: PublishedFile, found: Figures | Records, arrival: Arrival) -> Landed:
        """Write one table of one file as Parquet; the caller records it with ``commit``.

        Raises ReadError where rows in are not rows landed and rows quarantined.
        """
        table = source.contract.tables[found.table]
        release = release_id(file)
        target = self.folder(source.table_id(found.table)) / f"{release}.{source.fingerprint}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        provenance = {
            "release_id": release,
            "archive_sha256": arrival.archive_sha256,
            "source_file": file.name,
        }
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"set temp_directory = {literal(self.home.work)}")
            if isinstance(found, Records):
                rows_in, quarantined = self._land_records(connection, file, found, table, provenance, target)
            else:
                rows_in, quarantined = found.rows_in, list(found.quarantined)
                self._land_figures(connection, file, found, table, provenance, target)
            count = connection.execute(f"select count(*) from read_parquet({literal(target)})").fetchone()
        landed = count[0] if count else 0
        if rows_in != landed + len(quarantined):
            target.unlink(missing_ok=True)
            raise ReadError(
                f"rows of [{found.table}] do not reconcile",
                file=file.name,
                expected=f"{rows_in:,} rows read",
                found=f"{landed:,} landed and {len(quarantined):,} quarantined",
            )
        return Landed(found.table, release, rows_in, landed, quarantined, found.notes, target.name)

    def _land_figures(
        self,
        connection: duckdb.DuckDBPyConnection,
        file: PublishedFile,
        found: Figures,
        table: Table,
        provenance: dict[str, str],
        target: Path,
    ) -> None:
        expected = [n for n in _schema(table) if n not in provenance]
        lacking = [name for name in expected if name not in found.frame.columns]
        extra = [name for name in found.frame.columns if name not in expected]
        if lacking or extra:
            raise ReadError(
                f"the reader's table [{found.table}] is not the contract's",
                file=file.name,
                expected="columns " + ", ".join(expected),
                found=f"without {lacking}, with {extra} besides",
            )
        frame = found.frame.astype(object).where(found.frame.notna(), None) if found.frame.empty else found.frame
        connection.register("found", pd.DataFrame(frame))
        columns = [
            f"{literal(provenance[name])} as {quote(name)}"
            if name in provenance
            else f"cast({quote(name)} as {type_}) as {quote(name)}"
            for name, type_ in _schema(table).items()
        ]
        try:
            self._copy(connection, f"select {', '.join(columns)} from found", target)
        except duckdb.ConversionException as error:
            raise ReadError(
                f"the reader's table [{found.table}] is not of the contract's types",
                file=file.name,
                found=str(error).splitlines()[0],
            ) from error
        finally:
            connection.unregister("found")

    def _land_records(
        self,
        connection: duckdb.DuckDBPyConnection,
        file: PublishedFile,
        found: Records,
        table: Table,
        provenance: dict[str, str],
        target: Path,
    ) -> tuple[int, list[Quarantined]]:
        header = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in found.header)
        scan = (
            f"read_csv({literal(found.path)}, header = false, skip = {found.skip_lines}, auto_detect = false,"
            f" delim = {literal(found.delimiter)}, quote = '\"', escape = '\"', columns = {{{header}}},"
            f" store_rejects = true, rejects_limit = {_MOST_REJECTED})"
        )
        selected, unreadable = [], []
        for name, column in table.columns.items():
            if name in found.constants:
                selected.append(f"cast({literal(found.constants[name])} as {sql_type(column)}) as {quote(name)}")
                continue
            if name not in found.columns and name not in found.expressions:
                selected.append(f"null::{sql_type(column)} as {quote(name)}")
                continue
            raw = quote(found.columns[name]) if name in found.columns else None
            value = found.expressions.get(name) or _cast(raw or "null", column)
            selected.append(f"{value} as {quote(name)}")
            if raw and (column.type != "text" or name in found.expressions):
                unreadable.append((name, raw, f"({raw} is not null and {raw} <> '' and ({value}) is null)"))
        selected += [f"{literal(provenance[name])} as {quote(name)}" for name in table.provenance]
        bad = " or ".join(condition for *_, condition in unreadable) or "false"
        self._copy(connection, f"select {', '.join(selected)} from {scan} where not ({bad})", target)
        landed = connection.execute(f"select count(*) from read_parquet({literal(target)})").fetchone()
        quarantined = [
            Quarantined(reason=f"the record cannot be split: {problem}", cell=line, row=row)
            for row, problem, line in connection.execute(
                "select min(line), min(error_message), min(csv_line) from reject_errors group by line order by line"
            ).fetchall()
        ]
        rows_in = _count_records(found)
        if rows_in > (landed[0] if landed else 0) + len(quarantined):
            quarantined += _unreadable_cells(connection, scan, unreadable)
        return rows_in, quarantined

    def commit(
        self,
        ledger: sqlite3.Connection,
        source: Source,
        file: PublishedFile,
        tables: Sequence[Landed],
        arrival: Arrival,
    ) -> None:
        """Record a file's landed tables; the Parquets of an earlier reading of the same release are removed."""
        for landed in tables:
            earlier = ledger.execute(
                "select file_name from landed where source_id = ? and table_name = ? and release_id = ?",
                (source.id, landed.table, landed.release_id),
            ).fetchone()
            ledger.execute(
                "insert or replace into landed values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    source.id,
                    landed.table,
                    landed.release_id,
                    file.sha256,
                    arrival.archive_sha256,
                    file.name,
                    source.fingerprint,
                    landed.file_name,
                    landed.rows_in,
                    landed.rows_landed,
                    len(landed.quarantined),
                    json.dumps(list(landed.notes)),
                    arrival.origin,
                    arrival.address,
                    arrival.published_on,
                    arrival.retrieved_at,
                    archive.now().isoformat(),
                ),
            )
            ledger.execute(
                "delete from quarantined where source_id = ? and table_name = ? and release_id = ?",
                (source.id, landed.table, landed.release_id),
            )
            ledger.executemany(
                "insert into quarantined values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        source.id,
                        landed.table,
                        landed.release_id,
                        file.name,
                        row.sheet,
                        row.row,
                        row.column,
                        row.cell,
                        row.reason,
                    )
                    for row in landed.quarantined
                ],
            )
            # Committed before the old Parquet goes: a kill in between leaves a file that the next sweep removes.
            ledger.commit()
            if earlier and earlier["file_name"] != landed.file_name:
                (self.folder(source.table_id(landed.table)) / earlier["file_name"]).unlink(missing_ok=True)


def _cast(raw: str, column: Column) -> str:
    """SQL that reads a text cell as the column's type, null where it is blank or cannot be."""
    match column.type:
        case "text":
            return f"nullif({raw}, '')"
        case "month":
            return f"try_cast({raw} || '-01' as date)"
        case "boolean":
            return (
                f"case lower({raw}) when 'true' then true when 'false' then false"
                f" when '1' then true when '0' then false when '1.0' then true when '0.0' then false end"
            )
        case _:
            return f"try_cast({raw} as {sql_type(column)})"


def _count_records(found: Records) -> int:
    """Records in the file, counted from its bytes, apart from DuckDB's reading of them.

    A line end outside quotes ends a record: it is one with an even number of quote characters before it (a
    doubled quote inside a field changes nothing, being two).
    """
    ends, quotes, last = 0, 0, 0
    trailing_blank = 0
    with found.path.open("rb") as stream:
        while raw := stream.read(1 << 22):
            block = np.frombuffer(raw, dtype=np.uint8)
            line_ends = block == ord("\n")
            if b'"' in raw or quotes % 2:
                parity = (quotes + np.cumsum(block == ord('"'))) % 2
                ends += int(np.count_nonzero(line_ends & (parity == 0)))
                quotes += raw.count(b'"')
            else:
                ends += int(np.count_nonzero(line_ends))
            last = raw[-1]
            tail = raw[-4096:].replace(b"\r", b"")
            trailing_blank = max(0, len(tail) - len(tail.rstrip(b"\n")) - 1)
    return ends + (last != ord("\n")) - trailing_blank - found.skip_lines


def _unreadable_cells(
    connection: duckdb.DuckDBPyConnection, scan: str, unreadable: list[tuple[str, str, str]]
) -> list[Quarantined]:
    """The records that were left out because a cell is not of its column's type: the first such cell of each."""
    if not unreadable:
        return []
    name = "case " + " ".join(f"when {bad} then {literal(n)}" for n, _, bad in unreadable) + " end"
    cell = "case " + " ".join(f"when {bad} then {raw}" for _, raw, bad in unreadable) + " end"
    connection.execute("drop table if exists reject_scans; drop table if exists reject_errors")
    rows = connection.execute(
        f"select record, problem_column, problem_cell from (select row_number() over () + 1 as record,"
        f" {name} as problem_column, {cell} as problem_cell from {scan}) where problem_column is not null"
    ).fetchall()
    return [
        Quarantined(reason=f"[{cell}] is not of the column's type", cell=cell, row=row, column=column)
        for row, column, cell in rows
    ]
