"""Reads mid-year population estimates by single year of age and the tables beside them: groups of ages, deprivation,
components of change, and deaths (a query of Nomis)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, ReadError
from sources.national.ons.population.tables import (
    CODE,
    SEXES,
    ages_of,
    at_june,
    by_deprivation,
    deaths,
    is_by_deprivation,
    is_of_deaths,
    of_ages,
    of_text,
)
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers, markers, periods, workbook
from sources.reading.grid import Grid, is_blank
from sources.reading.wide import WideTable

_SHEET = r"MYE ?2 ?- ?(Persons|Males|Females)"
_SEXES = {name: SEXES[name] for name in ("persons", "males", "females")}
_AGE = re.compile(r"(?:aged? )?(\d{1,3})( ?\+| and over)?")
_TOTAL = re.compile(r"all[ _]ages|total[ _]population")
#: A year, or the 30 June of one.
_YEAR = re.compile(r"((?:19|20)\d{2})(?:-06-30)?")
_MOST_HEADER_ROWS = 60


@dataclass(frozen=True)
class _AgeColumn:
    """A column of figures: where it is, how it is headed and which age it is of (None for all ages)."""

    index: int
    label: str
    age: int | None
    is_top: bool


@dataclass(frozen=True)
class _Block:
    """A sheet's figures: rows of areas by columns of ages, what is known of each row, and what is wrong with it."""

    grid: Grid
    rows: Sequence[int]
    columns: Sequence[_AgeColumn]
    cells: np.ndarray
    areas: dict[str, list[str]]
    problems: Sequence[str | None]


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """A row a figure: the table ``estimate``, or that which the file has in its place.

    Raises HeaderError for a header with other columns or with ages missing, and ReadError where the sex or the year
    of a sheet cannot be told, or where a CSV ends in the middle of a record.
    """
    if Path(file.name).suffix.lower() == ".csv":
        grid = delimited.grid(file)
        if (other := of_text(grid)) is not None:
            yield other(file, grid, contract)
            return
        sex = re.search(r"persons|females|males", file.name, re.IGNORECASE)
        yield from _read_sheet(grid, contract, sex=_SEXES[sex[0].lower()] if sex else None)
        return
    book = workbook.open_workbook(file)
    if is_by_deprivation(book):
        yield by_deprivation(book, contract)
        return
    if len(book.sheet_names) == 1 and is_of_deaths(only := book.grid(book.sheet_names[0])):
        yield deaths(file, only, contract)
        return
    names = {sex: book.require(_SHEET.replace("Persons|Males|Females", sex), sex) for sex in _SEXES}
    parts = [next(_read_sheet(book.grid(name), contract, sex=_SEXES[sex])) for sex, name in names.items()]
    years = {int(part.frame["year"].iloc[0]) for part in parts if len(part.frame)}
    if len(years) > 1:
        raise ReadError(
            "the sheets are of different years",
            file=file.name,
            expected="one year in their titles",
            found=" and ".join(map(str, sorted(years))),
        )
    yield Figures(
        "estimate",
        pd.concat([part.frame for part in parts], ignore_index=True),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[row for part in parts for row in part.quarantined],
        notes=list(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _read_sheet(grid: Grid, contract: Contract, *, sex: str | None) -> Iterator[Figures]:
    """The estimates, and after them the groups of ages where a table has columns for these too."""
    header_row, found = _find_header(grid, contract)
    columns, groups = _age_columns(grid, header_row, found)
    rows = _rows(grid, header_row)
    is_of_persons = headers.normal(grid.cell(header_row, found.index["area_code"])).startswith("ltla")
    if "year" in found.index:
        year, sex = None, "persons"
    elif is_of_persons:
        year, sex = _year(grid, ""), "persons"
    else:
        title = " ".join(grid.text(row) for row in range(header_row))
        year, sex = _year(grid, title), _sex(grid, title, sex)
    cells = np.empty((len(rows), len(columns)), dtype=object)
    for number, row in enumerate(rows):
        line = grid.rows[row]
        cells[number] = [line[column.index] if column.index < len(line) else None for column in columns]
    areas = {name: [grid.text(row, index) for row in rows] for name, index in found.index.items()}
    if year is not None:
        areas["year"] = [str(year)] * len(rows)
    areas.setdefault("sex", [sex] * len(rows))
    areas["sex"] = [SEXES.get(text.casefold(), text) for text in areas["sex"]]
    problems = []
    for number, row in enumerate(rows):
        problem = None
        if len(grid.rows[row]) != len(grid.rows[header_row]):
            problem = f"the record has {len(grid.rows[row])} cells, the header {len(grid.rows[header_row])}"
        elif not CODE.fullmatch(areas["area_code"][number]):
            problem = f"[{areas['area_code'][number]}] has not the form of an area code"
        elif not _YEAR.fullmatch(areas["year"][number]):
            problem = f"[{areas['year'][number]}] is not a year"
        elif areas["sex"][number] not in _SEXES.values():
            problem = f"[{areas['sex'][number]}] is not a sex"
        problems.append(problem)
    block = _Block(grid, rows, columns, cells, areas, problems)
    yield _figures(block, contract, notes=found.notes)
    if groups:
        years = [int(named[1]) if (named := _YEAR.fullmatch(text)) else None for text in areas["year"]]
        yield WideTable(
            grid,
            rows,
            list(groups),
            by_row={**areas, **at_june(years)},
            by_column=of_ages(list(groups.values())),
            problems=problems,
        ).figures("age_group", contract)


def _find_header(grid: Grid, contract: Contract) -> tuple[int, headers.Match]:
    """The header row, ages left aside: an error should name the columns that matter, not ninety ages."""
    named = [
        ["" if _is_of_figures(headers.text_of(cell)) else cell for cell in row] for row in grid.rows[:_MOST_HEADER_ROWS]
    ]
    return Grid(named, grid.file, grid.sheet).find_header(contract.tables["estimate"], allow_unknown=True)


def _is_of_figures(label: str) -> bool:
    return bool(_AGE.fullmatch(headers.normal(label)) or _TOTAL.fullmatch(headers.normal(label)))


def _rows(grid: Grid, header_row: int) -> list[int]:
    """Every row below the header but blank ones and footnotes (text in the first cell alone).

    Raises ReadError where there is none, or where a text file ends in the middle of a record.
    """
    filled = [row for row in range(header_row + 1, len(grid)) if not grid.is_blank_row(row)]
    rows = [row for row in filled if not all(is_blank(cell) for cell in grid.rows[row][1:])]
    if not rows:
        raise ReadError("there is no row below the header", file=grid.file, sheet=grid.sheet, row=header_row + 1)
    width = len(grid.rows[header_row])
    if len(grid.rows[filled[-1]]) < width:
        raise ReadError(
            "the file ends in the middle of a record",
            file=grid.file,
            sheet=grid.sheet,
            row=filled[-1] + 1,
            expected=f"{width} cells",
            found=f"{len(grid.rows[filled[-1]])}",
            advice="It may have been cut short: get it again",
        )
    return rows


def _figures(block: _Block, contract: Contract, *, notes: Sequence[str]) -> Figures:
    """Rows of areas and columns of ages as one row a figure, in the file's order."""
    read = markers.figures(block.cells.ravel(), contract, contract.tables["estimate"].columns["value"])
    across, down = len(block.columns), len(block.rows)
    row_of, column_of = np.repeat(np.arange(down), across), np.tile(np.arange(across), down)

    def by_row(values: Sequence[str | None]) -> pd.Categorical:
        return pd.Categorical(values).take(row_of)

    years = np.array([int(named[1]) if (named := _YEAR.fullmatch(year)) else 0 for year in block.areas["year"]])
    ends = {
        year: np.datetime64(periods.mid_year(year).end, "s") if year else np.datetime64("NaT") for year in set(years)
    }
    days = np.array([ends[year] for year in years], dtype="datetime64[s]")
    letters = [headers.letter(column.index) for column in block.columns]
    frame = pd.DataFrame(
        {
            "year": years[row_of],
            "period_start": days[row_of],
            "period_end": days[row_of],
            "area_code": by_row(block.areas["area_code"]),
            "area_name": by_row(block.areas["area_name"]),
            "geography": by_row(block.areas.get("geography", [None] * down)),
            "sex": by_row(block.areas["sex"]),
            "age": pd.array([column.age for column in block.columns], dtype="Int64").take(column_of),
            "age_label": pd.Categorical([column.label for column in block.columns]).take(column_of),
            "is_top_age": np.array([column.is_top for column in block.columns])[column_of],
            "is_total": np.array([column.age is None for column in block.columns])[column_of],
            "value": read["value"].to_numpy(),
            "status": read["status"],
            "source_sheet": by_row([block.grid.sheet] * down),
            "source_row": np.asarray(block.rows, dtype="int64")[row_of] + 1,
            "source_column": pd.Categorical(letters).take(column_of),
        }
    )
    of_row = np.array(block.problems, dtype=object)[row_of]
    reasons = np.where(pd.isna(of_row), read["problem"].astype(object).to_numpy(), of_row)
    rejected = ~pd.isna(reasons)
    quarantined = [
        Quarantined(
            reason=str(reasons[place]),
            cell=str(block.cells[place // across, place % across]),
            sheet=block.grid.sheet,
            row=block.rows[place // across] + 1,
            column=letters[place % across],
        )
        for place in map(int, np.flatnonzero(rejected))
    ]
    landed = pd.DataFrame(frame[~rejected]) if quarantined else frame
    return Figures("estimate", landed, rows_in=block.cells.size, quarantined=quarantined, notes=list(notes))


def _age_columns(grid: Grid, header_row: int, found: headers.Match) -> tuple[list[_AgeColumn], dict[int, str]]:
    """The columns of single years of age, and the headings of those of groups; raises HeaderError unless the years
    are every one from 0 to an open group at the end."""
    taken = set(found.index.values())
    columns, groups, unknown = list[_AgeColumn](), dict[int, str](), list[str]()
    for index, cell in enumerate(grid.rows[header_row]):
        # A workbook may hold the ages as numbers: 17.0 is headed 17.
        label = headers.text_of(cell)
        if index in taken or not label:
            continue
        if match := _AGE.fullmatch(headers.normal(label)):
            columns.append(_AgeColumn(index, label, int(match[1]), match[2] is not None))
        elif _TOTAL.fullmatch(headers.normal(label)):
            columns.append(_AgeColumn(index, label, None, False))
        elif "sex" in found.index and ages_of(label):
            groups[index] = label
        else:
            unknown.append(label)
    ages = [column for column in columns if column.age is not None]
    top = next((column.age for column in ages if column.is_top), None)
    expected = list(range((top if top is not None else 90) + 1))
    present = {column.age for column in ages}
    missing = [str(age) for age in expected if age not in present]
    if top is None:
        missing = [*(age for age in missing if age != "90"), "90+"]
    if "year" not in found.index and len(ages) == len(columns):
        missing.append("All ages")
    twice = sorted({column.label for column in columns if [c.age for c in columns].count(column.age) > 1})
    if missing or unknown or twice:
        raise HeaderError(
            file=grid.file,
            sheet=grid.sheet,
            row=header_row + 1,
            missing=missing,
            unknown=[*unknown, *(f"{label} (twice)" for label in twice)],
            known_names={},
        )
    return columns, groups


def _sex(grid: Grid, title: str, sex: str | None) -> str:
    """The sex of a sheet, from its name, a CSV's name or its title; they may not contradict each other."""
    named = {_SEXES[word] for word in re.findall(r"\b(persons|males|females)\b", title.lower())}
    found = named | ({sex} if sex else set())
    if len(named) == 1 and len(found) > 1:
        raise ReadError(
            "the title is of another sex than the name of the sheet or file",
            file=grid.file,
            sheet=grid.sheet,
            row=1,
            expected=str(sex),
            found=f"{named.pop()} in [{title[:80]}]",
        )
    if not sex and len(named) != 1:
        raise ReadError(
            "the file does not say which sex its figures are of",
            file=grid.file,
            expected="persons, males or females in its name or title",
            found="none of them" if not named else "more than one of them",
            advice="Name it as the sheet that it was saved from, as mye24tablesew_MYE2_persons.csv",
        )
    return sex or named.pop()


def _year(grid: Grid, title: str) -> int:
    """The year in a sheet's title, or where that has none (a sheet saved as CSV) in the file's name."""
    found = {int(year) for year in re.findall(r"mid[- ]?((?:19|20)\d{2})\b", title, re.IGNORECASE)}
    if not found:
        named = re.search(r"(?:mye|population)(\d{2})(?!\d)|mid[-_ ]?((?:19|20)\d{2})", grid.file, re.IGNORECASE)
        found = {2000 + int(named[1]) if named[1] else int(named[2])} if named else set()
    if len(found) != 1:
        raise ReadError(
            "the year of the estimates cannot be told",
            file=grid.file,
            sheet=grid.sheet,
            row=1,
            expected="mid- and one year in the title, or in the file's name",
            found=" and ".join(map(str, sorted(found))) or f"[{title[:80]}]",
        )
    return found.pop()
