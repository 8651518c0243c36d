"""Reads Offender Management Statistics Quarterly from copies of its series: prison population, receptions, releases,
licence recalls, and the share of people in prison who are on remand.

Each copy is a table of its own, a row a period and a column a figure; which one a file has is told by its headings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, LayoutError, ReadError
from sources.reading import Figures, PublishedFile, Quarantined, delimited, long, periods
from sources.reading.grid import Grid, is_blank
from sources.reading.headers import letter, normal
from sources.reading.markers import UnreadableCellError, figure
from sources.reading.periods import Period
from sources.reading.workbook import open_workbook

_HEADER_ROWS = 60
_MOST_OF_SHARES = 5
_PRISONS_SHEET = "Prisons"
_NOTE = re.compile(r"\s*\[note[^\]]*\]", re.IGNORECASE)
_REVISED = {"[r]", "[rev]"}
_ALL = {"sex": "all", "age_band": "all", "custody_type": "all"}
#: Columns that copyists added to put a row in its year: no figures.
_HELPER = r"(?:19|20)\d\d-(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d|q[1-4] (?:19|20)\d\d"

RowText = Callable[[str], str]


def _quarter_of_months(text: str) -> Period:
    """A quarter from its first and last month: ``Jan-Mar 2015``."""
    found = re.fullmatch(r"([A-Za-z]+)\s*(?:-|–|to)\s*([A-Za-z]+)\s+(\d{4})", text)
    if not found:
        raise ValueError(f"[{text}] is not a quarter")
    first, last = (periods.month(f"{name} {found[3]}") for name in found.groups()[:2])
    quarter = periods.quarter(last.end.year, (last.end.month + 2) // 3)
    if (first.start, last.end) != (quarter.start, quarter.end):
        raise ValueError(f"[{text}] is not a quarter of a calendar year")
    return quarter


def _quarter_from(text: str) -> Period:
    """A quarter from its first day: ``2023-01-01``."""
    first = _day(text)
    quarter = periods.quarter(first.year, (first.month + 2) // 3)
    if first != quarter.start:
        raise ValueError(f"[{text}] is not the first day of a quarter")
    return quarter


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise ValueError(f"[{text}] is not a day") from error


def _age_day(text: str, of: RowText) -> Period:
    """30 June of the year; but 2024 was copied before that June's figures were out, and is of 31 March."""
    year = periods.calendar_year(text).end.year
    if (year, of("total").replace(",", "")) == (2024, "87869"):
        return periods.point_in_time(date(2024, 3, 31))
    return periods.mid_year(year)


@dataclass(frozen=True)
class _Layout:
    """One copy of a series: what its headings mean.

    ``figures`` gives each heading (in small letters) the columns of the landed row; ``optional`` are those that a copy
    may come without. ``unplaced`` gives headings of figures that cannot be used the reason why, ``arithmetic`` matches
    those that say nothing that the others do not, ``words`` those of no figures. ``sum_of`` are the headings that a
    last column without a heading adds up. ``rows_of`` are cells that a row must have to be of the series.
    """

    series: str
    table: str
    period_heading: str
    period: Callable[[str, RowText], Period]
    figures: Mapping[str, Mapping[str, str]]
    optional: frozenset[str] = frozenset()
    unplaced: Mapping[str, str] = field(default_factory=dict)
    arithmetic: str | None = None
    words: str | None = None
    sum_of: tuple[str, ...] = ()
    rows_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> list[str]:
        return [self.period_heading, *(name for name in self.figures if name not in self.optional), *self.rows_of]

    def is_known(self, heading: str) -> bool:
        """Whether a heading may stand in this copy."""
        named = {"", self.period_heading, *self.figures, *self.unplaced, *self.rows_of}
        patterns = (self.arithmetic, self.words)
        return heading in named or any(pattern and re.fullmatch(pattern, heading) for pattern in patterns)


def _flow(measure: str, unit: str = "people") -> dict[str, str]:
    return {"measure": measure, "unit": unit}


