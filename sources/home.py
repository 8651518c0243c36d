"""Where one edition keeps its state.

Editions never share a folder: a synthetic figure cannot reach a table of real ones.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from sources import clock

Edition = Literal["sample", "folder", "live"]

#: The day for which the bundled edition's files are made: it looks the same whenever it is run.
SAMPLE_DAY = date(2026, 11, 30)


@dataclass(frozen=True)
class Home:
    """The folders of one edition below REBALANCE_HOME."""

    root: Path
    edition: Edition

    @property
    def base(self) -> Path:
        return self.root / self.edition

    @property
    def archive(self) -> Path:
        return self.base / "archive"

    @property
    def landing(self) -> Path:
        return self.base / "landing"

    @property
    def ledger(self) -> Path:
        return self.base / "ledger.sqlite"

    @property
    def work(self) -> Path:
        """Scratch: anything in it may be deleted between refreshes."""
        return self.base / "work"

    @property
    def warehouse(self) -> Path:
        """The refresh's own DuckDB file; nobody else reads it."""
        return self.base / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.base / "published"

    @property
    def day(self) -> date:
        """The day that lateness and age are reckoned from: today in UTC, or the bundled edition's own."""
        return SAMPLE_DAY if self.is_synthetic else clock.now().date()

    @property
    def is_synthetic(self) -> bool:
        return self.edition == "sample"

    @property
    def published_file(self) -> Path:
        """The file analysts open; its name says so where its values are synthetic."""
        return self.published / ("health_justice_synthetic.duckdb" if self.is_synthetic else "health_justice.duckdb")

    def make(self) -> Home:
        """Create the folders; returns itself."""
        for folder in (self.archive, self.landing, self.work, self.published):
            folder.mkdir(parents=True, exist_ok=True)
        return self

    @contextmanager
    def open_ledger(self) -> Iterator[sqlite3.Connection]:
        """The edition's SQLite ledger, committed on success and rolled back on error.

        Opened within another on the same thread it is the same connection: a source of a thousand small files would
        spend more time opening its ledger than writing to it.
        """
        held: dict[str, sqlite3.Connection] = _open_ledgers.__dict__
        path = str(self.ledger)
        if path in held:
            with held[path]:
                yield held[path]
            return
        self.base.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30)
        connection.row_factory = sqlite3.Row
        connection.execute("pragma journal_mode = wal")
        # With a write-ahead log this loses at most the last commits when the power goes, never the file.
        connection.execute("pragma synchronous = normal")
        try:
            if connection.execute("pragma user_version").fetchone()[0] != _VERSION:
                connection.executescript(_SCHEMA)
                if not any(row["name"] == "latest_period" for row in connection.execute("pragma table_info(landed)")):
                    connection.execute("alter table landed add column latest_period text")  # since version 2
                connection.execute(_READINGS_THAT_FAILED)  # since version 3
                connection.execute(f"pragma user_version = {_VERSION}")
            held[path] = connection
            with connection:
                yield connection
        finally:
            held.pop(path, None)
            connection.close()


_open_ledgers = threading.local()

#: Raised with every change of the schema below.
_VERSION = 3
_SCHEMA = """
create table if not exists receipt (
    receipt_id integer primary key,
    source_id text not null,
    name text not null,
    address text not null,
    origin text not null,
    requested_at text not null,
    received_at text not null,
    status text not null,
    http_status integer,
    size_bytes integer,
    sha256 text,
    licence text not null,
    published_on text,
    etag text,
    last_modified text,
    received_by text not null,
    problem text
);
create index if not exists receipt_by_address on receipt (source_id, address, receipt_id);
create index if not exists receipt_that_failed on receipt (source_id, address) where status = 'failed';
create index if not exists receipt_by_content on receipt (source_id, sha256);
create table if not exists member (
    blob_sha256 text not null,
    path text not null,
    size_bytes integer not null,
    crc32 integer not null,
    sha256 text not null,
    primary key (blob_sha256, path)
);
create index if not exists member_by_content on member (path, size_bytes, crc32);
create table if not exists reading (
    source_id text not null,
    content_sha256 text not null,
    name text not null,
    fingerprint text not null,
    blob_sha256 text not null,
    outcome text not null,
    problem text,
    read_at text not null,
    primary key (source_id, content_sha256, name)
);
create table if not exists unreadable (
    source_id text not null,
    content_sha256 text not null,
    name text not null,
    blob_sha256 text not null,
    problem text not null,
    first_failed_at text not null,
    read_at text
);
create unique index if not exists unreadable_now
on unreadable (source_id, content_sha256, name) where read_at is null;
create table if not exists landed (
    source_id text not null,
    table_name text not null,
    release_id text not null,
    content_sha256 text not null,
    archive_sha256 text not null,
    source_file text not null,
    fingerprint text not null,
    file_name text not null,
    rows_in integer not null,
    rows_landed integer not null,
    rows_quarantined integer not null,
    notes text not null,
    origin text not null,
    address text not null,
    published_on text,
    retrieved_at text not null,
    landed_at text not null,
    latest_period text,
    primary key (source_id, table_name, release_id)
);
create table if not exists quarantined (
    source_id text not null,
    table_name text not null,
    release_id text not null,
    source_file text not null,
    source_sheet text,
    source_row integer,
    source_column text,
    cell text,
    reason text not null
);
create index if not exists quarantined_by_release on quarantined (source_id, release_id);
create table if not exists recognised (
    sha256 text not null,
    name text not null,
    catalogue text not null,
    source_ids text not null,
    nearest text,
    primary key (sha256, name, catalogue)
);
create table if not exists loose_file (
    path text primary key,
    size_bytes integer not null,
    modified_ns integer not null,
    sha256 text not null
);
create table if not exists unrecognised (
    address text primary key,
    size_bytes integer not null,
    nearest text,
    seen_at text not null
);
"""
#: What an older ledger knows of files that could not be read.
_READINGS_THAT_FAILED = """
insert or ignore into unreadable
select
    source_id, content_sha256, name, blob_sha256, coalesce(problem, outcome), coalesce(
        (
            select min(received_at) from receipt
            where receipt.source_id = reading.source_id and receipt.sha256 = reading.blob_sha256
        ),
        read_at
    ), null
from reading
where outcome <> 'landed'
"""
