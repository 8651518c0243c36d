"""The monthly prison population bulletin, in every format it has been published in, and the series beside it.

A bulletin is one list: a row an establishment, then a sub-total, then (to 2021) the immigration removal centres that
the prison service ran with a sub-total of their own, then the estate's total. The list is the same in a workbook's
sheet and in a printed document's lines, so there is one reader for both, and each bulletin's own totals prove it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, delimited, document
from sources.reading.grid import Cell, Grid, is_blank
from sources.reading.headers import letter, normal, require, text_of
from sources.reading.markers import UnreadableCellError, figure, figures, split_note
from sources.reading.periods import month
from sources.reading.workbook import open_workbook

_SHEET = r"Monthly ?Bulletin"
_DOCUMENTS = {".doc", ".docx", ".rtf", ".odt", ".pdf"}

#: What a heading counts, footnote marks and case aside, and its unit.
_HEADINGS = {
    "baseline cna": "baseline_cna",
    "in use cna": "in_use_cna",
    "in-use cna": "in_use_cna",
    "operational capacity": "operational_capacity",
    "population": "population",
    "% pop to in use cna": "population_to_in_use_cna",
    "% accommodation available": "accommodation_available",
}
_UNITS = {
    "baseline_cna": "places",
    "in_use_cna": "places",
    "operational_capacity": "places",
    "useable_operational_capacity": "places",
    "out_of_use_accommodation": "places",
    "population": "people",
    "population_to_in_use_cna": "per cent",
    "accommodation_available": "per cent",
}
_ALWAYS = ("baseline_cna", "in_use_cna", "operational_capacity", "population")
#: The totals of early 2011 are not a row but a block of lines, each a name and a figure (the third's name runs on).
_BLOCK = {
    "total baseline cna": "baseline_cna",
    "total in use cna": "in_use_cna",
    "total useable": "useable_operational_capacity",
    "total population": "population",
    "% population to in use cna": "population_to_in_use_cna",
    "total % accommodation available": "accommodation_available",
    "total out of use accommodation": "out_of_use_accommodation",
}
_REPORT_DATE = re.compile(r"report date\s*:?\s*(?:(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{2})-(\d{2}))", re.IGNORECASE)
_TITLE = re.compile(r"monthly bulletin\s*[-–]\s*([a-z]+ \d{4})", re.IGNORECASE)
_REMOVAL_CENTRES = re.compile(r"(NOMS|HMPPS) operated immigration removal centres", re.IGNORECASE)
_MARGIN = re.compile(r"less ([\d,]+) places", re.IGNORECASE)
_PRISONS, _CENTRES, _ESTATE = "prison", "immigration_removal_centre", "all"

_Place = tuple[int, int, Cell]
"""A cell and where it stands: its row, its column, what it says."""


@dataclass
class _Row:
    """An establishment or a total, with a cell for each measure; the cell is blank where nothing is published."""

    label: str
    section: str
    cells: dict[str, _Place]
    is_total: bool = False


#: Rows that are several prisons (the three on Sheppey from August to October 2011): no code is right for them.
_TOGETHER = {"Sheppey", "Shepton Mallet / Erlestoke"}
#: Totals that the publisher's own list does not make, and by how much: on 22 March 2013 five prisons that were about to
#: close and held nobody were in the totals and, against the bulletin's note, not in the list.
_SLIPS: dict[date, set[tuple[str, str, float]]] = {
    date(2013, 3, 22): {(_PRISONS, "baseline_cna", 968), (_ESTATE, "baseline_cna", 968)}
}


@dataclass
class _Bulletin:
    """A bulletin's rows as they stand in its grid."""

    grid: Grid
    contract: Contract
    is_printed: bool
    headings: dict[int, str] = field(default_factory=dict)
    """The measure of each column of figures."""
    names_in: int = 0
    """The column of the names in a workbook; printed names begin further left than their heading."""
    rows: list[_Row] = field(default_factory=list)

    def fail(self, problem: str, row: int | None = None, **words: str) -> LayoutError:
        at = None if row is None else row + 1
        return LayoutError(problem, file=self.grid.file, sheet=self.grid.sheet, row=at, **words)

    def words(self, row: int) -> str:
        """All that a row says, in one text."""
        return " ".join(text_of(cell) for cell in self.grid.rows[row] if not is_blank(cell))

    def report_date(self) -> date:
        """The day that the bulletin is about, which each of its pages gives alike and its title's month has."""
        dates: set[date] = set()
        for row in range(len(self.grid)):
            if found := _REPORT_DATE.match(self.words(row)):
                day, of_month, year, iso_year, iso_month, iso_day = (int(part or 0) for part in found.groups())
                try:
                    dates.add(date(year, of_month, day) if year else date(iso_year, iso_month, iso_day))
                except ValueError as error:
                    raise self.fail("the report date is no date", row, found=f"[{found[0]}]") from error
        titles = {found[1] for row in range(len(self.grid)) if (found := _TITLE.match(self.words(row)))}
        if len(dates) != 1 or len(titles) != 1:
            raise self.fail(
                "the bulletin does not say once which day it is about",
                expected="one [Monthly Bulletin - month year] and one [Report Date: dd/mm/yyyy]",
                found=f"{len(titles)} titles and {len(dates)} dates",
            )
        on, titled = dates.pop(), month(titles.pop())
        if not titled.start <= on <= titled.end:
            raise self.fail(
                "the title and the report date differ", expected=f"a day of {titled.start:%B %Y}", found=str(on)
            )
        return on

    def read_rows(self) -> None:
        """Find the header and take every row below it up to the estate's total.

        Raises LayoutError for a row with no known meaning, and ReadError where the list ends without a total.
        """
        start = self._header(0)
        section, row = _PRISONS, start
        while row < len(self.grid):
            words = self.words(row)
            if not words or _REPORT_DATE.match(words) or _TITLE.match(words):
                row += 1
            elif any(normal(cell) == "prison name" for cell in self.grid.rows[row]):
                row = self._header(row)
            elif _REMOVAL_CENTRES.match(words):
                section, row = _CENTRES, row + 1
            elif any(normal(cell) in _BLOCK for cell in self.grid.rows[row]):
                self._take_block(row)
                return
            elif self._is_continuation(row, words):
                self.rows[-1].label += f" {words}"
                row += 1
            else:
                taken = self._take(row, section)
                if taken.is_total and taken.section == _ESTATE:
                    return
                row += 1
        raise ReadError(
            "the list ends without its total",
            file=self.grid.file,
            sheet=self.grid.sheet,
            expected="a row [Total]",
            found=f"{len(self.rows)} rows",
            advice="The file may be cut short",
        )

    def _header(self, start: int) -> int:
        """The first row of the list below the header at or after a row; the header has one line or two."""
        for row in range(start, len(self.grid)):
            cells = {c: text_of(cell) for c, cell in enumerate(self.grid.rows[row]) if not is_blank(cell)}
            names = [c for c, text in cells.items() if normal(text) == "prison name"]
            if len(names) != 1:
                continue
            self.names_in = names[0]
            del cells[self.names_in]
            end = row + 1
            below = self.grid.rows[end] if end < len(self.grid) else []
            more = {c: text_of(cell) for c, cell in enumerate(below) if not is_blank(cell)}
            if self.is_printed and more and not re.search(r"\d", " ".join(more.values())) and set(more) <= set(cells):
                cells = {c: f"{text} {more.get(c, '')}" for c, text in cells.items()}
                end += 1
            found = {c: _HEADINGS.get(re.sub(r"[\s*\d]+$", "", split_note(normal(t))[0])) for c, t in cells.items()}
            unknown = [f"[{cells[c].strip()}] in {letter(c)}" for c, measure in found.items() if measure is None]
            known = {c: measure for c, measure in found.items() if measure}
            lacking = [measure for measure in _ALWAYS if list(known.values()).count(measure) != 1]
            if unknown or lacking or len(set(known.values())) != len(known):
                raise self.fail(
                    "the header is not one that the reader knows",
                    row,
                    expected="[Prison Name] and, once each, " + ", ".join(f"[{heading}]" for heading in _HEADINGS),
                    found=", ".join([*unknown, *(f"no [{measure}]" for measure in lacking)]) or "a heading twice",
                )
            if self.headings and list(self.headings.values()) != list(known.values()):
                raise self.fail("the header of a further page differs from the first", row)
            self.headings = known
            return end
        raise self.fail("no header row was found", expected="a row with [Prison Name]", found="none")

    def _figures(self, row: int) -> tuple[str, dict[str, _Place]]:
        """A row's label and its figures by what they count; no figures where they cannot be placed."""
        cells = [(c, cell) for c, cell in enumerate(self.grid.rows[row]) if not is_blank(cell)]
        if self.is_printed:
            cells = [(c, text) for c, cell in cells for text in _printed(str(cell))]
            label, found = (cells[0][1], cells[1:]) if cells else ("", [])
        else:
            label, found = self.grid.cell(row, self.names_in), [cell for cell in cells if cell[0] != self.names_in]
        # A printed line with a figure for every heading needs no stops to tell them apart (some were typed in by hand).
        if self.is_printed and len(found) == len(self.headings):
            measures = list(self.headings.values())
        else:
            measures = [self.headings.get(c) for c, _ in found]
        if None in measures or len(set(measures)) != len(measures):
            return text_of(label), {}
        return text_of(label), {str(m): (row, *place) for m, place in zip(measures, found, strict=True)}

    def _is_continuation(self, row: int, words: str) -> bool:
        """Whether a line is the end of a name that was too long for the line above."""
        is_end = words.startswith("(") or (words.endswith(")") and "(" not in words)
        return self.is_printed and bool(self.rows) and is_end and not self._figures(row)[1]

    def _take(self, row: int, section: str) -> _Row:
        """Take a row as an establishment's or a total's; raises LayoutError where it is neither."""
        label, cells = self._figures(row)
        is_bare = sum(not is_blank(cell) for cell in self.grid.rows[row]) == 1
        if not re.search(r"[^\W\d]", label) or (not cells and (self.is_printed or not is_bare)):
            raise self.fail(
                "a row that is neither an establishment nor a total",
                row,
                expected="a name and figures below the headings",
                found=f"[{self.words(row)[:80]}]",
            )
        name, is_total = label, False
        if found := re.fullmatch(r"(sub[ -]?total|total)\W*", label, re.IGNORECASE):
            is_total = True
            section = section if found[1].lower().startswith("sub") else _ESTATE
        else:
            name = split_note(label)[0]
        for column, measure in self.headings.items():
            cells.setdefault(measure, (row, column, None))
        # Of the estate, places that can be used are published: the operating margin is taken off.
        if is_total and section == _ESTATE:
            cells["useable_operational_capacity"] = cells.pop("operational_capacity")
        self.rows.append(_Row(name, section, cells, is_total))
        return self.rows[-1]

    def _take_block(self, start: int) -> None:
        """Take the block of totals that begins in a row; raises LayoutError where one of them is not there."""
        total = _Row("Total", _ESTATE, {}, is_total=True)
        row = start
        while row < len(self.grid) and "population" not in total.cells:
            said = [(c, text_of(cell)) for c, cell in enumerate(self.grid.rows[row]) if not is_blank(cell)]
            for (_, name), (column, text) in pairwise(said):
                if measure := _BLOCK.get(normal(name)):
                    total.cells[measure] = (row, column, text)
            row += 1
        if set(total.cells) != set(_BLOCK.values()):
            lacking = sorted(set(_BLOCK.values()) - set(total.cells))
            raise self.fail("the block of totals is not whole", start, found="no " + ", ".join(lacking))
        self.rows.append(total)

    def tell_useable_capacity(self) -> None:
        """In early 2011 the prisons' sub-total has the margin taken off, as the estate's total has; its footnote mark
        does not tell (July 2011 has it beside the plain sum), so the sum does."""
        margin = self.margin()
        for total in (row for row in self.rows if row.is_total and "operational_capacity" in row.cells):
            parts = [row for row in self.rows if not row.is_total and row.section == total.section]
            capacity = [_whole(row.cells["operational_capacity"][2]) for row in [*parts, total]]
            if margin and capacity[-1] == sum(capacity[:-1]) - margin:
                total.cells["useable_operational_capacity"] = total.cells.pop("operational_capacity")

    def margin(self) -> int | None:
        """The operating margin that the notes say is taken off the sum of capacities; None where they say none."""
        said = {
            int(found[1].replace(",", ""))
            for row in range(len(self.grid))
            for found in _MARGIN.finditer(self.words(row))
        }
        return said.pop() if len(said) == 1 else None


