"""Reads deaths related to drug poisoning: the workbook of local authorities, and four tables saved as CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile, area_years, delimited, markers, periods
from sources.reading.delimited import rows_below
from sources.reading.grid import Grid
from sources.reading.headers import letter, normal
from sources.reading.wide import WideTable, spread
from sources.reading.workbook import open_workbook

_CAUSES = {"drug_poisoning": r"drug[ _-]poisoning", "drug_misuse": r"drug[ _-]misuse"}
_SEXES = {"persons": r"\bpersons\b", "male": r"\bmales?\b", "female": r"\bfemales?\b"}
_SUBSTANCES = ("drug_poisoning", "drug_misuse", "any_opiate", "heroin_morphine")
_AGE = r"under \d+|\d+ ?- ?\d+|\d+ and over"
_ENGLAND_AND_WALES = "K04000001"


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The areas of a workbook or of one of its sheets saved as CSV, or a table of England and Wales.

    Raises LayoutError for a title or heading that is not known, ReadError where there is no table or a CSV was cut
    short.
    """
    if Path(file.name).suffix.lower() == ".csv":
        yield _of_csv(file, contract)
    else:
        yield _of_workbook(file, contract)


def _of_workbook(file: PublishedFile, contract: Contract) -> Figures:
    """The sheets that have a table of areas; each combination of what they are of comes once."""
    workbook = open_workbook(file)
    met: dict[tuple[object, ...], str] = {}
    found: list[Figures] = []
    for sheet, _ in workbook.matching(r"table[ _]?\d+.*"):
        table = area_years.find(workbook.grid(sheet))
        if table is None:
            continue
        if re.search(r"occurr|date of death", table.title, re.IGNORECASE):
            raise _not_known(table.grid, "a title of deaths by registration", table.title)
        cause = _one_of(_CAUSES, table, "drug poisoning or drug misuse")
        sex = _one_of(_SEXES, table, "one sex, or all persons", otherwise="persons")
        for column in table.columns:
            key = (cause, sex, column.measure, column.period)
            if met.setdefault(key, sheet) != sheet:
                raise _not_known(table.grid, f"another table than that of sheet [{met[key]}]", table.title)
        found.append(table.figures("local_authority", contract, same={"cause": cause, "sex": sex}))
    if not found:
        raise ReadError(
            "no sheet has a table of areas",
            file=file.name,
            expected="sheets like [Table 1] with a heading [Area Codes]",
            found=", ".join(f"[{name}]" for name in workbook.sheet_names),
        )
    return area_years.together(found)


def _one_of(
    patterns: dict[str, str], table: area_years.AreaTable, expected: str, *, otherwise: str | None = None
) -> str:
    """Which of several things a title names; raises LayoutError where it is none or several."""
    found = [name for name, pattern in patterns.items() if re.search(pattern, table.title, re.IGNORECASE)]
    if len(found) == 1 or (not found and otherwise):
        return found[0] if found else str(otherwise)
    raise _not_known(table.grid, f"a title with {expected}", table.title)


def _not_known(grid: Grid, expected: str, found: str) -> LayoutError:
    return LayoutError(
        "what the table is of is not known",
        file=grid.file,
        sheet=grid.sheet,
        expected=expected,
        found=f"[{found[:200]}]",
    )


def _of_csv(file: PublishedFile, contract: Contract) -> Figures:
    grid = delimited.grid(file)
    header = delimited.header_row(grid)
    cells = [normal(cell) for cell in grid.rows[header]]
    others = [cell for cell in cells if cell != "year"]
    if "year" in cells and set(others) == set(_SUBSTANCES):
        # The one copy that there is ends without a line end.
        rows = rows_below(file, grid, header, may_lack_last_line_end=True)
        return _by_substance(grid, header, rows, contract)
    rows = rows_below(file, grid, header)
    if {"code", "name"} < set(cells):
        return _areas(file, grid, contract)
    if "year" in cells and len(others) > 1 and all(re.fullmatch(_AGE, cell) for cell in others):
        return _heroin_by_age(grid, header, rows, contract)
    if sorted(cells) == ["dt", "n", "o"]:
        return _by_day(grid, rows, cells, contract)
    raise LayoutError(
        "the table is none that is known",
        file=file.name,
        row=header + 1,
        expected="[code, name, years], [year, drug_poisoning, ...], [year, ages] or [dt, n, o]",
        found=", ".join(f"[{cell}]" for cell in cells[:8]),
    )


def _areas(file: PublishedFile, grid: Grid, contract: Contract) -> Figures:
    """A sheet saved without its title: the file's name has to say which of them."""
    causes = [name for name, pattern in _CAUSES.items() if re.search(pattern, file.name, re.IGNORECASE)]
    table = area_years.find(grid)
    if len(causes) != 1 or table is None:
        raise LayoutError(
            "what the table is of cannot be told from the file's name",
            file=file.name,
            expected="a name with drug_poisoning or drug_misuse",
            found=f"[{file.name}]",
        )
    return table.figures("local_authority", contract, same={"cause": causes[0], "sex": "persons"})


