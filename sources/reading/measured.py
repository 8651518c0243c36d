"""Long tables with several columns of figures: each of those columns as a long table of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sources.contract import PublishedName, Table
from sources.reading import headers, long
from sources.reading.grid import Grid
from sources.reading.long import LongTable


def by_measure(grid: Grid, table: Table, names: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, LongTable]]:
    """Each measure with the rows of the grid, its column of figures being ``value``; ``names`` gives the headings that
    each measure has gone by.

    Raises as ``long.of_grid``: HeaderError where a measure's column is not there or a heading is unknown.
    """
    every = {headers.normal(name) for known in names.values() for name in known}
    for measure, known in names.items():
        published = tuple(PublishedName(name=name) for name in known)
        value = table.columns["value"].model_copy(update={"published_as": published, "is_derived": False})
        one = table.model_copy(update={"columns": {**table.columns, "value": value}})
        others = every - {headers.normal(name) for name in known}
        yield measure, long.of_grid(grid, one, leave_out=sorted(others))


__all__ = ["by_measure"]
