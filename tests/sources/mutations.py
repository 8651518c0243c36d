"""What a publisher may do to a file next, tried on a source's own sample files.

A changed file has to give the very same figures, or be refused by an error that names it: never another figure, never
one less without a word. A workbook's cells are read once and changed in memory, so that twenty changes cost no more
than twenty readings.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import itertools
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
from python_calamine import CalamineWorkbook

from sources.catalogue import Source
from sources.contract import Marker, Table
from sources.errors import ReadError, SourceError
from sources.home import Home
from sources.intake import SourceIntake
from sources.landing import Arrival, Landing, literal, quote
from sources.origins.given import GivenFiles
from sources.reading import PublishedFile, Quarantined, headers, workbook
from sources.reading.delimited import encoding_of, read_text
from sources.reading.grid import is_blank
from sources.recognise import is_published

_WORKBOOKS, _TEXTS = {".xlsx", ".xls", ".ods", ".xlsm"}, {".csv", ".tsv", ".txt"}
#: Files of one source that are tried, each of another layout.
_MOST_FILES = 4
#: A file of more figures than these is tried with the first and last rows of each sheet only.
_MANY_FIGURES, _FIRST_ROWS, _LAST_ROWS = 5_000, 25, 5
_UNKNOWN = "[??]"
_ERROR_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Sorry, there is a problem</title></head><body>Try later</body></html>"
)
#: Marks of footnotes, whose digits say nothing but which footnote it is.
_MARK = re.compile(
    r"\[(note|r) ?(\d{1,2})\]|(?<=\w)(\s?)\((\d)\)(?=\s*$)|(?<=[a-z)])([¹²³⁴⁵⁶⁷⁸⁹]+)(?=\s*$)", re.IGNORECASE
)
#: The same for DuckDB, which has no looking behind.
_MARK_SQL = r"\[(note|r) ?\d{1,2}\]|\s?\(\d\)|[¹²³⁴⁵⁶⁷⁸⁹]+"
_NOTE_COLUMN = re.compile(r"(.*_)?(notes?|footnotes?|marks?|remarks?)(_.*)?")
_OF_TOTALS = re.compile(r"\b(add(s|ed)? up|sums?|totals?)\b", re.IGNORECASE)
_LETTERED = re.compile(r"[A-Z]{1,3}")
_TABLE_NUMBER = re.compile(r"(.*table[ _]?[a-z]?[ _]?|[a-z]{1,3}[ _]?)?\d{1,2}([._]\d{1,2})?[a-z]?", re.IGNORECASE)

Rows = list[list[Any]]


@dataclass(frozen=True)
class Place:
    """Where a landed figure stood: row and column are 0-based; no column where the whole record is the figure."""

    table: str
    sheet: str | None
    row: int
    column: int | None


@dataclass(frozen=True)
class Region:
    """A table on a sheet: its header's rows, its first and last row of figures, and the columns of figures."""

    sheet: str | None
    tables: frozenset[str]
    header: tuple[int, ...]
    first: int
    last: int
    columns: tuple[int, ...]


