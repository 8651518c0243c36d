"""Tables with time across: places or groups down the first columns, and a column a month, a quarter or a year.

Where the table stands on its sheet, how many rows its heading takes and which columns have figures is found from the
headings themselves, which are the only ones that say a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, headers, periods
from sources.reading.grid import Grid, is_blank
from sources.reading.markers import split_note
from sources.reading.periods import Period
from sources.reading.wide import WideTable

_SCAN = 40
#: What a heading may say of the figures below it, and their status then.
_SAID_OF_FIGURES = {"(p)": "provisional", "[p]": "provisional", "(r)": "revised", "[r]": "revised"}
_MONTH = r"([A-Za-z]{3,9})\.?[ \-']*(\d{4}|\d{2})?"
_QUARTER = re.compile(r"Q([1-4])[ -]*(\d{4})|(\d{4})[ -]*Q([1-4])", re.IGNORECASE)
_YEAR_ENDING = re.compile(rf"(?:12[ -]months?|year|financial year)[ -]+(?:ending|to|ended)(?: in)? {_MONTH}", re.I)
_FROM_TO = re.compile(rf"{_MONTH} ?(?:to|[-–]) ?{_MONTH}", re.IGNORECASE)
_SHEET_OF_WORDS = re.compile(r"(?:cover|title|contents?|index|notes?|introduction|information|guidance)\b.*", re.I)
_TOTAL = re.compile(r"(?:annual |year )?total", re.IGNORECASE)


def period_of(text: str) -> Period:
    """The time that a heading says: ``2019``, ``2018/19``, ``Total 2018/19``, ``12 months ending March 2025``, ``Apr-24
    to Mar-25``, ``Q1 2024``, ``March 2024``. Raises ValueError for anything else."""
    plain = re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()
    plain = re.sub(r"^total (?=\d{4})", "", plain, flags=re.IGNORECASE)
    if found := _QUARTER.fullmatch(plain):
        return periods.quarter(int(found[2] or found[3]), int(found[1] or found[4]))
    if found := _YEAR_ENDING.fullmatch(plain):
        return periods.year_ending(periods.month(f"{found[1]} {found[2]}").end)
    if found := _FROM_TO.fullmatch(plain):
        return _from_to(*found.groups())
    for read in (periods.calendar_year, periods.financial_year, periods.month):
        try:
            return read(plain)
        except ValueError:
            continue
    raise ValueError(f"[{plain}] is not a time")


def _from_to(first: str, first_year: str | None, last: str, last_year: str | None) -> Period:
    """The quarter or the twelve months from one month to another; raises ValueError for another length."""
    end = periods.month(f"{last} {last_year}").end
    start = periods.month(f"{first} {first_year or last_year}").start
    months = 12 * (end.year - start.year) + end.month - start.month + 1
    if months == 12:
        return periods.year_ending(end)
    if months == 3 and end.month % 3 == 0:
        return periods.quarter(end.year, end.month // 3)
    raise ValueError(f"[{first} {first_year} to {last} {last_year}] is neither a quarter nor twelve months")


@dataclass(frozen=True)
class TimeColumn:
    """A column of figures: of which time, and what its heading says of them (provisional, revised) if anything.

    ``is_year_of_months`` is a year's total beside its months.
    """

    index: int
    heading: str
    period: Period
    status: str | None = None
    is_year_of_months: bool = False


@dataclass(frozen=True)
class TimeTable:
    """One table with time across.

    ``labels`` has the heading of each column before the figures; ``rows`` the rows of figures, and ``texts`` what
    stands in the label columns of each, notes split off, a blank taking what stands above it in all but the last.
    """

    grid: Grid
    title: str
    header_row: int
    labels: Mapping[int, str]
    columns: Sequence[TimeColumn]
    rows: Sequence[int]
    texts: Sequence[tuple[str, ...]]

    def figures(
        self,
        table: str,
        contract: Contract,
        *,
        by_row: Mapping[str, Sequence[object]],
        same: Mapping[str, object],
        problems: Sequence[str | None] = (),
        refuse: Callable[[pd.DataFrame], np.ndarray] | None = None,
    ) -> Figures:
        """A row a figure with its period; figures below a heading that says so are provisional or revised."""
        found = WideTable(
            self.grid,
            self.rows,
            [column.index for column in self.columns],
            by_row=by_row,
            by_column={
                "period_type": [column.period.type for column in self.columns],
                "period_start": [column.period.start for column in self.columns],
                "period_end": [column.period.end for column in self.columns],
                "said": [column.status or "observed" for column in self.columns],
            },
            same=same,
            problems=problems,
        ).figures(table, contract, refuse=refuse)
        said = found.frame.pop("said").astype(object)
        status = found.frame["status"].astype(object)
        found.frame["status"] = status.where(status != "observed", said)
        return found

    def groups(self, divided_by: Mapping[str, str], total: re.Pattern[str]) -> dict[str, list[str]]:
        """What the label columns divide the figures by, with each row's group in small letters, a total being ``all``.

        ``divided_by`` has a pattern for the headings of each kind of group. Raises LayoutError for a heading that is
        not known and where two columns divide by the same.
        """
        found: dict[str, list[str]] = {}
        for at, heading in enumerate(self.labels.values()):
            matching = (by for text, by in divided_by.items() if re.fullmatch(text, heading, re.IGNORECASE))
            by = next(matching, None)
            if by is None or by in found:
                raise LayoutError(
                    "what a column divides the figures by is not known" if by is None else "two columns divide alike",
                    file=self.grid.file,
                    sheet=self.grid.sheet,
                    row=self.header_row + 1,
                    expected="one of " + ", ".join(dict.fromkeys(divided_by.values())),
                    found=f"[{heading}]",
                )
            texts = [row[at] for row in self.texts]
            found[by] = ["all" if not text or total.fullmatch(text) else text.lower() for text in texts]
        return found

    def refuse_uneven_groups(self, frame: pd.DataFrame, by: Sequence[str]) -> None:
        """Raises ReadError where a group stands twice, or groups do not add up to their total within the others.

        ``frame`` is that of ``figures``, of exact counts; ``by`` are the keys of ``groups``.
        """
        for record in pd.DataFrame(frame[frame.duplicated([*by, "period_start"])]).head(1).to_dict("records"):
            raise ReadError(
                "a group stands twice",
                file=self.grid.file,
                sheet=self.grid.sheet,
                row=record["source_row"],
                expected="each group once",
                found=", ".join(f"[{record[name]}]" for name in by),
            )
        for name in by:
            within = [other for other in by if other != name]
            self.refuse_other_totals(frame.assign(is_of_all=frame[name] == "all"), "is_of_all", within=within)

    def refuse_other_totals(self, frame: pd.DataFrame, is_total: str, within: Sequence[str] = ()) -> None:
        """Raises ReadError where a column's parts do not add up to its one total; not asked where a figure is no
        number, for then the total may have it all the same.

        ``frame`` is that of ``figures``, of exact counts; ``within`` are columns that part a table into several.
        """
        for _, group in frame.groupby(["period_start", "period_end", *within], observed=True):
            total = group[group[is_total].astype(bool)]
            parts = group[~group[is_total].astype(bool)]
            if len(total) != 1 or parts.empty or bool(group["value"].isna().any()):
                continue
            if parts["value"].sum() != total["value"].item():
                raise ReadError(
                    "the parts do not add up to their total",
                    file=self.grid.file,
                    sheet=self.grid.sheet,
                    row=int(total["source_row"].item()),
                    column=str(total["source_column"].item()),
                    expected=f"{total['value'].item():g}",
                    found=f"{parts['value'].sum():g}",
                    advice="The file may have been cut short, or parts may have parts of their own below them",
                )


def find(grid: Grid, *, title: str, not_read: str | None = None) -> TimeTable:
    """The table of a sheet.

    ``not_read`` matches headings beside the figures that have none of the table's own, such as changes. Years may stand
    above their months. Raises LayoutError for a heading among the figures that says no time, ReadError where there is
    no heading with a time or no figure.
    """
    header = _header_row(grid)
    if header is None:
        raise ReadError(
            "no heading with years or months was found",
            file=grid.file,
            sheet=grid.sheet,
            expected=f"one in the first {_SCAN} rows, below the title [{title}]",
            found="none",
        )
    is_over_months = header + 1 < len(grid) and _counted(grid, header + 1, _is_month_name) >= 2
    columns = _months(grid, header) if is_over_months else _times(grid, header, not_read)
    last = header + 1 if is_over_months else header
    first = min(column.index for column in columns)
    rows_of_labels = (last, header)
    labels = {
        index: next((split_note(t)[0] for row in rows_of_labels if (t := grid.text(row, index))), "")
        for index in range(first)
    }
    labels = {index: text for index, text in labels.items() if text} or {max(0, first - 1): ""}
    rows, texts = _body(grid, last + 1, labels, [column.index for column in columns])
    if not rows:
        raise ReadError("there is no row of figures below the heading", file=grid.file, sheet=grid.sheet, row=last + 1)
    return TimeTable(grid, title, last, labels, columns, rows, texts)


def _header_row(grid: Grid) -> int | None:
    for row in range(min(len(grid), _SCAN)):
        if _counted(grid, row, _is_time) >= 1 and sum(not is_blank(cell) for cell in grid.rows[row]) >= 2:
            return row
    return None


def _counted(grid: Grid, row: int, is_so: Callable[[str], bool]) -> int:
    return sum(is_so(grid.text(row, column)) for column in range(len(grid.rows[row])))


def _is_time(text: str) -> bool:
    try:
        period_of(_plain(text)[0])
    except ValueError:
        return False
    return True


def _is_month_name(text: str) -> bool:
    try:
        periods.month(f"{_plain(text)[0]} 2000")
    except ValueError:
        return False
    return True


def _plain(heading: str) -> tuple[str, str | None]:
    """A heading without notes and what it says of its figures, and the status that this means."""
    status = next((kind for mark, kind in _SAID_OF_FIGURES.items() if mark in heading.lower()), None)
    for mark in _SAID_OF_FIGURES:
        heading = re.sub(re.escape(mark), "", heading, flags=re.IGNORECASE)
    return split_note(heading.strip())[0], status


def _times(grid: Grid, row: int, not_read: str | None) -> list[TimeColumn]:
    found: list[TimeColumn] = []
    for index in range(len(grid.rows[row])):
        text, status = _plain(grid.text(row, index))
        if _is_time(text):
            found.append(TimeColumn(index, text, period_of(text), status))
        elif text and found and not (not_read and re.fullmatch(not_read, text, re.IGNORECASE)):
            raise LayoutError(
                "a heading among the years is not known",
                file=grid.file,
                sheet=grid.sheet,
                row=row + 1,
                column=headers.letter(index),
                expected="a year, a quarter or a month",
                found=f"[{text}]",
            )
    return _each_once(grid, row, found)


def _months(grid: Grid, row: int) -> list[TimeColumn]:
    """Months and their totals, below years that stand over the first column of each."""
    found: list[TimeColumn] = []
    totals: list[tuple[int, str, str | None]] = []
    year, said_of_year = "", None
    for index in range(max(len(grid.rows[row]), len(grid.rows[row + 1]))):
        above, status_above = _plain(grid.text(row, index))
        if above and _is_time(above):
            if not re.fullmatch(r"(19|20)\d\d", above):
                raise LayoutError(
                    "what stands over months is no calendar year",
                    file=grid.file,
                    sheet=grid.sheet,
                    row=row + 1,
                    column=headers.letter(index),
                    expected="a year such as [2025]",
                    found=f"[{above}]",
                )
            year, said_of_year = above, status_above
        text, status = _plain(grid.text(row + 1, index))
        status = status or said_of_year
        if not text or not year:
            continue
        if _TOTAL.fullmatch(text):
            totals.append((index, year, status))
        elif _is_month_name(text):
            found.append(TimeColumn(index, f"{text} {year}", periods.month(f"{text} {year}"), status))
        else:
            raise LayoutError(
                "a heading among the months is not known",
                file=grid.file,
                sheet=grid.sheet,
                row=row + 2,
                column=headers.letter(index),
                expected="a month or [Total]",
                found=f"[{text}]",
            )
    for index, of_year, status in totals:
        # A total of a part of a year is not the year's, and is the sum of the months beside it.
        if sum(column.period.start.year == int(of_year) for column in found) == 12:
            found.append(TimeColumn(index, f"{of_year} Total", periods.calendar_year(of_year), status, True))
    found.sort(key=lambda column: column.index)
    return _each_once(grid, row + 1, found)


def _each_once(grid: Grid, row: int, found: list[TimeColumn]) -> list[TimeColumn]:
    seen = set[Period]()
    for column in found:
        if column.period in seen:
            raise LayoutError(
                "a time stands twice among the headings",
                file=grid.file,
                sheet=grid.sheet,
                row=row + 1,
                column=headers.letter(column.index),
                expected="each time once",
                found=f"[{column.heading}] again",
            )
        seen.add(column.period)
    return found


def _body(
    grid: Grid, first: int, labels: Mapping[int, str], columns: Sequence[int]
) -> tuple[list[int], list[tuple[str, ...]]]:
    """Rows with a label and figures, and their labels; footnotes, which have no figures, are left out."""
    rows: list[int] = []
    texts: list[tuple[str, ...]] = []
    above = [""] * len(labels)
    for row in range(first, len(grid)):
        here = [split_note(re.sub(r"\s+", " ", grid.text(row, index)))[0] for index in labels]
        has_figures = any(not is_blank(grid.cell(row, index)) for index in columns)
        if not has_figures:
            continue
        if not any(here):
            raise ReadError(
                "a row of figures has no label",
                file=grid.file,
                sheet=grid.sheet,
                row=row + 1,
                expected=f"a label below [{next(iter(labels.values()))}]",
                found="none",
            )
        for at in range(len(here) - 1):
            # What stands in an outer column is over the rows below it until the next.
            here[at] = here[at] or above[at]
        above = here
        rows.append(row)
        texts.append(tuple(here))
    return rows, texts


def has_tables(sheet: str) -> bool:
    """Whether a sheet's name is not that of a cover, a list of contents or notes, which have titles of tables too."""
    return _SHEET_OF_WORDS.match(sheet.strip()) is None


def title_of(grid: Grid, pattern: str, *, scan: int = 12) -> str | None:
    """The first text of a sheet's first rows that has what the pattern matches, without regard to case; without notes
    and runs of space. None where there is none."""
    compiled = re.compile(pattern, re.IGNORECASE)
    for row in grid.rows[:scan]:
        for cell in row:
            if isinstance(cell, str) and compiled.search(cell):
                return split_note(re.sub(r"\s+", " ", cell))[0]
    return None


__all__ = ["TimeColumn", "TimeTable", "find", "has_tables", "period_of", "title_of"]
