"""Reads tables of opt-out testing for bloodborne viruses in prisons, in a layout that is assumed (see the contract)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places import names
from sources.reading import Figures, PublishedFile, headers, long, markers, periods, wide, workbook
from sources.reading.grid import Grid, is_blank

#: Headings of figures, without regard to case, and who is counted.
_MEASURES = {
    "new receptions": "received",
    "new receptions and transfers": "received",
    "offered a test": "offered",
    "tests offered": "offered",
    "tested": "tested",
    "people tested": "tested",
    "tested positive": "positive",
    "antibody positive": "antibody_positive",
    "rna positive": "rna_positive",
    "pcr positive": "rna_positive",
    "referred": "referred",
    "referred for treatment": "referred",
    "started treatment": "treatment_started",
    "completed treatment": "treatment_completed",
}
_VIRUSES = {
    "hepatitis b": "hepatitis_b",
    "hbv": "hepatitis_b",
    "hepatitis c": "hepatitis_c",
    "hcv": "hepatitis_c",
    "hiv": "hiv",
}
_ALL = {"", "all", "total", "year"}


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The figures of the file's one table.

    Raises HeaderError or LayoutError for headings that are not known, ReadError where the file has no table, or its
    last row is not England, with which the table ends.
    """
    grid = long.whole_grid(file) if file.name.lower().endswith(".csv") else _sheet(file, contract)
    header, found = grid.find_header(contract.tables["testing"], allow_unknown=True)
    at = found.index
    measures = _measures(grid, header, set(at.values()))
    rows = wide.rows_of_figures(file, grid, header)
    labels: dict[str, list[object]] = {}
    problems: list[str | None] = [None] * len(rows)

    def label(name: str, function: Callable[..., object], *columns: str) -> None:
        """One label a row; what cannot be read is the row's problem."""
        made = labels[name] = []
        for number, row in enumerate(rows):
            try:
                made.append(function(*(grid.text(row, at[column]) if column in at else "" for column in columns)))
            except ValueError as error:
                made.append(None)
                problems[number] = problems[number] or str(error)

    time = ("financial_year", "quarter")
    label("financial_year", lambda year: periods.financial_year_name(_period(year, "").start), "financial_year")
    label("quarter", lambda text: None if text.casefold() in _ALL else text, "quarter")
    label("period_start", lambda *texts: _period(*texts).start, *time)
    label("period_end", lambda *texts: _period(*texts).end, *time)
    label("period_type", lambda *texts: _period(*texts).type, *time)
    label("area_name", long.required("region"), "area_name")
    label("area_code", lambda text: _area(text)[0], "area_name")
    label("area_level", lambda text: _area(text)[1], "area_name")
    label("prison_name", lambda text: None if text.casefold() in _ALL else text, "prison_name")
    label("prison_code", _prison, "prison_name")
    label("virus", lambda text: _known(text, _VIRUSES, "virus"), "virus")
    has_prisons = any(labels["prison_name"])
    labels["is_total"] = [
        level == "country" or kind == "financial_year" or (has_prisons and prison is None)
        for level, kind, prison in zip(labels["area_level"], labels["period_type"], labels["prison_name"], strict=True)
    ]
    _refuse_other_regions(grid, rows, at["area_name"])
    if labels["area_level"][-1] != "country":
        raise ReadError(
            "the table does not end with England",
            file=file.name,
            sheet=grid.sheet,
            row=rows[-1] + 1,
            expected="[England] as the region of the last row",
            found=f"[{grid.text(rows[-1], at['area_name'])}]",
            advice="The table may have been cut short",
        )
    table = wide.WideTable(
        grid,
        rows,
        list(measures),
        by_row=labels,
        by_column={"measure": list(measures.values())},
        problems=problems,
    )
    yield table.figures("testing", contract)


def _sheet(file: PublishedFile, contract: Contract) -> Grid:
    """The sheet that has the table; raises ReadError where none or several have."""
    book = workbook.open_workbook(file)
    found = []
    for sheet in book.sheet_names:
        grid = book.grid(sheet)
        if any(not headers.match(row, contract.tables["testing"].columns).missing for row in grid.rows[:40]):
            found.append(grid)
    if len(found) != 1:
        raise ReadError(
            "the table was not found once",
            file=file.name,
            expected="one sheet with a row headed [Financial year], [Quarter], [Region], [Virus]",
            found=f"{len(found)} among " + ", ".join(f"[{sheet}]" for sheet in book.sheet_names),
        )
    return found[0]


def _measures(grid: Grid, header: int, labels: set[int]) -> dict[int, str]:
    """Who is counted in each column of figures; raises LayoutError for a heading that is not known or stands twice."""
    measures: dict[int, str] = {}
    for column in range(len(grid.rows[header])):
        below = range(header + 1, len(grid))
        is_empty = is_blank(grid.cell(header, column)) and all(is_blank(grid.cell(row, column)) for row in below)
        if column in labels or is_empty:
            continue
        text = headers.normal(markers.split_note(re.sub(r"\s+", " ", grid.text(header, column)))[0])
        measure = _MEASURES.get(text)
        if measure is None or measure in measures.values():
            raise LayoutError(
                "a heading that has no meaning here" if measure is None else "two columns count the same",
                file=grid.file,
                sheet=grid.sheet,
                row=header + 1,
                column=headers.letter(column),
                expected="one each of " + ", ".join(f"[{known}]" for known in _MEASURES),
                found=f"[{grid.text(header, column)}]",
            )
        measures[column] = measure
    return measures


@cache
def _period(year: str, quarter: str) -> periods.Period:
    if quarter.casefold() in _ALL:
        return periods.financial_year(year)
    return periods.financial_quarter_of(year, quarter)


def _known(text: str, known: Mapping[str, str], what: str) -> str:
    if text.casefold() not in known:
        raise ValueError(f"[{text}] is not a {what} that is known")
    return known[text.casefold()]


def _area(name: str) -> tuple[str, str]:
    if name.casefold() == "england":
        return "E92000001", "country"
    return names.register("region").resolve(name), "region"


def _refuse_other_regions(grid: Grid, rows: list[int], column: int) -> None:
    """Raises ReadError where an area is neither England nor one of its regions: London may be another London then."""
    for row in rows:
        try:
            _area(grid.text(row, column))
        except names.UnknownNameError as error:
            raise ReadError(
                "an area is not a region of England, so the others may be none either",
                file=grid.file,
                sheet=grid.sheet,
                row=row + 1,
                column=headers.letter(column),
                expected="England and its regions, by name",
                found=str(error),
            ) from error


def _prison(name: str) -> str | None:
    return None if name.casefold() in _ALL else names.register("prison").resolve(name)
