"""Reads deaths in prison custody: derived copies as CSV, and tables by establishment of the publisher's workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, across, delimited, headers, periods
from sources.reading.grid import Grid
from sources.reading.long import stacked
from sources.reading.periods import Period
from sources.reading.wide import WideTable
from sources.reading.workbook import open_workbook

#: The publisher's causes, whose case and wording have changed, as headings in small letters.
_CAUSES = {
    "self-inflicted": "self_inflicted",
    "natural causes": "natural_causes",
    "homicide": "homicide",
    "other": "other",
    "total": "all",
    "deaths_all": "all",
    "deaths_self_inflicted": "self_inflicted",
}
_AGE = re.compile(r"(\d+) (?:to|-) (\d+)|(\d+) and over")
#: The copies were made of a list of deaths that ends on this day.
_COPIED_UP_TO = date(2024, 9, 30)
_NO_PRISON = {"escort areas"}
_TITLE = r"\bdeaths\b.*\bby (?:prison )?(?:establishment|prison)\b"
_ESTABLISHMENT = re.compile(r"(?:prison )?establishment(?: name)?|prison(?: name)?", re.IGNORECASE)
_TOTAL = re.compile(r"(?:grand )?total(?: .*)?|all (?:prisons|establishments)|england (?:and|&) wales", re.IGNORECASE)


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The one table, ``death``: deaths in a period by cause, age or prison.

    Deaths at a prison that the register does not know are quarantined. Raises LayoutError for headings that are not
    known or a copy of a later year than is known to be whole, ReadError where parts do not add up to their total.
    """
    if file.name.lower().endswith((".csv", ".txt")):
        yield _copy(file, contract)
    else:
        yield _workbook(file, contract)


# Derived copies ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Copy:
    """A derived copy: its header row, the columns of its labels and of its figures, and the rows of its records."""

    breakdown: str
    grid: Grid
    labels: Mapping[str, int]
    figures: Mapping[int, str]
    rows: Sequence[int]


def _copy(file: PublishedFile, contract: Contract) -> Figures:
    copy = _layout(file)
    grid, rows = copy.grid, copy.rows
    times, problems = _times(copy)
    is_by_age = copy.breakdown == "age"
    causes = ["all" if is_by_age else _CAUSES[text] for text in copy.figures.values()]
    ages = [_age_band(text) if is_by_age else None for text in copy.figures.values()]
    names: list[str | None] = [None] * len(rows)
    codes: list[str | None] = [None] * len(rows)
    if "prison" in copy.labels:
        names = [grid.text(row, copy.labels["prison"]) for row in rows]
        for at, (name, time) in enumerate(zip(names, times, strict=True)):
            try:
                codes[at] = _prison_code(name or "", time.end)
            except UnknownNameError as error:
                problems[at] = problems[at] or str(error)
    by_row: dict[str, Sequence[object]] = {
        "period_type": [time.type if time.end.month == 12 else "part_year" for time in times],
        "period_start": [time.start for time in times],
        "period_end": [time.end for time in times],
        "area_level": [_level(name) for name in names],
        "prison_code": codes,
        "prison_name": names,
    }
    by_column: dict[str, Sequence[object]] = {"cause": causes}
    if is_by_age:
        by_column["age_band"] = ages
    elif "age_band" in copy.labels:
        by_row["age_band"] = [_age_band(grid.text(row, copy.labels["age_band"])) for row in rows]
    is_total = [age == "all" for age in ages] if is_by_age else [cause == "all" for cause in causes]
    found = WideTable(
        grid,
        rows,
        list(copy.figures),
        by_row=by_row,
        by_column={**by_column, "is_total": is_total},
        same={"breakdown": copy.breakdown, "published_by": "derived_copy"}
        | ({} if "age_band" in by_row or is_by_age else {"age_band": "all"}),
        problems=problems,
    ).figures("death", contract)
    _check_rows(grid, found.frame, is_by_prison=copy.breakdown == "prison")
    return found


def _layout(file: PublishedFile) -> _Copy:
    grid = delimited.grid(file)
    for row in range(min(5, len(grid))):
        texts = {index: headers.normal(cell) for index, cell in enumerate(grid.rows[row])}
        at = {text: index for index, text in texts.items() if text}
        labels = {name: at[name] for name in ("year", "prison", "age_band") if name in at}
        figures = {index: text for index, text in texts.items() if text and text not in labels}
        if "year" not in labels:
            continue
        if len(at) < sum(map(bool, texts.values())):
            raise LayoutError("a heading stands twice", file=file.name, row=row + 1, found=", ".join(texts.values()))
        breakdown = _breakdown(set(labels), set(figures.values()))
        if breakdown is None:
            known = "the four causes and their total, ages and their total, or deaths_all and deaths_self_inflicted"
            raise LayoutError(
                "the headings are not those of a copy that is known",
                file=file.name,
                row=row + 1,
                expected=known,
                found=", ".join(f"[{text}]" for text in texts.values()),
            )
        return _Copy(breakdown, grid, labels, figures, delimited.rows_below(file, grid, row))
    raise ReadError("no heading [year] was found", file=file.name, expected="one in the first five lines")


