"""Reads deaths by underlying cause: answers of Nomis's interface, and two tables by age."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile, delimited, headers, periods
from sources.reading.delimited import rows_below
from sources.reading.grid import Grid
from sources.reading.long import of_grid
from sources.reading.wide import WideTable

_SEXES = {"total": "persons", "male": "male", "female": "female", "males": "male", "females": "female"}
_GSS = re.compile(r"[A-Z]\d{8}")
#: What the interface says of each dimension beside its name, and of the answer itself.
_NOT_READ = re.compile(
    r"date(_code)?|(geography|cause_of_death|gender|age|measure|measures)|(gender|age|measure)_code"
    r"|\w+_(type|typecode|sortorder)|measures_name|obs_status_name|obs_conf(_name)?|urn|record_(offset|count)",
    re.IGNORECASE,
)
#: A cause begins with its codes: A00-R99,U00-Y89 or X30, or LC12 of a leading cause.
_CAUSE_CODE = re.compile(r"((?:LC\d\d\w?)|[A-Z]\d\d(?:\.\d)?(?:-[A-Z]?\d\d(?:\.\d)?)?(?:, ?[A-Z]\d\d[\d.A-Z-]*)*) \S.*")
_ALL_CAUSES = "all causes"


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The one table of a file.

    Raises HeaderError or LayoutError where it is none of those that are known, ReadError where rows are missing.
    """
    grid = delimited.grid(file)
    header = delimited.header_row(grid)
    cells = [headers.normal(cell) for cell in grid.rows[header]]
    rows_below(file, grid, header)  # It has to be whole.
    if "leading_cause" in cells:
        yield _leading_causes(grid, header, cells, contract)
    elif {"sex", "year", "cause"} <= set(cells):
        yield _by_age(grid, header, cells, contract)
    else:
        yield _interface(grid, header, cells, contract)


def _cause_code(cause: str) -> str:
    found = _CAUSE_CODE.fullmatch(cause)
    if not found:
        raise ValueError(f"[{cause}] does not begin with the codes of a cause")
    return found[1]


def _sex(text: str) -> str:
    if text.casefold() not in _SEXES:
        raise ValueError(f"[{text}] is no sex that is known")
    return _SEXES[text.casefold()]


def _interface(grid: Grid, header: int, cells: list[str], contract: Contract) -> Figures:
    """An answer of the interface; it says how many rows it has, and they have to be there."""
    body = [row for row in grid.rows[header + 1 :] if any(row)]
    if "record_count" in cells:
        counts = {str(row[cells.index("record_count")]) for row in body}
        if counts != {str(len(body))}:
            raise ReadError(
                "not every row of the answer is there",
                file=grid.file,
                expected=f"{' or '.join(sorted(counts))} rows, as RECORD_COUNT has it",
                found=f"{len(body)}",
                advice="Get the file again, page by page where it is longer than the interface's limit",
            )
    if "measures_name" in cells and (kinds := {str(row[cells.index("measures_name")]) for row in body}) != {"Value"}:
        raise LayoutError(
            "the figures are not what is known",
            file=grid.file,
            expected="MEASURES_NAME [Value]",
            found=str(sorted(kinds)),
        )
    leave_out = [cell for cell in cells if _NOT_READ.fullmatch(cell)]
    table = of_grid(grid, contract.tables["death"], leave_out=leave_out)
    figures = table.figures("value", contract, contract.tables["death"].columns["value"])

    def status(said: str, value: str) -> str:
        if said not in {"A", "Q", ""} or (said == "A" and not value):
            raise ValueError(f"[{said}] is no status that is known, or it stands without a figure")
        return "missing" if said == "Q" or not value else "observed"

    def same_code(published: str, cause: str) -> str | None:
        if published not in {"", "Total", _cause_code(cause)}:
            raise ValueError(f"[{published}] is not the code that leads [{cause}]")
        return published or None

    statuses = table.made(status, "published_status", "value")
    frame = pd.DataFrame(
        {
            "year": table.text("year"),
            "period_start": table.days(lambda text: periods.calendar_year(text).start, "year"),
            "period_end": table.days(lambda text: periods.calendar_year(text).end, "year"),
            "area_code": table.text("area_code", lambda text: text if _GSS.fullmatch(text) else None),
            "area_name": table.text("area_name"),
            "cause_code": table.text("cause", _cause_code),
            "cause_published_code": table.made(same_code, "cause_published_code", "cause"),
            "cause": table.text("cause"),
            "is_all_causes": table.flags(lambda text: _ALL_CAUSES in text.casefold(), "cause"),
            "sex": table.text("sex", _sex),
            "age_group": table.text("age_group"),
            "measure": table.text("measure"),
            "value": np.where(np.asarray(statuses) == "missing", np.nan, figures["value"]),
            "status": statuses,
            "published_status": table.text("published_status"),
            **table.provenance("value"),
        }
    )
    kept, quarantined = table.split(frame, "value")
    return Figures("death", kept, rows_in=len(table), quarantined=quarantined)


