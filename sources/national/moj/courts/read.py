"""Reads criminal court statistics: caseload of the courts, remand status of defendants, and length of sentences to
immediate custody.

A text file has one table, known by its headings; of a workbook of overview tables, those of remand status are read.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile, Quarantined, delimited, long, periods
from sources.reading.grid import Grid, is_blank
from sources.reading.headers import letter, normal
from sources.reading.markers import UnreadableCellError, figure
from sources.reading.periods import Period
from sources.reading.wide import WideTable, rows_of_figures
from sources.reading.workbook import open_workbook

_HEADER_ROWS = 60
_REMAND_SHEET = r"(copy of )?q4[ _.]\d+"
_NOTES = re.compile(r"(\s*\[note[^\]]*\])+", re.IGNORECASE)
_STAGES = {
    "directed to appear at magistrates": "directed_to_appear",
    "proceeded against at magistrates": "proceeded_against",
    "crown court": "crown_court",
}
_YEARS_END = re.compile(r"(?:12 months|years?) ending ([a-z]+) (?:19|20)\d\d", re.IGNORECASE)
_REMAND_HEADING = re.compile(r"(number of defendants|percentages?) ((?:19|20)\d\d)", re.IGNORECASE)
_CASES = re.compile(r"all cases: (receipts|disposals|outstanding)\s*\(?(mags|magistrates|crown)?[^a-z]*", re.IGNORECASE)
_COURTS = {"mags": "magistrates", "magistrates": "magistrates", "crown": "crown"}
_LENGTH = re.compile(
    r"(up to|over|more than|less than|\d+ (months?|years?)|indeterminate|life|extended|not known)\b.*", re.IGNORECASE
)
_PROVENANCE = ("source_sheet", "source_row", "source_column")


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The table ``caseload``, ``remand`` or ``immediate_custody`` of a text file; ``remand`` of a workbook.

    Raises LayoutError where headings or a title are not known, ReadError where a record is not whole.
    """
    if Path(file.name).suffix.lower() not in {".csv", ".txt", ""}:
        yield _remand_of_workbook(file, contract)
        return
    grid = delimited.grid(file)
    if (header := _row_with(grid, ("offence type", "remand status"))) is not None:
        yield _Remand(file, grid, header, contract).read()
    elif (header := _row_with(grid, ("year", "quarter"))) is not None:
        yield _Caseload(file, grid, header, contract).read()
    else:
        yield _immediate_custody(file, grid, contract)


def _plain(text: str) -> str:
    """A label without notes (``Remand status [note 49]``)."""
    return _NOTES.sub("", text).strip()


def _headings(grid: Grid, row: int) -> list[str]:
    return [_plain(normal(cell)) for cell in grid.rows[row]]


def _row_with(grid: Grid, headings: Sequence[str]) -> int | None:
    """The first row that has all of some headings."""
    rows = range(min(len(grid), _HEADER_ROWS))
    return next((row for row in rows if set(headings) <= set(_headings(grid, row))), None)


# ---- Defendants by remand status ------------------------------------------------------------------------------------


def _remand_of_workbook(file: PublishedFile, contract: Contract) -> Figures:
    book = open_workbook(file)
    parts, notes = list[Figures](), list[str]()
    for sheet, _ in book.matching(_REMAND_SHEET):
        grid = book.grid(sheet)
        header = _row_with(grid, ("offence type", "remand status"))
        if header is None:
            notes.append(f"sheet [{sheet}] is not by type of offence and remand status, and is not read")
            continue
        parts.append(_Remand(file, grid, header, contract).read())
    if not parts:
        raise ReadError(
            "no table of remand status was found",
            file=file.name,
            expected="sheets named like [Q4_1] with the headings [Offence type] and [Remand status]",
            found=", ".join(f"[{name}]" for name in book.sheet_names),
        )
    stages = [str(part.frame["stage"].iloc[0]) for part in parts if len(part.frame)]
    if len(set(stages)) < len(stages):
        raise LayoutError("a table stands twice", file=file.name, found=", ".join(f"[{stage}]" for stage in stages))
    return Figures(
        "remand",
        long.stacked([part.frame for part in parts]),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[one for part in parts for one in part.quarantined],
        notes=notes,
    )


