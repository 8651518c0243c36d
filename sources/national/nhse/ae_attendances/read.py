"""Reads attendances at accident and emergency departments: the publisher's monthly CSV, or the long table of years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, ReadError
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers, markers, periods
from sources.reading.grid import Grid

_TYPES = {"Type 1": "type_1", "Type 2": "type_2"}
#: The publisher's headings of figures, and what each counts at which type of department; ``{}`` is ``Type 1`` or
#: ``Type 2``, and the last heading of a group is that of other departments.
_GROUPS = (
    ("attendances", ("A&E attendances {}", "Number of A&E attendances {}"), "Other A&E Department"),
    ("booked_attendances", ("A&E attendances Booked Appointments {}",), "Other Department"),
    ("over_4_hours", ("Attendances over 4hrs {}", "Number of attendances over 4hrs {}"), "Other( A&E)? Department"),
    ("booked_over_4_hours", ("Attendances over 4hrs Booked Appointments {}",), "Other Department"),
    ("emergency_admissions", ("Emergency admissions via A&E - {}",), "Other A&E department"),
)
_SINGLE = (
    ("waited_4_to_12_hours", "all", r"Patients who have waited 4-12 hr?s from DTA to admission"),
    ("waited_12_hours_or_more", "all", r"Patients who have waited 12\+ hr?s from DTA to admission"),
    ("other_emergency_admissions", "none", r"Other emergency admissions"),
)
#: The headings of the long table, which has the type of department in a column.
_LONG = {"attendances": "attendances", "breaches": "over_4_hours", "admissions": "emergency_admissions"}
_LONG_TYPES = {"1": "type_1", "2": "type_2", "other": "other"}
_LABELS = ("org_code", "org_name", "parent_org", "period")
_TOTAL = "TOTAL"


def _patterns() -> list[tuple[str, str, re.Pattern[str]]]:
    found = []
    for measure, headings, other in _GROUPS:
        for heading in headings:
            for words, department in _TYPES.items():
                found.append((measure, department, re.escape(heading.format(words))))
            found.append((measure, "other", re.escape(heading.format("")) + other))
    found += list(_SINGLE)
    return [(measure, department, re.compile(text, re.IGNORECASE)) for measure, department, text in found]


_HEADINGS = _patterns()


@dataclass(frozen=True)
class _FigureColumn:
    """A column of figures: what it counts, and at which type of department where the heading says so."""

    index: int
    measure: str
    department: str | None


@dataclass(frozen=True)
class _Layout:
    """Where labels and figures stand; ``type`` is the column of the department's type in a long table."""

    header: int
    labels: dict[str, int]
    figures: tuple[_FigureColumn, ...]
    type: int | None


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table of every figure.

    Records that are not as wide as the header, and months and types that cannot be read, go to quarantine with each of
    their figures. Raises HeaderError for columns that are lacking or have no known meaning, ReadError where the parts
    of a month do not add up to the publisher's own total.
    """
    grid = delimited.grid(file)
    layout = _layout(grid, contract)
    table = contract.tables["activity"]
    width = len(grid.rows[layout.header])
    numbers = [n for n in range(layout.header + 1, len(grid)) if any(str(cell).strip() for cell in grid.rows[n])]
    kept: list[int] = []
    quarantined: list[Quarantined] = []
    months: dict[str, periods.Period] = {}
    for number in numbers:
        problem = _problem(grid, number, layout, width, months)
        if problem is None:
            kept.append(number)
            continue
        quarantined += [grid.quarantined(number, column.index, problem) for column in layout.figures]
    parts: list[pd.DataFrame] = []
    labels = {name: [grid.text(n, index) or None for n in kept] for name, index in layout.labels.items()}
    spans = [months[str(text)] for text in labels["period"]]
    codes = [str(code) for code in labels["org_code"]]
    is_total = [_is_total(code) for code in codes]
    for column in layout.figures:
        read_cells = markers.figures([grid.cell(n, column.index) for n in kept], contract, table.columns["value"])
        parts.append(
            pd.DataFrame(
                {
                    "org_code": [_TOTAL if total else code for code, total in zip(codes, is_total, strict=True)],
                    "org_name": labels.get("org_name", [None] * len(kept)),
                    "parent_org": labels.get("parent_org", [None] * len(kept)),
                    "period": labels["period"],
                    "department_type": column.department
                    or [_LONG_TYPES[grid.text(n, layout.type or 0).casefold()] for n in kept],
                    "measure": column.measure,
                    "is_total": is_total,
                    "period_start": [span.start for span in spans],
                    "period_end": [span.end for span in spans],
                    "value": read_cells["value"].to_numpy(),
                    "status": read_cells["status"].astype(object).to_numpy(),
                    "problem": read_cells["problem"].astype(object).to_numpy(),
                    "source_sheet": None,
                    "source_row": np.asarray(kept, dtype="int64") + 1,
                    "source_column": headers.letter(column.index),
                    "index": column.index,
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    is_bad = frame["problem"].notna()
    for row, index, problem in frame.loc[is_bad, ["source_row", "index", "problem"]].itertuples(index=False):
        quarantined.append(grid.quarantined(int(row) - 1, int(index), str(problem)))
    frame = pd.DataFrame(frame[~is_bad]).drop(columns=["problem", "index"])
    if not quarantined:
        _check_totals(frame, file.name)
    yield Figures("activity", frame, rows_in=len(numbers) * len(layout.figures), quarantined=quarantined)


def _is_total(code: str) -> bool:
    # The publisher has written it in every mixture of cases.
    return code.strip().upper() == _TOTAL


def _problem(grid: Grid, number: int, layout: _Layout, width: int, months: dict[str, periods.Period]) -> str | None:
    """Why a record cannot be read; None where it can, its month being put in ``months``."""
    row = grid.rows[number]
    if len(row) != width:
        return f"the record has {len(row)} cells, the header {width}"
    if not grid.text(number, layout.labels["org_code"]):
        return "the record has no provider's code"
    if layout.type is not None and grid.text(number, layout.type).casefold() not in _LONG_TYPES:
        return f"[{grid.text(number, layout.type)}] is no type of department that the reader knows"
    words = grid.text(number, layout.labels["period"])
    if words not in months:
        try:
            months[words] = _month(words)
        except ValueError as error:
            return str(error)
    return None


def _month(words: str) -> periods.Period:
    """The month of ``MSitAE-APRIL-2024`` or ``2017-03-01``; raises ValueError for anything else."""
    if found := re.fullmatch(r"(\d{4}-\d{2})-01", words):
        return periods.month(found[1])
    return periods.month(re.sub(r"^MSitAE\s*-\s*", "", words, flags=re.IGNORECASE))


def _layout(grid: Grid, contract: Contract) -> _Layout:
    """The header, by the columns of labels; every other heading has to have a known meaning."""
    columns = {name: contract.tables["activity"].columns[name] for name in _LABELS}
    for row in range(min(len(grid), 20)):
        match = headers.match(grid.rows[row], columns)
        if not {"org_code", "period"} <= set(match.index):
            continue
        taken = set(match.index.values())
        figures: list[_FigureColumn] = []
        unknown: list[str] = []
        type_column: int | None = None
        for index, cell in enumerate(grid.rows[row]):
            text = re.sub(r"\s+", " ", headers.text_of(cell)).strip()
            if index in taken or not text:
                continue
            if text.casefold() == "type":
                type_column = index
            elif text.casefold() in _LONG:
                figures.append(_FigureColumn(index, _LONG[text.casefold()], None))
            elif known := [(m, d) for m, d, pattern in _HEADINGS if pattern.fullmatch(text)]:
                figures.append(_FigureColumn(index, *known[0]))
            else:
                unknown.append(text)
        meant = [(column.measure, column.department) for column in figures]
        is_long = type_column is not None
        lacking = [] if ("attendances", None if is_long else "type_1") in meant else ["attendances"]
        is_mixed = any((department is None) != is_long for _, department in meant)
        if unknown or lacking or is_mixed or len(set(meant)) != len(meant):
            raise HeaderError(
                file=grid.file,
                row=row + 1,
                missing=lacking,
                unknown=unknown
                or [headers.text_of(grid.cell(row, c.index)) for c in figures if is_mixed or not lacking],
                known_names={
                    "attendances": ["A&E attendances Type 1", "Number of A&E attendances Type 1", "attendances"]
                },
            )
        return _Layout(row, dict(match.index), tuple(figures), type_column)
    raise ReadError(
        "no header row was found",
        file=grid.file,
        expected="a row with [Period], [Org Code]",
        found=f"none in rows 1 to {min(len(grid), 20)}",
    )


def _check_totals(frame: pd.DataFrame, file: str) -> None:
    """Refuse a month whose providers do not add up to the publisher's row for England, where all have figures."""
    totals = frame[frame["is_total"]]
    if totals.empty:
        return
    keys = ["period_start", "department_type", "measure"]
    parts = frame[~frame["is_total"]].groupby(keys)["value"].agg(lambda values: values.sum(skipna=False))
    added = parts.reindex(pd.MultiIndex.from_frame(pd.DataFrame(totals[keys]))).fillna(0.0)
    has_gap = parts.isna().reindex(added.index, fill_value=False).to_numpy()
    said = np.asarray(totals["value"], dtype="float64")
    differs = (said != added.to_numpy()) & ~np.isnan(said) & ~has_gap
    for at in np.flatnonzero(differs):
        total = totals.iloc[int(at)]
        raise ReadError(
            "the providers do not add up to the publisher's total",
            file=file,
            row=int(total["source_row"]),
            column=str(total["source_column"]),
            expected=f"{total['value']:,.0f} {total['measure']} ({total['department_type']})",
            found=f"{added.iloc[int(at)]:,.0f}",
            advice="Rows may be lacking or stand twice",
        )
