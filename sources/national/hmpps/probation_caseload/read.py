"""Reads the probation caseload: people under supervision on the last day of a quarter or a year.

Two copies of the publisher's tables are read. In the annual one a row is a kind of supervision and a column a year. In
the quarterly one a row is a day, and every column is headed by a kind of supervision and its first figure
(``Community order | 61144``); the columns are those of everybody, then of males, then of females, which no heading
says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile, Quarantined, delimited, periods
from sources.reading.grid import Cell, Grid, is_blank
from sources.reading.headers import letter, text_of
from sources.reading.markers import UnreadableCellError, figure
from sources.reading.periods import Period

_HEADER_ROWS = 60
_NOTE = re.compile(r"\s*\[note[^\]]*\]", re.IGNORECASE)
_REVISED = {"[r]", "[rev]"}
_YEAR = re.compile(r"(?:19|20)\d{2}")
_HEADING = re.compile(r"(?P<label>.+?)\s*\|\s*(?P<first>[\d.,]+|\[\w+\])")
_DAY = re.compile(r"(\d{1,2})\s*([A-Za-z]+)\s*(\d{4})\s*(.*)", re.DOTALL)
_SAYS_BREAK = re.compile(r"break in series", re.IGNORECASE)
_SEXES = ("all", "male", "female")


@dataclass(frozen=True)
class _Kind:
    """A kind of supervision: the label that the publisher gives it, and what it is here."""

    label: str
    measure: str
    unit: str = "people"
    is_total: bool = False


#: In the publisher's order. Two labels stand twice, the second time of those whose contact is suspended.
_KINDS = (
    _Kind("all supervision", "all_supervision", is_total=True),
    _Kind("all supervision in the community", "all_in_the_community", is_total=True),
    _Kind("all court orders", "court_orders", is_total=True),
    _Kind("all community sentences", "community_sentences", is_total=True),
    _Kind("community order", "community_order"),
    _Kind("all pre-criminal justice act 2003 orders", "orders_before_2003_act"),
    _Kind("youth rehabilitation order", "youth_rehabilitation_order"),
    _Kind("supervision default order", "supervision_default_order"),
    _Kind("average length of community order (months)", "mean_community_order_length", unit="months"),
    _Kind("other sentences", "other_sentences", is_total=True),
    _Kind("deferred sentence", "deferred_sentence"),
    _Kind("suspended sentence order with requirements", "suspended_sentence_order"),
    _Kind("average length of suspended sentence order (months)", "mean_suspended_sentence_order_length", unit="months"),
    _Kind("all pre- and post-release supervision", "pre_and_post_release", is_total=True),
    _Kind("pre-release supervision", "pre_release"),
    _Kind("post-release supervision", "post_release"),
    _Kind("contact supervision suspended under probation reset / impact", "contact_suspended", is_total=True),
    _Kind("all court orders", "contact_suspended_court_orders"),
    _Kind("post-release supervision", "contact_suspended_post_release"),
)


@dataclass(frozen=True)
class _Place:
    """Where the figures of one kind of supervision and one sex are: a column, or in the annual copy a row."""

    at: int
    kind: _Kind
    sex: str


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The one table, ``caseload``.

    Raises LayoutError where kinds of supervision are not those known, in the publisher's order, or where the three
    sexes cannot be told apart; ReadError where a record is not whole.
    """
    grid = delimited.grid(file)
    for row in range(min(len(grid), _HEADER_ROWS)):
        texts = [_plain(cell) for cell in grid.rows[row]]
        if sum(bool(_HEADING.fullmatch(text)) for text in texts) > 1:
            yield _Reading(grid, row, contract).quarterly()
            return
        if sum(bool(_YEAR.fullmatch(text)) for text in texts) > 1:
            yield _Reading(grid, row, contract).annual()
            return
    raise LayoutError(
        "no row of headings was found",
        file=grid.file,
        expected="years, or headings like [All supervision | 242397]",
        found=f"none in rows 1 to {min(len(grid), _HEADER_ROWS)}",
    )


def _plain(cell: Cell) -> str:
    return re.sub(r"\s+", " ", _NOTE.sub("", text_of(cell))).strip()


def _number(cell: Cell) -> float | None:
    try:
        return float(text_of(cell).replace(",", ""))
    except ValueError:
        return None