class _Remand:
    """One table of remand status: numbers of some years, then shares of the same years."""

    def __init__(self, file: PublishedFile, grid: Grid, header: int, contract: Contract) -> None:
        self.grid, self.header, self.contract = grid, header, contract
        headings = _headings(grid, header)
        self.offence, self.status = headings.index("offence type"), headings.index("remand status")
        title = self._title()
        self.same = {"table_number": self._number(title), "stage": self._stage(title)}
        month = self._month(title)
        self.columns, labels = list[int](), list[dict[str, Any]]()
        for column, text in enumerate(headings):
            if not text or column in {self.offence, self.status}:
                continue
            found = _REMAND_HEADING.fullmatch(text)
            if not found:
                raise self._layout_error(
                    f"[{text}] is not a heading that is known", "[Number of defendants 2024] or [Percentages 2024]"
                )
            is_share = found[1].lower().startswith("percentage")
            labels.append(
                _of_year(_year_ending(int(found[2]), month))
                | {
                    "measure": "share_of_offence_type" if is_share else "defendants",
                    "unit": "proportion" if is_share else "people",
                }
            )
            self.columns.append(column)
        if len({(label["measure"], label["period_end"]) for label in labels}) < len(labels) or not labels:
            raise self._layout_error("a year's numbers or shares are not there once", "each year once")
        self.by_column = {name: [label[name] for label in labels] for name in labels[0]}
        self.rows = rows_of_figures(file, grid, header)

    def read(self) -> Figures:
        """A row a figure; a row without both of its labels is set aside."""
        offences = [_plain(self.grid.text(row, self.offence)) for row in self.rows]
        statuses = [_plain(self.grid.text(row, self.status)) for row in self.rows]
        is_all = [offence.lower() == "all offence types" for offence in offences]
        # The total of a type of offence repeats its name: [Indictable only total].
        is_sum = [
            status.lower() == f"{offence.lower()} total" for offence, status in zip(offences, statuses, strict=True)
        ]
        pairs = list(zip(offences, statuses, strict=True))
        problems = [
            "the row has not both a type of offence and a remand status"
            if not all(pair)
            else "the row stands twice"
            if pairs.count(pair) > 1
            else None
            for pair in pairs
        ]
        return WideTable(
            self.grid,
            self.rows,
            self.columns,
            by_row={
                "offence_type": ["all" if all_ else text for all_, text in zip(is_all, offences, strict=True)],
                "remand_status": ["all" if sum_ else text for sum_, text in zip(is_sum, statuses, strict=True)],
                "is_total": [all_ or sum_ for all_, sum_ in zip(is_all, is_sum, strict=True)],
            },
            by_column=self.by_column,
            same=self.same,
            problems=problems,
        ).figures("remand", self.contract)

    def _title(self) -> str:
        """The table's title, which stands alone in a row above the headings."""
        above = range(self.header)
        found = [self.grid.text(row, column) for row in above for column in range(len(self.grid.rows[row]))]
        titles = [text for text in found if re.match(r"table\b", text, re.IGNORECASE)]
        if len(titles) != 1:
            raise self._layout_error("the table's title was not found once above the headings", "[Table Q4.1 - …]")
        return titles[0]

    def _number(self, title: str) -> str:
        found = re.match(r"table\s+([a-z]?\d+[._]\d+)", title, re.IGNORECASE)
        if not found:
            raise self._layout_error(f"the title [{title[:60]}] has no number", "[Table Q4.1 - …]")
        return found[1].upper().replace("_", ".")

    def _stage(self, title: str) -> str:
        stages = {stage for words, stage in _STAGES.items() if words in title.lower()}
        if len(stages) != 1 or "remand status" not in title.lower():
            raise self._layout_error(
                f"the title [{title[:120]}] does not say whose remand status it is",
                "directed to appear at or proceeded against at magistrates' courts, or at the Crown Court",
            )
        return stages.pop()

    def _month(self, title: str) -> int:
        months = {found[1].lower() for found in _YEARS_END.finditer(title)}
        try:
            (name,) = months
            return periods.month(f"{name} 2000").start.month
        except ValueError as error:
            raise self._layout_error(
                f"the title [{title[:200]}] does not say in which month its years end", "[12 months ending March 2024]"
            ) from error

    def _layout_error(self, problem: str, expected: str) -> LayoutError:
        return LayoutError(problem, file=self.grid.file, sheet=self.grid.sheet, row=self.header + 1, expected=expected)


