"""Long tables with several columns of figures: each measure has its own column, and nothing else is let pass."""

from __future__ import annotations

import pytest

from sources.contract import Contract, Table
from sources.errors import HeaderError, ReadError
from sources.reading.grid import Grid
from sources.reading.measured import by_measure

TABLE = Table.model_validate(
    {
        "description": "Made-up counts",
        "kind": "figures",
        "grain": ["place", "measure"],
        "columns": {
            "place": {"type": "text", "description": "A place", "published_as": ["Place"]},
            "measure": {"type": "text", "description": "What is counted", "is_derived": True},
            "value": {"type": "number", "description": "A count", "published_as": ["Count", "Rate", "Old rate"]},
        },
    }
)
NAMES = {"count": ["Count"], "rate": ["Rate", "Old rate"]}
CONTRACT = Contract.model_construct(markers=(), tables={"made": TABLE})


def read(*rows: list[object]) -> dict[str, list[float]]:
    """The figures of each measure."""
    found = by_measure(Grid([["A title"], *rows], "made.csv"), TABLE, NAMES)
    return {m: table.figures("value", CONTRACT, TABLE.columns["value"])["value"].tolist() for m, table in found}


@pytest.mark.parametrize(
    "header",
    [["Place", "Count", "Rate"], ["Place", "Count", "Old rate"], ["PLACE", "Count [note 1]", "Rate¹"]],
)
def test_each_measure_has_the_figures_of_its_column_by_any_of_its_names(header: list[object]) -> None:
    assert read(header, ["Leeds", "7", "0.5"], ["York", "2", "0.1"]) == {"count": [7, 2], "rate": [0.5, 0.1]}


def test_columns_in_another_order_are_told_by_their_headings() -> None:
    assert read(["Rate", "Place", "Count"], ["0.5", "Leeds", "7"]) == {"count": [7], "rate": [0.5]}


def test_a_measure_that_is_not_there_and_a_heading_that_is_unknown_are_refused() -> None:
    with pytest.raises(ReadError, match=r"\[Rate\]"):
        read(["Place", "Count"], ["Leeds", "7"])
    with pytest.raises(HeaderError, match=r"\[Share\]"):
        read(["Place", "Count", "Rate", "Share"], ["Leeds", "7", "0.5", "1"])
