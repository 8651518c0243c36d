"""Reads the extract of outcomes of prison inspections: a row a year and test of a healthy prison."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, ReadError
from sources.reading import Figures, PublishedFile, delimited, headers, periods
from sources.reading.grid import Grid
from sources.reading.periods import Period
from sources.reading.wide import WideTable

_HEADER = ("year", "percent", "type")
#: The tests by every name that they have had, in small letters.
_TESTS = {
    "safety": "safety",
    "respect": "respect",
    "purposeful activity": "purposeful_activity",
    "preparation for release": "preparation_for_release",
    "rehabilitation and release planning": "preparation_for_release",
    "resettlement": "preparation_for_release",
}


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The one table, ``outcome``; a row whose year or test is not known is quarantined.

    Raises HeaderError for other headings, ReadError where the tests are not of the same years, as in a file cut short.
    """
    grid = delimited.grid(file)
    header, at = _header(grid)
    rows = delimited.rows_below(file, grid, header, may_lack_last_line_end=True)
    times, tests, problems = list[Period | None](), list[str | None](), list[str | None]()
    for row in rows:
        try:
            time, problem = periods.financial_year(grid.text(row, at["year"])), None
        except ValueError as error:
            time, problem = None, str(error)
        test = _TESTS.get(headers.normal(grid.text(row, at["type"])))
        times.append(time)
        tests.append(test)
        problems.append(problem or (None if test else f"[{grid.text(row, at['type'])}] is no test that is known"))
    found = WideTable(
        grid,
        rows,
        [at["percent"]],
        by_row={
            "healthy_prison_test": tests,
            "test_name": [grid.text(row, at["type"]) for row in rows],
            "financial_year": [time and periods.financial_year_name(time.start) for time in times],
            "period_start": [time and time.start for time in times],
            "period_end": [time and time.end for time in times],
        },
        same={"period_type": "financial_year", "area_level": "country"},
        problems=problems,
    ).figures("outcome", contract)
    if not found.quarantined:
        _check_years(grid, found.frame)
    yield found


def _header(grid: Grid) -> tuple[int, dict[str, int]]:
    for row in range(min(5, len(grid))):
        texts = [headers.normal(cell) for cell in grid.rows[row]]
        if sorted(texts) == sorted(_HEADER):
            return row, {text: index for index, text in enumerate(texts)}
    first = [str(cell).strip() for cell in (grid.rows[0] if len(grid) else ())]
    raise HeaderError(
        file=grid.file,
        row=1,
        missing=[name for name in _HEADER if name not in map(str.lower, first)],
        unknown=[text for text in first if text.lower() not in _HEADER],
        known_names={name: [name] for name in _HEADER},
    )


def _check_years(grid: Grid, frame: pd.DataFrame) -> None:
    years = {str(test): set(of["financial_year"]) for test, of in frame.groupby("healthy_prison_test", observed=True)}
    for (one, of_one), (other, of_other) in combinations(years.items(), 2):
        if of_one != of_other:
            raise ReadError(
                "the tests are not of the same years",
                file=grid.file,
                expected=f"{one} and {other} of each year, as prisons are put to all four",
                found="one alone of " + ", ".join(sorted(of_one ^ of_other)),
                advice="The file may have been cut short",
            )
