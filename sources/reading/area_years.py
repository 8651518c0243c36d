"""Tables with areas down and years across, as the Office for National Statistics sets them out: counts of a year, and
rates of pooled years with their confidence limits.

Such a table says what it is of in its title. Its areas have a code and a name, which stands in one of several columns
by the area's level. Its figures are headed in one row (``2022``, ``2020 to 2022 Rate per 100,000 [note 4]``) or in two
(the years above, what is measured below). A rate from few deaths is marked, in its own cell or in a column beside it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, headers, markers
from sources.reading.grid import Grid, is_blank
from sources.reading.long import stacked
from sources.reading.markers import split_note
from sources.reading.periods import Period, calendar_year
from sources.reading.wide import spread

_SCAN = 40
_AREA_CODE = re.compile(r"(?:area|geography|ons)? ?codes?", re.IGNORECASE)
#: The code of a statistical area: its first three characters say what kind of area it is.
_GSS = re.compile(r"[EWKJSN]\d{8}")
_LEVELS = {
    "K02": "country",
    "K04": "country",
    "E92": "country",
    "W92": "country",
    "S92": "country",
    "N92": "country",
    "E12": "region",
    "E13": "part_of_london",
    "E11": "metropolitan_county",
    "E10": "county",
    "E06": "unitary_authority",
    "W06": "unitary_authority",
    "E07": "district",
    "E08": "metropolitan_district",
    "E09": "london_borough",
    "J99": "outside_england_and_wales",
}
#: What heads a column, behind its years where they are in the same cell.
_MEASURES = {
    "deaths": r"(?:number of )?deaths|number|count",
    "rate": r"(?:age[- ]standardised )?(?:mortality )?rate(?: \(?per 100,000(?: (?:population|people))?\)?)?|asmr",
    "lower": r"lcl|lower(?: 95%?| 95 per cent)?(?: confidence)?(?: limit| interval| ci| cl)?",
    "upper": r"ucl|upper(?: 95%?| 95 per cent)?(?: confidence)?(?: limit| interval| ci| cl)?",
    "mark": r"(?:rate )?(?:unreliab(?:le|ility) )?(?:marker|shorthand|notes?|reliability)|unreliable(?: rate)?",
}
_YEARS = re.compile(r"((?:19|20)\d{2})(?:\s?(?:to|-|–|/)\s?((?:19|20)?\d{2}))?")
#: A rate from fewer than twenty deaths, which the publisher calls unreliable.
_UNRELIABLE = re.compile(r"\[?u\]?", re.IGNORECASE)


def area_level(code: str) -> str | None:
    """What kind of area a code is of, None for a kind that is not known here."""
    return _LEVELS.get(code[:3]) if _GSS.fullmatch(code) else None


def years(text: str) -> Period:
    """A calendar year, or several: ``2022``, ``2020 to 2022``, ``2020-22``. Raises ValueError for anything else."""
    found = _YEARS.fullmatch(text.strip())
    if not found:
        raise ValueError(f"[{text}] is neither a year nor several")
    first = calendar_year(found[1])
    if not found[2]:
        return first
    last = int(found[2]) if len(found[2]) == 4 else first.start.year // 100 * 100 + int(found[2])
    if not 1 <= last - first.start.year <= 9:
        raise ValueError(f"[{text}] is neither a year nor several")
    return Period(first.start, date(last, 12, 31), "multi_year")


@dataclass(frozen=True)
class _Column:
    """A column of figures (deaths or rates) with those that say more of each."""

    index: int
    period: Period
    measure: str
    lower: int | None = None
    upper: int | None = None
    mark: int | None = None


@dataclass(frozen=True)
class AreaTable:
    """One table; rows and columns are 0-based."""

    grid: Grid
    title: str
    header_row: int
    code_column: int
    name_columns: tuple[int, ...]
    columns: tuple[_Column, ...]

    def figures(self, table: str, contract: Contract, *, same: Mapping[str, object]) -> Figures:
        """A row an area, period and measure, with the limits of a rate; rates marked unreliable are low_reliability.

        A row of figures without an area's code, and a cell that cannot be read, are set aside with the reason. Raises
        ReadError where there is no area, or one stands twice.
        """
        below = range(self.header_row + 1, len(self.grid))
        rows = [row for row in below if self._has_figures(row) or _GSS.fullmatch(self.grid.text(row, self.code_column))]
        codes = [self.grid.text(row, self.code_column) for row in rows]
        self._each_once(rows, codes)
        names = [self._name(row) for row in rows]
        across = len(self.columns)
        row_of, column_of = np.repeat(np.arange(len(rows)), across), np.tile(np.arange(across), len(rows))
        of_table = contract.tables[table].columns
        value = markers.figures(self._cells(rows, [c.index for c in self.columns]), contract, of_table["value"])
        lower = markers.figures(self._cells(rows, [c.lower for c in self.columns]), contract, of_table["lower_95"])
        upper = markers.figures(self._cells(rows, [c.upper for c in self.columns]), contract, of_table["upper_95"])
        marks = self._cells(rows, [c.mark for c in self.columns])
        is_marked = np.array([_is_unreliable(mark, note) for mark, note in zip(marks, value["note"], strict=True)])
        status = value["status"].astype(object).to_numpy(copy=True)
        status[is_marked & (status == "observed")] = "low_reliability"
        letters = [headers.letter(column.index) for column in self.columns]
        frame = pd.DataFrame(
            {
                **{name: spread([found], np.zeros_like(row_of)) for name, found in same.items()},
                "area_code": spread(codes, row_of),
                "area_name": spread(names, row_of),
                "area_level": spread([area_level(code) for code in codes], row_of),
                "period_type": spread([c.period.type for c in self.columns], column_of),
                "period_start": spread([c.period.start for c in self.columns], column_of),
                "period_end": spread([c.period.end for c in self.columns], column_of),
                "measure": spread([c.measure for c in self.columns], column_of),
                "value": value["value"].to_numpy() + 0.0,
                "status": status,
                "lower_95": lower["value"].to_numpy(),
                "upper_95": upper["value"].to_numpy(),
                "source_sheet": spread([self.grid.sheet], np.zeros_like(row_of)),
                "source_row": np.asarray(rows)[row_of] + 1,
                "source_column": spread(letters, column_of),
            }
        )
        reasons = _first_reason(
            [None if _GSS.fullmatch(code) else f"[{code}] is no area's code" for code in codes],
            row_of,
            [*(found["problem"].astype(object).to_numpy() for found in (value, lower, upper)), _not_between(frame)],
        )
        bad = np.flatnonzero(reasons != None)  # noqa: E711 (of each)
        quarantined = [
            self.grid.quarantined(rows[row_of[place]], self.columns[column_of[place]].index, str(reasons[place]))
            for place in bad
        ]
        return Figures(table, frame.drop(index=frame.index[bad]), rows_in=len(frame), quarantined=list(quarantined))

    def _has_figures(self, row: int) -> bool:
        return any(not is_blank(self.grid.cell(row, column.index)) for column in self.columns)

    def _name(self, row: int) -> str | None:
        found = next((text for column in self.name_columns if (text := self.grid.text(row, column))), None)
        return split_note(re.sub(r"\s+", " ", found))[0] if found else None

    def _each_once(self, rows: Sequence[int], codes: Sequence[str]) -> None:
        place = {"file": self.grid.file, "sheet": self.grid.sheet}
        if not any(_GSS.fullmatch(code) for code in codes):
            raise ReadError("there is no area below the header", **place, row=self.header_row + 1)
        twice = next((n for n, code in enumerate(codes) if code and code in codes[:n]), None)
        if twice is not None:
            raise ReadError(
                "an area stands twice in one table", **place, row=rows[twice] + 1, found=f"[{codes[twice]}] again"
            )

    def _cells(self, rows: Sequence[int], columns: Sequence[int | None]) -> np.ndarray:
        cells = np.empty((len(rows), len(columns)), dtype=object)
        for number, row in enumerate(rows):
            cells[number] = [None if column is None else self.grid.cell(row, column) for column in columns]
        return cells.ravel()


def _is_unreliable(mark: object, note: object) -> bool:
    return any(isinstance(text, str) and _UNRELIABLE.fullmatch(text.strip()) is not None for text in (mark, note))


def _not_between(frame: pd.DataFrame) -> np.ndarray:
    """A reason where a rate is not between its limits, which are rounded as it is: columns were taken for others."""
    outside = (frame["lower_95"] > frame["value"]) | (frame["upper_95"] < frame["value"])
    reasons = np.full(len(frame), None, dtype=object)
    reasons[outside.to_numpy()] = "the rate is not between its limits"
    return reasons


def _first_reason(of_rows: Sequence[str | None], row_of: np.ndarray, problems: Sequence[np.ndarray]) -> np.ndarray:
    """The first reason that each figure has, None where it has none."""
    reasons = np.array(of_rows, dtype=object)[row_of]
    for found in problems:
        reasons = np.where((reasons == None) & ~pd.isna(found), found, reasons)  # noqa: E711 (of each)
    return reasons


def together(parts: Sequence[Figures]) -> Figures:
    """The figures of several sheets that belong to one table, as a file gives each table once."""
    return Figures(
        parts[0].table,
        stacked([part.frame for part in parts]),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[cell for part in parts for cell in part.quarantined],
        notes=[note for part in parts for note in part.notes],
    )


def find(grid: Grid) -> AreaTable | None:
    """The table of areas on a sheet; None where the sheet has no heading of areas' codes.

    Raises LayoutError for a heading among the figures that is not known, or one that stands twice.
    """
    place = next(
        (
            (row, column)
            for row in range(min(len(grid), _SCAN))
            for column in range(min(len(grid.rows[row]), 6))
            if _AREA_CODE.fullmatch(_plain(grid.text(row, column)))
        ),
        None,
    )
    if place is None:
        return None
    code_row, code_column = place
    above, header = _header_rows(grid, code_row)
    columns = _columns(grid, above, header, code_column + 1)
    first = min(column.index for column in columns)
    top = min(code_row, header if above is None else above)
    texts = [re.sub(r"\s+", " ", text) for row in grid.rows[:top] for cell in row if (text := headers.text_of(cell))]
    # What stands around the table's own title may speak of the whole workbook.
    titles = [text for text in texts if re.match(r"table[ _]?\d", text, re.IGNORECASE)]
    title = titles[0] if len(titles) == 1 else " ".join(texts)
    names = tuple(column for column in range(first) if column != code_column)
    return AreaTable(grid, title, header, code_column, names, columns)


def _plain(heading: str) -> str:
    """A heading on one line without the notes behind it."""
    return split_note(re.sub(r"\s+", " ", heading))[0]


def _header_rows(grid: Grid, code_row: int) -> tuple[int | None, int]:
    """The row of years above that of measures, None where one row has both; and the row of measures.

    The code's heading may stand in either, as its cell runs over both.
    """
    filled = [row for row in range(min(len(grid), code_row + _SCAN)) if not grid.is_blank_row(row)]
    at = filled.index(code_row)
    for above, header in itertools.pairwise(filled[max(0, at - 1) : at + 2]):
        texts = [[_plain(headers.text_of(cell)) for cell in grid.rows[row]] for row in (above, header)]
        count_years, count_measures = sum(map(_is_years, texts[0])), sum(map(bool, map(_measure, texts[1])))
        if count_years and count_measures >= count_years:
            return above, header
    return None, code_row


def _is_years(text: str) -> bool:
    return _YEARS.fullmatch(text) is not None


def _is_period(text: str) -> bool:
    try:
        years(text)
    except ValueError:
        return False
    return True


def _measure(text: str) -> str | None:
    return next((name for name, pattern in _MEASURES.items() if re.fullmatch(pattern, text, re.IGNORECASE)), None)


@dataclass(frozen=True)
class _Heading:
    """A column's place, its years and what of theirs it has; a column without a heading has the marks of its rate."""

    index: int
    period: Period
    kind: str