def _breakdown(labels: set[str], figures: set[str]) -> str | None:
    by_cause = {"homicide", "natural causes", "other", "self-inflicted", "total"}
    if labels == {"year", "prison"} and figures == {"deaths_all", "deaths_self_inflicted"}:
        return "prison"
    if figures == by_cause and "prison" not in labels:
        return "cause_and_age" if "age_band" in labels else "cause"
    ages = figures - {"total"}
    if labels == {"year"} and "total" in figures and ages and all(map(_AGE.fullmatch, ages)):
        return "age"
    return None


def _times(copy: _Copy) -> tuple[list[Period], list[str | None]]:
    """The time of each record, and what is wrong with it: the last year of the copies is not whole."""
    times: list[Period] = []
    problems: list[str | None] = []
    for row in copy.rows:
        text = copy.grid.text(row, copy.labels["year"]).removesuffix(".0")
        try:
            year, problem = periods.calendar_year(text), None
        except ValueError as error:
            year, problem = periods.calendar_year(2000), str(error)
        if year.start.year > _COPIED_UP_TO.year:
            raise LayoutError(
                "how much of its last years the copy covers is not known",
                file=copy.grid.file,
                row=row + 1,
                expected=f"years up to {_COPIED_UP_TO.year}, of which the last ends in September",
                found=f"[{text}]",
            )
        end = min(year.end, _COPIED_UP_TO)
        times.append(Period(year.start, end, year.type))
        problems.append(problem)
    return times, problems


def _age_band(text: str) -> str:
    """``18 to 20`` as ``18-20``, ``90 and over`` as ``90+``, the total as ``all``; others as they are."""
    if found := _AGE.fullmatch(text.lower()):
        return f"{found[3]}+" if found[3] else f"{found[1]}-{found[2]}"
    return "all" if text.lower() == "total" else text


def _check_rows(grid: Grid, frame: pd.DataFrame, *, is_by_prison: bool) -> None:
    """Raises ReadError where a record's parts are not its total (by prison, more than its total)."""
    parts = frame[~frame["is_total"].astype(bool)].groupby("source_row")["value"].agg(["sum", "count", "size"])
    totals = frame[frame["is_total"].astype(bool)].join(parts, on="source_row")
    is_whole = (totals["count"] == totals["size"]) & totals["value"].notna()
    over = totals["sum"] - totals["value"]
    is_other = is_whole & ((over > 0) | ((over < 0) & (not is_by_prison)))
    for record in pd.DataFrame(totals[is_other]).head(1).to_dict("records"):
        raise ReadError(
            "the parts of a record do not add up to its total",
            file=grid.file,
            sheet=grid.sheet,
            row=record["source_row"],
            column=record["source_column"],
            expected=f"{record['value']:g}",
            found=f"{record['sum']:g}",
        )


# The publisher's workbook -----------------------------------------------------------------------------------------


def _workbook(file: PublishedFile, contract: Contract) -> Figures:
    book = open_workbook(file)
    parts: list[Figures] = []
    for sheet in filter(across.has_tables, book.sheet_names):
        grid = book.grid(sheet)
        if title := across.title_of(grid, _TITLE):
            parts.append(_by_establishment(across.find(grid, title=title), contract))
    if not parts:
        raise ReadError(
            "no table of deaths by establishment was found",
            file=file.name,
            expected="a sheet whose title says [deaths ... by establishment]",
            found=", ".join(f"[{sheet}]" for sheet in book.sheet_names),
        )
    frame = stacked([part.frame for part in parts])
    quarantined = [cell for part in parts for cell in part.quarantined]
    return Figures("death", frame, sum(part.rows_in for part in parts), quarantined)


def _by_establishment(table: across.TimeTable, contract: Contract) -> Figures:
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
    is_total = [bool(_TOTAL.fullmatch(name)) for name in names]
    codes, problems = list[str | None](), list[str | None]()
    on = max(column.period.end for column in table.columns)
    for name, total in zip(names, is_total, strict=True):
        try:
            code, problem = None if total else _prison_code(name, on), None
        except UnknownNameError as error:
            code, problem = None, str(error)
        codes.append(code)
        problems.append(problem)
    found = table.figures(
        "death",
        contract,
        by_row={
            "area_level": ["country" if total else _level(name) for name, total in zip(names, is_total, strict=True)],
            "prison_code": codes,
            "prison_name": [None if total else name for name, total in zip(names, is_total, strict=True)],
            "is_total": is_total,
        },
        same={
            "breakdown": "prison",
            "cause": _cause_of(table.title),
            "age_band": "all",
            "published_by": "publisher",
        },
        problems=problems,
    )
    if not found.quarantined:
        table.refuse_other_totals(found.frame, "is_total")
    return found


def _cause_of(title: str) -> str:
    words = {"self-inflicted": "self_inflicted", "natural": "natural_causes", "homicide": "homicide", "other": "other"}
    named = [cause for word, cause in words.items() if word in title.lower()]
    return named[0] if len(named) == 1 else "all"


# Places -----------------------------------------------------------------------------------------------------------


def _level(name: str | None) -> str:
    if name is None:
        return "country"
    return "escort" if headers.normal(name) in _NO_PRISON else "prison"


def _prison_code(name: str, on: date) -> str | None:
    """A prison's code; none for escort areas. Raises UnknownNameError, with the nearest names, for other names."""
    return None if headers.normal(name) in _NO_PRISON else register("prison").resolve(name, on=on)