@dataclass
class Draft:
    """A file's cells, to be changed, by sheet (a text file's one sheet is None), and where its figures were."""

    name: str
    sheets: dict[str | None, Rows]
    places: Sequence[Place]

    def copy(self) -> Draft:
        """The same cells, of its own."""
        return replace(self, sheets={name: [list(row) for row in rows] for name, rows in self.sheets.items()})

    @property
    def is_text(self) -> bool:
        return None in self.sheets

    @cached_property
    def sheets_of_figures(self) -> tuple[str | None, ...]:
        found = {place.sheet for place in self.places}
        return tuple(name for name in self.sheets if name in found or self.is_text)

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """The tables of every sheet, as the landed figures' places tell."""
        by_sheet: dict[str | None, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        tables: dict[str | None, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for place in self.places:
            columns = by_sheet[place.sheet][place.row]
            if place.column is not None:
                columns.add(place.column)
            tables[place.sheet][place.row].add(place.table)
        found = [
            _regions_of(name, self.sheets[name], by_sheet[name], tables[name])
            for name in self.sheets
            if name in by_sheet
        ]
        return tuple(itertools.chain.from_iterable(found))


def _filled(row: Sequence[Any]) -> set[int]:
    return {column for column, cell in enumerate(row) if not is_blank(cell)}


def _regions_of(
    sheet: str | None, rows: Rows, figures: dict[int, set[int]], tables: dict[int, set[str]]
) -> Iterator[Region]:
    """Runs of rows with figures, parted where a row of headings stands between."""
    runs: list[list[int]] = []
    for row in sorted(figures):
        gap = range(runs[-1][-1] + 1, row) if runs else range(0)
        columns = figures[row]
        wanted = min(2, len(columns))
        # Between records there may be rows of words that are no headings: closed prisons, cells gone to a second line.
        is_headed = bool(columns) and any(
            sum(isinstance(rows[g][c], str) for c in columns & _filled(rows[g])) >= wanted for g in gap
        )
        if not runs or is_headed:
            runs.append([])
        runs[-1].append(row)
    for run in runs:
        columns = set().union(*(figures[row] for row in run))
        header = _header_above(rows, run[0], columns)
        if not columns:
            columns = _filled(rows[header[-1]]) if header else set()
        of = frozenset(itertools.chain.from_iterable(tables[row] for row in run))
        yield Region(sheet, of, header, run[0], run[-1], tuple(sorted(columns)))


def _header_above(rows: Rows, first: int, columns: set[int]) -> tuple[int, ...]:
    """The rows of headings that stand together above a row of figures; a title (one cell alone) is none."""
    row = first - 1
    while row > max(-1, first - 5) and row >= 0 and not _filled(rows[row]):
        row -= 1
    found: list[int] = []
    while row >= 0 and len(filled := _filled(rows[row])) > 1 and (not columns or filled & columns):
        found.insert(0, row)
        row -= 1
    return tuple(found)


def _is_figure(cell: Any) -> bool:
    """Whether a cell is a number, as text too."""
    if isinstance(cell, str):
        return bool(re.fullmatch(r"-?\d[\d,]*(\.\d+)?%?", cell.strip()))
    return isinstance(cell, int | float) and not isinstance(cell, bool) and not is_blank(cell)


@dataclass(frozen=True)
class Mutation:
    """One change: ``change`` alters the draft, or returns False where the file has nothing to change so.

    ``may_refuse``: whether an error that names the file, or blanks set aside with a reason, will do as well as the
    same figures; ``may_refuse_text`` the same for a text file alone, which few people save from a spreadsheet.
    ``ignored`` matches the landed columns that are words about the very thing changed.
    """

    name: str
    change: Callable[[Source, Draft], bool]
    may_refuse: bool = False
    may_refuse_text: bool = False
    ignored: re.Pattern[str] | None = None


def _insert_on_top(lines: Sequence[str]) -> Callable[[Source, Draft], bool]:
    def change(source: Source, draft: Draft) -> bool:
        for name in draft.sheets_of_figures:
            rows = draft.sheets[name]
            width = max(map(len, rows), default=1)
            rows[:0] = [[line, *[""] * (width - 1)] if line else [""] * width for line in lines]
        return True

    return change


def _blank_row_above_header(source: Source, draft: Draft) -> bool:
    changed = False
    for region in sorted(draft.regions, key=lambda region: -region.first):
        if region.header and region.header[0] > 0:
            rows = draft.sheets[region.sheet]
            rows.insert(region.header[0], [""] * len(rows[region.header[0]]))
            changed = True
    return changed


def _trailing_blanks(source: Source, draft: Draft) -> bool:
    for name in draft.sheets_of_figures:
        rows = draft.sheets[name]
        width = max(map(len, rows), default=0)
        rows[:] = [[*row, "", ""] for row in rows] + [[""] * (width + 2) for _ in range(3)]
    return True


def _other_digits(found: re.Match[str]) -> str:
    if found[1]:
        return f"[{found[1]} {int(found[2]) + 10}]"
    if found[4]:
        return f"{found[3]}({int(found[4]) % 9 + 1})"
    digits = "¹²³⁴⁵⁶⁷⁸⁹"
    return "".join(digits[(digits.index(digit) + 3) % 9] for digit in found[5])


def _note_digits(source: Source, draft: Draft) -> bool:
    markers = {marker.text for marker in source.contract.markers}
    changed = False
    for name in draft.sheets_of_figures:
        for row in draft.sheets[name]:
            for column, cell in enumerate(row):
                if isinstance(cell, str) and cell.strip() not in markers and _MARK.search(cell):
                    row[column] = _MARK.sub(_other_digits, cell)
                    changed = True
    return changed


def _note_added(source: Source, draft: Draft) -> bool:
    changed = False
    for region in draft.regions:
        if not region.header or not region.columns:
            continue
        column = region.columns[-1]
        for row in _repeats(draft.sheets[region.sheet], region.header[-1]):
            if isinstance(row[column], str) and row[column].strip():
                row[column] += " [note 9]"
                changed = True
    return changed


def _note_added_to_title(source: Source, draft: Draft) -> bool:
    changed = False
    for name in draft.sheets_of_figures:
        first = min((region.first for region in draft.regions if region.sheet == name), default=0)
        for row in draft.sheets[name][:first]:
            filled = _filled(row)
            if filled and len(filled) == 1 and isinstance(row[min(filled)], str):
                row[min(filled)] = row[min(filled)].rstrip() + " [note 9]"
                changed = True
                break
    return changed


def _repeats(rows: Rows, heading: int) -> list[list[Any]]:
    """A row of headings and those that repeat it, as at the top of each printed page, some cells left out maybe."""
    wanted = rows[heading]

    def repeats(row: list[Any]) -> bool:
        filled = _filled(row)
        return 2 * len(filled) > len(_filled(wanted)) and all(c < len(wanted) and row[c] == wanted[c] for c in filled)

    return [wanted, *(row for row in rows[heading + 1 :] if repeats(row))]


def _figures_as_text(source: Source, draft: Draft) -> bool:
    """Every number of the columns of figures, those that are not landed too (a row that stands twice, say)."""
    changed = False
    places = {(place.sheet, place.column) for place in draft.places}
    for region in draft.regions:
        columns = [column for column in region.columns if (region.sheet, column) in places]
        for row in draft.sheets[region.sheet][region.first : region.last + 1]:
            for column in columns:
                cell = row[column] if column < len(row) else None
                if isinstance(cell, str) and re.fullmatch(r"-?[1-9]\d{3,}", cell):
                    cell = int(cell)
                if isinstance(cell, int | float) and not isinstance(cell, bool) and not is_blank(cell):
                    row[column] = f"{int(cell):,}" if float(cell).is_integer() else repr(cell)
                    changed = True
    return changed


def _years_of_other_kind(source: Source, draft: Draft) -> bool:
    """Years that head columns are text where they were numbers, and numbers where they were text."""
    changed = False
    for region in draft.regions:
        for row in () if draft.is_text else region.header:
            cells = draft.sheets[region.sheet][row]
            for column in region.columns:
                text = headers.text_of(cells[column])
                if re.fullmatch(r"(19|20)\d\d", text):
                    cells[column] = float(text) if isinstance(cells[column], str) else text
                    changed = True
    return changed


def _sheets_in_other_order(source: Source, draft: Draft) -> bool:
    draft.sheets = dict(reversed(draft.sheets.items()))
    return len(draft.sheets) > 1


def _sheet_names_swapped(source: Source, draft: Draft) -> bool:
    """Tables are numbered anew: neighbours of the same kind of name change names."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in draft.sheets_of_figures:
        if name and _TABLE_NUMBER.fullmatch(name.strip()) and not re.search(r"(19|20)\d\d", name):
            alike[re.sub(r"\d+", "#", name.strip())].append(name)
    pairs = [pair for names in alike.values() for pair in zip(names[::2], names[1::2], strict=False)]
    swapped = dict(pairs) | {other: one for one, other in pairs}
    draft.sheets = {swapped.get(name or "", name): rows for name, rows in draft.sheets.items()}
    return bool(pairs)


def _one_column_right(source: Source, draft: Draft) -> bool:
    for name in draft.sheets_of_figures:
        rows = draft.sheets[name]
        rows[:] = [["", *row] for row in rows]
    return True


def _columns_in_other_order(source: Source, draft: Draft) -> bool:
    """Neighbouring columns change places, with their headings, wherever that leaves the meaning of the file alone."""
    changed = False
    for region in draft.regions:
        rows = draft.sheets[region.sheet]
        taken = -1
        labels = (_filled(rows[region.header[-1]]) if region.header else set()) - set(region.columns)
        # In a sheet labels stand before their figures; in a text file any column may stand anywhere.
        groups = [sorted({*labels, *region.columns})] if draft.is_text else [sorted(labels), region.columns]
        for one, other in itertools.chain.from_iterable(map(itertools.pairwise, groups)):
            if taken != one and other == one + 1 and _may_swap(rows, region, one):
                is_last = not any(r.sheet == region.sheet and r.first > region.last for r in draft.regions)
                # A footnote below the last table stays where footnotes begin, or moves with the column that it is in.
                below = [row for row in rows[region.last + 1 :] if is_last and 0 not in _filled(row)]
                for row in [*rows[region.header[0] : region.last + 1], *below]:
                    if len(row) > other:
                        row[one], row[other] = row[other], row[one]
                taken, changed = other, True
    if draft.is_text and not draft.places:
        # Records without their rows: whole columns of a plain file.
        for row in draft.sheets[None]:
            for one in range(0, len(row) - 1, 2):
                row[one], row[one + 1] = row[one + 1], row[one]
        changed = True
    return changed


def _may_swap(rows: Rows, region: Region, one: int) -> bool:
    """Whether a column and its right neighbour can be swapped with all that heads them.

    A heading over several columns shows as a cell with blanks to its right. So each heading row has a text for both
    columns, upper ones one for the column after too; or, above the headings, nothing over either: what then spans
    them from the left spans both. Where headings repeat with nothing above that tells them apart, their order does.
    """

    def at(row: int, column: int) -> str:
        return headers.text_of(rows[row][column]) if column < len(rows[row]) else ""

    if not region.header:
        return False
    other = one + 1
    *upper, lowest = region.header
    if not (at(lowest, one) and at(lowest, other)) or at(lowest, one) == at(lowest, other):
        return False
    rows_above = [*range(max(0, region.header[0] - 4), region.header[0]), *upper]
    texts = [at(lowest, column) for column in region.columns]
    if len(set(texts)) < len(texts) and not any(at(row, column) for row in rows_above for column in region.columns):
        return False
    for row in rows_above:
        above = (bool(at(row, one)), bool(at(row, other)))
        is_each = all(above) and (other == region.columns[-1] or bool(at(row, other + 1)))
        if any(above) and not is_each:
            return False
    return True


def _renamed(number: int) -> Callable[[Source, Draft], bool]:
    """Headers that have had other names in history get the ``number``-th of them."""

    def change(source: Source, draft: Draft) -> bool:
        changed = False
        for region, row in itertools.chain.from_iterable(
            ((region, row) for row in region.header[-3:]) for region in _regions_or_header(draft)
        ):
            headings = _repeats(draft.sheets[region.sheet], row)
            texts = [headers.normal(cell) for cell in headings[0]]
            for column, other in list(_renamings(source, region, texts, number)):
                for cells in headings:
                    cells[column] = other if cells[column] else cells[column]
                changed = True
        return changed

    return change


def _regions_or_header(draft: Draft) -> Sequence[Region]:
    """The regions; for records that do not know their rows, the first line that is not blank."""
    if draft.regions or not draft.is_text:
        return draft.regions
    row = next((n for n, cells in enumerate(draft.sheets[None]) if _filled(cells)), 0)
    return (Region(None, frozenset(), (row,), row + 1, len(draft.sheets[None]) - 1, ()),)


def _renamings(source: Source, region: Region, texts: list[str], number: int) -> Iterator[tuple[int, str]]:
    tables = [table for name, table in source.contract.tables.items() if not region.tables or name in region.tables]
    for table in tables:
        plain = {
            name: [known.name for known in column.published_as if not known.is_pattern]
            for name, column in table.columns.items()
            if not column.is_derived
        }
        for names in plain.values():
            at = [n for n, text in enumerate(texts) if text and text in map(headers.normal, names)]
            if len(at) != 1:
                continue
            is_shared = sum(texts[at[0]] in map(headers.normal, others) for others in plain.values()) > 1
            others = [name for name in names if headers.normal(name) != texts[at[0]]]
            if not is_shared and number < len(others) and headers.normal(others[number]) not in texts:
                yield at[0], others[number]


def _renamed_beyond_history(source: Source, draft: Draft) -> bool:
    """The last required column that a header row has gets a name that nobody has used."""
    changed = False
    for region in _regions_or_header(draft):
        tables = [table for name, table in source.contract.tables.items() if not region.tables or name in region.tables]
        for row in region.header[-1:]:
            headings = _repeats(draft.sheets[region.sheet], row)
            found = [headers.match(headings[0], table.columns) for table in tables]
            required = [
                index
                for table, match in zip(tables, found, strict=True)
                for name, index in match.index.items()
                if table.columns[name].is_required and not match.missing
            ]
            if required:
                for cells in headings:
                    cells[max(required)] = "Quite another thing" if cells[max(required)] else ""
                changed = True
    return changed


def _blank_row_among_figures(source: Source, draft: Draft) -> bool:
    changed = False
    for region in sorted(draft.regions, key=lambda region: -region.first):
        if region.last > region.first:
            rows = draft.sheets[region.sheet]
            middle = (region.first + region.last + 1) // 2
            rows.insert(middle, [""] * len(rows[middle]))
            changed = True
    return changed


#: Changes without meaning, tried together first; in the order in which places stay true.
BENIGN = (
    Mutation("other digits of notes", _note_digits, ignored=_NOTE_COLUMN),
    Mutation("figures stored as text", _figures_as_text),
    Mutation("years that head columns as text or as numbers", _years_of_other_kind),
    Mutation("trailing blank rows and columns", _trailing_blanks, may_refuse_text=True),
    Mutation("a blank row above the header", _blank_row_above_header),
    Mutation("a blank row on top", _insert_on_top([""]), may_refuse_text=True),
    Mutation("sheets in another order", _sheets_in_other_order),
)
ALONE = (
    Mutation(
        "three rows of preamble on top",
        _insert_on_top(["This file was published again with a correction to its cover", "", "Crown copyright"]),
        may_refuse=True,
    ),
    Mutation("a blank row among the figures", _blank_row_among_figures, may_refuse=True),
    Mutation("columns in another order", _columns_in_other_order),
    *(Mutation(f"columns renamed as in history, {n + 1}", _renamed(n), may_refuse=True) for n in range(3)),
    Mutation("a column renamed beyond history", _renamed_beyond_history, may_refuse=True),
    Mutation("a note added to a heading", _note_added, may_refuse=True),
    Mutation("a note added to the title", _note_added_to_title, may_refuse=True),
    Mutation("everything one column to the right", _one_column_right, may_refuse=True),
    Mutation(
        "names of numbered sheets swapped",
        _sheet_names_swapped,
        may_refuse=True,
        ignored=re.compile(r"(table|sheet).*"),
    ),
)
UNKNOWN, KNOWN = "an unknown word in place of a marker or figure", "a marker in place of another or of a figure"
BLANK = "a blank in place of a figure"
CUT_LINE, BROKEN = "cut in the middle of a line", "cut in half, empty, or an error page"
NAMES = (*(mutation.name for mutation in (*BENIGN, *ALONE)), UNKNOWN, KNOWN, BLANK, CUT_LINE, BROKEN)


class _Sheet:
    """As calamine gives a sheet, from memory."""

    merged_cell_ranges = None

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def to_python(self, *, skip_empty_area: bool = True) -> Rows:
        width = max(map(len, self._rows), default=0)
        return [[*row, *[""] * (width - len(row))] for row in self._rows]


class _Book:
    """As calamine gives a workbook, from memory."""

    def __init__(self, draft: Draft) -> None:
        self._sheets = {name: rows for name, rows in draft.sheets.items() if name is not None}
        self.sheet_names = list(self._sheets)

    def get_sheet_by_name(self, name: str) -> _Sheet:
        return _Sheet(self._sheets[name])


@dataclass(frozen=True)
class Reading:
    """What a file was read to: a Parquet for each table, and the cells in quarantine."""

    tables: dict[str, Path]
    quarantined: Sequence[Quarantined]


@dataclass(frozen=True)
class Finding:
    """A change that a source does not stand, and how."""

    mutation: str
    file: str
    problem: str

    def __str__(self) -> str:
        return f"{self.mutation}: [{self.file}]: {self.problem}"


@dataclass
class Trial:
    """One source put to every mutation, in a folder of its own."""

    source: Source
    folder: Path
    findings: list[Finding] = field(default_factory=list)
    refusals: list[Finding] = field(default_factory=list)
    """Changes that were refused where that is allowed, with the error's text."""
    tried: set[str] = field(default_factory=set)
    """The mutations that had something to change."""

    def __post_init__(self) -> None:
        self.home = Home(self.folder / "home", "folder").make()
        self.landing = Landing(self.home)
        self._numbers = itertools.count()

    def run(self, *, seed: int = 7, scale: float = 0.2) -> None:
        """Write the source's sample and try every mutation on its files of distinct layout."""
        written = self.folder / "sample"
        written.mkdir()
        self.source.sample.write(written, seed=seed, scale=scale)
        for path in _distinct_layouts(_unpacked(written, self.source)):
            self.try_file(path)

    def try_file(self, path: Path) -> None:
        """Try every mutation on one file."""
        base = self._read(path.read_bytes(), path.name)
        draft = Draft(path.name, _cells(path), list(_places(base)))
        base, draft = self._shortened(base, draft)
        self._try_benign(base, draft)
        for mutation in ALONE:
            self._try(mutation, base, draft)
        self._try_unknown(base, draft)
        self._try_known(base, draft)
        self._try_blank(base, draft)
        if draft.is_text:
            self._try_cut_line(base, path)
        self._try_broken(path)

    def _shortened(self, base: Reading, draft: Draft) -> tuple[Reading, Draft]:
        """A large file without most of its rows of figures, where its reader takes it so; else as it is."""
        if len(draft.places) <= _MANY_FIGURES:
            return base, draft
        rows_of: dict[str | None, list[int]] = defaultdict(list)
        for sheet, row in sorted({(place.sheet, place.row) for place in draft.places}, key=lambda at: at[1]):
            rows_of[sheet].append(row)
        short = draft.copy()
        for sheet, rows in rows_of.items():
            dropped = set(rows[_FIRST_ROWS:-_LAST_ROWS])
            short.sheets[sheet] = [row for number, row in enumerate(short.sheets[sheet]) if number not in dropped]
        try:
            read = self._read_draft(short)
        except SourceError:
            return base, draft
        return read, replace(short, places=list(_places(read)))

    def _find(self, mutation: str, file: str, problem: str) -> None:
        self.findings.append(Finding(mutation, file, problem))

    def _try_benign(self, base: Reading, draft: Draft) -> None:
        together, applied = draft.copy(), list[Mutation]()
        for mutation in BENIGN:
            if mutation.change(self.source, together):
                applied.append(mutation)
                self.tried.add(mutation.name)
        if self._problem(applied, base, together) is None:
            return
        before = len(self.findings) + len(self.refusals)
        for mutation in applied:
            self._try(mutation, base, draft)
        if len(self.findings) + len(self.refusals) == before:
            names = " and ".join(mutation.name for mutation in applied)
            self._find(names, draft.name, self._problem(applied, base, together) or "")

    def _try(self, mutation: Mutation, base: Reading, draft: Draft) -> None:
        changed = draft.copy()
        if not mutation.change(self.source, changed):
            return
        self.tried.add(mutation.name)
        if problem := self._problem([mutation], base, changed):
            self._find(mutation.name, draft.name, problem)

    def _problem(self, mutations: Sequence[Mutation], base: Reading, changed: Draft) -> str | None:
        """What is wrong with the reading of a changed file; None where it is as it should be."""
        may_refuse = all(one.may_refuse or (one.may_refuse_text and changed.is_text) for one in mutations)
        try:
            read = self._read_draft(changed)
        except Exception as error:  # what kind of error it is, is what is tested
            if problem := _problem_of_error(error, changed.name):
                return problem
            if may_refuse:
                self.refusals.append(Finding(mutations[0].name, changed.name, str(error)))
                return None
            return f"refused, though nothing in it means anything else: {error}"
        if problem := self._difference(base, read, mutations):
            return problem
        aside = [one for one in read.quarantined if not (may_refuse and is_blank(one.cell))]
        if len(aside) > len(base.quarantined) or len(read.quarantined) < len(base.quarantined):
            fresh = [one for one in aside if one.reason not in {old.reason for old in base.quarantined}]
            return f"{len(base.quarantined)} cells were in quarantine and {len(read.quarantined)} are: {fresh[:2]}"
        return None

    def _try_unknown(self, base: Reading, draft: Draft) -> None:
        """Exactly the figures of the cells that say an unknown word go to quarantine."""
        changed, spots = draft.copy(), self._spots(draft)
        if not spots:
            return
        self.tried.add(UNKNOWN)
        for spot, column in spots:
            changed.sheets[spot.sheet][spot.row][column] = _UNKNOWN
        try:
            read = self._read_draft(changed)
        except Exception as error:
            where = ", ".join(_named(spot, column) for spot, column in spots)
            kinds = {self.source.contract.tables[spot.table].kind for spot, _ in spots}
            self._judge_refusal(UNKNOWN, draft.name, error, where, may_refuse=kinds == {"lookup"})
            return
        gone = [spot for spot, _ in spots]
        if problem := self._difference(base, read, (), without=gone):
            self._find(UNKNOWN, draft.name, problem)
            return
        fresh = [one for one in read.quarantined if one.cell and _UNKNOWN in one.cell]
        for spot, column in spots:
            if not any(one.sheet == spot.sheet and one.row == spot.row + 1 for one in fresh):
                problem = f"{_named(spot, column)} of {spot.table} is not in quarantine with its cell"
                self._find(UNKNOWN, draft.name, problem)

    def _judge_refusal(
        self, mutation: str, file: str, error: Exception, where: str, *, may_refuse: bool = False
    ) -> None:
        """A cell is set aside alone, not its file; but a file whose totals it contradicts is rightly refused."""
        if problem := _problem_of_error(error, file):
            self._find(mutation, file, problem)
        elif may_refuse or _OF_TOTALS.search(str(error)):
            self.refusals.append(Finding(mutation, file, str(error)))
        else:
            self._find(mutation, file, f"refused as a whole for {where}: {error}")

    def _spots(self, draft: Draft) -> list[tuple[Place, int]]:
        """For each table the first cell of each marker and a figure from its middle, with the cell's column."""
        by_table: dict[str, list[Place]] = defaultdict(list)
        for place in draft.places:
            by_table[place.table].append(place)
        found: dict[tuple[str | None, int, int], Place] = {}
        for table, places in by_table.items():
            cells = [(place, column) for place in places if (column := self._figure_column(draft, place)) is not None]
            wanted: dict[str, tuple[Place, int]] = {}
            for place, column in cells:
                text = headers.text_of(draft.sheets[place.sheet][place.row][column])
                if any(text == marker.text and text for marker in self._markers(table)):
                    wanted.setdefault(text, (place, column))
            figures = [(p, c) for p, c in cells if _is_figure(draft.sheets[p.sheet][p.row][c])]
            if figures:
                wanted.setdefault("(a figure)", figures[len(figures) // 2])
            for place, column in wanted.values():
                found.setdefault((place.sheet, place.row, column), place)
        return [(place, column) for (_, _, column), place in found.items()]

    def _markers(self, table: str) -> list[Marker]:
        """The markers that may stand for the figures of a table."""
        columns = set(self.source.contract.tables[table].columns)
        figures = {"value"} if "value" in columns else columns
        return [m for m in self.source.contract.markers if not m.columns or figures.intersection(m.columns)]

    def _figure_column(self, draft: Draft, place: Place) -> int | None:
        """The column of a figure; in a record, of its first number; None where it has none."""
        if place.column is not None:
            return place.column if place.column < len(draft.sheets[place.sheet][place.row]) else None
        region = next(r for r in draft.regions if r.sheet == place.sheet and r.first <= place.row <= r.last)
        if not region.header:
            return None
        columns = self.source.contract.tables[place.table].columns
        index = headers.match(draft.sheets[place.sheet][region.header[-1]], columns).index
        return next((index[name] for name in index if columns[name].type in {"number", "integer"}), None)

    def _try_known(self, base: Reading, draft: Draft) -> None:
        """A marker in place of another or of a figure changes the value and status of that figure, and nothing else."""
        meant = self._markers_to_place(draft)
        if not meant:
            return
        self.tried.add(KNOWN)
        changed = draft.copy()
        for place, marker in meant.items():
            changed.sheets[place.sheet][place.row][place.column or 0] = marker.text
        try:
            read = self._read_draft(changed)
        except Exception as error:
            placed = ", ".join(f"[{marker.text}] at {_named(place)}" for place, marker in meant.items())
            self._judge_refusal(KNOWN, draft.name, error, placed)
            return
        if problem := self._difference(base, read, (), without=list(meant), without_in_new=True):
            self._find(KNOWN, draft.name, problem)
        for place, marker in meant.items():
            table = self.source.contract.tables[place.table]
            rows = _sql(f"select * from {_scan(read.tables[place.table])} where {_is_at(table, [place])}")
            said = {str(value) for row in rows for name, value in row.items() if name.endswith("status")}
            values = {row["value"] for row in rows if "value" in row}
            if marker.status not in said or values - {None}:
                problem = f"[{marker.text}] at {_named(place)} of {place.table} should be {marker.status}, no value"
                self._find(KNOWN, draft.name, f"{problem}; it is {sorted(said) or 'not there'}, {values}")

    def _markers_to_place(self, draft: Draft) -> dict[Place, Marker]:
        """For each table, another marker where one is, and each marker once where there is a figure."""
        by_table: dict[str, list[tuple[Place, str]]] = defaultdict(list)
        for place in draft.places:
            row = draft.sheets[place.sheet][place.row]
            if place.column is not None and place.column < len(row):
                by_table[place.table].append((place, headers.text_of(row[place.column])))
        found = dict[Place, Marker]()
        for table, cells in by_table.items():
            markers = {marker.text: marker for marker in self._markers(table) if marker.text}
            seen = set[str]()
            for place, text in cells:
                other = next(
                    (m for m in markers.values() if text in markers and m.status != markers[text].status), None
                )
                if other and text not in seen:
                    seen.add(text)
                    found[place] = other
            figures = [place for place, text in cells if _is_figure(text) and text not in markers]
            for number, marker in enumerate(markers.values(), start=1):
                if figures:
                    found[figures[number * (len(figures) - 1) // (len(markers) + 1)]] = marker
        return found

    def _try_blank(self, base: Reading, draft: Draft) -> None:
        """A figure that is left blank is never a nought, and never gone without a word."""
        changed, chosen = draft.copy(), dict[str, Place]()
        by_table: dict[str, list[Place]] = defaultdict(list)
        for place in draft.places:
            row = draft.sheets[place.sheet][place.row]
            if place.column is not None and place.column < len(row) and _is_figure(row[place.column]):
                by_table[place.table].append(place)
        for table, places in by_table.items():
            chosen[table] = place = places[len(places) // 3]
            changed.sheets[place.sheet][place.row][place.column or 0] = ""
        if not chosen:
            return
        self.tried.add(BLANK)
        try:
            read = self._read_draft(changed)
        except Exception as error:
            if problem := _problem_of_error(error, draft.name):
                self._find(BLANK, draft.name, problem)
            else:
                self.refusals.append(Finding(BLANK, draft.name, str(error)))
            return
        if problem := self._difference(base, read, (), without=list(chosen.values()), without_in_new=True):
            self._find(BLANK, draft.name, problem)
        for name, place in chosen.items():
            is_aside = any((one.sheet, one.row) == (place.sheet, place.row + 1) for one in read.quarantined)
            table = self.source.contract.tables[name]
            rows = _sql(f"select * from {_scan(read.tables[name])} where {_is_at(table, [place])}")
            if not rows and not is_aside:
                self._find(BLANK, draft.name, f"the blank at {_named(place)} of {name} is gone without a word")
            if any(row.get("value") is not None or row.get("status") == "observed" for row in rows):
                self._find(BLANK, draft.name, f"the blank at {_named(place)} of {name} is read as {rows[0]}")

    def _try_cut_line(self, base: Reading, path: Path) -> None:
        """Records above the cut are as they were, the cut one is in quarantine or the file refused."""
        cut = _cut_in_a_line(path.read_bytes())
        if cut is None:
            return
        kept, records = cut
        self.tried.add(CUT_LINE)
        try:
            read = self._read(kept, path.name)
        except Exception as error:
            if problem := _problem_of_error(error, path.name):
                self._find(CUT_LINE, path.name, problem)
            else:
                self.refusals.append(Finding(CUT_LINE, path.name, str(error)))
            return
        if not read.quarantined:
            self._find(CUT_LINE, path.name, f"record {records + 1} is cut, and nothing is in quarantine")
        for name, new in read.tables.items():
            table = self.source.contract.tables[name]
            columns = _compared(table, ())
            added = f"select {columns} from {_scan(new)} except all select {columns} from {_scan(base.tables[name])}"
            if problem := _shown("figures that were not there", name, new, added):
                self._find(CUT_LINE, path.name, problem)
            if "source_row" not in table.provenance:
                continue
            above = f"where source_row <= {records}"
            lost = (
                f"select {columns} from {_scan(base.tables[name])} {above}"
                f" except all select {columns} from {_scan(new)} {above}"
            )
            if problem := _shown("figures above the cut that are gone", name, base.tables[name], lost):
                self._find(CUT_LINE, path.name, problem)

    def _try_broken(self, path: Path) -> None:
        """Half of a workbook, nothing and an error page are each refused by the intake, and nothing lands."""
        raw = path.read_bytes()
        broken = {"empty": b"", "an error page": _ERROR_PAGE}
        if path.suffix.lower() in _WORKBOOKS:
            broken["cut in half"] = raw[: len(raw) // 2]
        self.tried.add(BROKEN)
        for how, content in broken.items():
            target = self.folder / f"broken-{next(self._numbers)}" / path.name
            target.parent.mkdir()
            target.write_bytes(content)
            result = SourceIntake(self.source, GivenFiles(target), self.home).run()
            kinds = [problem.kind for problem in result.problems]
            if result.arrived or len(kinds) != 1 or kinds[0] not in {"unreadable", "header_changed"}:
                said = "; ".join(f"{problem.kind}: {problem.text}" for problem in result.problems) or "no problem"
                self._find(BROKEN, path.name, f"{how}: {len(result.arrived)} releases landed, {said}")
            elif path.name not in result.problems[0].text:
                self._find(BROKEN, path.name, f"{how}: the error does not name the file: {result.problems[0].text}")

    def _read_draft(self, draft: Draft) -> Reading:
        if draft.is_text:
            return self._read(_as_text(draft, self.folder / "sample" / draft.name), draft.name)
        token = f"a changed copy of {draft.name}, in memory only".encode()

        class Shelf:
            """Gives the changed workbook for the token, which is no workbook to anything else."""

            @staticmethod
            def from_object(stream: io.BytesIO) -> _Book | CalamineWorkbook:
                return _Book(draft) if stream.getvalue() == token else CalamineWorkbook.from_object(stream)

        with patch.object(workbook, "CalamineWorkbook", Shelf):
            return self._read(token, draft.name)

    def _read(self, content: bytes, name: str) -> Reading:
        """Read and land a file, as the intake does; raises what the reader raises."""
        number = next(self._numbers)
        folder = self.folder / f"reading-{number}"
        folder.mkdir()
        path = folder / name
        path.write_bytes(content)
        # Every reading is a release of its own, the bytes being only a token.
        sha256 = hashlib.sha256(f"{number} {name}".encode()).hexdigest()
        file = PublishedFile(path, name, sha256)
        arrival = Arrival(sha256, "folder", str(path), None, "2026-11-01T00:00:00+00:00")
        tables, quarantined = dict[str, Path](), list[Quarantined]()
        for found in self.source.reader.read(file, self.source.contract):
            if found.table in tables:
                raise ValueError(f"it gave the table [{found.table}] twice")
            landed = self.landing.land(self.source, file, found, arrival)
            tables[found.table] = self.landing.folder(self.source.table_id(found.table)) / landed.file_name
            quarantined += landed.quarantined
        if not tables:
            raise ReadError("nothing was found in it to read", file=name)
        return Reading(tables, quarantined)

    def _difference(
        self,
        base: Reading,
        new: Reading,
        mutations: Sequence[Mutation],
        *,
        without: Sequence[Place] = (),
        without_in_new: bool = False,
    ) -> str | None:
        """The first rows that one reading has and the other has not, those of the places left out."""
        if set(base.tables) != set(new.tables):
            return f"the tables were {sorted(base.tables)} and are {sorted(new.tables)}"
        for name, table in self.source.contract.tables.items():
            if name not in base.tables:
                continue
            columns = _compared(table, mutations)
            places = [place for place in without if place.table == name or place.column is None]
            kept = f"where not ({_is_at(table, places)})" if places else ""
            before = f"select {columns} from {_scan(base.tables[name])} {kept}"
            after = f"select {columns} from {_scan(new.tables[name])} {kept if without_in_new else ''}"
            added, gone = f"{after} except all {before}", f"{before} except all {after}"
            if problem := _shown("figures that were not there", name, new.tables[name], added):
                return problem + (_shown("in place of", name, base.tables[name], gone) or "")
            if problem := _shown("figures that are gone", name, base.tables[name], gone):
                return problem
        return None


def _named(place: Place, column: int | None = None) -> str:
    """A place as a person finds it in a spreadsheet."""
    letters = headers.letter(column if column is not None else place.column or 0)
    return (f"[{place.sheet}] " if place.sheet else "") + f"{letters}{place.row + 1}"


def _problem_of_error(error: Exception, file: str) -> str | None:
    """What is wrong with an error as a refusal; None where it is a good one."""
    if not isinstance(error, SourceError):
        return f"the reader failed with {type(error).__name__}: {error}"
    if not isinstance(error, ReadError):
        return f"refused with {type(error).__name__}, which is no error of reading: {error}"
    if file not in str(error):
        return f"the error does not name the file: {error}"
    return None


def _scan(parquet: Path) -> str:
    return f"read_parquet({literal(str(parquet))})"


def _compared(table: Table, mutations: Sequence[Mutation]) -> str:
    """SQL for the columns that must be the same; footnote marks in words that are no key do not count."""
    return ", ".join(
        f"regexp_replace({quote(name)}, {literal(_MARK_SQL)}, '', 'gi') as {quote(name)}"
        if column.type == "text" and name not in table.grain
        else quote(name)
        for name, column in table.columns.items()
        if not any(mutation.ignored and mutation.ignored.fullmatch(name) for mutation in mutations)
    )


def _is_at(table: Table, places: Sequence[Place]) -> str:
    """SQL that is true of the rows of some places."""
    if "source_row" not in table.provenance:
        return "false"
    found = []
    for place in places:
        at = f"source_row = {place.row + 1} and source_sheet is not distinct from {literal(place.sheet)}"
        if place.column is not None:
            at += f" and source_column = {literal(headers.letter(place.column))}"
        found.append(f"({at})")
    return " or ".join(found) or "false"


def _shown(what: str, table: str, parquet: Path, query: str) -> str | None:
    """The first rows of a query over a landing table and how many there are, in words with the place of each; None
    where there is none."""
    found = _sql(f"select *, count(*) over () as rows_in_all from ({query}) order by all limit 3")
    if not found:
        return None
    lines = []
    for row in found:
        # Words without their footnote marks are as good as any row's for finding its place.
        of_row = {name: value for name, value in row.items() if name != "rows_in_all" and value is not None}
        at = " and ".join(
            f"regexp_replace({quote(name)}::varchar, {literal(_MARK_SQL)}, '', 'gi') ="
            f" regexp_replace({literal(str(value))}, {literal(_MARK_SQL)}, '', 'gi')"
            for name, value in of_row.items()
            if isinstance(value, str)
        )
        places = _sql(f"select * from {_scan(parquet)} where {at or 'true'} limit 1")
        place = places[0] if places else {}
        where = "".join(f" {place[name]}" for name in ("source_row", "source_column") if place.get(name))
        sheet = f"[{place['source_sheet']}]" if place.get("source_sheet") else ""
        lines.append(f"    {sheet}{where}: " + ", ".join(f"{name}={value}" for name, value in of_row.items()))
    return f"{table}: {found[0]['rows_in_all']:,} {what}:\n" + "\n".join(lines) + "\n  "


def _sql(query: str) -> list[dict[str, Any]]:
    """The rows of a query."""
    found = duckdb.execute(query)
    names = [str(column[0]) for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _places(base: Reading) -> Iterator[Place]:
    """Where every landed figure stood."""
    for name, parquet in base.tables.items():
        if "source_row" not in _columns(parquet):
            continue
        rows = _sql(f"select distinct source_sheet, source_row, source_column from {_scan(parquet)} order by all")
        for row in rows:
            yield Place(name, row["source_sheet"], row["source_row"] - 1, _column(row["source_column"]))


def _columns(parquet: Path) -> set[str]:
    return {row["column_name"] for row in _sql(f"describe select * from {_scan(parquet)}")}


def _column(letters: str | None) -> int | None:
    if letters is None or not _LETTERED.fullmatch(letters):
        return None
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def _cells(path: Path) -> dict[str | None, Rows]:
    if path.suffix.lower() in _WORKBOOKS:
        book = CalamineWorkbook.from_path(str(path))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    text = read_text(path, path.name).removeprefix("\ufeff")
    return {None: list(csv.reader(io.StringIO(text), delimiter=_delimiter(path)))}


def _delimiter(path: Path) -> str:
    head = path.read_bytes()[:4000].decode("latin-1")
    return max(",\t;|", key=head.count)


def _as_text(draft: Draft, original: Path) -> bytes:
    """A text file's cells as bytes, in the encoding and with the delimiter that the file had."""
    text = io.StringIO()
    csv.writer(text, delimiter=_delimiter(original)).writerows(draft.sheets[None])
    return text.getvalue().encode(encoding_of(original.read_bytes()))


def _cut_in_a_line(raw: bytes) -> tuple[bytes, int] | None:
    """The first half of a text file, its last line cut, and how many whole records are above that; None where no line
    in the middle is plain enough to be cut."""
    lines = raw.splitlines(keepends=True)
    for number in range(len(lines) // 2, len(lines)):
        line = lines[number].rstrip(b"\r\n")
        above = b"".join(lines[:number])
        if b'"' not in line and line.count(b",") > 1 and above.count(b'"') % 2 == 0:
            half = line[: line.index(b",", len(line) // 2 - 1)] if b"," in line[len(line) // 2 - 1 :] else line
            if half.count(b",") < line.count(b","):
                records = sum(1 for _ in csv.reader(io.StringIO(above.decode("latin-1"))))
                return above + half, records
    return None


def _unpacked(folder: Path, source: Source) -> list[Path]:
    """The tabular files of a sample, out of their zips and gzips, in the order of their names."""
    found: list[Path] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        suffix = path.suffix.lower()
        if suffix in _WORKBOOKS | _TEXTS:
            found.append(path)
        elif suffix == ".gz" and Path(path.stem).suffix.lower() in _TEXTS:
            target = folder / path.stem
            target.write_bytes(gzip.decompress(path.read_bytes()))
            found.append(target)
        elif suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                for info in packed.infolist():
                    is_read = any(
                        re.fullmatch(pattern, info.filename, re.IGNORECASE)
                        for pattern in source.contract.recognise.member
                    )
                    target = folder / Path(info.filename).name
                    if is_read and is_published(info) and target.suffix.lower() in _WORKBOOKS | _TEXTS:
                        target.write_bytes(packed.read(info))
                        found.append(target)
    return list(dict.fromkeys(found))


def _distinct_layouts(paths: Iterable[Path]) -> list[Path]:
    """The largest file of each layout, digits aside: a workbook's sheets, a text file's first long line."""
    by_layout: dict[object, Path] = {}
    for path in sorted(paths, key=lambda path: -path.stat().st_size):
        if path.suffix.lower() in _WORKBOOKS:
            words = CalamineWorkbook.from_path(str(path)).sheet_names
        else:
            lines = path.read_bytes()[:20_000].decode("latin-1").splitlines()[:40]
            most = max((line.count(",") for line in lines), default=0)
            words = [next((line for line in lines if 2 * line.count(",") >= most), "")]
        layout = (path.suffix.lower(), frozenset(re.sub(r"\d+", "#", word) for word in words))
        by_layout.setdefault(layout, path)
    return list(by_layout.values())[:_MOST_FILES]
