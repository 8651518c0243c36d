"""Reads the time series workbook of deaths during or following police contact, and a copy of tables by ethnic group."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile, Quarantined, delimited
from sources.reading.grid import Grid, is_blank
from sources.reading.headers import letter, normal
from sources.reading.markers import UnreadableCellError, figure, marks, split_note
from sources.reading.periods import Period, financial_year, financial_year_name
from sources.reading.workbook import Workbook, open_workbook

#: The type of death that each pair of sheets is about: one by characteristics, one ``by force``.
_DEATH_TYPES = {
    "RTI": "road_traffic_incident",
    "Shootings": "fatal_shooting",
    "Custody": "custody",
    "Apparent[_ ]suicides": "apparent_suicide",
    "Other[_ ]contact": "other_contact",
}
_BY_FORCE = "[_ ]by[_ ]force"
#: What a crosstab breaks deaths down by, from the heading over its labels.
_BREAKDOWNS = {
    "appropriate authority": "force",
    "force": "force",
    "gender": "sex",
    "sex": "sex",
    "age group": "age_group",
    "ethnic group": "ethnicity",
    "ethnicity": "ethnicity",
    "rti type": "incident_type",
}
#: A third party's copy of the tables by ethnic group: its header, and the table that each of its types is from.
_COPY_HEADER = ("type", "ethnic_group", "year", "count")
_COPIED_TABLES = {
    "traffic": ("road_traffic_incident", "1.6"),
    "shootings": ("fatal_shooting", "2.4"),
    "custody": ("custody", "3.4"),
    "suicide": ("apparent_suicide", "4.4"),
}
_TITLE = re.compile(r"Table\s+(\d+\.\d+)\s*[:.–-]?\s*(\S.*)", re.IGNORECASE | re.DOTALL)
_FOOTNOTE = re.compile(r"(\[[^\]]+\]|\(\d+\)|([^\w\s·•(\[])\2*)\s*(\S.*)", re.DOTALL)
_SAYS_REVISED = re.compile(r"updates? to previously published", re.IGNORECASE)
_HEADER_ROWS = 6


@dataclass(frozen=True)
class _Block:
    """The rows of one table: from its title to the next title or the sheet's end (exclusive)."""

    number: str
    title: str
    title_row: int
    end: int


@dataclass(frozen=True)
class _FigureColumn:
    """A column of figures: of one financial year, or of all (``period`` None), in a crosstab; of one measure,
    with the years down, in the list that begins each sheet."""

    index: int
    measure: str
    period: Period | None = None
    is_total: bool = False
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Layout:
    """Where a table's labels and figures are; ``breakdown`` is ``all`` for a list of years."""

    breakdown: str
    label_column: int
    columns: tuple[_FigureColumn, ...]
    first_row: int