def _whole(cell: Cell) -> int:
    """A count for adding up, its footnote marks aside; 0 where it is none."""
    digits = re.sub(r"[,*\s]", "", text_of(cell))
    return int(digits) if digits.isdigit() else 0


_PRINTED_FIGURE = re.compile(r"[\d,.]+%?\*{0,3}")


def _printed(text: str) -> Iterator[str]:
    """The texts of a printed cell: what tabs part, and figures that only spaces do; footnote marks by themselves say
    nothing."""
    for piece in filter(None, text.split("\t")):
        parts = [part for part in piece.split() if not re.fullmatch(r"[*†‡]+", part)]
        yield from parts if all(_PRINTED_FIGURE.fullmatch(part) for part in parts) else [piece]


def _value(cell: Cell, unit: str, contract: Contract) -> tuple[float | None, str]:
    """A cell's value and status; a percentage has its sign and nothing else does.

    Raises UnreadableCellError for a cell that is neither a figure nor a marker, and for one with the other's sign.
    """
    read = figure(cell, contract, contract.tables["establishment"].columns["value"])
    if read.value is not None and ("%" in str(cell)) != (unit == "per cent"):
        raise UnreadableCellError(f"[{cell}] is no figure in {unit}")
    return read.value, read.status


def _bulletin(grid: Grid, contract: Contract, *, is_printed: bool) -> Figures:
    """A bulletin as a table, its totals proved by their parts.

    In a printed document a figure's column is told by its place on the page, so one whose totals are not the sums of
    their parts is refused unless the publisher is known to have erred; in a workbook it is noted.
    """
    bulletin = _Bulletin(grid, contract, is_printed)
    on = bulletin.report_date()
    bulletin.read_rows()
    bulletin.tell_useable_capacity()
    found = Figures("establishment", pd.DataFrame(), rows_in=0)
    rows: list[dict[str, Any]] = []
    values: dict[tuple[int, str], float | None] = {}
    for number, line in enumerate(bulletin.rows):
        code, problem = None, None
        if not line.is_total:
            try:
                code = _code(line.label, on)
            except UnknownNameError as error:
                problem = str(error)
        for measure, (row, column, cell) in line.cells.items():
            found.rows_in += 1
            unit = _UNITS[measure]
            try:
                value, status = _value(cell, unit, contract)
            except UnreadableCellError as error:
                found.quarantined.append(grid.quarantined(row, column, str(error)))
                continue
            values[number, measure] = value
            if problem:
                found.quarantined.append(grid.quarantined(row, column, problem))
                continue
            rows.append(
                {
                    "prison_code": code,
                    "prison_name": line.label,
                    "section": line.section,
                    "is_total": line.is_total,
                    "period_start": on,
                    "period_end": on,
                    "measure": measure,
                    "value": value,
                    "unit": unit,
                    "status": status,
                    "source_sheet": grid.sheet,
                    "source_row": row + 1,
                    "source_column": letter(column),
                }
            )
    known = _SLIPS.get(on, {})
    for (section, measure), more in _differences(bulletin, values).items():
        said = f"the [{section}] total of [{measure}] is {more:+.0f} against its parts"
        if is_printed and (section, measure, more) not in known:
            raise ReadError(
                "the establishments do not add up to the bulletin's own total",
                file=grid.file,
                sheet=grid.sheet,
                found=said,
                advice="A line of the document may have been read into the wrong columns",
            )
        found.notes.append(said)
    found.frame = pd.DataFrame(rows, columns=_columns(contract, "establishment"))
    is_twice = found.frame.duplicated([*contract.tables["establishment"].grain])
    if is_twice.any():
        at = found.frame[is_twice].iloc[0]
        raise bulletin.fail("an establishment is there twice", int(at.source_row) - 1, found=f"[{at.prison_name}]")
    return found


