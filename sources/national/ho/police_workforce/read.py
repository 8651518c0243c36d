"""Reads the half-yearly workbooks of police workforce tables and the open data table by rank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, Quarantined, long
from sources.reading.grid import Grid, is_blank
from sources.reading.headers import normal
from sources.reading.measured import by_measure
from sources.reading.repeated import refuse_repeated
from sources.reading.wide import WideTable
from sources.reading.workbook import open_workbook

_ENGLAND_AND_WALES, _WALES = "K04000001", "W92000004"
_WORKERS = {
    "police officers": "police_officer",
    "police staff": "police_staff",
    "designated officers": "designated_officer",
    "police staff and designated officers combined": "police_staff_and_designated_officer",
    "police community support officers": "police_community_support_officer",
    "special constables": "special_constable",
    "police support volunteers": "police_support_volunteer",
    "traffic wardens": "traffic_warden",
}
_MEASURES = {"full-time equivalents": "fte", "headcount": "headcount"}
_IN_TITLE = {"(fte)": "fte", "(headcount)": "headcount"}
_COLUMNS = {"headcount": ["total_headcount"], "fte": ["total_fte"]}
_OTHER_SHEETS = re.compile(r"index|contents?|cover.*|notes?", re.IGNORECASE)
_TITLE = re.compile(r"table \d{1,2}[a-z]?\s*[:.]\s*(.+)", re.DOTALL)
_BY_FORCE = re.compile(r"(.+?) by police force area\b.*", re.DOTALL)
_DAY = re.compile(r"(?:as at )?(\d{1,2} [a-z]{3,9} (?:19|20)\d\d)")
#: Footnote marks behind a label: digits glued to it, or what is never part of a name.
_MARKS = re.compile(r"\s*(?:\d(?:\s*,\s*\d)*|\[[^\]]*\]|\(\d\)|[¹²³⁴⁵⁶⁷⁸⁹]+|\*+)\s*$")
_CHANGES = {"number", "%", "per cent"}
_TITLE_ROWS, _HEADER_ROWS = 10, 12


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """``force_strength`` and ``national_series`` of a workbook, ``rank_strength`` of the open data.

    Raises LayoutError for a title, heading or unit that is not known, ReadError where a table has no end or the file
    no table, HeaderError for other columns of the open data.
    """
    if Path(file.name).suffix.lower() in {".ods", ".xlsx", ".xls"}:
        yield from _read_workbook(file, contract)
    else:
        yield _read_ranks(file, contract)


# --- the workbooks -------------------------------------------------------------------------------------------------


def _read_workbook(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    book = open_workbook(file)
    tables = [_Table(book.grid(sheet)) for sheet in book.sheet_names if not _OTHER_SHEETS.fullmatch(sheet.strip())]
    by_name: dict[str, list[Figures]] = {}
    for table in tables:
        by_name.setdefault(table.name, []).append(table.figures(contract))
    if "force_strength" not in by_name:
        raise ReadError("no table by police force area was found", file=file.name)
    for name, parts in by_name.items():
        frame = long.stacked([part.frame for part in parts])
        refuse_repeated(frame, contract.tables[name].grain, file=file.name)
        yield Figures(
            name, frame, sum(part.rows_in for part in parts), [one for part in parts for one in part.quarantined]
        )


@dataclass(frozen=True)
class _Area:
    """What a row of a table by force is of."""

    code: str | None
    name: str
    level: str
    problem: str | None = None

    @property
    def is_total(self) -> bool:
        return self.level in {"region", "country", "england_and_wales", "all_bodies"}


class _Table:
    """One table of a sheet: either forces down and days across, or days down and types of worker across."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.title_row, self.title = self._titled()
        by_force = _BY_FORCE.fullmatch(self.title)
        self.name = "force_strength" if by_force else "national_series"
        self.worker = self._worker(by_force[1]) if by_force else None
        if by_force and self.worker is None:
            known = ", ".join(f"[{name}]" for name in _WORKERS)
            raise self.error("its title is of no workers that are known", self.title_row, f"[{self.title}]", known)
        self.header_row, self.headings = self._header()
        self.label_column = self._label_column()
        self.measure = self._measure()

    def error(self, problem: str, row: int, found: str, expected: str | None = None) -> LayoutError:
        return LayoutError(
            problem, file=self.grid.file, sheet=self.grid.sheet, row=row + 1, expected=expected, found=found
        )

    def _titled(self) -> tuple[int, str]:
        for row in range(min(_TITLE_ROWS, len(self.grid))):
            for cell in self.grid.rows[row]:
                if found := _TITLE.fullmatch(re.sub(r"\s*\[[^\]]*\]", "", normal(cell))):
                    return row, found[1]
        raise self.error("the sheet has no title", 0, f"none in its first {_TITLE_ROWS} rows", "[Table 1: ...]")

    @staticmethod
    def _worker(text: str) -> str | None:
        """The type of worker that words say, notes and the sections of the act left out."""
        plain = re.sub(r"\s*\(s\.[^)]*\)", "", normal(text))
        return _WORKERS.get(plain) or _WORKERS.get(_MARKS.sub("", plain))

    def _header(self) -> tuple[int, dict[int, date | str]]:
        """The row of headings with the day, or the type of worker, of each column of figures."""
        read = _day if self.name == "force_strength" else self._worker_of
        for row in range(self.title_row + 1, min(self.title_row + 1 + _HEADER_ROWS, len(self.grid))):
            cells = {column: cell for column, cell in enumerate(self.grid.rows[row]) if not is_blank(cell)}
            found = {column: meaning for column, cell in cells.items() if (meaning := read(cell)) is not None}
            if len(found) < 2:
                continue
            for column, cell in cells.items():
                if column not in found and column > min(found) and normal(cell) not in _CHANGES:
                    raise self.error("a column has a heading that is not known", row, f"[{normal(cell)}]")
            if len(set(found.values())) != len(found):
                raise self.error("two columns have the same heading", row, f"{[str(one) for one in found.values()]}")
            return row, found
        expected = "a row with days" if self.name == "force_strength" else "a row with types of worker"
        raise self.error("no row of headings was found", self.title_row, f"the title [{self.title}]", expected)

    def _worker_of(self, cell: object) -> str | None:
        return self._worker(cell) if isinstance(cell, str) else None

    def _label_column(self) -> int:
        """The column before the figures in which labels stand: the last with text below the headings."""
        for row in range(self.header_row + 1, len(self.grid)):
            before = [column for column in range(min(self.headings)) if self.grid.text(row, column)]
            if before:
                return before[-1]
        raise self.error("there is no row below the headings", self.header_row, "none")

    def _measure(self) -> str:
        above = [cell for row in range(self.title_row, self.header_row + 1) for cell in self.grid.rows[row]]
        texts = [_MARKS.sub("", normal(cell)) for cell in above]
        units = {_MEASURES[text] for text in texts if text in _MEASURES}
        said = {measure for words, measure in _IN_TITLE.items() if words in self.title}
        if len(units) != 1 or not said <= units:
            found = ", ".join(sorted(units | said)) or "none"
            raise self.error("the unit is not said once", self.title_row, found, "full-time equivalents or headcount")
        return units.pop()

    def figures(self, contract: Contract) -> Figures:
        return self._by_force(contract) if self.name == "force_strength" else self._by_day(contract)

    def _rows(self) -> list[int]:
        """The rows below the headings that have figures."""
        below = range(self.header_row + 1, len(self.grid))
        return [
            row for row in below if any(not is_blank(self.grid.cell(row, column)) for column in self._figure_columns())
        ]

    def _figure_columns(self) -> list[int]:
        return sorted(self.headings)

    def _by_force(self, contract: Contract) -> Figures:
        rows = self._rows()
        areas, seen = [], set[str]()
        # What publishers write below a table (Source: Home Office) can stand in a column of figures.
        last = next((row for row in rows if self._label(row).casefold() == "total"), None)
        if last is None:
            raise ReadError(
                "the table has not its last row",
                file=self.grid.file,
                sheet=self.grid.sheet,
                row=(rows[-1] if rows else self.header_row) + 1,
                expected="a row [Total]",
                found=f"[{self._label(rows[-1])}] in the last row" if rows else "no row",
                advice="The file may have been cut short: get it again",
            )
        for row in rows:
            if row > last and any(isinstance(self.grid.cell(row, c), int | float) for c in self._figure_columns()):
                raise self.error("there are figures below the row [Total]", row, f"[{self._label(row)}]")
        rows = [row for row in rows if row <= last]
        for row in rows:
            areas.append(_area(self._label(row), has_region_of_name=self._label(row).casefold() in seen))
            seen.add(self._label(row).casefold())
        self._check_regions(rows, areas)
        days = [self.headings[column] for column in self._figure_columns()]
        return WideTable(
            self.grid,
            rows,
            self._figure_columns(),
            by_row={
                "area_code": [area.code for area in areas],
                "area_name": [area.name for area in areas],
                "area_level": [area.level for area in areas],
                "is_total": [area.is_total for area in areas],
            },
            by_column={"period_start": days, "period_end": days},
            same={"worker_type": self.worker, "measure": self.measure, "period_type": "point_in_time"},
            problems=[area.problem for area in areas],
        ).figures(self.name, contract)

    def _label(self, row: int) -> str:
        return _MARKS.sub("", re.sub(r"\s+", " ", self.grid.text(row, self.label_column))).strip()

    def _check_regions(self, rows: list[int], areas: list[_Area]) -> None:
        """A region and a force may have one name; the region stands first and is not the smaller of the two."""
        for row, area in zip(rows, areas, strict=True):
            of_name = [r for r, other in zip(rows, areas, strict=True) if other.name == area.name and r < row]
            for column in self._figure_columns() if of_name else []:
                whole, part = self.grid.cell(of_name[0], column), self.grid.cell(row, column)
                if isinstance(whole, int | float) and isinstance(part, int | float) and part > whole:
                    raise self.error(
                        f"the region [{area.name}] has fewer than its force", row, f"{part}", f"{whole} at most"
                    )

    def _by_day(self, contract: Contract) -> Figures:
        columns = self._figure_columns()
        # What is written below the table (Source: Home Office) stands in a column of figures.
        rows = [
            row
            for row in self._rows()
            if self.grid.text(row, self.label_column)
            or any(isinstance(self.grid.cell(row, column), int | float) for column in columns)
        ]
        days = [_day(self.grid.cell(row, self.label_column)) for row in rows]
        problems = [
            None if day else f"[{self.grid.text(row, self.label_column)}] is not a day"
            for row, day in zip(rows, days, strict=True)
        ]
        return WideTable(
            self.grid,
            rows,
            columns,
            by_row={"period_start": days, "period_end": days},
            by_column={"worker_type": [self.headings[column] for column in columns]},
            same={
                "measure": self.measure,
                "area_code": _ENGLAND_AND_WALES,
                "area_name": "England and Wales",
                "period_type": "point_in_time",
            },
            problems=problems,
        ).figures(self.name, contract)