class _Table:
    """One table of a sheet, read into landing rows."""

    def __init__(self, grid: Grid, block: _Block, death_type: str, contract: Contract) -> None:
        self.grid, self.block, self.death_type, self.contract = grid, block, death_type, contract
        self.layout = _layout(grid, block)
        self.body = self._body()
        self.footnotes = self._footnotes()
        self.rows: list[dict[str, Any]] = []
        self.quarantined: list[Quarantined] = []
        self.notes: list[str] = []

    def _body(self) -> list[int]:
        """Rows of figures, down to the row of totals that ends every table of this publisher."""
        rows: list[int] = []
        for row in range(self.layout.first_row, self.block.end):
            if self.grid.is_blank_row(row):
                continue
            rows.append(row)
            if _is_total(self.grid.text(row, self.layout.label_column)):
                return rows
        raise ReadError(
            f"table {self.block.number} has no row of totals",
            file=self.grid.file,
            sheet=self.grid.sheet,
            row=self.block.title_row + 1,
            expected="a last row whose label begins with [Total]",
            found=f"none down to row {self.block.end}",
            advice="The file may be cut short",
        )

    def _footnotes(self) -> dict[str, str]:
        """The footnotes below the table by their marks, each with its mark, as published."""
        found: dict[str, str] = {}
        for row in range(self.body[-1] + 1, self.block.end):
            text = next((str(cell).strip() for cell in self.grid.rows[row] if not is_blank(cell)), "")
            if note := _FOOTNOTE.fullmatch(text):
                found.setdefault(note[1], f"{note[1]} {note[3]}")
        return found

    def count(self) -> int:
        """Figures in the grid: every cell of the table's columns in a labelled row, blank or not, and every
        number that stands elsewhere in the table's rows."""
        headed = {column.index for column in self.layout.columns}
        total = 0
        for row in self.body:
            has_label = bool(self.grid.text(row, self.layout.label_column))
            for column, cell in enumerate(self.grid.rows[row]):
                if column == self.layout.label_column:
                    continue
                if column in headed:
                    total += has_label or not is_blank(cell)
                else:
                    total += isinstance(cell, int | float)
        return total

    def read(self) -> None:
        """Fill ``rows``, ``quarantined`` and ``notes``."""
        span = self._span()
        headed = {column.index for column in self.layout.columns}
        for row in self.body:
            for index, cell in enumerate(self.grid.rows[row]):
                if index not in headed and index != self.layout.label_column and not is_blank(cell):
                    if isinstance(cell, int | float):
                        self.quarantined.append(self.grid.quarantined(row, index, "a figure below no heading"))
                    else:
                        self.notes.append(f"[{self.grid.sheet}] {letter(index)}{row + 1} has a remark: {cell}")
            label, label_note = split_note(self.grid.text(row, self.layout.label_column))
            if not label:
                for column in self.layout.columns:
                    if not is_blank(self.grid.cell(row, column.index)):
                        self.quarantined.append(self.grid.quarantined(row, column.index, "a figure beside no label"))
                continue
            self._read_row(row, label, tuple(marks(label_note)), span)

    def _read_row(self, row: int, label: str, row_marks: tuple[str, ...], span: Period) -> None:
        is_total_row = _is_total(label)
        year: Period | None = None
        if self.layout.breakdown == "all" and not is_total_row:
            try:
                year = financial_year(label)
            except ValueError as error:
                for column in self.layout.columns:
                    self.quarantined.append(self.grid.quarantined(row, column.index, str(error)))
                return
        for column in self.layout.columns:
            try:
                read = figure(
                    self.grid.cell(row, column.index), self.contract, self.contract.tables["death"].columns["value"]
                )
            except UnreadableCellError as error:
                self.quarantined.append(self.grid.quarantined(row, column.index, str(error)))
                continue
            all_marks = list(dict.fromkeys([*marks(read.note), *row_marks, *column.marks]))
            period = column.period or year
            self.rows.append(
                {
                    "death_type": self.death_type,
                    "table_number": self.block.number,
                    "table_title": self.block.title,
                    "measure": column.measure,
                    "breakdown": self.layout.breakdown,
                    "category": None if self.layout.breakdown == "all" else label,
                    "is_total": is_total_row or column.is_total,
                    "financial_year": f"{period.start.year}/{period.end.year % 100:02d}" if period else None,
                    "period_start": (period or span).start,
                    "period_end": (period or span).end,
                    "value": read.value,
                    "status": "revised" if read.value is not None and self._is_revised(all_marks) else read.status,
                    "note": "\n".join(self._explained(mark) for mark in all_marks) or None,
                    "source_sheet": self.grid.sheet,
                    "source_row": row + 1,
                    "source_column": letter(column.index),
                }
            )

    def _span(self) -> Period:
        """The whole stretch of years that the table's totals are over."""
        years = [column.period for column in self.layout.columns if column.period]
        if self.layout.breakdown == "all":
            for row in self.body[:-1]:
                label, _ = split_note(self.grid.text(row, self.layout.label_column))
                if _year(label):
                    years.append(financial_year(label))
        if not years:
            raise ReadError(
                f"table {self.block.number} has no financial years",
                file=self.grid.file,
                sheet=self.grid.sheet,
                row=self.block.title_row + 1,
                expected="years like [2004/05]",
                found=f"[{self.grid.text(self.body[0], self.layout.label_column)}]",
            )
        return Period(min(y.start for y in years), max(y.end for y in years), "multi_year")

    def _is_revised(self, of: list[str]) -> bool:
        # The publisher's mark for an update is ``~``; the footnote has the last word on what a mark means.
        return any(_SAYS_REVISED.search(self.footnotes[m]) if m in self.footnotes else m == "~" for m in of)

    def _explained(self, mark: str) -> str:
        if mark not in self.footnotes:
            note = f"table {self.block.number}: the mark [{mark}] has no footnote"
            if note not in self.notes:
                self.notes.append(note)
        return self.footnotes.get(mark, mark)


def _is_total(label: str) -> bool:
    return re.match(r"total\b", label, re.IGNORECASE) is not None


def _year(text: str) -> Period | None:
    try:
        return financial_year(text)
    except ValueError:
        return None


def _first_cell(grid: Grid, row: int) -> str:
    return next((str(cell).strip() for cell in grid.rows[row] if not is_blank(cell)), "")