def _leading_causes(grid: Grid, header: int, cells: list[str], contract: Contract) -> Figures:
    wanted = ["age_group", "icd_10_code", "leading_cause", "deaths", "percentage_of_all_deaths_percent"]
    if sorted(cells) != sorted(wanted):
        raise LayoutError(
            "the headings are not those of the leading causes",
            file=grid.file,
            row=header + 1,
            expected=", ".join(wanted),
            found=", ".join(cells),
        )
    at = {name: cells.index(name) for name in wanted}
    rows = [row for row in range(header + 1, len(grid)) if not grid.is_blank_row(row)]
    found_year = re.search(r"(?<!\d)(20\d\d)(?!\d)", grid.file)
    year = int(found_year[1]) if found_year else None
    ages = [grid.text(row, at["age_group"]) for row in rows]
    found = WideTable(
        grid,
        rows,
        [at["deaths"], at["percentage_of_all_deaths_percent"]],
        by_row={
            "age_group": ages,
            "is_total": [age.casefold() == "all ages" for age in ages],
            "icd10_code": [grid.text(row, at["icd_10_code"]) for row in rows],
            "cause": [grid.text(row, at["leading_cause"]) for row in rows],
        },
        by_column={"measure": ["deaths", "share_of_all_deaths"]},
        same={"period_start": year and date(year, 1, 1), "period_end": year and date(year, 12, 31)},
    ).figures("leading_cause", contract)
    shares = found.frame[found.frame["measure"] == "share_of_all_deaths"]
    if bool((shares["value"] > 1).any()):
        raise LayoutError(
            "the shares of all deaths are not from 0 to 1",
            file=grid.file,
            column="percentage_of_all_deaths_percent",
            expected="shares such as 0.115, as they have been",
            found=f"{shares['value'].max():g}",
        )
    return found


def _by_age(grid: Grid, header: int, cells: list[str], contract: Contract) -> Figures:
    labels = {name: cells.index(name) for name in ("sex", "year", "cause")}
    columns = [column for column in range(len(cells)) if column not in labels.values()]
    ages = [int(cells[column]) if re.fullmatch(r"\d{1,3}", cells[column]) else None for column in columns]
    odd = next((column for column, age in zip(columns, ages, strict=True) if age is None), None)
    if odd is not None or len(set(ages)) < len(ages):
        raise LayoutError(
            "a heading among the ages is not known",
            file=grid.file,
            row=header + 1,
            column=headers.letter(odd) if odd is not None else None,
            expected="each age once",
            found=f"[{cells[odd]}]" if odd is not None else "an age twice",
        )
    rows = [row for row in range(header + 1, len(grid)) if not grid.is_blank_row(row)]
    starts: list[date | None] = []
    sexes: list[str | None] = []
    problems: list[str | None] = []
    for row in rows:
        start, sex, problem = None, None, None
        try:
            start = periods.calendar_year(grid.text(row, labels["year"])).start
            sex = _sex(grid.text(row, labels["sex"]))
        except ValueError as error:
            problem = str(error)
        if not grid.text(row, labels["cause"]):
            problem = problem or "the row has no cause"
        starts.append(start)
        sexes.append(sex)
        problems.append(problem)
    causes = [grid.text(row, labels["cause"]) for row in rows]
    return WideTable(
        grid,
        rows,
        columns,
        by_row={
            "period_start": starts,
            "period_end": [start and date(start.year, 12, 31) for start in starts],
            "sex": sexes,
            "cause": causes,
            "cause_level": [_level(cause) for cause in causes],
        },
        by_column={"age": ages},
        problems=problems,
    ).figures("cause_by_age", contract)


def _level(cause: str) -> str:
    if cause.casefold() == _ALL_CAUSES:
        return "all_causes"
    return "chapter" if re.match(r"[IVX]+: ", cause) else "cause"