class _Reading:
    """The rows below a row of headings, read into landing rows."""

    def __init__(self, grid: Grid, header: int, contract: Contract) -> None:
        self.grid, self.header, self.contract = grid, header, contract
        self.body = [row for row in range(header + 1, len(grid)) if not grid.is_blank_row(row)]
        self.rows: list[dict[str, Any]] = []
        self.quarantined: list[Quarantined] = []
        self.notes: list[str] = []
        self.rows_in = 0
        for row in self.body:
            if len(grid.rows[row]) != len(grid.rows[header]):
                raise ReadError(
                    "the record is not whole",
                    file=grid.file,
                    row=row + 1,
                    expected=f"{len(grid.rows[header])} cells",
                    found=str(len(grid.rows[row])),
                    advice="The file may have been cut short: get it again",
                )

    def annual(self) -> Figures:
        """A row a kind of supervision, a column a year; people are counted on 31 December."""
        years: dict[int, date] = {}
        for column, cell in enumerate(self.grid.rows[self.header]):
            if not (text := _plain(cell)):
                continue
            if not _YEAR.fullmatch(text):
                raise LayoutError(
                    "a heading is not a year",
                    file=self.grid.file,
                    row=self.header + 1,
                    column=letter(column),
                    expected="a year such as [2024]",
                    found=f"[{text}]",
                )
            years[column] = periods.calendar_year(text).end
        label_column = self._look_beside(years)
        labels = [(row, self.grid.text(row, label_column)) for row in self.body]
        for place in self._places([(row, label) for row, label in labels if label]):
            for column, day in years.items():
                self._read_cell(place.at, column, place, periods.point_in_time(day), note=None)
        for row, label in labels:
            if not label:
                self._set_aside(row, list(years), "a figure beside no kind of supervision")
        return self._figures()

    def quarterly(self) -> Figures:
        """A row a day, a column a kind of supervision of one sex."""
        texts = [_plain(cell) for cell in self.grid.rows[self.header]]
        headings = {column: _HEADING.fullmatch(text) for column, text in enumerate(texts) if text}
        if unread := [texts[column] for column, found in headings.items() if not found]:
            raise LayoutError(
                "a heading is not a kind of supervision and its first figure",
                file=self.grid.file,
                row=self.header + 1,
                expected="headings like [All supervision | 242397]",
                found=f"[{unread[0]}]",
            )
        day_column = self._look_beside(headings)
        places = self._places([(column, found["label"]) for column, found in headings.items() if found])
        self._check_first_figures({column: found["first"] for column, found in headings.items() if found})
        for row in self.body:
            label = self.grid.text(row, day_column)
            columns = [place.at for place in places]
            if not label:
                self._set_aside(row, columns, "a figure beside no day")
                continue
            try:
                day, note = _day(label)
            except ValueError as error:
                self._set_aside(row, columns, str(error))
                continue
            self._check_sexes(row, places)
            for place in places:
                self._read_cell(row, place.at, place, periods.point_in_time(day), note=note)
        return self._figures()

    def _look_beside(self, headed: Mapping[int, object]) -> int:
        """The column of labels, which is the first without a heading; figures below no heading are set aside."""
        unheaded = [column for column in range(len(self.grid.rows[self.header])) if column not in headed]
        if not unheaded:
            raise LayoutError("there is no column of labels", file=self.grid.file, row=self.header + 1)
        label_column, *others = unheaded
        for row in self.body:
            self._set_aside(row, others, "a figure below no heading")
        return label_column

    def _places(self, labels: Sequence[tuple[int, str]]) -> list[_Place]:
        """What each label means. A label may be left out, but none stands before one that the publisher has earlier:
        what a label that stands twice means is told by its place."""
        places: list[_Place] = []
        block = -1
        order = len(_KINDS)
        for at, label in labels:
            plain = _plain(label).casefold()
            if plain == _KINDS[0].label:
                block, order = block + 1, -1
            found = [
                n for n, kind in enumerate(_KINDS) if kind.label == plain and n > order and self._is_in_part(n, order)
            ]
            if not found or block >= len(_SEXES):
                raise LayoutError(
                    "a kind of supervision is not known, or stands where another has to",
                    file=self.grid.file,
                    row=self.header + 1,
                    expected=f"one of those that the publisher has after [{_KINDS[order].label}]"
                    if 0 <= order < len(_KINDS)
                    else f"[{_KINDS[0].label}]",
                    found=f"[{label}]",
                )
            order = found[0]
            places.append(_Place(at, _KINDS[order], _SEXES[max(block, 0)]))
        if block not in (0, len(_SEXES) - 1):
            raise LayoutError(
                "the sexes cannot be told apart",
                file=self.grid.file,
                row=self.header + 1,
                expected=f"[{_KINDS[0].label}] once, or once each for everybody, males and females",
                found=f"{block + 1} times",
            )
        return places

    @staticmethod
    def _is_in_part(number: int, order: int) -> bool:
        """Whether a kind may follow: those whose contact is suspended have to stand below the heading of that."""
        suspended = next(n for n, kind in enumerate(_KINDS) if kind.measure == "contact_suspended")
        return number <= suspended or order >= suspended

    def _check_first_figures(self, first: dict[int, str]) -> None:
        """Each heading repeats the first figure of its column; where it does not, headings have come apart from it."""
        row = self.body[0] if self.body else self.header
        for column, text in first.items():
            said, is_there = _number(text), _number(self.grid.cell(row, column))
            if said is not None and is_there is not None and said != is_there:
                raise LayoutError(
                    "the heading does not repeat its column's first figure",
                    file=self.grid.file,
                    row=row + 1,
                    column=letter(column),
                    expected=text,
                    found=self.grid.text(row, column),
                )

    def _check_sexes(self, row: int, places: Sequence[_Place]) -> None:
        """Everybody is males and females and hardly anybody else, and most are male."""
        totals = [_number(self.grid.cell(row, place.at)) for place in places if place.kind is _KINDS[0]]
        known = [total for total in totals if total is not None]
        if len(totals) == len(_SEXES) == len(known):
            everybody, male, female = known
            if not (0.99 * everybody <= male + female <= everybody and male > female):
                raise LayoutError(
                    "the columns are not those of everybody, males and females",
                    file=self.grid.file,
                    row=row + 1,
                    expected=f"males and females that add up to {everybody:,.0f}",
                    found=f"{male:,.0f} and {female:,.0f}",
                )

    def _set_aside(self, row: int, columns: Sequence[int], reason: str) -> None:
        filled = [column for column in columns if not is_blank(self.grid.cell(row, column))]
        self.rows_in += len(filled)
        self.quarantined += [self.grid.quarantined(row, column, reason) for column in filled]

    def _read_cell(self, row: int, column: int, place: _Place, period: Period, *, note: str | None) -> None:
        self.rows_in += 1
        value = self.contract.tables["caseload"].columns["value"]
        try:
            read = figure(self.grid.cell(row, column), self.contract, value)
        except UnreadableCellError as error:
            self.quarantined.append(self.grid.quarantined(row, column, str(error)))
            return
        self.rows.append(
            {
                "period_start": period.start,
                "period_end": period.end,
                "sex": place.sex,
                "measure": place.kind.measure,
                "is_total": place.kind.is_total,
                "value": read.value,
                "unit": place.kind.unit,
                "status": "revised" if read.note in _REVISED else read.status,
                "is_break": bool(note and _SAYS_BREAK.search(note)),
                "note": note,
                "source_sheet": None,
                "source_row": row + 1,
                "source_column": letter(column),
            }
        )

    def _figures(self) -> Figures:
        if not self.rows:
            raise ReadError("there is no figure below the headings", file=self.grid.file, row=self.header + 1)
        columns = [*self.contract.tables["caseload"].columns, "source_sheet", "source_row", "source_column"]
        frame = pd.DataFrame(self.rows, columns=columns)
        return Figures("caseload", frame, self.rows_in, self.quarantined, self.notes)


def _day(text: str) -> tuple[date, str | None]:
    """A day and what is run together with it: ``31 March2026(Break in series) [note 49]``."""
    found = _DAY.fullmatch(text.strip())
    if not found:
        raise ValueError(f"[{text}] is not a day")
    first = periods.month(f"{found[2]} {found[3]}").start
    return first.replace(day=int(found[1])), found[4].strip() or None