def _year_ending(year: int, month: int) -> Period:
    return periods.year_ending(date(year, month, monthrange(year, month)[1]))


def _of_year(period: Period) -> dict[str, Any]:
    return {"period_start": period.start, "period_end": period.end, "period_type": period.type}


# ---- People sentenced to immediate custody --------------------------------------------------------------------------


def _immediate_custody(file: PublishedFile, grid: Grid, contract: Contract) -> Figures:
    """A copy whose first column has type of offence and length in one label, and whose headings are years, which end
    in March."""
    labels = [row for row, _ in grid.rows_matching(r"all offence types \| sentenced to immediate custody total")]
    header = labels[0] - 1 if labels else -1
    texts = [grid.text(header, column) for column in range(len(grid.rows[header]))] if header >= 0 else []
    columns = [column for column, text in enumerate(texts) if re.fullmatch(r"(19|20)\d\d", text)]
    unknown = [text for column, text in enumerate(texts) if column not in columns and text]
    if not columns or unknown or len({texts[column] for column in columns}) < len(columns):
        raise LayoutError(
            "the headings are not those of a table that is known",
            file=grid.file,
            row=header + 1 if labels else None,
            expected="[Offence type] and [Remand status], [Year] and [Quarter], or years above a row"
            " [All offence types | Sentenced to immediate custody total]",
            found=", ".join(f"[{text}]" for text in texts if text) or "none of these",
        )
    rows = rows_of_figures(file, grid, header)
    meant = [_sentenced(grid.text(row)) for row in rows]
    keys = [None if isinstance(one, str) else tuple(one.items()) for one in meant]
    problems = [
        one if isinstance(one, str) else "the row stands twice" if keys.count(key) > 1 else None
        for one, key in zip(meant, keys, strict=True)
    ]
    nothing = {"offence_type": None, "sentence_length": None, "is_total": None, "measure": None, "unit": None}
    by_row = [nothing if isinstance(one, str) else one for one in meant]
    years = [_of_year(_year_ending(int(texts[column]), 3)) for column in columns]
    return WideTable(
        grid,
        rows,
        columns,
        by_row={name: [one[name] for one in by_row] for name in nothing},
        by_column={name: [year[name] for year in years] for name in years[0]},
        problems=problems,
    ).figures("immediate_custody", contract)


def _sentenced(label: str) -> dict[str, Any] | str:
    """What a label means, or why it cannot be told."""
    offence, bar, length = (part.strip() for part in _plain(label).partition("|"))
    found: dict[str, Any] = {"offence_type": "all" if offence.lower() == "all offence types" else offence}
    sentenced = {"measure": "people_sentenced", "unit": "people"}
    if offence and bar and length.lower() == "sentenced to immediate custody total":
        return found | {"sentence_length": "all", "is_total": True} | sentenced
    if offence and bar and re.fullmatch(r"average custodial sentence length \(months\)", length, re.IGNORECASE):
        return found | {
            "sentence_length": "all",
            "is_total": True,
            "measure": "mean_sentence_length",
            "unit": "months",
        }
    if offence and bar and _LENGTH.fullmatch(length):
        return found | {"sentence_length": length, "is_total": False} | sentenced
    return f"[{label}] is not a type of offence and a sentence length"


# ---- Caseload -------------------------------------------------------------------------------------------------------


