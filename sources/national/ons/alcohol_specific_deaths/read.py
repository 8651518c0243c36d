"""Reads alcohol-specific deaths: individual causes by sex and age, and local authorities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places.names import register
from sources.reading import Figures, PublishedFile, area_years, delimited, headers, periods
from sources.reading.delimited import rows_below
from sources.reading.grid import Grid, is_blank
from sources.reading.markers import split_note
from sources.reading.wide import WideTable
from sources.reading.workbook import open_workbook

_SEXES = {"persons": "persons", "males": "male", "females": "female"}
_COUNTRIES = ("United Kingdom", "England and Wales", "England", "Wales", "Scotland", "Northern Ireland")
_LABELS = {
    "year": r"year",
    "sex": r"sex",
    "icd10_code": r"icd[- ]?10(?: code)?",
    "cause": r"individual cause(?: of death)?(?: description)?",
}
_AGE = r"<\s?1|\d\d?\s?-\s?\d\d?|\d\d\s?(?:\+|and over)|all ages"
_TIDY = ["year", "age_group", "sex", "individual_cause_of_death_description", "n"]


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The causes or the areas of a workbook, or the causes of a tidy copy.

    Raises LayoutError for a title or heading that is not known, ReadError where there is no table, a CSV was cut
    short, or ages do not add up to their total.
    """
    if Path(file.name).suffix.lower() == ".csv":
        yield _tidy(file, contract)
        return
    workbook = open_workbook(file)
    met: dict[object, str] = {}
    parts: dict[str, list[Figures]] = {}
    for sheet, _ in workbook.matching(r"table[ _]?\d+.*"):
        grid = workbook.grid(sheet)
        header = _header_row(grid)
        if header is not None:
            found, keys = _causes(grid, header, contract)
        elif (table := area_years.find(grid)) is not None:
            found, keys = _areas(table, contract), [(column.measure, column.period) for column in table.columns]
        else:
            continue
        again = next((met[key] for key in keys if met.setdefault(key, sheet) != sheet), None)
        if again:
            raise _not_known(grid, f"another table than that of sheet [{again}]", _above(grid, header or 0))
        parts.setdefault(found.table, []).append(found)
    if not parts:
        raise ReadError(
            "no sheet has a table of causes or areas",
            file=file.name,
            expected="sheets like [Table 1] with a heading [Individual cause of death description] or [Area Code]",
            found=", ".join(f"[{name}]" for name in workbook.sheet_names),
        )
    yield from map(area_years.together, parts.values())


def _areas(table: area_years.AreaTable, contract: Contract) -> Figures:
    is_of_one_sex = re.search(r"\b(fe)?males?\b", table.title, re.IGNORECASE)
    if is_of_one_sex or not re.search(r"\balcohol[- ]specific\b", table.title, re.IGNORECASE):
        raise _not_known(table.grid, "a title of all alcohol-specific deaths", table.title)
    return table.figures("local_authority", contract, same={"sex": "persons"})


def _not_known(grid: Grid, expected: str, found: str) -> LayoutError:
    return LayoutError(
        "what the table is of is not known",
        file=grid.file,
        sheet=grid.sheet,
        expected=expected,
        found=f"[{found[:200]}]",
    )


def _plain(cell: object) -> str:
    return split_note(re.sub(r"\s+", " ", headers.text_of(cell)))[0]


def _header_row(grid: Grid) -> int | None:
    """The row with a heading of causes; None where there is none."""
    for row in range(min(len(grid), 40)):
        if any(re.fullmatch(_LABELS["cause"], _plain(cell), re.IGNORECASE) for cell in grid.rows[row]):
            return row
    return None


def _above(grid: Grid, header: int) -> str:
    return " ".join(headers.text_of(cell) for row in grid.rows[:header] for cell in row if not is_blank(cell))


def _causes(grid: Grid, header: int, contract: Contract) -> tuple[Figures, list[object]]:
    """The causes of one sheet, a column an age; and what it is of, which no other sheet may be of."""
    labels, ages = _columns(grid, header)
    title = re.sub(r"\s+", " ", _above(grid, header))
    named = re.findall("|".join(_COUNTRIES), title)
    if len(set(named)) != 1:
        raise _not_known(grid, f"a title with one of {', '.join(_COUNTRIES)}", title)
    first = min(ages)
    rows = [row for row in range(header + 1, len(grid)) if any(not is_blank(cell) for cell in grid.rows[row][first:])]
    if not rows:
        raise ReadError("there is no row below the header", file=grid.file, sheet=grid.sheet, row=header + 1)
    years, sexes, problems = _years_and_sexes(grid, rows, labels)
    groups = [_plain(grid.text(header, column)) for column in ages]
    is_all = [group.casefold() == "all ages" for group in groups]
    table = WideTable(
        grid,
        rows,
        ages,
        by_row={
            "period_start": [year and date(year, 1, 1) for year in years],
            "period_end": [year and date(year, 12, 31) for year in years],
            "sex": sexes,
            "icd10_code": [_text(grid, row, labels.get("icd10_code")) for row in rows],
            "cause": [_text(grid, row, labels["cause"]) for row in rows],
        },
        by_column={"age_group": groups, "is_total": is_all},
        same={"area_code": register("country").resolve(named[0]), "area_name": named[0]},
        problems=problems,
    )
    found = table.figures("cause", contract)
    _check_ages(grid, found)
    found.frame["is_total"] = found.frame["is_total"] | (found.frame["sex"] == "persons")
    return found, [(named[0], "causes")]