def _day(cell: object) -> date | None:
    """The day that a cell is, or says (``30 September 20123``, the last digit being a note); None for other cells."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    plain = normal(cell)
    for text in (plain, _MARKS.sub("", plain)):
        if found := _DAY.fullmatch(text):
            for form in ("%d %B %Y", "%d %b %Y"):
                try:
                    return datetime.strptime(found[1], form).date()  # noqa: DTZ007 (a day has no zone)
                except ValueError:
                    continue
    return None


def _area(label: str, *, has_region_of_name: bool) -> _Area:
    """What a label without its notes means; a name of both a region and a force is the region's the first time."""
    fixed = {
        "total 43 forces": _Area(_ENGLAND_AND_WALES, label, "england_and_wales"),
        "total": _Area(None, label, "all_bodies"),
        "british transport police": _Area(None, label, "other_body"),
        "central service secondments": _Area(None, label, "other_body"),
        "wales": _Area(_WALES, label, "country"),
    }
    if found := fixed.get(label.casefold()):
        return found
    if not has_region_of_name:
        try:
            return _Area(register("region").resolve(label), label, "region")
        except UnknownNameError:
            pass
    try:
        return _Area(register("police_force").resolve(label), label, "police_force_area")
    except UnknownNameError as error:
        return _Area(None, label, "police_force_area", str(error))