def _code(name: str, on: date | None = None) -> str | None:
    """The code of a prison by its published name; a removal centre has that of the prison whose site it is on.

    None for prisons published as one that have no name in common; raises UnknownNameError for any other name.
    """
    if name in _TOGETHER:
        return None
    try:
        return register("prison").resolve(name, on=on)
    except UnknownNameError:
        site = re.sub(r"\s*\(IRC\)$", "", name, flags=re.IGNORECASE)
        if site == name:
            raise
        return register("prison").resolve(site, on=on)


def _differences(bulletin: _Bulletin, values: dict[tuple[int, str], float | None]) -> dict[tuple[str, str], float]:
    """How much more each total is than the sum of its parts, where it is not that; by section and measure."""
    margin = bulletin.margin()
    found: dict[tuple[str, str], float] = {}
    for number, total in enumerate(bulletin.rows):
        for measure in total.cells if total.is_total else ():
            is_useable = measure == "useable_operational_capacity"
            of = "operational_capacity" if is_useable else measure
            if of not in _ALWAYS or (is_useable and margin is None):
                continue
            parts = sum(
                values.get((n, of)) or 0.0
                for n, part in enumerate(bulletin.rows)
                if not part.is_total and total.section in (_ESTATE, part.section)
            )
            more = (values.get((number, measure)) or 0.0) - parts + (margin or 0 if is_useable else 0)
            if more:
                found[total.section, measure] = more
    return found