def _columns(grid: Grid, header: int) -> tuple[dict[str, int], list[int]]:
    """The columns of labels by name and those of ages; raises LayoutError for a heading that is neither."""
    labels: dict[str, int] = {}
    ages: list[int] = []
    for index, cell in enumerate(grid.rows[header]):
        text = _plain(cell)
        label = next((name for name, pattern in _LABELS.items() if re.fullmatch(pattern, text, re.IGNORECASE)), None)
        groups = [_plain(grid.text(header, age)).casefold() for age in ages]
        if label and label not in labels:
            labels[label] = index
        elif re.fullmatch(_AGE, text, re.IGNORECASE) and text.casefold() not in groups:
            ages.append(index)
        elif text or any(not is_blank(grid.cell(row, index)) for row in range(header + 1, len(grid))):
            raise _heading(grid, header, index, text)
    for name in ("year", "sex", "cause"):
        if name not in labels:
            raise _heading(grid, header, 0, ", ".join(_plain(cell) for cell in grid.rows[header]), expected=f"[{name}]")
    if not ages:
        raise _heading(grid, header, len(grid.rows[header]) - 1, "none", expected="ages")
    return labels, ages


def _heading(grid: Grid, row: int, column: int, found: str, *, expected: str | None = None) -> LayoutError:
    return LayoutError(
        "the headings of the causes are not those that are known",
        file=grid.file,
        sheet=grid.sheet,
        row=row + 1,
        column=headers.letter(column),
        expected=expected or "year, sex, ICD-10 code, individual cause or an age, each once",
        found=f"[{found}]",
    )


def _text(grid: Grid, row: int, column: int | None) -> str | None:
    return (_plain(grid.text(row, column)) or None) if column is not None else None


def _years_and_sexes(
    grid: Grid, rows: Sequence[int], labels: dict[str, int]
) -> tuple[list[int | None], list[str | None], list[str | None]]:
    """Each row's year and sex, and why it cannot be landed where one of them or the cause is missing."""
    years: list[int | None] = []
    sexes: list[str | None] = []
    problems: list[str | None] = []
    for row in rows:
        year, sex, problem = None, _SEXES.get(_plain(grid.text(row, labels["sex"])).casefold()), None
        try:
            year = periods.calendar_year(_plain(grid.text(row, labels["year"]))).start.year
        except ValueError as error:
            problem = str(error)
        if sex is None:
            problem = problem or f"[{grid.text(row, labels['sex'])}] is no sex that is known"
        if not grid.text(row, labels["cause"]):
            problem = problem or "the row has no cause"
        years.append(year)
        sexes.append(sex)
        problems.append(problem)
    return years, sexes, problems


def _check_ages(grid: Grid, found: Figures) -> None:
    """Raises ReadError where the ages of a row do not add up to the publisher's total of it."""
    totals: dict[int, float] = {}
    sums: dict[int, float] = {}
    frame = found.frame
    for row, is_total, value in zip(frame["source_row"], frame["is_total"], frame["value"], strict=True):
        if is_total:
            totals[row] = value
        else:
            sums[row] = sums.get(row, 0.0) + value
    # What is not a number takes its sum with it, and of what was set aside no sum can be asked.
    set_aside = {cell.row for cell in found.quarantined}
    wrong = [row for row, all_ages in totals.items() if abs(sums.get(row, all_ages) - all_ages) > 0.5]
    wrong = [row for row in wrong if row not in set_aside]
    if wrong:
        raise ReadError(
            "the ages do not add up to their total",
            file=grid.file,
            sheet=grid.sheet,
            row=wrong[0],
            expected=f"{totals[wrong[0]]:g}",
            found=f"{sums[wrong[0]]:g}",
        )


def _tidy(file: PublishedFile, contract: Contract) -> Figures:
    """A copy with a row a year, age, sex and cause; it names no area."""
    grid = delimited.grid(file)
    header = delimited.header_row(grid)
    cells = [headers.normal(cell) for cell in grid.rows[header]]
    if sorted(cells) != sorted(_TIDY):
        raise _heading(grid, header, 0, ", ".join(cells), expected=", ".join(_TIDY))
    rows = rows_below(file, grid, header)
    labels = {"year": cells.index("year"), "sex": cells.index("sex"), "cause": cells.index(_TIDY[3])}
    years, sexes, problems = _years_and_sexes(grid, rows, labels)
    ages = [grid.text(row, cells.index("age_group")) for row in rows]
    problems = [
        problem or (None if re.fullmatch(_AGE, age, re.IGNORECASE) else f"[{age}] is no age")
        for problem, age in zip(problems, ages, strict=True)
    ]
    causes = [grid.text(row, labels["cause"]) for row in rows]
    met: set[tuple[object, ...]] = set()
    for row, *key in zip(rows, years, sexes, ages, causes, strict=True):
        if tuple(key) in met:
            raise ReadError("a year, age, sex and cause stand twice", file=file.name, row=row + 1, found=f"{key} again")
        met.add(tuple(key))
    return WideTable(
        grid,
        rows,
        [cells.index("n")],
        by_row={
            "period_start": [year and date(year, 1, 1) for year in years],
            "period_end": [year and date(year, 12, 31) for year in years],
            "sex": sexes,
            "cause": causes,
            "age_group": ages,
            "is_total": [
                sex == "persons" or age.casefold() == "all ages" for sex, age in zip(sexes, ages, strict=True)
            ],
        },
        same={"area_code": None, "area_name": None, "icd10_code": None},
        problems=problems,
    ).figures("cause", contract)
