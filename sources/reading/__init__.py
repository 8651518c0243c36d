"""Tools for published files.

A source's ``read.py`` has one function, ``read(file, contract)``, which yields what it found: ``Figures`` for
tables small enough to hold (workbooks, lookups), ``Records`` for a large delimited file that DuckDB reads
straight to landing. Everything that readers share lives here; nothing here knows a publisher.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class PublishedFile:
    """One file as its publisher issued it; inside a zip, one member."""

    path: Path
    """Where its bytes are now."""
    name: str
    """Its name as published, without folders: what readers take months and forces from."""
    sha256: str


@dataclass(frozen=True)
class Quarantined:
    """A row or cell that could not be landed: what it said, where, and why."""

    reason: str
    cell: str | None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None


@dataclass
class Figures:
    """A tidy table read from a file.

    ``frame`` has the contract's columns and ``source_sheet``, ``source_row``, ``source_column``. ``rows_in`` is
    counted from the file, not from the frame: landing refuses the file unless it equals landed + quarantined.
    """

    table: str
    frame: pd.DataFrame
    rows_in: int
    quarantined: list[Quarantined] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Records:
    """A delimited file for DuckDB to read straight to landing, a landed row a record.

    ``header`` is the published header in the file's order; ``columns`` gives each contract column its header
    text; ``expressions`` overrides the plain cast with SQL over the quoted headers; ``constants`` fills derived
    columns that are the same for the whole file. ``optional_at_end`` is how many of the last columns a record may
    come without.
    """

    table: str
    path: Path
    header: Sequence[str]
    columns: Mapping[str, str]
    delimiter: str = ","
    skip_lines: int = 1
    encoding: str = "utf-8-sig"
    optional_at_end: int = 0
    constants: Mapping[str, object] = field(default_factory=dict)
    expressions: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
