"""Reads the costs of reoffending: the supplementary tables A, B and C, and the one-page table by type of reoffence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError
from sources.reading import Figures, PublishedFile, Quarantined, long, periods
from sources.reading.grid import Grid, is_blank
from sources.reading.headers import letter, normal
from sources.reading.markers import UnreadableCellError, figure
from sources.reading.periods import Period
from sources.reading.workbook import Workbook, open_workbook

_HEADER_ROWS = 60
_COHORT = re.compile(r"\b((?:19|20)\d\d) offender cohort|\boffender cohort from ((?:19|20)\d\d)", re.IGNORECASE)
_AGES = {"adults": "adult", "children and young people": "child", "all": "all"}
#: The one-page table is in thousands, rounded to the nearest hundred of them.
_ROUNDED_TO = 100
_PARTS = re.compile(r"court order - .+|less than or equal to 6 months", re.IGNORECASE)


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """``unit_cost`` and ``total_cost`` of the supplementary tables, or ``total_cost`` of the one-page table.

    Tables are known by their headings. Raises LayoutError where they are not there once each, or the file does not
    say of which year the cohort is; HeaderError where headings are not those of the contract.
    """
    book = open_workbook(file)
    grids = [book.grid(sheet) for sheet in book.sheet_names]
    period = _cohort(grids, book)
    kinds = {id(grid): kind for grid in grids if (kind := _kind_of(grid))}
    tables = {kind: [grid for grid in grids if kinds.get(id(grid)) == kind] for kind in ("A", "B", "C", "summary")}
    if len(tables["summary"]) == 1 and not any(tables[kind] for kind in "ABC"):
        yield _Summary(tables["summary"][0], contract, period).read()
        return
    if any(len(tables[kind]) != 1 for kind in "ABC"):
        raise LayoutError(
            "the tables are not there once each",
            file=file.name,
            expected="a sheet of unit costs (A), one of total costs (B) and one of total costs by index disposal (C)",
            found=", ".join(f"{kind} in {[g.sheet for g in found]}" for kind, found in tables.items()),
        )
    yield _unit_costs(tables["A"][0], contract, period)
    parts = [_total_costs(tables[kind][0], contract, period) for kind in "BC"]
    yield Figures(
        "total_cost",
        long.stacked([part.frame for part in parts]),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[one for part in parts for one in part.quarantined],
    )


def _cohort(grids: Sequence[Grid], book: Workbook) -> Period:
    """The year in which the cohort was entered, as a cover or title says it."""
    years = {
        found[1] or found[2]
        for grid in grids
        for row in grid.rows
        for cell in row
        if isinstance(cell, str)
        for found in _COHORT.finditer(cell)
    }
    if len(years) != 1:
        raise LayoutError(
            "the file does not say of which one year the offender cohort is",
            file=book.name,
            expected="words like [a 2016 offender cohort]",
            found=", ".join(sorted(years)) or "none",
        )
    return periods.calendar_year(years.pop())


def _kind_of(grid: Grid) -> str | None:
    """Which table a sheet has, by its row of headings; None where it has none."""
    for row in grid.rows[:_HEADER_ROWS]:
        texts = {normal(cell) for cell in row} - {""}
        if {"reoffence group", "age"} <= texts:
            return "summary"
        known = {"reoffence_group", "cost_basket", "major_cost_category", "unit_cost", "total_cost", "age"}
        if len(texts & known) >= 3:
            if texts & {"index_disposal_group", "prison_length_group"}:
                return "C"
            return "B" if texts & {"age", "total_cost", "number_wider_reoffences"} else "A"
    return None


def _costs(table: long.LongTable, contract: Contract, name: str) -> dict[str, Any]:
    """The costs of a table with their status: a number is a modelled one."""
    costs = table.figures("value", contract, contract.tables[name].columns["value"])
    status = costs["status"].astype(object).replace("observed", "modelled")
    return {"value": costs["value"].to_numpy(), "status": status.to_numpy()}


def _days(table: long.LongTable, period: Period) -> dict[str, Any]:
    length = len(table)
    return {
        "period_start": np.full(length, np.datetime64(period.start, "s")),
        "period_end": np.full(length, np.datetime64(period.end, "s")),
        "period_type": table.same(period.type),
    }


def _unit_costs(grid: Grid, contract: Contract, period: Period) -> Figures:
    table = long.of_grid(grid, contract.tables["unit_cost"])
    frame = pd.DataFrame(
        {
            "reoffence_group": table.text("reoffence_group", long.required("type of reoffence")),
            "cost_basket": table.text("cost_basket", long.required("kind of cost")),
            "cost_category": table.text("cost_category", long.required("category of cost")),
            **_days(table, period),
            **_costs(table, contract, "unit_cost"),
            **table.provenance("value"),
        }
    )
    frame, quarantined = table.split(frame, "value")
    return Figures("unit_cost", frame, len(table), quarantined)


def _total_costs(grid: Grid, contract: Contract, period: Period) -> Figures:
    """Table B or C, which has two columns more."""
    table = long.of_grid(grid, contract.tables["total_cost"])
    is_by_disposal = "index_disposal" in table
    if is_by_disposal != ("sentence_length" in table):
        raise LayoutError(
            "one of the two columns of the index disposal is not there",
            file=grid.file,
            sheet=grid.sheet,
            expected="both [index_disposal_group] and [prison_length_group], or neither",
        )
    reoffences = table.figures("reoffences", contract, contract.tables["total_cost"].columns["reoffences"])
    if is_by_disposal:
        disposal = table.text("index_disposal", long.required("index disposal"))
        length = table.text("sentence_length", _sentence_length)
    else:
        disposal = length = table.same("all")
    is_part = [any(_PARTS.fullmatch(str(text)) for text in pair) for pair in zip(disposal, length, strict=True)]
    frame = pd.DataFrame(
        {
            "method": table.same("by_index_disposal" if is_by_disposal else "by_reoffence"),
            "reoffence_group": table.text("reoffence_group", long.required("type of reoffence")),
            "age_group": table.text("age_group", _age_group),
            "index_disposal": disposal,
            "sentence_length": length,
            "cost_basket": table.text("cost_basket", long.required("kind of cost")),
            "cost_category": table.text("cost_category", long.required("category of cost")),
            **_days(table, period),
            "is_total": False,
            "is_part_of_another": is_part,
            "reoffences": reoffences["value"].to_numpy(),
            "unit": table.same("pounds"),
            **_costs(table, contract, "total_cost"),
            **table.provenance("value"),
        }
    )
    frame, quarantined = table.split(frame, "value")
    return Figures("total_cost", frame, len(table), quarantined)


def _age_group(text: str) -> str:
    if text.lower() not in _AGES:
        raise ValueError(f"[{text}] is not an age group of the cohort")
    return _AGES[text.lower()]


def _sentence_length(text: str) -> str:
    if not text:
        raise ValueError("the row has no sentence length, nor the sign that there is none")
    return "not_applicable" if text == "-" else text


class _Summary:
    """The one-page table: a type of reoffence stands in the first of its rows only, and costs are rounded; the copy at
    hand has the unrounded ones in a column without a heading."""

    def __init__(self, grid: Grid, contract: Contract, period: Period) -> None:
        self.grid, self.contract, self.period = grid, contract, period
        self.header = next(
            row for row in range(len(grid)) if {"reoffence group", "age"} <= {normal(cell) for cell in grid.rows[row]}
        )
        headings = [normal(cell) for cell in grid.rows[self.header]]
        self.group, self.age = headings.index("reoffence group"), headings.index("age")
        costs = [column for column, text in enumerate(headings) if re.fullmatch(r"total costs? to society", text)]
        others = {text for column, text in enumerate(headings) if column not in {self.group, self.age, *costs}} - {""}
        below = normal(grid.cell(self.header + 1, costs[0])) if len(costs) == 1 else ""
        if below not in {"(thousands)", "(£ thousands)", "(£thousands)"} or others:
            raise LayoutError(
                "the headings are not those of the costs by type of reoffence",
                file=grid.file,
                sheet=grid.sheet,
                row=self.header + 1,
                expected="[Reoffence group], [Age] and [Total cost to society] with [(thousands)] below it",
                found=", ".join(f"[{text}]" for text in [*headings, below] if text),
            )
        self.rounded = costs[0]
        self.exact = self.rounded + 1
        self.rows: list[dict[str, Any]] = []
        self.quarantined: list[Quarantined] = []
        self.seen: set[tuple[str, str]] = set()

    def read(self) -> Figures:
        """The rounded costs, and the unrounded ones that come to them."""
        group = ""
        for row in range(self.header + 2, len(self.grid)):
            group = self.grid.text(row, self.group) or group
            cells = [c for c in (self.rounded, self.exact) if c == self.rounded or not self._is_blank(row, c)]
            if self._is_blank(row, self.rounded) and len(cells) == 1 and self._is_blank(row, self.age):
                continue
            try:
                labels = self._labels(row, group)
            except ValueError as error:
                self.quarantined += [self.grid.quarantined(row, column, str(error)) for column in cells]
                continue
            values = {column: self._figure(row, column, labels) for column in cells}
            rounded, exact = values[self.rounded], values.get(self.exact)
            if rounded is not None and exact is not None and abs(exact / 1000 - rounded) > _ROUNDED_TO / 2:
                self.rows.pop()
                reason = f"the figure beside it, without a heading, does not come to [{rounded:,.0f}] thousand pounds"
                self.quarantined.append(self.grid.quarantined(row, self.exact, reason))
        columns = [*self.contract.tables["total_cost"].columns, "source_sheet", "source_row", "source_column"]
        frame = pd.DataFrame(self.rows, columns=columns)
        return Figures("total_cost", frame, len(self.rows) + len(self.quarantined), self.quarantined)

    def _is_blank(self, row: int, column: int) -> bool:
        return is_blank(self.grid.cell(row, column))

    def _labels(self, row: int, group: str) -> dict[str, Any]:
        if not group:
            raise ValueError("a cost beside no type of reoffence")
        age = _age_group(self.grid.text(row, self.age))
        is_all = re.match(r"total\b", group, re.IGNORECASE) is not None
        if (group, age) in self.seen:
            raise ValueError(f"a second cost of [{group}], [{age}]")
        self.seen.add((group, age))
        return {
            "reoffence_group": "all" if is_all else group,
            "age_group": age,
            "is_total": is_all or age == "all",
        }

    def _figure(self, row: int, column: int, labels: dict[str, Any]) -> float | None:
        """Lands a cost, or sets it aside; its value where it has one."""
        try:
            read = figure(
                self.grid.cell(row, column), self.contract, self.contract.tables["total_cost"].columns["value"]
            )
        except UnreadableCellError as error:
            self.quarantined.append(self.grid.quarantined(row, column, str(error)))
            return None
        is_rounded = column == self.rounded
        self.rows.append(
            {
                "method": "by_reoffence",
                **labels,
                **dict.fromkeys(("index_disposal", "sentence_length", "cost_basket", "cost_category"), "all"),
                "period_start": self.period.start,
                "period_end": self.period.end,
                "period_type": self.period.type,
                "is_part_of_another": False,
                "reoffences": np.nan,
                "value": read.value,
                "unit": "thousand pounds" if is_rounded else "pounds",
                "status": ("rounded" if is_rounded else "modelled") if read.status == "observed" else read.status,
                "source_sheet": self.grid.sheet,
                "source_row": row + 1,
                "source_column": letter(column),
            }
        )
        return read.value
