"""Reads safety in custody: incidents by establishment from the summary tables, and extracts of national figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, across, delimited, headers, periods
from sources.reading.grid import Grid
from sources.reading.long import stacked
from sources.reading.periods import Period
from sources.reading.wide import WideTable
from sources.reading.workbook import Workbook, open_workbook

_TITLE = r"\b(?:self-harm|assaults?|deaths)\b.*\bby (?:prison )?(?:establishment|prison)\b"
#: What a title says, in order: the first of these that is in it is what the table counts.
_MEASURES = (
    (r"self-harm.*individuals|individuals.*self-harm", "self_harm_individuals"),
    (r"self-harm.*\b(?:rate|method|per 1,000|injur)|(?:rate|method).*self-harm", None),
    (r"self-harm", "self_harm_incidents"),
    (r"assaults?.*\b(?:rate|per 1,000|weapon|injur)|rate.*assault", None),
    (r"serious.*(?:staff|prisoner[ -]on)|(?:staff|prisoner[ -]on).*serious", None),
    (r"serious assault", "serious_assaults"),
    (r"assaults? on staff", "assaults_on_staff"),
    (r"prisoner[ -]on[ -]prisoner assault", "prisoner_on_prisoner_assaults"),
    (r"assault", "assaults"),
    (r"self-inflicted deaths", "self_inflicted_deaths"),
    (r"(?:natural|homicide|rate|per 1,000).*deaths|deaths.*(?:natural|homicide|rate|per 1,000)", None),
    (r"deaths", "deaths"),
)
_ESTABLISHMENT = re.compile(r"(?:prison )?establishment(?: name)?|prison(?: name)?", re.IGNORECASE)
#: Rows that are no establishment, with the sex of the establishments that they add up.
_TOTALS = {
    r"(?:grand )?total|all (?:prisons|establishments)|total (?:all )?establishments|england (?:and|&) wales": "all",
    r"(?:total )?male (?:establishments|estate|prisons)(?: total)?|total male": "male",
    r"(?:total )?female (?:establishments|estate|prisons)(?: total)?|total female": "female",
}
_NOT_READ = r"(?:%|percentage|per cent)?\s*change.*"

#: Headings of the extracts of years: what the figures below them are.
_YEARLY = {
    ("rate", "incidents"): ("self_harm_incidents_per_1000", "self_harm_incidents"),
    ("assaults", "serious"): ("assaults_per_1000", "serious_assaults_per_1000"),
    ("women", "men"): ("women_share_of_self_harm", None),
}
_UNITS = {
    "self_harm_incidents": "incidents",
    "women_share_of_self_harm": "per cent",
    "deaths": "deaths",
}
_PER_1000 = "incidents per 1,000 prisoners"
_CAUSES = {
    "total deaths": "all",
    "self-inflicted": "self_inflicted",
    "natural causes": "natural_causes",
    "homicide": "homicide",
    "other": "other",
}
#: Fewer or more people than this have not been in prison in England and Wales in any year of the extracts.
_POPULATION = (60_000, 100_000)


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """``prison_incident`` from a workbook, ``national_year`` from an extract.

    Counts at an establishment that the register does not know are quarantined. Raises LayoutError for a title or
    heading that is not known, ReadError where a period has two totals or parts do not add up to their total.
    """
    if not file.name.lower().endswith((".csv", ".txt")):
        yield _workbook(open_workbook(file), contract)
        return
    grid = delimited.grid(file)
    header, texts = _header(grid)
    rows = delimited.rows_below(file, grid, header, may_lack_last_line_end=True)
    if "death_type" in texts:
        yield _deaths(grid, texts, rows, contract)
    else:
        yield _years(grid, header, texts, rows, contract)


# By establishment -------------------------------------------------------------------------------------------------


def _workbook(book: Workbook, contract: Contract) -> Figures:
    parts: dict[str, Figures] = {}
    for sheet in filter(across.has_tables, book.sheet_names):
        grid = book.grid(sheet)
        title = across.title_of(grid, _TITLE)
        measure = _measure(title) if title else None
        if title is None or measure is None:
            continue
        if measure in parts:
            raise LayoutError(
                "two tables by establishment count the same",
                file=book.name,
                sheet=sheet,
                expected=f"one table of {measure.replace('_', ' ')}",
                found=f"[{title}] as well",
            )
        table = across.find(grid, title=title, not_read=_NOT_READ)
        parts[measure] = _by_establishment(table, measure, contract)
    if not parts:
        raise ReadError(
            "no table by establishment was found",
            file=book.name,
            expected="a sheet whose title says [self-harm incidents by establishment], or assaults or deaths",
            found=", ".join(f"[{sheet}]" for sheet in book.sheet_names),
        )
    return Figures(
        "prison_incident",
        stacked([part.frame for part in parts.values()]),
        sum(part.rows_in for part in parts.values()),
        [cell for part in parts.values() for cell in part.quarantined],
    )


def _measure(title: str) -> str | None:
    """What a table counts; None for a rate, a method or another table that is not read."""
    return next((measure for pattern, measure in _MEASURES if re.search(pattern, title, re.IGNORECASE)), None)


def _total_of(name: str) -> str | None:
    """The sex of the establishments that a row adds up; None for an establishment."""
    return next((sex for pattern, sex in _TOTALS.items() if re.fullmatch(pattern, name, re.IGNORECASE)), None)


def _by_establishment(table: across.TimeTable, measure: str, contract: Contract) -> Figures:
    if len(table.labels) != 1 or not _ESTABLISHMENT.fullmatch(next(iter(table.labels.values()))):
        raise LayoutError(
            "the first column is not that of establishments",
            file=table.grid.file,
            sheet=table.grid.sheet,
            row=table.header_row + 1,
            expected="[Establishment] alone before the years",
            found=", ".join(f"[{text}]" for text in table.labels.values()),
        )
    names = [texts[0] for texts in table.texts]
    totals = [_total_of(name) for name in names]
    for sex in set(filter(None, totals)):
        if totals.count(sex) > 1:
            again = table.rows[len(totals) - 1 - totals[::-1].index(sex)]
            raise ReadError(
                "a table has two totals",
                file=table.grid.file,
                sheet=table.grid.sheet,
                row=again + 1,
                expected=f"one total of {sex} establishments",
                found=f"[{table.grid.text(again, next(iter(table.labels)))}] as well",
                advice="Added up, they would make the figures several times what they are",
            )
    on = max(column.period.end for column in table.columns)
    codes, problems = list[str | None](), list[str | None]()
    for name, sex in zip(names, totals, strict=True):
        try:
            code, problem = None if sex else register("prison").resolve(name, on=on), None
        except UnknownNameError as error:
            code, problem = None, str(error)
        codes.append(code)
        problems.append(problem)
    found = table.figures(
        "prison_incident",
        contract,
        by_row={
            "area_level": ["country" if sex else "prison" for sex in totals],
            "prison_code": codes,
            "prison_name": [None if sex else name for name, sex in zip(names, totals, strict=True)],
            "sex": [sex or "all" for sex in totals],
            "is_total": [sex is not None for sex in totals],
        },
        same={"measure": measure, "table_title": table.title},
        problems=problems,
    )
    if not found.quarantined:
        table.refuse_other_totals(pd.DataFrame(found.frame[found.frame["sex"] == "all"]), "is_total")
        _check_years(table, found.frame)
    return found


def _check_years(table: across.TimeTable, frame: pd.DataFrame) -> None:
    """Raises ReadError where a year's total is not the sum of its months, all of them being given."""
    if not any(column.is_year_of_months for column in table.columns):
        return
    year = pd.DatetimeIndex(frame["period_end"]).year
    is_month = (frame["period_type"] == "month").to_numpy()
    given = (
        frame[is_month].groupby([frame["source_row"][is_month], year[is_month]])["value"].agg(["sum", "count", "size"])
    )
    sums = {key: total for key, total, count, size in given.itertuples() if count == size}
    totals = pd.DataFrame(frame[~is_month]).to_dict("records")
    for record, of_year in zip(totals, year[~is_month], strict=True):
        added = sums.get((record["source_row"], of_year), np.nan)
        if not np.isnan(added - record["value"]) and added != record["value"]:
            raise ReadError(
                "the months do not add up to their total",
                file=table.grid.file,
                sheet=table.grid.sheet,
                row=record["source_row"],
                column=record["source_column"],
                expected=f"{record['value']:g} for {of_year}",
                found=f"{added:g}",
                advice="A column may stand below another heading",
            )


