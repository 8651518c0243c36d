"""Long tables with several columns of figures: each of those columns as a long table of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sources.contract import PublishedName, Table
from sources.reading import headers, long
from sources.reading.grid import Grid
from sources.reading.long import LongTable
from sources.reading.markers import split_note

_FIRST_ROWS = 60


def by_measure(grid: Grid, table: Table, names: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, LongTable]]:
    """Each measure with the rows of the grid, its column of figures being ``value``; ``names`` gives the headings that
    each measure has gone by, to which a note may be added.

    Raises as ``long.of_grid``: HeaderError or ReadError where a measure's column is not there or a heading is unknown.
    """
    headings = {headers.normal(cell) for row in grid.rows[:_FIRST_ROWS] for cell in row}
    for measure, known in names.items():
        published = tuple(PublishedName(name=name) for name in known)
        value = table.columns["value"].model_copy(update={"published_as": published, "is_derived": False})
        one = table.model_copy(update={"columns": {**table.columns, "value": value}})
        others = {headers.normal(name) for other, of_it in names.items() if other != measure for name in of_it}
        leave_out = {heading for heading in headings if {heading, split_note(heading)[0]} & others}
        yield measure, long.of_grid(grid, one, leave_out=sorted(leave_out))


__all__ = ["by_measure"]
