"""A tidy table to Parquet, with its provenance.

One Parquet a source, table and release. The ledger is the truth: a Parquet that the ledger does not name is the
rest of an interrupted run and is swept away; a release that the ledger names is not read again until its
contract or reader changes.
"""

from __future__ import annotations

import json
import re
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from sources import clock
from sources.catalogue import Catalogue, Source
from sources.contract import PROVENANCE, Column, Contract, Table
from sources.errors import ReadError
from sources.home import Home
from sources.reading import Figures, PublishedFile, Quarantined, Records, delimited

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
#: The column that numbers records while they are read; no publisher's header is called this.
_ROW = "record number (rebalance)"


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
    latest_period: str | None = None
    """The last day, in ISO form, that its rows cover; a month's is its first."""


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


_MEMORY = "512MiB"


class Landing:
    """The landing zone of one edition."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._open = threading.local()

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        # One a thread for all its files: opening one takes longer than landing a small file.
        if not hasattr(self._open, "connection"):
            self._open.connection = duckdb.connect()
            self._open.connection.execute("set TimeZone = 'UTC'")
            self._open.connection.execute(f"set temp_directory = {literal(self.home.work)}")
            # Of millions of rows it would hold as many as the machine has memory for, without being any quicker.
            self._open.connection.execute(f"set memory_limit = {literal(_MEMORY)}")
        return self._open.connection

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
    def _copy(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
        """Write a query's rows as Parquet, whole or not at all; returns how many."""
        temporary = target.with_name(f".{target.name}.writing")
        # Level 1 is as quick as no compression to speak of, and its files are half the size.
        options = "format parquet, compression zstd, compression_level 1"
        try:
            row = connection.execute(f"copy ({query}) to {literal(temporary)} ({options})").fetchone()
            temporary.replace(target)
            return row[0] if row else 0
        finally:
            temporary.unlink(missing_ok=True)

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
        connection, notes = self._connection, list(found.notes)
        if isinstance(found, Records):
            plan = _Plan.of(found, table, source.contract, provenance)
            rows_in, landed, quarantined, more = self._land_records(connection, file, found, plan, target)
            notes += more
        else:
            rows_in, quarantined = found.rows_in, list(found.quarantined)
            landed = self._land_figures(connection, file, found, table, provenance, target)
        if rows_in != landed + len(quarantined):
            target.unlink(missing_ok=True)
            raise ReadError(
                f"rows of [{found.table}] do not reconcile",
                file=file.name,
                expected=f"{rows_in:,} rows read",
                found=f"{landed:,} landed and {len(quarantined):,} quarantined",
            )
        latest = self._latest_period(connection, table, target) if landed else None
        return Landed(found.table, release, rows_in, landed, quarantined, notes, target.name, latest)

    @staticmethod
    def _latest_period(connection: duckdb.DuckDBPyConnection, table: Table, parquet: Path) -> str | None:
        if table.period_column is None:
            return None
        # All of the answer is fetched: the connection takes nothing else while some of it is left.
        ((latest,),) = connection.execute(
            f"select max({quote(table.period_column)})::varchar from read_parquet({literal(parquet)})"
        ).fetchall()
        return latest

    def _land_figures(
        self,
        connection: duckdb.DuckDBPyConnection,
        file: PublishedFile,
        found: Figures,
        table: Table,
        provenance: dict[str, str],
        target: Path,
    ) -> int:
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
            return self._copy(connection, f"select {', '.join(columns)} from found", target)
        except duckdb.ConversionException as error:
            raise ReadError(
                f"the reader's table [{found.table}] is not of the contract's types",
                file=file.name,
                found=str(error).splitlines()[0],
            ) from error
        finally:
            connection.unregister("found")

    def _land_records(
        self, connection: duckdb.DuckDBPyConnection, file: PublishedFile, found: Records, plan: _Plan, target: Path
    ) -> tuple[int, int, list[Quarantined], list[str]]:
        """A plain file goes straight through DuckDB, believed where its count of the records is that of the bytes;
        any other is first written again as a plain one, without the records that cannot be split."""
        with ThreadPoolExecutor(1) as pool:
            counting = pool.submit(delimited.count_records, found.path, delimiter=found.delimiter)

            def rows_counted() -> int | None:
                count = counting.result()
                return None if count is None else max(0, count - found.skip_lines)

            numbered = plan.numbered_scan_of(found)
            scan = numbered if plan.has_rows else plan.scan_of(found)
            try:
                copied = self._copy_records(connection, plan, scan, numbered, rows_counted, target, file)
            except duckdb.Error:
                copied = None
            rows_in = rows_counted()
        if copied is not None and rows_in is not None:
            landed, unread = copied
            return rows_in, landed, unread, []
        with tempfile.TemporaryDirectory(dir=self.home.work) as scratch:
            plain = Path(scratch) / "plain.csv"
            rows_in, unsplit, notes = delimited.write_plain(found, plain)
            _refuse_too_many(unsplit, file)
            expected, scan = rows_in - len(unsplit), plan.scan_of_plain(plain)
            try:
                copied = self._copy_records(connection, plan, scan, scan, lambda: expected, target, file)
            except duckdb.Error as error:
                raise ReadError(
                    "the records cannot be read", file=file.name, found=str(error).splitlines()[0]
                ) from error
        if copied is None:
            raise ReadError(
                "its records are not the same by two ways of counting", file=file.name, expected=f"{expected:,} records"
            )
        landed, unread = copied
        return rows_in, landed, sorted([*unsplit, *unread], key=lambda row: row.row or 0), notes

    def _copy_records(
        self,
        connection: duckdb.DuckDBPyConnection,
        plan: _Plan,
        scan: str,
        numbered: str,
        expected: Callable[[], int | None],
        target: Path,
        file: PublishedFile,
    ) -> tuple[int, list[Quarantined]] | None:
        """Write the readable records to ``target``; returns how many, and the others.

        None where they are not the number in all that is expected, which is asked for when the writing is done: it
        is counted meanwhile.
        """
        landed = self._copy(connection, f"select {plan.selected} from {scan} where {plan.is_readable}", target)
        rows_in = expected()
        if rows_in == landed:
            return landed, []
        is_short = rows_in is not None and rows_in > landed
        quarantined = plan.unreadable_cells(connection, numbered) if is_short else []
        if rows_in == landed + len(quarantined) and len(quarantined) <= _MOST_REJECTED:
            return landed, quarantined
        target.unlink()
        _refuse_too_many(quarantined, file)
        return None

    def _forget_other_tables(self, ledger: sqlite3.Connection, source: Source, tables: Sequence[Landed]) -> None:
        release, kept = tables[0].release_id, {landed.table for landed in tables}
        rows = ledger.execute(
            "select table_name, file_name from landed where source_id = ? and release_id = ?", (source.id, release)
        ).fetchall()
        gone = [(row["table_name"], row["file_name"]) for row in rows if row["table_name"] not in kept]
        for name, _ in gone:
            for ledger_table in ("landed", "quarantined"):
                ledger.execute(
                    f"delete from {ledger_table} where source_id = ? and table_name = ? and release_id = ?",
                    (source.id, name, release),
                )
        ledger.commit()
        for name, file_name in gone:
            (self.folder(source.table_id(name)) / file_name).unlink(missing_ok=True)

    def commit(
        self,
        ledger: sqlite3.Connection,
        source: Source,
        file: PublishedFile,
        tables: Sequence[Landed],
        arrival: Arrival,
    ) -> None:
        """Record a file's landed tables; the Parquets of an earlier reading of the same release are removed, those
        of tables that it no longer has among them."""
        self._forget_other_tables(ledger, source, tables)
        for landed in tables:
            earlier = ledger.execute(
                "select file_name from landed where source_id = ? and table_name = ? and release_id = ?",
                (source.id, landed.table, landed.release_id),
            ).fetchone()
            ledger.execute(
                f"insert or replace into landed values ({', '.join('?' * 18)})",
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
                    clock.now().isoformat(),
                    landed.latest_period,
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


@dataclass(frozen=True)
class _Plan:
    """The SQL that reads a file's records into a table: its columns are the header's texts and ``_ROW``."""

    header: tuple[str, ...]
    selected: str
    unreadable: tuple[tuple[str, str, str], ...]
    """For each column that can hold something unreadable: its name, its cell, and the condition that it is so."""
    has_rows: bool
    read: tuple[str, ...]
    """The cells that some column is read from."""

    @staticmethod
    def of(found: Records, table: Table, contract: Contract, provenance: dict[str, str]) -> _Plan:
        selected, unreadable = [], []
        for name, column in table.columns.items():
            if name in found.constants:
                value = _constant(found.constants[name], sql_type(column))
            elif name not in found.columns and name not in found.expressions:
                value = f"null::{sql_type(column)}"
            else:
                raw = quote(found.columns[name]) if name in found.columns else None
                marked = ", ".join(literal(marker.text) for marker in contract.markers_of(column) if marker.text)
                value = found.expressions.get(name)
                if value is None:
                    value = _cast(raw or "null", column)
                    if marked and column.type != "text":
                        value = f"case when {raw} not in ({marked}) then {value} end"
                if raw and (column.type != "text" or name in found.expressions):
                    is_figure = f"{raw} is not null" + (f" and {raw} not in ({marked})" if marked else "")
                    unreadable.append((name, raw, f"({is_figure} and ({value}) is null)"))
            selected.append(f"{value} as {quote(name)}")
        for name in table.provenance:
            value = quote(_ROW) if name == "source_row" else _constant(provenance.get(name), "varchar")
            selected.append(f"{value} as {quote(name)}")
        return _Plan(
            _distinct(found.header),
            ", ".join(selected),
            tuple(unreadable),
            "source_row" in table.provenance,
            tuple(map(quote, found.columns.values())),
        )

    @property
    def is_unreadable(self) -> str:
        return " or ".join(condition for *_, condition in self.unreadable) or "false"

    @property
    def is_readable(self) -> str:
        """A record of blanks alone, as a spreadsheet saves below its last, is none; ``write_plain`` leaves it out."""
        return f"not ({self.is_unreadable})" + (f" and coalesce({', '.join(self.read)}) is not null" * bool(self.read))

    def scan_of(self, found: Records) -> str:
        """The file itself, read by DuckDB."""
        return self._csv(found.path, self.header, delimiter=found.delimiter, skip=found.skip_lines)

    def numbered_scan_of(self, found: Records) -> str:
        """The same with each record's number, the lines above the first being counted."""
        row = f"row_number() over () + {found.skip_lines} as {quote(_ROW)}"
        return f"(select *, {row} from {self.scan_of(found)})"

    def scan_of_plain(self, path: Path) -> str:
        """A copy by ``delimited.write_plain``, which leads each record with its number."""
        # DuckDB would otherwise take a CR in the first record's quotes for the kind of line end.
        scan = self._csv(path, (_ROW, *self.header), delimiter=",", skip=0, more=", new_line = '\\n'")
        return f"(select * replace (cast({quote(_ROW)} as bigint) as {quote(_ROW)}) from {scan})"

    def unreadable_cells(self, connection: duckdb.DuckDBPyConnection, scan: str) -> list[Quarantined]:
        """The records that were left out because a cell is not of its column's type: the first such cell of each."""
        if not self.unreadable:
            return []
        name = "case " + " ".join(f"when {bad} then {literal(n)}" for n, _, bad in self.unreadable) + " end"
        cell = "case " + " ".join(f"when {bad} then {raw}" for _, raw, bad in self.unreadable) + " end"
        rows = connection.execute(
            f"select {quote(_ROW)}, {name}, {cell} from {scan} where {self.is_unreadable} order by 1"
        ).fetchall()
        return [
            Quarantined(reason=f"[{cell}] is not of the column's type", cell=cell, row=row, column=column)
            for row, column, cell in rows
        ]

    @staticmethod
    def _csv(path: Path, header: tuple[str, ...], *, delimiter: str, skip: int, more: str = "") -> str:
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
        return (
            f"read_csv({literal(path)}, header = false, skip = {skip}, auto_detect = false,"
            f" delim = {literal(delimiter)}, quote = '\"', escape = '\"', columns = {{{columns}}}{more})"
        )


def _distinct(header: Sequence[str]) -> tuple[str, ...]:
    """Header texts as column names: a text that has come before (in any case) gets its place behind it."""
    names: list[str] = []
    for place, text in enumerate(header, start=1):
        is_taken = text.casefold() in {name.casefold() for name in names}
        names.append(f"{text} (column {place})" if is_taken else text)
    return tuple(names)


def _refuse_too_many(quarantined: list[Quarantined], file: PublishedFile) -> None:
    if len(quarantined) > _MOST_REJECTED:
        first = quarantined[0]
        raise ReadError(
            f"{len(quarantined):,} records cannot be read",
            file=file.name,
            row=first.row,
            column=first.column,
            found=first.reason,
            advice="So many mean that the file is not what its contract describes",
        )


def _constant(value: object, type_: str) -> str:
    """SQL for a value that is the same in every row."""
    if isinstance(value, str) and type_ == "varchar":
        # Of a type with one value: Parquet's writer then need not look at the text of every row.
        return f"cast({literal(value)} as enum({literal(value)}))"
    return f"cast({literal(value)} as {type_})"


def _cast(raw: str, column: Column) -> str:
    """SQL that reads a text cell as the column's type, null where it cannot be; a blank cell is null already."""
    match column.type:
        case "text":
            return raw
        case "month":
            return f"try_cast({raw} || '-01' as date)"
        case "boolean":
            return (
                f"case lower({raw}) when 'true' then true when 'false' then false"
                f" when '1' then true when '0' then false when '1.0' then true when '0.0' then false end"
            )
        case "number":
            return number(raw)
        case "integer":
            # A cast of text to a whole number would round a fraction away.
            return f"case when {number(raw)} = round({number(raw)}) then try_cast({number(raw)} as bigint) end"
        case _:
            return f"try_cast({raw} as {sql_type(column)})"


def number(raw: str) -> str:
    """SQL that reads a text cell as a number, thousands separators and all; null where it is none."""
    grouped = f"regexp_full_match({raw}, '[-+]?\\d{{1,3}}(,\\d{{3}})+(\\.\\d+)?')"
    return (
        f"case when isfinite(try_cast({raw} as double)) then try_cast({raw} as double)"
        f" when {grouped} then cast(replace({raw}, ',', '') as double) end"
    )