def _by_substance(grid: Grid, header: int, rows: Sequence[int], contract: Contract) -> Figures:
    same = {"age_group": "All ages", "is_total": True}
    return _of_years(grid, header, rows, contract, heading="substance", same=same)


def _heroin_by_age(grid: Grid, header: int, rows: Sequence[int], contract: Contract) -> Figures:
    """Ages of deaths from heroin and morphine: the one substance that is given by age."""
    if not re.search("heroin", grid.file, re.IGNORECASE):
        raise LayoutError(
            "what the ages are of cannot be told from the file's name",
            file=grid.file,
            expected="a name with heroin_morphine",
            found=f"[{grid.file}]",
        )
    same = {"substance": "heroin_morphine", "is_total": False}
    return _of_years(grid, header, rows, contract, heading="age_group", same=same)


def _of_years(
    grid: Grid, header: int, rows: Sequence[int], contract: Contract, *, heading: str, same: dict[str, object]
) -> Figures:
    """A row a year; the columns beside the year say ``heading``, each once."""
    texts = [grid.text(header, column) for column in range(len(grid.rows[header]))]
    if len({text.casefold() for text in texts}) < len(texts):
        raise LayoutError(
            "a heading stands twice", file=grid.file, row=header + 1, expected="each once", found=", ".join(texts)
        )
    year = next(column for column, text in enumerate(texts) if normal(text) == "year")
    columns = [column for column in range(len(texts)) if column != year]
    starts: list[date | None] = []
    problems: list[str | None] = []
    for row in rows:
        try:
            starts.append(periods.calendar_year(grid.text(row, year)).start)
            problems.append(None)
        except ValueError as error:
            starts.append(None)
            problems.append(str(error))
    ends = [start and date(start.year, 12, 31) for start in starts]
    return WideTable(
        grid,
        rows,
        columns,
        by_row={"period_start": starts, "period_end": ends},
        by_column={heading: [texts[column] for column in columns]},
        same={"period_type": "calendar_year", "area_code": _ENGLAND_AND_WALES, **same},
        problems=problems,
    ).figures("substance", contract)


def _by_day(grid: Grid, rows: Sequence[int], cells: Sequence[str], contract: Contract) -> Figures:
    """Two figures a day; raises ReadError where the days do not follow each other, for one has got lost then."""
    day_column, columns = cells.index("dt"), [cells.index("n"), cells.index("o")]
    days: list[date] = []
    for row in rows:
        text = grid.text(row, day_column)
        try:
            days.append(datetime.strptime(text, "%d/%m/%Y").date())  # noqa: DTZ007 (a day has no zone)
        except ValueError as error:
            raise _no_day(grid, row, day_column, "a day such as 31/12/2018") from error
    steps = np.diff(np.array(days, dtype="datetime64[D]")).astype(int)
    if len(wrong := np.flatnonzero(steps != 1)):
        at = int(wrong[0]) + 1
        raise _no_day(grid, rows[at], day_column, f"the day after {days[at - 1]:%d/%m/%Y}")
    figures = markers.figures(
        [grid.cell(row, column) for row in rows for column in columns],
        contract,
        contract.tables["day"].columns["deaths"],
    )
    day_of, column_of = np.repeat(np.arange(len(rows)), 2), np.tile(np.arange(2), len(rows))
    none = np.zeros_like(day_of)
    frame = pd.DataFrame(
        {
            "period_start": spread(days, day_of),
            "period_end": spread(days, day_of),
            "area_code": spread([_ENGLAND_AND_WALES], none),
            "substance": spread(["drug_poisoning", "opioid"], column_of),
            "deaths": figures["value"],
            "status": figures["status"],
            "source_sheet": spread([grid.sheet], none),
            "source_row": np.asarray(rows)[day_of] + 1,
            "source_column": spread([letter(column) for column in columns], column_of),
        }
    )
    problems = figures["problem"].astype(object).to_numpy()
    bad = np.flatnonzero(~pd.isna(problems))
    quarantined = [grid.quarantined(rows[day_of[at]], columns[column_of[at]], str(problems[at])) for at in bad]
    return Figures("day", frame.drop(index=frame.index[bad]), rows_in=len(frame), quarantined=quarantined)


def _no_day(grid: Grid, row: int, column: int, expected: str) -> ReadError:
    return ReadError(
        "the days do not follow each other",
        file=grid.file,
        row=row + 1,
        column=letter(column),
        expected=expected,
        found=f"[{grid.text(row, column)}]",
    )
