"""Reads a local ambulance workbook: one sheet a category, boroughs down, months across."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sources.contract import Contract, Slug
from sources.errors import ContractError, HeaderError, LayoutError, ReadError
from sources.reading import Figures, PublishedFile, Quarantined
from sources.reading.grid import Grid, is_blank
from sources.reading.headers import letter, normal
from sources.reading.markers import UnreadableCellError, figure
from sources.reading.periods import Period, month
from sources.reading.workbook import Workbook, open_workbook

_MAPPINGS = Path(__file__).parent / "mappings"
_HEADER_WITHIN = 40


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MappedSheet(_Strict):
    """A sheet of the sender's and the category that its figures are of."""

    name: str
    also_named: tuple[str, ...] = ()
    category: Slug
    description: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.also_named)


class LeftSheet(_Strict):
    """A sheet of the sender's that is not landed, and why."""

    name: str
    reason: str


class Columns(_Strict):
    """The headings that the sender has used over its boroughs' codes and names."""

    area_code: tuple[str, ...] = Field(min_length=1)
    area_name: tuple[str, ...] = Field(min_length=1)


class Mapping(_Strict):
    """How one sender's workbook names what is ours: ``mappings/<sender>.yaml``, unknown keys refused."""

    sender: str
    columns: Columns
    total_label: str
    area_code_pattern: str
    sheets: tuple[MappedSheet, ...] = Field(min_length=1)
    not_landed: tuple[LeftSheet, ...] = ()

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Mapping:
        names = [normal(n) for sheet in self.sheets for n in sheet.names] + [normal(s.name) for s in self.not_landed]
        if len(set(names)) != len(names):
            raise ValueError("a sheet name is mapped twice")
        if len({sheet.category for sheet in self.sheets}) != len(self.sheets):
            raise ValueError("two sheets are mapped to one category")
        re.compile(self.area_code_pattern)
        return self


@cache
def mappings() -> tuple[Mapping, ...]:
    """Every sender's mapping; raises ContractError, naming the file and the key, for one that is not well formed."""
    found = []
    for path in sorted(_MAPPINGS.glob("*.yaml")):
        try:
            found.append(Mapping.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))))
        except yaml.YAMLError as error:
            raise ContractError(f"[{path}] is not YAML: {error}") from error
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or '(top)'}: {e['msg']}" for e in error.errors())
            raise ContractError(f"[{path}] is not a mapping: {problems}") from error
    return tuple(found)


@dataclass(frozen=True)
class _Header:
    """Where a sheet's labels and months are (0-based)."""

    row: int
    code: int
    name: int
    months: dict[int, Period]


def _find(grid: Grid, row: int, names: tuple[str, ...]) -> int | None:
    wanted = {normal(name) for name in names}
    return next((c for c in range(len(grid.rows[row])) if normal(grid.text(row, c)) in wanted), None)


def _header_row(grid: Grid, columns: Columns) -> int | None:
    """The first row that has a heading of codes and one of names: what makes a sheet one of boroughs."""
    for row in range(min(len(grid), _HEADER_WITHIN)):
        if _find(grid, row, columns.area_code) is not None and _find(grid, row, columns.area_name) is not None:
            return row
    return None


def _month(cell: object) -> Period | None:
    if is_blank(cell) or isinstance(cell, int | float):
        return None
    try:
        return month(cell)
    except ValueError:
        return None