_LAYOUTS = (
    _Layout(
        series="receptions_by_quarter",
        table="flow",
        period_heading="period",
        period=lambda text, of: _quarter_of_months(text),
        figures={
            "first receptions": _flow("first_receptions"),
            "remand admissions": _flow("remand_admissions"),
            "sentenced admissions": _flow("sentenced_admissions"),
            "recall admissions": _flow("recall_admissions"),
        },
        words=_HELPER,
    ),
    _Layout(
        series="releases_by_quarter",
        table="flow",
        period_heading="period",
        period=lambda text, of: _quarter_of_months(text),
        figures={"releases from sentences": _flow("releases_from_sentence")},
        unplaced={
            "home detention curfew": "the copy's column of home detention curfew counts something else before 2023 "
            "(14,825 of 18,196 releases in October to December 2017), so that none of it is used"
        },
        words=_HELPER,
    ),
    _Layout(
        series="justice_data_first_receptions",
        table="flow",
        period_heading="period",
        period=lambda text, of: _quarter_of_months(text),
        figures={"prison first receptions (quarterly)": _flow("first_receptions")},
        words=_HELPER,
    ),
    _Layout(
        series="justice_data_releases",
        table="flow",
        period_heading="period",
        period=lambda text, of: _quarter_of_months(text),
        figures={"prison releases (quarterly)": _flow("releases_from_sentence")},
        words=_HELPER,
    ),
    _Layout(
        series="licence_recalls_by_quarter",
        table="flow",
        period_heading="",
        period=lambda text, of: _quarter_from(text),
        figures={"0": _flow("licence_recalls")},
    ),
    _Layout(
        series="releases_and_recalls_by_year",
        table="flow",
        period_heading="",
        period=lambda text, of: periods.calendar_year(text),
        figures={
            "recalls": _flow("licence_recalls"),
            "releases": _flow("releases_from_sentence"),
            "sentence_len": _flow("mean_sentence_length", "months"),
            "time_served": _flow("mean_time_served", "months"),
        },
        unplaced={"recall_stock": "the copy does not say on which day these people were counted"},
        arithmetic="served_pct|recalls_per_100_releases|recall_share_of_pop_pct",
    ),
    _Layout(
        series="population_by_custody_type",
        table="population",
        period_heading="date",
        period=lambda text, of: periods.point_in_time(periods.month(text).end),
        figures={
            "remand": _ALL | {"custody_type": "remand"},
            "sentenced": _ALL | {"custody_type": "sentenced"},
            "non criminal prisoners": _ALL | {"custody_type": "non_criminal"},
            "total prisoners": _ALL,
        },
        words="calendar year",
        sum_of=("sentenced", "non criminal prisoners"),
    ),
    _Layout(
        series="population_by_age",
        table="population",
        period_heading="year",
        period=_age_day,
        figures={
            "age_15_20": _ALL | {"age_band": "15-20"},
            "age_21_29": _ALL | {"age_band": "21-29"},
            "age_30_39": _ALL | {"age_band": "30-39"},
            "age_40_49": _ALL | {"age_band": "40-49"},
            "age_50+": _ALL | {"age_band": "50+"},
            "total": _ALL,
        },
        arithmetic="prop_age_.+",
    ),
    _Layout(
        series="population_at_projection_base",
        table="population",
        period_heading="ref_date",
        period=lambda text, of: periods.point_in_time(_day(text)),
        figures={
            "total": _ALL,
            "determinate": _ALL | {"custody_type": "determinate"},
            "indeterminate": _ALL | {"custody_type": "indeterminate"},
            "remand": _ALL | {"custody_type": "remand"},
            "recall": _ALL | {"custody_type": "recall"},
            "non-criminal": _ALL | {"custody_type": "non_criminal"},
            "fine": _ALL | {"custody_type": "fine_defaulter"},
            "fine_defaulters": _ALL | {"custody_type": "fine_defaulter"},
        },
        optional=frozenset({"fine", "fine_defaulters"}),
        arithmetic=".+_share",
        words="edition|base_date|edition_year|horizon_years",
        rows_of={"scenario": "actual"},
    ),
)


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The one table of a copy: ``population``, ``flow`` or ``remand_share``.

    A workbook is read for its sheet of prisons alone. Raises HeaderError or LayoutError where the headings are not
    those of a copy that is known, ReadError where a record of a text file is not whole.
    """
    if Path(file.name).suffix.lower() in {".csv", ".txt", ""}:
        grid = delimited.grid(file)
        remand_share = contract.tables["remand_share"]
        named = {normal(name.name) for column in remand_share.columns.values() for name in column.published_as}
        # Most of its headings, so that one which changed is named as such.
        if any(len(named & {normal(cell) for cell in row}) >= _MOST_OF_SHARES for row in grid.rows[:_HEADER_ROWS]):
            yield _remand_share(grid, contract)
            return
    else:
        book = open_workbook(file)
        grid = book.grid(book.require(_PRISONS_SHEET, "the prison population"))
    layout, header = _layout(grid)
    yield _Series(grid, layout, header, contract).read()


def _headings(grid: Grid, row: int) -> list[str]:
    return [_NOTE.sub("", normal(cell)) for cell in grid.rows[row]]


def _layout(grid: Grid) -> tuple[_Layout, int]:
    """Which copy a grid has and its row of headings; raises HeaderError naming the copy that came nearest."""
    best: tuple[int, _Layout, int] | None = None
    for row in range(min(len(grid), _HEADER_ROWS)):
        texts = _headings(grid, row)
        for layout in _LAYOUTS:
            hits = sum(name in texts for name in layout.required if name)
            is_whole = hits == sum(bool(name) for name in layout.required) and layout.period_heading in texts
            if is_whole and all(map(layout.is_known, texts)):
                return layout, row
            if hits and (best is None or hits > best[0]):
                best = hits, layout, row
    if best is None or best[0] < 2:
        raise LayoutError(
            "no row of headings is that of a copy that is known",
            file=grid.file,
            sheet=grid.sheet,
            expected=" or ".join(f"[{layout.required[1]}]" for layout in _LAYOUTS),
            found=f"none in rows 1 to {min(len(grid), _HEADER_ROWS)}",
        )
    _, layout, row = best
    texts = _headings(grid, row)
    raise HeaderError(
        file=grid.file,
        sheet=grid.sheet,
        row=row + 1,
        missing=[name or "(no heading)" for name in layout.required if name not in texts],
        unknown=[text for text in texts if not layout.is_known(text)],
        known_names={},
    )


class _Series:
    """A copy's rows, read into landing rows."""

    def __init__(self, grid: Grid, layout: _Layout, header: int, contract: Contract) -> None:
        self.grid, self.layout, self.header, self.contract = grid, layout, header, contract
        self.headings = _headings(grid, header)
        self.body = [row for row in range(header + 1, len(grid)) if not grid.is_blank_row(row)]
        self.columns = {name: index for index, name in reversed(list(enumerate(self.headings))) if name}
        self.period_column = self._period_column()
        self.figure_columns = [index for index, name in enumerate(self.headings) if name in layout.figures]
        if len({self.headings[index] for index in self.figure_columns}) < len(self.figure_columns):
            raise LayoutError("a heading stands twice", file=grid.file, sheet=grid.sheet, row=header + 1)
        self.rows: list[dict[str, Any]] = []
        self.quarantined: list[Quarantined] = []
        self.notes: list[str] = []
        self.rows_in = 0

    def _period_column(self) -> int:
        """The column of periods; where it has no heading, the first without one that has something below."""
        for index, name in enumerate(self.headings):
            if name == self.layout.period_heading and any(self.grid.text(row, index) for row in self.body):
                return index
        raise ReadError(
            "there is no period below the headings", file=self.grid.file, sheet=self.grid.sheet, row=self.header + 1
        )

    def read(self) -> Figures:
        """The rows, and what could not be placed with its reason."""
        for row in self.body:
            self._check_width(row)
            self._read_row(row)
        if not self.rows:
            raise ReadError(
                "there is no figure below the headings", file=self.grid.file, sheet=self.grid.sheet, row=self.header + 1
            )
        if self.layout.arithmetic:
            left_out = [name for name in self.headings if re.fullmatch(self.layout.arithmetic, name)]
            self.notes += [f"the column [{name}] is the copyist's arithmetic and is not landed" for name in left_out]
        columns = [*self.contract.tables[self.layout.table].columns, "source_sheet", "source_row", "source_column"]
        frame = pd.DataFrame(self.rows, columns=columns)
        return Figures(self.layout.table, frame, self.rows_in, self.quarantined, self.notes)

    def _check_width(self, row: int) -> None:
        expected, found = len(self.grid.rows[self.header]), len(self.grid.rows[row])
        if expected != found:
            raise ReadError(
                "the record is not whole",
                file=self.grid.file,
                sheet=self.grid.sheet,
                row=row + 1,
                expected=f"{expected} cells",
                found=str(found),
                advice="The file may have been cut short: get it again",
            )

    def _set_aside(self, row: int, columns: Sequence[int], reason: str) -> None:
        self.rows_in += len(columns)
        self.quarantined += [self.grid.quarantined(row, column, reason) for column in columns]

    def _filled(self, row: int, columns: Sequence[int]) -> list[int]:
        return [column for column in columns if not is_blank(self.grid.cell(row, column))]

    def _read_row(self, row: int) -> None:
        filled = self._filled(row, self.figure_columns)
        self._look_beside(row)
        label = self.grid.text(row, self.period_column)
        if not label:
            self._set_aside(row, filled, "a figure beside no period")
            return
        try:
            period = self.layout.period(_NOTE.sub("", label), lambda name: self.grid.text(row, self.columns[name]))
        except ValueError as error:
            if filled:
                self._set_aside(row, self.figure_columns, str(error))
            else:
                self.notes.append(f"row {row + 1} is a remark: {label}")
            return
        for name, wanted in self.layout.rows_of.items():
            if (found := self.grid.text(row, self.columns[name])) != wanted:
                self._set_aside(row, filled, f"the row's {name} is [{found}], not [{wanted}]")
                return
        self._read_figures(row, period)

    def _look_beside(self, row: int) -> None:
        """Set aside what stands in the row and cannot be used: figures of no certain meaning and of no heading."""
        for name, reason in self.layout.unplaced.items():
            if name in self.columns:
                self._set_aside(row, self._filled(row, [self.columns[name]]), reason)
        unheaded = [i for i, name in enumerate(self.headings) if not name and i != self.period_column]
        for column in unheaded:
            value = self._number(row, column)
            if value is None:
                continue
            parts = [self._number(row, self.columns[name]) for name in self.layout.sum_of]
            if not parts or None in parts or sum(part or 0 for part in parts) != value:
                self._set_aside(row, [column], "a figure below no heading")

    def _number(self, row: int, column: int) -> float | None:
        try:
            return float(self.grid.text(row, column).replace(",", ""))
        except ValueError:
            return None

    def _read_figures(self, row: int, period: Period) -> None:
        """The figures of a row. Where two headings are names of one thing over time, the blank one is no figure."""
        meant = [self.layout.figures[self.headings[column]] for column in self.figure_columns]
        filled = set(self._filled(row, self.figure_columns))
        done: list[Mapping[str, str]] = []
        ordered = sorted(zip(self.figure_columns, meant, strict=True), key=lambda pair: pair[0] not in filled)
        for column, dimensions in ordered:
            if dimensions in done:
                if column in filled:
                    self._set_aside(row, [column], "a second figure of the same thing")
                continue
            done.append(dimensions)
            self.rows_in += 1
            value = self.contract.tables[self.layout.table].columns["value"]
            try:
                read = figure(self.grid.cell(row, column), self.contract, value)
            except UnreadableCellError as error:
                self.quarantined.append(self.grid.quarantined(row, column, str(error)))
                continue
            self.rows.append(
                {
                    **dimensions,
                    "series": self.layout.series,
                    "period_start": period.start,
                    "period_end": period.end,
                    "period_type": period.type,
                    "is_total": dimensions == _ALL,
                    "value": read.value,
                    "status": "revised" if read.note in _REVISED else read.status,
                    "source_sheet": self.grid.sheet,
                    "source_row": row + 1,
                    "source_column": letter(column),
                }
            )