def _columns(contract: Contract, table: str) -> list[str]:
    return [*contract.tables[table].columns, "source_sheet", "source_row", "source_column"]


_COPIED_ESTABLISHMENTS = {
    "Baseline CNA": ("baseline_cna", "places"),
    "In Use CNA": ("in_use_cna", "places"),
    "Operational Capacity": ("operational_capacity", "places"),
    "Population *": ("population", "people"),
}
_COPIED_TOTALS = {
    "n_prisons": ("establishments", "establishments"),
    "sum_baseline_cna": ("baseline_cna", "places"),
    "sum_in_use_cna": ("in_use_cna", "places"),
    "sum_op_cap": ("operational_capacity", "places"),
    "published_uoc": ("useable_operational_capacity", "places"),
    "derived_margin": ("operating_margin", "places"),
    "cells_out_of_use": ("out_of_use_accommodation", "places"),
    "sum_pop": ("population", "people"),
}
#: From here on the bulletin at hand has no percentages.
_NO_PERCENTAGES_FROM = date(2017, 6, 30)
#: Columns of the copied totals that say again what others do.
_SAID_TWICE = {"month", "uoc", "pop", "uoc_gap", "pop_gap"}


def _records(grid: Grid) -> tuple[list[str], list[list[str]]]:
    """A delimited file's header, for comparison, and each of its columns.

    Raises ReadError for a record of another width, which is what a file cut short ends with.
    """
    header = [normal(cell) for cell in grid.rows[0]]
    for row, cells in enumerate(grid.rows[1:], start=1):
        if len(cells) != len(header):
            raise ReadError(
                "a record of another width than the header",
                file=grid.file,
                row=row + 1,
                expected=f"{len(header)} cells",
                found=f"{len(cells)}",
                advice="The file may be cut short",
            )
    return header, [[str(cells[column]).strip() for cells in grid.rows[1:]] for column in range(len(header))]