def _header(grid: Grid, mapping: Mapping) -> _Header:
    """Find a mapped sheet's header; raises HeaderError where it is not one that the mapping knows."""
    row = _header_row(grid, mapping.columns)
    if row is None:
        # The row with the most months is the header whose other headings have changed.
        months_in = [sum(_month(c) is not None for c in grid.rows[r]) for r in range(min(len(grid), _HEADER_WITHIN))]
        nearest = months_in.index(max(months_in)) if any(months_in) else 0
        cells = grid.rows[nearest] if len(grid) else []
        known = mapping.columns.model_dump()
        raise HeaderError(
            file=grid.file,
            sheet=grid.sheet,
            row=nearest + 1,
            missing=[n for n, names in known.items() if not len(grid) or _find(grid, nearest, names) is None],
            unknown=[str(c).strip() for c in cells if not is_blank(c) and _month(c) is None][:6],
            known_names={n: list(names) for n, names in known.items()},
        )
    code, name = _find(grid, row, mapping.columns.area_code), _find(grid, row, mapping.columns.area_name)
    assert code is not None and name is not None
    months: dict[int, Period] = {}
    for column, cell in enumerate(grid.rows[row]):
        if column in (code, name) or is_blank(cell):
            continue
        period = _month(cell)
        if period is None or period in months.values():
            raise LayoutError(
                "a heading is not a month" if period is None else "a month is there twice",
                file=grid.file,
                sheet=grid.sheet,
                row=row + 1,
                column=letter(column),
                expected="months like [Jul 2009], each once",
                found=f"[{cell}]",
            )
        months[column] = period
    if not months:
        raise LayoutError(
            "the header has no months", file=grid.file, sheet=grid.sheet, row=row + 1, expected="months like [Jul 2009]"
        )
    return _Header(row, code, name, months)


class _Sheet:
    """One category's sheet, read into landing rows."""

    def __init__(self, grid: Grid, mapped: MappedSheet, mapping: Mapping, contract: Contract) -> None:
        self.grid, self.mapped, self.mapping, self.contract = grid, mapped, mapping, contract
        self.header = _header(grid, mapping)
        self.rows: list[dict[str, Any]] = []
        self.quarantined: list[Quarantined] = []
        self.notes: list[str] = []

    def _is_total(self, row: int) -> bool:
        wanted = normal(self.mapping.total_label)
        return any(normal(self.grid.text(row, c)) == wanted for c in (self.header.code, self.header.name))

    def _is_labelled(self, row: int) -> bool:
        return bool(self.grid.text(row, self.header.code)) or self._is_total(row)

    def count(self) -> int:
        """Figures in the grid: each month's cell in a row with a code or of the total, blank or not, and every
        number that stands elsewhere below the header."""
        total = 0
        for row in range(self.header.row + 1, len(self.grid)):
            is_labelled = self._is_labelled(row)
            for column, cell in enumerate(self.grid.rows[row]):
                if column not in (self.header.code, self.header.name):
                    total += (is_labelled and column in self.header.months) or isinstance(cell, int | float)
        return total

    def read(self) -> None:
        """Fill ``rows``, ``quarantined`` and ``notes``."""
        pattern = re.compile(self.mapping.area_code_pattern)
        has_total = False
        for row in range(self.header.row + 1, len(self.grid)):
            self._look_elsewhere(row)
            code, name = self.grid.text(row, self.header.code), self.grid.text(row, self.header.name)
            if self._is_total(row):
                has_total = True
                self._read_row(row, None, name or code, is_total=True)
            elif pattern.fullmatch(code):
                self._read_row(row, code, name or None, is_total=False)
            elif code:
                for column in self.header.months:
                    self.quarantined.append(
                        self.grid.quarantined(row, column, f"[{code}] is not an area code like [{pattern.pattern}]")
                    )
        if not any(not of["is_total"] for of in self.rows):
            raise ReadError(
                "the sheet has no boroughs",
                file=self.grid.file,
                sheet=self.grid.sheet,
                row=self.header.row + 1,
                expected=f"rows whose code is like [{pattern.pattern}] below the header",
                found=f"{len(self.grid) - self.header.row - 1} rows without one",
                advice="The file may be cut short",
            )
        if not has_total:
            self.notes.append(f"[{self.grid.sheet}] has no row [{self.mapping.total_label}]")

    def _look_elsewhere(self, row: int) -> None:
        """Quarantine numbers that no month or no area is known for; note words there."""
        is_labelled = self._is_labelled(row)
        for column, cell in enumerate(self.grid.rows[row]):
            if column in (self.header.code, self.header.name) or is_blank(cell):
                continue
            is_headed = column in self.header.months
            if is_headed and is_labelled:
                continue
            if isinstance(cell, int | float):
                reason = "a figure beside no area code" if is_headed else "a figure below no month"
                self.quarantined.append(self.grid.quarantined(row, column, reason))
            else:
                self.notes.append(f"[{self.grid.sheet}] {letter(column)}{row + 1} has a remark: {cell}")

    def _read_row(self, row: int, code: str | None, name: str | None, *, is_total: bool) -> None:
        value = self.contract.tables["incident"].columns["value"]
        for column, period in self.header.months.items():
            try:
                read = figure(self.grid.cell(row, column), self.contract, value)
            except UnreadableCellError as error:
                self.quarantined.append(self.grid.quarantined(row, column, str(error)))
                continue
            self.rows.append(
                {
                    "area_code": code,
                    "area_name": name,
                    "category": self.mapped.category,
                    "period_start": period.start,
                    "period_end": period.end,
                    "is_total": is_total,
                    "value": read.value,
                    "status": read.status,
                    "source_sheet": self.grid.sheet,
                    "source_row": row + 1,
                    "source_column": letter(column),
                }
            )