def _blocks(grid: Grid) -> list[_Block]:
    """Every table of a sheet by its title row ``Table N.M ...``, in the sheet's order."""
    titles = [(row, found) for row in range(len(grid)) if (found := _TITLE.fullmatch(_first_cell(grid, row)))]
    ends = [row for row, _ in titles[1:]] + [len(grid)]
    return [
        _Block(found[1], re.sub(r"\s+", " ", found[2]).strip(), row, end)
        for (row, found), end in zip(titles, ends, strict=True)
    ]


def _measures(texts: list[str]) -> set[str]:
    """What some headings say is counted."""
    words = " ".join(texts).lower()
    return {
        name for name, stem in (("fatalities", r"\bfatalit"), ("incidents", r"\bincident")) if re.search(stem, words)
    }


def _layout(grid: Grid, block: _Block) -> _Layout:
    """Find a table's header below its title and say what each of its columns is.

    Raises LayoutError for a heading that has no known meaning.
    """
    header: list[dict[int, str]] = []
    for row in range(block.title_row + 1, min(block.end, block.title_row + 1 + _HEADER_ROWS)):
        cells = {column: str(cell).strip() for column, cell in enumerate(grid.rows[row]) if not is_blank(cell)}
        if not cells:
            continue
        header.append(cells)
        first = min(cells)
        others = {column: text for column, text in cells.items() if column != first}
        if any(_year(split_note(text)[0]) for text in others.values()):
            return _crosstab(grid, block, header, row)
        if normal(cells[first]) == "financial year" and others:
            named = {
                column: re.fullmatch(r"number of (fatalities|incidents)", normal(text))
                for column, text in others.items()
            }
            if all(named.values()):
                columns = tuple(_FigureColumn(column, found[1]) for column, found in named.items() if found)
                return _Layout("all", first, columns, row + 1)
    raise LayoutError(
        f"no header that the reader knows was found below the title of table {block.number}",
        file=grid.file,
        sheet=grid.sheet,
        row=block.title_row + 1,
        expected="a row of financial years, or [Financial year] beside [Number of fatalities], [Number of incidents]",
        found=", ".join(f"[{text}]" for cells in header[:2] for text in list(cells.values())[:4]) or "nothing",
    )


def _crosstab(grid: Grid, block: _Block, header: list[dict[int, str]], last: int) -> _Layout:
    """The layout of a table with financial years across, from its stacked header rows, the last being the years'."""
    years: dict[int, tuple[Period, tuple[str, ...]]] = {}
    for column, text in header[-1].items():
        label, note = split_note(text)
        if period := _year(label):
            years[column] = (period, tuple(marks(note)))
    totals = {c: text for cells in header for c, text in cells.items() if c not in years and _is_total(text)}
    spanning = [text for cells in header[:-1] for c, text in cells.items() if c in years]
    rest = {c: text for cells in header for c, text in cells.items() if c not in years and c not in totals}

    def fail(problem: str, expected: str, found: str) -> LayoutError:
        place = {"file": grid.file, "sheet": grid.sheet, "row": last + 1}
        return LayoutError(f"table {block.number} {problem}", **place, expected=expected, found=found)

    known = {c: b for c, text in rest.items() if (b := _BREAKDOWNS.get(normal(split_note(text)[0])))}
    unknown = [f"[{text}] in {letter(c)}" for c, text in rest.items() if c not in known]
    if len(known) != 1 or unknown:
        raise fail(
            "has headings that the reader has no meaning for",
            "one of " + ", ".join(f"[{label}]" for label in _BREAKDOWNS) + " beside financial years and a total",
            ", ".join(unknown) or f"{len(known)} headings of labels",
        )
    periods = [period for period, _ in years.values()]
    if len(set(periods)) != len(periods):
        raise fail("has a financial year twice", "each year once", ", ".join(f"[{t}]" for t in header[-1].values()))
    by_header, by_title = _measures([*spanning, *totals.values()]), set()
    if found := re.search(r"number of\s+(fatalities|incidents)\b", block.title, re.IGNORECASE):
        by_title = {found[1].lower()}
    said = by_header | by_title
    if len(said) != 1:
        raise fail(
            "does not say once what it counts",
            "[fatalities] or [incidents] in its title or header",
            f"[{block.title}] over " + ", ".join(f"[{text}]" for text in [*spanning, *totals.values()]),
        )
    measure = said.pop()
    columns = [_FigureColumn(c, measure, period, marks=of) for c, (period, of) in years.items()]
    columns += [
        _FigureColumn(c, measure, is_total=True, marks=tuple(marks(split_note(text)[1]))) for c, text in totals.items()
    ]
    label_column, breakdown = next(iter(known.items()))
    return _Layout(breakdown, label_column, tuple(sorted(columns, key=lambda c: c.index)), last + 1)