def _days(texts: list[str], grid: Grid) -> list[date]:
    """ISO dates, with or without a time of midnight; raises ReadError, with its row, for anything else."""
    days: dict[str, date] = {}
    for row, text in enumerate(texts, start=2):
        if text in days:
            continue
        found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(T00:00:00Z)?", text)
        try:
            days[text] = date.fromisoformat(found[1] if found else "")
        except ValueError as error:
            raise ReadError("no date", file=grid.file, row=row, expected="2024-10-25", found=f"[{text}]") from error
    return [days[text] for text in texts]


def _copied(grid: Grid, contract: Contract, measures: dict[str, tuple[str, str]], *, has_names: bool) -> Figures:
    """A derived copy as a table, a row a figure; where it ``has_names`` a record is a prison's, else the estate's.

    A record whose name is no prison's, or that is one of two with one name and day, is quarantined.
    """
    header, columns = _records(grid)
    wanted = [*measures, "Report_Date", *(["Prison Name"] if has_names else [])]
    at = {text: header.index(normal(text)) for text in wanted if normal(text) in header}
    unknown = [text for text in header if text not in map(normal, wanted) and text not in _SAID_TWICE]
    if unknown or len(at) < len(wanted):
        raise LayoutError(
            "the header is not that of a copy that the reader knows",
            file=grid.file,
            row=1,
            expected=", ".join(f"[{text}]" for text in wanted),
            found=", ".join([*(f"[{text}]" for text in unknown), *(f"no [{t}]" for t in wanted if t not in at)]),
        )
    days = _days(columns[at["Report_Date"]], grid)
    names = columns[at["Prison Name"]] if has_names else ["Total"] * len(days)
    codes, problems = _codes(names) if has_names else ({}, {})
    count = Counter(zip(names, days, strict=True))
    problem = [
        problems.get(name) or ("two rows have this name and this day" if count[name, day] > 1 else None)
        for name, day in zip(names, days, strict=True)
    ]
    found = Figures("establishment_copy", pd.DataFrame(), rows_in=len(days) * len(measures))
    parts: list[pd.DataFrame] = []
    value = contract.tables["establishment_copy"].columns["value"]
    reads = {heading: figures(columns[at[heading]], contract, value) for heading in measures}
    for heading, (measure, unit) in measures.items():
        read = reads[heading]
        unread = [text if isinstance(text, str) else None for text in read["problem"]]
        if has_names and measure == "population":
            unread = [
                text or ("it may be the percentage that stood beside a blank" if is_share else None)
                for text, is_share in zip(unread, _copied_shares(reads, days), strict=True)
            ]
        why = [of_record or of_cell for of_record, of_cell in zip(problem, unread, strict=True)]
        part = pd.DataFrame(
            {
                "prison_code": [codes.get(name) for name in names],
                "prison_name": names,
                "is_total": not has_names,
                "period_start": days,
                "period_end": days,
                "measure": measure,
                "value": read["value"],
                "unit": unit,
                "status": read["status"].astype(object),
                "source_sheet": None,
                "source_row": range(2, len(days) + 2),
                "source_column": letter(at[heading]),
            }
        )
        found.quarantined += [grid.quarantined(row, at[heading], text) for row, text in enumerate(why, start=1) if text]
        parts.append(part.loc[[text is None for text in why]])
    found.frame = pd.concat(parts, ignore_index=True)
    return found