# --- the open data -------------------------------------------------------------------------------------------------


def _read_ranks(file: PublishedFile, contract: Contract) -> Figures:
    table = contract.tables["rank_strength"]
    grid = long.whole_grid(file)
    frames, quarantined, rows_in = list[pd.DataFrame](), list[Quarantined](), 0
    for measure, rows in by_measure(grid, table, _COLUMNS):
        read = rows.figures("value", contract, table.columns["value"])
        days = rows.days(_end_of_march, "period_end")
        frame = pd.DataFrame(
            {
                "worker_type": rows.text("worker_type", _worker_of_record),
                "measure": rows.same(measure),
                "rank": rows.text("rank", long.required("rank")),
                "sex": rows.text("sex", _sex(table.columns["sex"].values or ())),
                "area_code": rows.made(_code_of_force, "area_code", "area_name"),
                "area_name": rows.text("area_name"),
                "region_name": rows.text("region_name", long.required("region")),
                "period_start": days,
                "period_end": days,
                "period_type": rows.same("point_in_time"),
                "value": read["value"],
                "status": read["status"],
                **rows.provenance("value"),
            }
        )
        kept, rejected = rows.split(frame, "value")
        frames.append(kept)
        quarantined += rejected
        rows_in += len(rows)
    frame = long.stacked(frames)
    refuse_repeated(frame, table.grain, file=file.name)
    return Figures("rank_strength", frame, rows_in, quarantined)


def _end_of_march(text: str) -> date:
    """31 March of the year whose March a text begins or ends; workers are counted on no other day here."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        day = None
    if day is None or day.month != 3 or (day.day != 1 and (day + timedelta(days=1)).month == 3):
        raise ValueError(f"[{text}] is not a March")
    return date(day.year, 3, 31)


def _worker_of_record(text: str) -> str:
    words = normal(text)
    found = _WORKERS.get(words) or _WORKERS.get(words + "s")
    if found is None:
        raise ValueError(f"[{text}] is not a type of worker that is known")
    return found


def _sex(known: tuple[str, ...]) -> Callable[[str], str]:
    by_words = {normal(sex): sex for sex in known}

    def sex(text: str) -> str:
        if normal(text) not in by_words:
            raise ValueError(f"[{text}] is not a sex that is known")
        return by_words[normal(text)]

    return sex


def _code_of_force(code: str, name: str) -> str:
    """The code, where it is that of the name."""
    if register("police_force").resolve(name) != code:
        raise ValueError(f"[{code}] is not the code of {name}")
    return code