# Extracts ---------------------------------------------------------------------------------------------------------


def _header(grid: Grid) -> tuple[int, dict[str, int]]:
    known = [{"year", *headings} for headings in _YEARLY] + [{"ids", "death_type", "value", "parent"}]
    for row in range(min(5, len(grid))):
        texts = {headers.normal(cell): index for index, cell in enumerate(grid.rows[row])}
        if set(texts) in known and len(texts) == len(grid.rows[row]):
            return row, texts
    raise LayoutError(
        "the heading is not one of an extract that is known",
        file=grid.file,
        expected=" or ".join(f"[{', '.join(sorted(texts))}]" for texts in known),
        found=", ".join(f"[{cell}]" for cell in (grid.rows[0] if len(grid) else ())),
    )


def _years(grid: Grid, header: int, texts: dict[str, int], rows: Sequence[int], contract: Contract) -> Figures:
    headings = next(pair for pair in _YEARLY if set(pair) <= set(texts))
    measures = dict(zip(headings, _YEARLY[headings], strict=True))
    times: list[Period | None] = []
    problems: list[str | None] = []
    for row in rows:
        try:
            time, problem = periods.calendar_year(grid.text(row, texts["year"])), None
        except ValueError as error:
            time, problem = None, str(error)
        times.append(time)
        problems.append(problem)
    given = [time for time in times if time]
    if len(set(given)) < len(given):
        raise ReadError("a year stands twice", file=grid.file, row=header + 1, expected="one record a year")
    if "men" in texts:
        _check_base(grid, texts["men"], rows)
    read = {texts[heading]: measure for heading, measure in measures.items() if measure}
    found = WideTable(
        grid,
        rows,
        sorted(read),
        by_row={
            "period_start": [time and time.start for time in times],
            "period_end": [time and time.end for time in times],
        },
        by_column={
            "measure": [read[index] for index in sorted(read)],
            "unit": [_UNITS.get(read[index], _PER_1000) for index in sorted(read)],
            "sex": ["female" if read[index] == "women_share_of_self_harm" else "all" for index in sorted(read)],
        },
        same={
            "period_type": "calendar_year",
            "area_level": "country",
            "cause": "all",
            "is_total": False,
            "published_by": "prison_reform_trust",
        },
        problems=problems,
    ).figures("national_year", contract)
    _check_against_each_other(grid, found.frame)
    return found