def _copied_shares(reads: dict[str, pd.DataFrame], days: list[date]) -> list[bool]:
    """Where a population may be another column's percentage: the copy closed up a printed line with a blank in it, so
    that accommodation available, in per cent, stands in place of people (Gloucester, February 2013)."""
    baseline, in_use, people = (reads[heading]["value"] for heading in ("Baseline CNA", "In Use CNA", "Population *"))
    is_share = (people > 0) & (people == (100 * in_use / baseline.where(baseline > 0)).round())
    return [share and on < _NO_PERCENTAGES_FROM for share, on in zip(is_share, days, strict=True)]


def _codes(names: list[str]) -> tuple[dict[str, str | None], dict[str, str]]:
    """The code of each distinct name, and what is wrong with those that have none."""
    codes: dict[str, str | None] = {}
    problems: dict[str, str] = {}
    for name in dict.fromkeys(names):
        try:
            codes[name] = _code(name)
        except UnknownNameError as error:
            problems[name] = str(error)
    return codes, problems


def _series(grid: Grid, contract: Contract, table: str) -> Figures:
    """A small series, a record a figure, by the contract's own headings."""
    match = require(grid.rows[0], contract.tables[table], file=grid.file, row=1)
    _, columns = _records(grid)
    texts = {name: columns[index] for name, index in match.index.items()}
    days = _days(texts["period_start"], grid)
    read = figures(texts["value"], contract, contract.tables[table].columns["value"])
    frame = pd.DataFrame(texts | {"period_start": days, "period_end": days, "source_sheet": None})
    frame["value"], frame["status"] = read["value"], read["status"].astype(object)
    frame["source_row"] = range(2, len(days) + 2)
    frame["source_column"] = letter(match.index["value"])
    is_bad = [isinstance(text, str) for text in read["problem"]]
    found = Figures(table, frame.loc[[not bad for bad in is_bad], _columns(contract, table)], rows_in=len(days))
    for row, text in enumerate(read["problem"], start=1):
        if isinstance(text, str):
            found.quarantined.append(grid.quarantined(row, match.index["value"], text))
    return found


def _weekly(grid: Grid, contract: Contract) -> Figures:
    """The weekly series; raises LayoutError where its days are not Fridays, which another series of this header has."""
    found = _series(grid, contract, "weekly")
    for row, on in zip(found.frame.source_row, found.frame.period_start, strict=True):
        if on.weekday() != 4:
            raise LayoutError(
                "a day that is no Friday", file=grid.file, row=row, expected="Fridays", found=f"{on:%A %d %B %Y}"
            )
    return found


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table a file: a bulletin's establishments, a derived copy of them, the weekly or the quarterly series.

    Raises ReadError where the file is none of these, where it is cut short, and where a printed bulletin's
    establishments do not add up to its own totals.
    """
    kind = Path(file.name).suffix.lower()
    if kind in _DOCUMENTS:
        yield _bulletin(document.grid(file), contract, is_printed=True)
    elif kind in {".ods", ".xlsx", ".xls"}:
        workbook = open_workbook(file)
        yield _bulletin(workbook.grid(workbook.require(_SHEET, "the bulletin")), contract, is_printed=False)
    else:
        grid = delimited.grid(file)
        if not grid.rows:
            raise ReadError("the file is empty", file=file.name)
        header = {normal(cell) for cell in grid.rows[0]}
        if "prison name" in header:
            yield _copied(grid, contract, _COPIED_ESTABLISHMENTS, has_names=True)
        elif "sum_pop" in header:
            yield _copied(grid, contract, _COPIED_TOTALS, has_names=False)
        elif "offence" in header:
            yield _series(grid, contract, "sentenced_by_offence")
        else:
            yield _weekly(grid, contract)
