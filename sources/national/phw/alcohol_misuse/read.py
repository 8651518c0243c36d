"""Reads the table of alcohol-specific hospital admissions by health board and local authority of Wales."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from sources import places
from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places import names
from sources.reading import Figures, PublishedFile, headers, periods, wide, workbook
from sources.reading.grid import Grid, is_blank

_YEAR = r"(\d{4}[/-]\d{2,4})"
_RATE = re.compile(rf"(?:EASR|European age[- ]standardised rate) per 100,000(?: population)? {_YEAR}", re.IGNORECASE)
_CHANGE = re.compile(rf"change since {_YEAR}", re.IGNORECASE)
_RATE_UNIT = "admissions per 100,000 people, age-standardised"


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """Rates and changes of the one table of the workbook.

    Raises HeaderError or LayoutError for other headings, ReadError where the table ends before Wales.
    """
    grid, header = _table(workbook.open_workbook(file))
    table = contract.tables["admission"]
    found = headers.require(
        grid.rows[header], table, file=file.name, sheet=grid.sheet, row=header + 1, allow_unknown=True
    )
    board, authority = found.index["health_board_name"], found.index["area_name"]
    year, columns = _columns(grid, header, {board, authority})
    rows = wide.rows_of_figures(file, grid, header)
    labels: dict[str, list[object]] = {
        name: []
        for name in ("health_board_name", "health_board_code", "area_name", "area_code", "area_level", "is_total")
    }
    problems: list[str | None] = []
    last_board = ""
    for row in rows:
        last_board = grid.text(row, board) or last_board
        name = grid.text(row, authority)
        is_wales = name.casefold() == "wales" and last_board.casefold() == "wales"
        codes, problem = (None, None) if is_wales else _codes(last_board, name, year.end)
        labels["health_board_name"].append(None if is_wales else last_board)
        labels["health_board_code"].append(codes[0] if codes else None)
        labels["area_name"].append(name)
        labels["area_code"].append("W92000004" if is_wales else codes[1] if codes else None)
        labels["area_level"].append("country" if is_wales else "local_authority_district")
        labels["is_total"].append(is_wales)
        problems.append(problem)
    if not any(labels["is_total"]):
        raise ReadError(
            "the table has no row of Wales",
            file=file.name,
            sheet=grid.sheet,
            row=rows[-1] + 1,
            expected="[Wales] as its last row",
            found=f"[{grid.text(rows[-1], authority)}]",
            advice="The table may have been cut short",
        )
    figures = wide.WideTable(
        grid,
        rows,
        list(columns),
        by_row=labels,
        by_column={
            "measure": ["relative_change" if since else "rate" for since in columns.values()],
            "compared_with": list(columns.values()),
            "unit": ["proportion" if since else _RATE_UNIT for since in columns.values()],
        },
        same={
            "financial_year": periods.financial_year_name(year.start),
            "period_start": year.start,
            "period_end": year.end,
        },
        problems=problems,
    )
    yield figures.figures("admission", contract)


def _table(book: workbook.Workbook) -> tuple[Grid, int]:
    """The sheet that has the table and the row of its headings, one of which is of a rate."""
    grids = [book.grid(sheet) for sheet in book.sheet_names]
    found = [
        (grid, row)
        for grid in grids
        for row in range(min(40, len(grid)))
        if any(_RATE.fullmatch(_plain(cell)) for cell in grid.rows[row])
    ]
    if len(found) != 1:
        raise LayoutError(
            "the table was not found once",
            file=book.name,
            expected="one row with a heading like [EASR per 100,000 population 2023/24]",
            found=f"{len(found)} among the sheets " + ", ".join(f"[{sheet}]" for sheet in book.sheet_names),
        )
    return found[0]


def _plain(cell: object) -> str:
    """A heading without line breaks and marks of notes."""
    return re.sub(r"\s*(\[(note )?\d+\]|[¹²³⁴⁵⁶⁷⁸⁹*]+)$", "", headers.normal(cell))


def _columns(grid: Grid, header: int, labels: set[int]) -> tuple[periods.Period, dict[int, str | None]]:
    """The year of the rate, and the earlier year that each column of figures compares with (None for the rate)."""
    years: list[periods.Period] = []
    columns: dict[int, str | None] = {}
    for column, cell in enumerate(grid.rows[header]):
        if column in labels or is_blank(cell):
            continue
        text = _plain(cell)
        rate, change = _RATE.fullmatch(text), _CHANGE.fullmatch(text)
        if rate:
            years.append(periods.financial_year(rate[1]))
        if not rate and not change:
            raise LayoutError(
                "a heading that has no meaning here",
                file=grid.file,
                sheet=grid.sheet,
                row=header + 1,
                column=headers.letter(column),
                expected="[EASR per 100,000 population 2023/24] or [Change since 2022/23]",
                found=f"[{headers.text_of(cell)}]",
            )
        columns[column] = periods.financial_year_name(periods.financial_year(change[1]).start) if change else None
    since = [year for year in columns.values() if year]
    if (
        len(years) != 1
        or any(year >= periods.financial_year_name(years[0].start) for year in since)
        or len(set(since)) != len(since)
    ):
        raise LayoutError(
            "the years of the headings do not fit together",
            file=grid.file,
            sheet=grid.sheet,
            row=header + 1,
            expected="one rate, and changes since different years before it",
            found=", ".join(f"[{headers.text_of(grid.cell(header, column))}]" for column in columns),
        )
    return years[0], columns


def _codes(board: str, name: str, on: date) -> tuple[tuple[str, str] | None, str | None]:
    """The codes of a health board and of an authority in it, or why there are none."""
    try:
        codes = (
            names.register("health_board").resolve(board, on=on),
            names.register("local_authority").resolve(name, on=on),
        )
    except names.UnknownNameError as error:
        return None, str(error)
    # A board is named once above its authorities: rows that moved would come under another one.
    lies_in = {area.lad_code: area.health_board_code for area in places.parents()}.get(codes[1])
    if lies_in != codes[0]:
        return None, f"[{name}] is not in the health board [{board}]"
    return codes, None