def _sheets(workbook: Workbook) -> dict[str, str]:
    """The ten sheets of figures with the type of death that each is about.

    Raises ReadError for one that is not there and LayoutError for a further sheet that has tables.
    """
    found: dict[str, str] = {}
    for stem, death_type in _DEATH_TYPES.items():
        meaning = death_type.replace("_", " ")
        found[workbook.require(stem, f"deaths of type {meaning}")] = death_type
        found[workbook.require(stem + _BY_FORCE, f"deaths of type {meaning} by force")] = death_type
    for sheet in workbook.sheet_names:
        if sheet in found or normal(sheet) in {"cover", "contents"}:
            continue
        if blocks := _blocks(workbook.grid(sheet)):
            raise LayoutError(
                "a sheet of tables that the reader does not know",
                file=workbook.name,
                sheet=sheet,
                expected="the sheets " + ", ".join(f"[{name}]" for name in found),
                found=f"table {blocks[0].number} [{blocks[0].title}]",
            )
    return found


def _copied(file: PublishedFile, contract: Contract) -> Figures:
    """The tables by ethnic group as a third party copied them into one CSV, without totals and footnote marks."""
    grid = delimited.grid(file)
    at = {normal(cell): index for index, cell in enumerate(grid.rows[0] if len(grid) else ())}
    if set(at) != set(_COPY_HEADER):
        raise LayoutError(
            "the header is not that of the copy by ethnic group",
            file=file.name,
            row=1,
            expected=", ".join(f"[{text}]" for text in _COPY_HEADER),
            found=", ".join(f"[{text}]" for text in at),
        )
    found = Figures("death", pd.DataFrame(), rows_in=0)
    rows: list[dict[str, Any]] = []
    for row in delimited.rows_below(file, grid, 0):
        found.rows_in += 1
        said = {text: grid.text(row, index) for text, index in at.items()}
        try:
            if said["type"] not in _COPIED_TABLES:
                raise ValueError(f"[{said['type']}] is no type of death that is known")
            death_type, number = _COPIED_TABLES[said["type"]]
            year = financial_year(said["year"])
            read = figure(said["count"], contract, contract.tables["death"].columns["value"])
        except ValueError as error:
            found.quarantined.append(grid.quarantined(row, at["count"], str(error)))
            continue
        rows.append(
            {
                "death_type": death_type,
                "table_number": number,
                "table_title": "Ethnicity by financial year (copied)",
                "measure": "fatalities",
                "breakdown": "ethnicity",
                "category": said["ethnic_group"],
                "is_total": False,
                "financial_year": financial_year_name(year.start),
                "period_start": year.start,
                "period_end": year.end,
                "value": read.value,
                "status": read.status,
                "source_row": row + 1,
                "source_column": letter(at["count"]),
            }
        )
    columns = [*contract.tables["death"].columns, "source_sheet", "source_row", "source_column"]
    found.frame = pd.DataFrame(rows, columns=pd.Index(columns))
    return found


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table of every figure in the workbook's crosstabs, publisher's totals included and marked; of the copy by
    ethnic group, of every figure in it.

    Raises ReadError where a sheet or a table that the contents list is not there, and LayoutError for headings
    that have no known meaning.
    """
    if file.name.lower().endswith(".csv"):
        yield _copied(file, contract)
        return
    workbook = open_workbook(file)
    sheets = _sheets(workbook)
    listed = {block.number for block in _blocks(workbook.grid(workbook.require("contents", "the list of tables")))}
    found = Figures("death", pd.DataFrame(), rows_in=0)
    rows: list[dict[str, Any]] = []
    place_of: dict[str, str] = {}
    for sheet, death_type in sheets.items():
        grid = workbook.grid(sheet)
        for block in _blocks(grid):
            if block.number in place_of:
                raise ReadError(
                    f"table {block.number} is there twice",
                    file=file.name,
                    sheet=sheet,
                    row=block.title_row + 1,
                    expected="each table once",
                    found=f"it on sheet [{place_of[block.number]}] too",
                )
            place_of[block.number] = sheet
            table = _Table(grid, block, death_type, contract)
            found.rows_in += table.count()
            table.read()
            rows += table.rows
            found.quarantined += table.quarantined
            found.notes += table.notes
    if lacking := sorted(listed - set(place_of)):
        raise ReadError(
            "tables that the contents list are not on the sheets",
            file=file.name,
            expected=", ".join(f"table {number}" for number in lacking),
            found=f"{len(place_of)} other tables",
            advice="The file may be cut short, or the form of the titles may have changed",
        )
    found.notes += [f"table {n} is not in the contents" for n in sorted(set(place_of) - listed)]
    columns = [*contract.tables["death"].columns, "source_sheet", "source_row", "source_column"]
    found.frame = pd.DataFrame(rows, columns=columns)
    yield found
