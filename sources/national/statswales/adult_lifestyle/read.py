"""Reads adult lifestyles of Wales from a table as StatsWales saved it: filters on top, areas across, notes below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places import names
from sources.reading import Figures, PublishedFile, headers, long, periods, wide
from sources.reading.grid import Grid, is_blank

_MEASURE = re.compile(r"percentage of adults(?: \(16\+\))?", re.IGNORECASE)
_STANDARDISATIONS = {"observed": "observed", "age-standardised": "age_standardised"}
#: What is no percentage says so of itself.
_MEAN_OF_UNITS = re.compile(r"average annual alcohol consumption \(units\)", re.IGNORECASE)
_MARK = re.compile(r"\s*(\(\d{1,2}\)|\[(note )?\d{1,2}\])+$", re.IGNORECASE)


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The figures of the table.

    Raises LayoutError for another measure, year or standardisation than those known and where areas are missing,
    ReadError where the table ends without its footnotes.
    """
    grid = long.whole_grid(file)
    filters = {name: _filter(grid, name) for name in ("Measure", "Standardisation", "Year")}
    if not _MEASURE.fullmatch(filters["Measure"][1]):
        raise _unknown(grid, "Measure", filters["Measure"], "[Percentage of adults (16+)]")
    standardisation = _STANDARDISATIONS.get(filters["Standardisation"][1].casefold())
    if standardisation is None:
        raise _unknown(grid, "Standardisation", filters["Standardisation"], "[Observed] or [Age-standardised]")
    period = _period(grid, filters["Year"])
    header = _header(grid, max(row for row, _ in filters.values()))
    labels = min(_area_columns(grid, header))
    if labels < 2:
        raise LayoutError(
            "areas stand where topics and behaviours should",
            file=grid.file,
            row=header + 1,
            expected="two columns before",
        )
    rows, topics = _rows(grid, header, labels)
    areas = {column: _area(grid, header, column, period.end) for column in _area_columns(grid, header)}
    categories = [_MARK.sub("", grid.text(row, labels - 1)) for row in rows]
    table = wide.WideTable(
        grid,
        rows,
        list(areas),
        by_row={
            "topic": topics,
            "category": categories,
            "unit": [
                "units of alcohol a year" if _MEAN_OF_UNITS.match(category) else "per cent of adults"
                for category in categories
            ],
        },
        by_column={
            "area_name": [grid.text(header, column) for column in areas],
            "area_code": [code for code, _ in areas.values()],
            "area_level": [level for _, level in areas.values()],
            "is_total": [level == "country" for _, level in areas.values()],
        },
        same={
            "period_name": filters["Year"][1],
            "period_start": period.start,
            "period_end": period.end,
            "period_type": period.type,
            "standardisation": standardisation,
        },
    )
    found = table.figures("lifestyle", contract, refuse=_outside)
    found.frame["status"] = found.frame["status"].astype(object).replace("observed", "estimated")
    yield found


def _outside(frame: pd.DataFrame) -> np.ndarray:
    """A reason for each percentage that is none."""
    reasons = np.full(len(frame), None, dtype=object)
    is_percentage = np.asarray(frame["unit"] == "per cent of adults")
    reasons[is_percentage & np.asarray((frame["value"] < 0) | (frame["value"] > 100))] = "a percentage outside 0 to 100"
    return reasons


def _filter(grid: Grid, name: str) -> tuple[int, str]:
    """The row of a filter (``Year: 2021-22 & 2022-23``) and what it is set to."""
    for row in range(min(40, len(grid))):
        for column in range(min(3, len(grid.rows[row]))):
            if found := re.match(rf"{name}\s*:\s*(\S.*)", grid.text(row, column), re.IGNORECASE):
                return row, found[1].strip()
    raise LayoutError(
        f"the filter [{name}] was not found", file=grid.file, expected=f"a line as [{name}: ...] above the table"
    )


def _unknown(grid: Grid, name: str, found: tuple[int, str], expected: str) -> LayoutError:
    return LayoutError(
        f"the filter [{name}] is set to what has no meaning here",
        file=grid.file,
        row=found[0] + 1,
        expected=expected,
        found=f"[{found[1]}]",
    )


def _period(grid: Grid, found: tuple[int, str]) -> periods.Period:
    """One survey year, or several that follow each other, as one period."""
    try:
        years = [periods.financial_year(text) for text in re.split(r"\s*&\s*", found[1])]
    except ValueError:
        years = []
    if not years or any(one.start.year + 1 != other.start.year for one, other in pairwise(years)):
        raise _unknown(grid, "Year", found, "survey years as [2021-22 & 2022-23]")
    return years[0] if len(years) == 1 else periods.Period(years[0].start, years[-1].end, "multi_year")


def _header(grid: Grid, above: int) -> int:
    """The row of areas, the first below the filters that has Wales."""
    for row in range(above + 1, min(len(grid), above + 20)):
        if any(headers.normal(cell) == "wales" for cell in grid.rows[row]):
            return row
    raise LayoutError("the row of areas was not found", file=grid.file, expected="a row with [Wales] below the filters")


def _area_columns(grid: Grid, header: int) -> list[int]:
    return [column for column, cell in enumerate(grid.rows[header]) if not is_blank(cell)]


def _area(grid: Grid, header: int, column: int, on: date) -> tuple[str, str]:
    """Code and kind of an area; raises LayoutError for one that is not known."""
    name = grid.text(header, column)
    if name.casefold() == "wales":
        return "W92000004", "country"
    kind, level = ("local_authority", "local_authority_district")
    if re.search(r"health board$", name, re.IGNORECASE):
        kind, level = "health_board", "health_board"
    try:
        return names.register(kind).resolve(name, on=on), level
    except names.UnknownNameError as error:
        raise LayoutError(
            "an area is not known",
            file=grid.file,
            row=header + 1,
            column=headers.letter(column),
            expected="Wales, a health board or a local authority of Wales",
            found=str(error),
        ) from error


def _rows(grid: Grid, header: int, labels: int) -> tuple[list[int], list[str]]:
    """Rows of figures, down to the footnotes, each with its topic.

    A topic stands before its first row, after a row of its own without figures. Raises ReadError where figures come
    without a topic or behaviour, or the footnotes that end every table are missing.
    """
    rows, topics, topic = list[int](), list[str](), ""
    width = len(grid.rows[header])
    for row in range(header + 1, len(grid)):
        if any(headers.normal(cell).startswith("footnotes") for cell in grid.rows[row][:3]):
            return rows, topics
        if grid.is_blank_row(row):
            continue
        if len(grid.rows[row]) != width:
            raise ReadError(
                "a record has not the header's number of cells",
                file=grid.file,
                row=row + 1,
                expected=f"{width} cells",
                found=f"{len(grid.rows[row])}",
                advice="The file may have been cut short: get it again",
            )
        category = grid.text(row, labels - 1)
        topic = grid.text(row, labels - 2) or topic
        if not category and topic and all(grid.text(row, column) in {"", "."} for column in range(labels, width)):
            continue
        if not category or not topic:
            raise ReadError(
                "a row of figures has no topic or no behaviour", file=grid.file, row=row + 1, found=f"[{category}]"
            )
        rows.append(row)
        topics.append(topic)
    raise ReadError(
        "the table does not end with its footnotes",
        file=grid.file,
        row=len(grid),
        expected="[Footnotes:] below the figures",
        advice="The file may have been cut short: get it again",
    )