class _Caseload:
    """Two tables side by side, each with its years and quarters: magistrates' courts, then the Crown Court."""

    def __init__(self, file: PublishedFile, grid: Grid, header: int, contract: Contract) -> None:
        self.grid, self.header, self.contract = grid, header, contract
        self.blocks = self._blocks(_headings(grid, header))
        self.body = rows_of_figures(file, grid, header)
        self.rows: list[dict[str, Any]] = []
        self.quarantined: list[Quarantined] = []

    def _blocks(self, headings: Sequence[str]) -> dict[str, dict[str, int]]:
        """The columns of each court's table by what they have; a court is named by the heading of what it has left."""
        names = ("year", "quarter", "receipts", "disposals", "outstanding")
        found: list[dict[str, int]] = []
        courts: list[str] = []
        unknown: list[str] = []
        for column, text in enumerate(headings):
            cases = _CASES.fullmatch(text)
            name = cases[1].lower() if cases else text
            if not name:
                continue
            if name not in names:
                unknown.append(f"[{text}]")
                continue
            if not found or name in found[-1]:
                found.append({})
            found[-1][name] = column
            if cases and cases[2]:
                courts.append(_COURTS[cases[2].lower()])
        is_whole = all(set(block) == set(names) for block in found) and all(
            max(one.values()) < min(other.values()) for one, other in pairwise(found)
        )
        if unknown or not is_whole or len(courts) != len(found) or len(set(courts)) < len(courts):
            raise LayoutError(
                "the headings are not those of the courts' caseload",
                file=self.grid.file,
                sheet=self.grid.sheet,
                row=self.header + 1,
                expected="for each court [Year], [Quarter], [All cases: Receipts], [All cases: Disposals] and"
                " [All cases: Outstanding (MAGS)] or [… CROWN]",
                found=", ".join(f"[{text}]" for text in headings if text),
            )
        return dict(zip(courts, found, strict=True))

    def read(self) -> Figures:
        """A row a figure; what stands in no court's table is set aside where it is a number."""
        used = {column for block in self.blocks.values() for column in block.values()}
        seen = set[tuple[str, Period]]()
        for row in self.body:
            for court, block in self.blocks.items():
                self._read_block(row, court, block, seen)
            for column, cell in enumerate(self.grid.rows[row]):
                if column not in used and re.fullmatch(r"-?[\d,]+(\.\d+)?", str(cell).strip()):
                    self.quarantined.append(self.grid.quarantined(row, column, "a figure below no heading"))
        frame = pd.DataFrame(self.rows, columns=[*self.contract.tables["caseload"].columns, *_PROVENANCE])
        return Figures("caseload", frame, len(self.rows) + len(self.quarantined), self.quarantined)

    def _read_block(self, row: int, court: str, block: dict[str, int], seen: set[tuple[str, Period]]) -> None:
        if all(is_blank(self.grid.cell(row, column)) for column in block.values()):
            return
        figures = {name: block[name] for name in ("receipts", "disposals", "outstanding")}
        try:
            period = _period(self.grid.text(row, block["year"]), _plain(self.grid.text(row, block["quarter"])))
            if (court, period) in seen:
                raise ValueError(f"the period stands twice for the {court} court")
        except ValueError as error:
            self.quarantined += [self.grid.quarantined(row, column, str(error)) for column in figures.values()]
            return
        seen.add((court, period))
        of = self.contract.tables["caseload"].columns["value"]
        for measure, column in figures.items():
            try:
                read = figure(self.grid.cell(row, column), self.contract, of)
            except UnreadableCellError as error:
                self.quarantined.append(self.grid.quarantined(row, column, str(error)))
                continue
            place = dict(zip(_PROVENANCE, (self.grid.sheet, row + 1, letter(column)), strict=True))
            value = np.nan if read.value is None else read.value
            labels = {"court": court, "measure": measure, **_of_year(period)}
            self.rows.append({**labels, "value": value, "status": read.status, **place})


def _period(year: str, quarter: str) -> Period:
    """A year (``All``) or a quarter of one (``Q1``)."""
    whole = periods.calendar_year(_plain(year))
    if quarter.lower() == "all":
        return whole
    if not (found := re.fullmatch(r"q([1-4])", quarter, re.IGNORECASE)):
        raise ValueError(f"[{quarter}] is neither a quarter nor [All]")
    return periods.quarter(whole.start.year, int(found[1]))
