"""A sheet or a small text file as rows of cells, and the finding of tables in it.

Rows and columns are 0-based here; errors and provenance give rows as a spreadsheet counts them (1-based) and
columns as it letters them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sources.contract import Table
from sources.errors import HeaderError, ReadError
from sources.reading import Quarantined, headers

Cell = object


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing: none, only space, or not a number (as pandas has a blank)."""
    if isinstance(cell, str):
        return not cell.replace("\u00a0", " ").strip()
    return cell is None or cell != cell


@dataclass(frozen=True)
class Grid:
    """Rows of cells, padded to the same width, with the file and sheet that they came from."""

    rows: Sequence[Sequence[Cell]]
    file: str
    sheet: str | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def cell(self, row: int, column: int) -> Cell:
        """A cell, or None where the sheet does not reach that far."""
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else None

    def text(self, row: int, column: int = 0) -> str:
        """A cell as stripped text, a whole number without a decimal point; empty where blank."""
        cell = self.cell(row, column)
        return headers.text_of(cell)

    def quarantined(self, row: int, column: int, reason: str) -> Quarantined:
        """A cell that cannot be landed, with its place as a spreadsheet names it."""
        cell = self.cell(row, column)
        return Quarantined(
            reason=reason,
            cell=None if is_blank(cell) else str(cell),
            sheet=self.sheet,
            row=row + 1,
            column=headers.letter(column),
        )

    def is_blank_row(self, row: int) -> bool:
        return all(is_blank(cell) for cell in self.rows[row])

    def rows_matching(self, pattern: str, *, column: int = 0, start: int = 0) -> Iterator[tuple[int, re.Match[str]]]:
        """Rows whose cell in ``column`` matches the pattern from its start, with the match."""
        compiled = re.compile(pattern, re.IGNORECASE)
        for row in range(start, len(self.rows)):
            if found := compiled.match(self.text(row, column)):
                yield row, found

    def stacked(self, first: int, count: int) -> list[str]:
        """The header texts of ``count`` stacked rows joined by a space, merged cells carried to the right in all
        but the lowest row (where each column has its own)."""
        width = max((len(row) for row in self.rows[first : first + count]), default=0)
        layers: list[list[str]] = []
        for offset in range(count):
            layer = [self.text(first + offset, column) for column in range(width)]
            if offset < count - 1:
                for column in range(1, width):
                    layer[column] = layer[column] or layer[column - 1]
            layers.append(layer)
        return [" ".join(part for part in (layer[c] for layer in layers) if part) for c in range(width)]

    def find_header(
        self, table: Table, *, start: int = 0, scan: int = 60, allow_unknown: bool = False
    ) -> tuple[int, headers.Match]:
        """The first row at or below ``start`` whose cells are the contract's header.

        Raises HeaderError for the row that came nearest, or ReadError where no row came near.
        """
        nearest: tuple[int, int] | None = None
        for row in range(start, min(len(self.rows), start + scan)):
            found = headers.match(self.rows[row], table.columns)
            if not found.missing and (allow_unknown or not found.unknown):
                return row, found
            if found.index and (nearest is None or len(found.index) > nearest[0]):
                nearest = (len(found.index), row)
        if nearest and nearest[0] > 1:
            row = nearest[1]
            return row, headers.require(
                self.rows[row],
                table,
                file=self.file,
                sheet=self.sheet,
                row=row + 1,
                allow_unknown=allow_unknown,
            )
        wanted = [c.published_as[0].name for c in table.columns.values() if c.published_as and c.is_required]
        raise ReadError(
            "no header row was found",
            file=self.file,
            sheet=self.sheet,
            expected="a row with " + ", ".join(f"[{name}]" for name in wanted[:6]),
            found=f"none in rows {start + 1} to {min(len(self.rows), start + scan)}",
        )

    def units_below(self, header: int, figure_columns: Iterable[int]) -> dict[int, str]:
        """The units that a row below the header gives (``Number``, ``%``, ``per 1,000``), by column; empty where the
        row below is no such row.

        A units row labels nothing: outside the figures' columns it is blank, and in them it has words, no figures.
        """
        row, columns = header + 1, set(figure_columns)
        if row >= len(self.rows) or not columns:
            return {}
        cells = dict(enumerate(self.rows[row]))
        units = {column: str(cells[column]).strip() for column in columns if not is_blank(cells.get(column))}
        has_labels = any(not is_blank(cell) for column, cell in cells.items() if column not in columns)
        words = [re.search(r"[^\W\d_]|%", unit) for unit in units.values()]
        is_figure = any(isinstance(cells[column], int | float) for column in units)
        return units if units and all(words) and not has_labels and not is_figure else {}

    def body(self, first: int, *, stop_at: str | None = None) -> Iterator[int]:
        """Rows from ``first`` to the end of the table: a blank row, a row that matches ``stop_at``, a footnote
        (a row with text in its first cell only), or the sheet's end."""
        stop = re.compile(stop_at, re.IGNORECASE) if stop_at else None
        for row in range(first, len(self.rows)):
            if self.is_blank_row(row) or (stop and stop.match(self.text(row))):
                return
            if not is_blank(self.rows[row][0]) and all(is_blank(cell) for cell in self.rows[row][1:]):
                return
            yield row


__all__ = ["Cell", "Grid", "HeaderError", "is_blank"]