def _columns(grid: Grid, above: int | None, header: int, start: int) -> tuple[_Column, ...]:
    """The columns of deaths and rates, each rate with those of its limits and marks, which may stand in any order."""
    headings = _headings(grid, above, header, start)
    found = [_Column(h.index, h.period, h.kind) for h in headings if h.kind in {"deaths", "rate"}]
    if not found:
        raise _not_known(grid, header, start, "years")
    keys = [(column.period, column.measure) for column in found]
    twice = next((n for n, key in enumerate(keys) if key in keys[:n]), None)
    if twice is not None:
        raise _not_known(grid, header, found[twice].index, "each figure of each period once")
    for heading in headings:
        if heading.kind in {"deaths", "rate"}:
            continue
        at = keys.index((heading.period, "rate")) if (heading.period, "rate") in keys else None
        if at is None or getattr(found[at], heading.kind) is not None:
            raise _not_known(grid, header, heading.index, "one column of this kind to a rate of the same years")
        found[at] = replace(found[at], **{heading.kind: heading.index})
    return tuple(found)


def _headings(grid: Grid, above: int | None, header: int, start: int) -> list[_Heading]:
    width = max(len(grid.rows[header]), len(grid.rows[above]) if above is not None else 0)
    found: list[_Heading] = []
    carried = ""
    for index in range(start, width):
        text = _plain(grid.text(header, index))
        if above is not None and _is_years(over := _plain(grid.text(above, index))):
            carried = over
        own = _YEARS.match(text)
        period, rest = (own[0], text[own.end() :].strip(" :,-")) if own else (carried, text)
        if not text:
            if _has_marks(grid, header, index, found[-1] if found else None):
                found.append(_Heading(index, found[-1].period, "mark"))
        elif period:
            kind = _measure(rest) if rest else "deaths"
            if kind is None or not _is_period(period):
                raise _not_known(grid, header, index, "years with deaths, a rate, its limits or its marker")
            found.append(_Heading(index, years(period), kind))
        elif found:
            raise _not_known(grid, header, index, "years with deaths, a rate, its limits or its marker")
        # What stands before the first years heads the names.
    return found


def _has_marks(grid: Grid, header: int, index: int, last: _Heading | None) -> bool:
    """Whether a column without a heading has marks, of the rate before it; it is empty where it has none.

    Raises LayoutError for anything else in a column among the figures.
    """
    texts = {grid.text(row, index) for row in range(header + 1, len(grid))} - {""}
    if last is None or not texts:
        return False
    if last.kind != "rate" or not all(re.fullmatch(r"\[?[a-z:*]\]?", text, re.IGNORECASE) for text in texts):
        raise _not_known(grid, header, index, "a heading, as there are cells below it")
    return True


def _not_known(grid: Grid, row: int, column: int, expected: str) -> LayoutError:
    return LayoutError(
        "a heading of the table of areas is not known",
        file=grid.file,
        sheet=grid.sheet,
        row=row + 1,
        column=headers.letter(column),
        expected=expected,
        found=f"[{grid.text(row, column)}]",
    )


__all__ = ["AreaTable", "area_level", "find", "together", "years"]