# ---- The share of people in prison who are on remand, as the Sustainable Development Goals have it ------------------


def _age_band(text: str) -> str:
    """``15 to 17`` as ``15-17``, ``60 and over`` as ``60+``, a blank as ``all``."""
    if not text:
        return "all"
    if found := re.fullmatch(r"(\d+) to (\d+)", text):
        return f"{found[1]}-{found[2]}"
    if found := re.fullmatch(r"(\d+) and over", text):
        return f"{found[1]}+"
    raise ValueError(f"[{text}] is not an age group")


def _one_of(known: Mapping[str, str], what: str) -> Callable[[str], str]:
    def meant(text: str) -> str:
        if text.lower() not in known:
            raise ValueError(f"[{text}] is not {what}")
        return known[text.lower()]

    return meant


_SEXES = _one_of({"": "all", "male": "male", "female": "female"}, "a sex")
_NATIONALITIES = _one_of(
    {
        "": "all",
        "british nationals": "british",
        "foreign nationals": "foreign",
        "nationality not recorded": "not_recorded",
    },
    "a group of nationalities",
)
_UNITS = _one_of({"percentage (%)": "per cent"}, "the unit of a share")
_MULTIPLIERS = _one_of({"units": "units"}, "the multiplier of a share in per cent")


def _remand_share(grid: Grid, contract: Contract) -> Figures:
    """The long table that ONS derives; a blank dimension is everybody."""
    table = long.of_grid(grid, contract.tables["remand_share"])
    read = table.figures("value", contract, contract.tables["remand_share"].columns["value"])
    days = table.days(lambda text: periods.mid_year(periods.calendar_year(text).end.year).end, "period_start")
    frame = pd.DataFrame(
        {
            "period_start": days,
            "period_end": days,
            "sex": table.text("sex", _SEXES),
            "age_band": table.text("age_band", _age_band),
            "nationality": table.text("nationality", _NATIONALITIES),
            "value": read["value"],
            "unit": table.text("unit", _UNITS),
            "unit_multiplier": table.text("unit_multiplier", _MULTIPLIERS),
            "observation_status": table.text("observation_status"),
            "status": read["status"],
            **table.provenance("value"),
        }
    )
    frame, quarantined = table.split(frame, "value")
    return Figures("remand_share", frame, len(table), quarantined)
