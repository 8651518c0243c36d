"""Wide tables: every figure becomes a row that knows its row, its column and its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sources.contract import Contract, Marker, Table
from sources.errors import ReadError
from sources.reading import PublishedFile
from sources.reading.grid import Grid
from sources.reading.wide import WideTable, rows_of_figures, spread

TABLE = Table.model_validate(
    {
        "description": "Made-up counts",
        "kind": "figures",
        "grain": [],
        "grain_reason": "It is made up",
        "columns": {"value": {"type": "number", "description": "A count"}},
    }
)
GRID = Grid(
    [["Place", "Code", 2023, 2024], ["Oz", "O", 1, "*"], ["Narnia", "?", 3, 4], ["Utopia", "U", -0.0, "many"]],
    "made.xlsx",
    "Counts",
)


@pytest.fixture
def contract() -> Contract:
    """A contract with a marker; the rest of it is of no account here."""
    marker = Marker(text="*", status="suppressed", meaning="Few")
    return Contract.model_construct(markers=(marker,), tables={"made": TABLE})


def table() -> WideTable:
    return WideTable(
        GRID,
        rows=[1, 2, 3],
        columns=[2, 3],
        by_row={"place": ["Oz", "Narnia", "Utopia"]},
        by_column={"year": [2023, 2024], "end": [date(2023, 6, 30), date(2024, 6, 30)], "is_last": [False, True]},
        same={"edition": 2025, "note": None},
        problems=[None, "no such code", None],
    )


def test_every_cell_is_a_row_with_its_place_or_is_set_aside_with_a_reason(contract: Contract) -> None:
    found = table().figures("made", contract)
    assert found.rows_in == 6
    kept = found.frame.astype({"place": str, "status": str, "source_column": str})
    assert kept[["place", "year", "value", "status", "source_row", "source_column"]].fillna(-1).to_numpy().tolist() == [
        ["Oz", 2023, 1, "observed", 2, "C"],
        ["Oz", 2024, -1, "suppressed", 2, "D"],
        ["Utopia", 2023, 0, "observed", 4, "C"],
    ]
    assert not np.signbit(kept["value"]).any()
    assert [(q.sheet, q.row, q.column, q.cell, q.reason[:12]) for q in found.quarantined] == [
        ("Counts", 3, "C", "3", "no such code"),
        ("Counts", 3, "D", "4", "no such code"),
        ("Counts", 4, "D", "many", "[many] is ne"),
    ]
    assert set(kept["edition"]) == {2025}
    assert kept["note"].isna().all()
    assert pd.Timestamp(kept["end"].iloc[1]) == pd.Timestamp(2024, 6, 30)
    assert kept["is_last"].tolist() == [False, True, False]


def test_figures_can_be_refused_for_their_value_and_the_first_reason_stays(contract: Contract) -> None:
    def refuse(frame: pd.DataFrame) -> np.ndarray:
        return np.where(frame["value"] < 4, "below four", None)

    found = table().figures("made", contract, refuse=refuse)
    assert len(found.frame) == 1
    assert [q.reason for q in found.quarantined][:3] == ["below four", "no such code", "no such code"]


def test_values_are_spread_by_their_kind_and_may_be_missing() -> None:
    codes = np.array([1, 0, 1])
    assert list(spread(["a", None], codes).isna()) == [True, False, True]
    assert spread([None, 7], codes).dtype == "Int64"
    assert np.isnat(spread([date(2024, 1, 1), None], codes)).tolist() == [True, False, True]
    assert spread([True, None], codes)[1]


def test_rows_of_a_sheet_leave_out_footnotes_and_a_text_file_has_to_be_whole(tmp_path: Path) -> None:
    file = PublishedFile(tmp_path / "made.csv", "made.csv", "0" * 64)
    sheet = Grid([["A", "B"], ["x", 1], ["", ""], ["Source: nobody", ""], ["y", 2]], "made.xlsx", "S")
    assert rows_of_figures(file, sheet, 0) == [1, 4]
    with pytest.raises(ReadError, match="there is no row below the header"):
        rows_of_figures(file, Grid([["A", "B"], ["Source", ""]], "made.xlsx", "S"), 0)
    file.path.write_text("A,B\nx,1")
    with pytest.raises(ReadError, match="the last line has no end"):
        rows_of_figures(file, Grid([["A", "B"], ["x", "1"]], "made.csv"), 0)