def _sender(workbook: Workbook) -> Mapping:
    """The mapping that knows most of a workbook's sheets."""
    names = {normal(sheet) for sheet in workbook.sheet_names}

    def hits(mapping: Mapping) -> int:
        return sum(any(normal(name) in names for name in sheet.names) for sheet in mapping.sheets)

    best = max(mappings(), key=hits, default=None)
    if best is None or not hits(best):
        raise ReadError(
            "no sender's mapping knows any of the sheets",
            file=workbook.name,
            expected="sheets of " + ", ".join(f"[{mapping.sender}]" for mapping in mappings()),
            found=", ".join(f"[{sheet}]" for sheet in workbook.sheet_names),
            advice="A new sender needs a file of its own in mappings",
        )
    return best


def _sheets(workbook: Workbook, mapping: Mapping) -> dict[str, MappedSheet]:
    """The workbook's sheets by name with their mapping, in the mapping's order.

    Raises ReadError for a mapped sheet that is not there and LayoutError for a sheet of boroughs that the mapping
    does not know.
    """
    by_name = {normal(sheet): sheet for sheet in workbook.sheet_names}
    found: dict[str, MappedSheet] = {}
    for mapped in mapping.sheets:
        sheets = [by_name[normal(name)] for name in mapped.names if normal(name) in by_name]
        if len(sheets) != 1:
            raise ReadError(
                f"the sheet of category [{mapped.category}] was not found once",
                file=workbook.name,
                expected="one sheet named " + " or ".join(f"[{name}]" for name in mapped.names),
                found=f"{len(sheets)} among " + ", ".join(f"[{sheet}]" for sheet in workbook.sheet_names),
            )
        found[sheets[0]] = mapped
    left = {normal(sheet.name) for sheet in mapping.not_landed}
    for sheet in workbook.sheet_names:
        if sheet in found or normal(sheet) in left:
            continue
        grid = workbook.grid(sheet)
        row = _header_row(grid, mapping.columns)
        if row is not None:
            raise LayoutError(
                "a sheet of boroughs that no mapping knows",
                file=workbook.name,
                sheet=sheet,
                row=row + 1,
                expected="the sheets " + ", ".join(f"[{mapped.name}]" for mapped in mapping.sheets),
                found=f"[{sheet}]",
                advice=f"Give it a category in the mapping of [{mapping.sender}]",
            )
    return found


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table of every sheet's figures, the sender's totals included and marked."""
    workbook = open_workbook(file)
    mapping = _sender(workbook)
    found = Figures("incident", pd.DataFrame(), rows_in=0)
    rows: list[dict[str, Any]] = []
    sheets = _sheets(workbook, mapping)
    for name, mapped in sheets.items():
        sheet = _Sheet(workbook.grid(name), mapped, mapping, contract)
        found.rows_in += sheet.count()
        sheet.read()
        rows += sheet.rows
        found.quarantined += sheet.quarantined
        found.notes += sheet.notes
        if normal(name) != normal(mapped.name):
            found.notes.append(f"[{mapped.category}] is on the sheet [{name}], before on [{mapped.name}]")
    known = {normal(s.name) for s in mapping.not_landed}
    found.notes += [
        f"the sheet [{sheet}] is no table of boroughs and is not landed"
        for sheet in workbook.sheet_names
        if sheet not in sheets and normal(sheet) not in known
    ]
    columns = [*contract.tables["incident"].columns, "source_sheet", "source_row", "source_column"]
    found.frame = pd.DataFrame(rows, columns=columns)
    yield found
