"""Wide tables, a row a place and a column a figure: every figure as a row of its own, with what its row and its column
say of it, without a look at each cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from sources.contract import Contract
from sources.errors import ReadError
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers, markers
from sources.reading.grid import Grid, is_blank

Labels = Mapping[str, Sequence[object]]


@dataclass(frozen=True)
class WideTable:
    """Which rows and columns (0-based) of a grid have figures, and what is known of each.

    ``by_row`` and ``by_column`` give landed columns a value a row or a column; ``same`` gives them one value.
    ``problems`` has a reason for each row that cannot be landed, None for the others.
    """

    grid: Grid
    rows: Sequence[int]
    columns: Sequence[int]
    by_row: Labels = field(default_factory=dict)
    by_column: Labels = field(default_factory=dict)
    same: Mapping[str, object] = field(default_factory=dict)
    problems: Sequence[str | None] = ()

    def figures(
        self,
        table: str,
        contract: Contract,
        *,
        refuse: Callable[[pd.DataFrame], np.ndarray] | None = None,
        notes: Sequence[str] = (),
    ) -> Figures:
        """A row a figure, in the file's order; every cell counts as a row in.

        ``refuse`` is given the whole frame and returns a reason, or None, for each of its rows.
        """
        across, down = len(self.columns), len(self.rows)
        cells = np.empty((down, across), dtype=object)
        for number, row in enumerate(self.rows):
            line = self.grid.rows[row]
            cells[number] = [line[column] if column < len(line) else None for column in self.columns]
        read = markers.figures(cells.ravel(), contract, contract.tables[table].columns["value"])
        row_of, column_of = np.repeat(np.arange(down), across), np.tile(np.arange(across), down)
        none = np.zeros(down * across, dtype="int64")
        letters = [headers.letter(column) for column in self.columns]
        frame = pd.DataFrame(
            {
                **{name: spread([value], none) for name, value in self.same.items()},
                **{name: spread(values, row_of) for name, values in self.by_row.items()},
                **{name: spread(values, column_of) for name, values in self.by_column.items()},
                # A nought that a spreadsheet writes as -0 is 0.
                "value": read["value"].to_numpy() + 0.0,
                "status": read["status"],
                "source_sheet": spread([self.grid.sheet], none),
                "source_row": np.asarray(self.rows, dtype="int64")[row_of] + 1,
                "source_column": pd.Categorical(letters).take(column_of),
            }
        )
        reasons = read["problem"].astype(object).to_numpy()
        if refuse is not None:
            reasons = np.where(pd.isna(reasons), refuse(frame), reasons)
        if any(self.problems):
            of_row = np.array(self.problems, dtype=object)[row_of]
            reasons = np.where(pd.isna(of_row), reasons, of_row)
        rejected = np.flatnonzero(~pd.isna(reasons))
        quarantined = [
            Quarantined(
                reason=str(reasons[place]),
                cell=headers.text_of(cells[place // across, place % across]) or None,
                sheet=self.grid.sheet,
                row=self.rows[place // across] + 1,
                column=letters[place % across],
            )
            for place in map(int, rejected)
        ]
        if quarantined:
            frame = pd.DataFrame(frame.drop(index=frame.index[rejected]))
        return Figures(table, frame, rows_in=down * across, quarantined=quarantined, notes=list(notes))


def spread(values: Sequence[object], codes: np.ndarray) -> ExtensionArray | np.ndarray:
    """The value that each code stands for; texts as categories, which keep a million of them as small numbers."""
    first = next((value for value in values if value is not None), None)
    if isinstance(first, bool):
        return pd.array(list(values), dtype="boolean").take(codes)
    if isinstance(first, int | np.integer):
        return pd.array(list(values), dtype="Int64").take(codes)
    if isinstance(first, date):
        days = [np.datetime64("NaT") if value is None else np.datetime64(str(value), "s") for value in values]
        return np.array(days, dtype="datetime64[s]")[codes]
    return pd.Categorical(list(values)).take(codes)


def rows_of_figures(file: PublishedFile, grid: Grid, header: int) -> list[int]:
    """The rows of records below a header: of a text file all of them, and it has to be whole (``rows_below``); of a
    sheet those that have more than their first cell, which leaves out footnotes.

    Raises ReadError where there is none.
    """
    if grid.sheet is None:
        return delimited.rows_below(file, grid, header)
    below = range(header + 1, len(grid))
    rows = [row for row in below if sum(not is_blank(cell) for cell in grid.rows[row]) > 1]
    if not rows:
        raise ReadError("there is no row below the header", file=grid.file, sheet=grid.sheet, row=header + 1)
    return rows


__all__ = ["WideTable", "rows_of_figures", "spread"]