def _check_base(grid: Grid, column: int, rows: Sequence[int]) -> None:
    """Raises LayoutError where the men of the extract are not the chart's base of 100, for then they may be a share."""
    for row in rows:
        if grid.text(row, column) != "100":
            raise LayoutError(
                "the men are not the base of a chart of women's share",
                file=grid.file,
                row=row + 1,
                column=headers.letter(column),
                expected="[100]",
                found=f"[{grid.text(row, column)}]",
            )


def _check_against_each_other(grid: Grid, frame: pd.DataFrame) -> None:
    """Raises ReadError where a year's two figures contradict each other, as where the last was cut short."""
    for row, values in frame.groupby("source_row"):
        at = dict(zip(values["measure"], values["value"], strict=True))
        problem = None
        if {"self_harm_incidents", "self_harm_incidents_per_1000"} <= set(at):
            people = 1000 * at["self_harm_incidents"] / (at["self_harm_incidents_per_1000"] or np.nan)
            if people < _POPULATION[0] or people > _POPULATION[1]:
                problem = (f"a rate of {_POPULATION[0]:,} to {_POPULATION[1]:,} prisoners", f"one of {people:,.0f}")
        elif at.get("serious_assaults_per_1000", 0) > at.get("assaults_per_1000", np.inf):
            problem = ("no more serious assaults than assaults", f"{at['serious_assaults_per_1000']:g}")
        if problem:
            raise ReadError(
                "the two figures of a year do not go together, as a part and its total or a count and its rate would",
                file=grid.file,
                row=int(str(row)),
                expected=problem[0],
                found=problem[1],
            )


def _deaths(grid: Grid, texts: dict[str, int], rows: Sequence[int], contract: Contract) -> Figures:
    """The deaths of twelve months that the file does not state, by cause and sex: a tree of which every part is named
    by its parent."""
    causes, sexes, problems = list[str](), list[str](), list[str | None]()
    for row in rows:
        kind, parent = (headers.normal(grid.text(row, texts[name])) for name in ("death_type", "parent"))
        sex = kind if kind in {"male", "female"} else "all"
        cause = _CAUSES.get(parent if sex != "all" else kind)
        is_known = cause is not None and (sex != "all" or parent == ("" if cause == "all" else "total deaths"))
        causes.append(cause or "all")
        sexes.append(sex)
        problems.append(None if is_known else f"[{kind}] below [{parent}] is no cause of death that is known")
    totals = [sex == "all" for sex in sexes]
    found = WideTable(
        grid,
        rows,
        [texts["value"]],
        by_row={"cause": causes, "sex": sexes, "is_total": totals},
        same={
            "measure": "deaths",
            "period_type": "rolling_year",
            "area_level": "country",
            "unit": "deaths",
            "published_by": "prison_reform_trust",
        },
        problems=problems,
    ).figures("national_year", contract)
    found.frame["period_start"] = pd.Series(pd.NaT, index=found.frame.index, dtype="datetime64[s]")
    found.frame["period_end"] = found.frame["period_start"]
    _check_tree(grid, found.frame)
    return found


def _check_tree(grid: Grid, frame: pd.DataFrame) -> None:
    """Raises ReadError where causes do not add up to all deaths, or sexes to a cause, as in a file cut short."""
    value = {(row["cause"], row["sex"]): row["value"] for row in frame.to_dict("records")}
    whole = [(cause, "all") for cause in _CAUSES.values() if cause != "all"]
    for total, parts in [
        (("all", "all"), whole),
        *((one, [(one[0], "male"), (one[0], "female")]) for one in whole),
    ]:
        sums = [value.get(part, 0.0) for part in parts]
        if total in value and not np.isnan([value[total], *sums]).any() and value[total] != sum(sums):
            raise ReadError(
                "the parts do not add up to their total",
                file=grid.file,
                expected=f"{value[total]:g} deaths of {total[0].replace('_', ' ')}",
                found=f"{sum(sums):g}",
                advice="The file may have been cut short",
            )
