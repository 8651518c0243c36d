"""Long tables: each distinct text is looked at once, and a row that cannot be read says why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sources.contract import Contract, Table
from sources.errors import HeaderError, ReadError
from sources.reading import PublishedFile, long
from sources.reading.grid import Grid

TABLE = Table.model_validate(
    {
        "description": "Made-up counts",
        "kind": "figures",
        "grain": ["place", "year"],
        "columns": {
            "place": {"type": "text", "description": "A place", "published_as": ["Place"]},
            "year": {"type": "integer", "description": "A year", "published_as": ["Year"]},
            "value": {"type": "number", "description": "A count", "published_as": ["Count"]},
        },
    }
)
HEADER = ["Place", "Year", "Count"]


@pytest.fixture
def contract() -> Contract:
    """A contract with a marker; the rest of it is of no account here."""
    return Contract.model_construct(markers=(), tables={"made": TABLE})


def made_of(*rows: list[object], sheet: str | None = None) -> long.LongTable:
    return long.of_grid(Grid([["A title"], HEADER, *rows], "made.csv", sheet), TABLE)


def test_a_function_is_asked_once_for_each_distinct_combination_of_texts() -> None:
    table = made_of(["Kent", "2024", "1"], ["Kent", "2024", "2"], ["Kent", "2025", "3"], ["Essex", "2024", "4"])
    asked: list[tuple[str, str]] = []

    def name(place: str, year: str) -> str:
        asked.append((place, year))
        return f"{place} {year}"

    assert list(table.made(name, "place", "year")) == ["Kent 2024", "Kent 2024", "Kent 2025", "Essex 2024"]
    assert asked == [("Kent", "2024"), ("Kent", "2025"), ("Essex", "2024")]


def test_numbers_flags_and_days_are_spread_over_the_rows() -> None:
    table = made_of(["Kent", 2024.0, "1"], ["Essex", 2025.0, "2"])
    assert list(table.whole(int, "year")) == [2024, 2025]
    assert list(table.flags(lambda place: place == "Kent", "place")) == [True, False]
    assert list(table.days(lambda year: date(int(year), 1, 1), "year").astype(str)) == [
        "2024-01-01T00:00:00",
        "2025-01-01T00:00:00",
    ]


def test_a_value_error_is_the_rows_problem_at_the_cell_that_it_names(contract: Contract) -> None:
    table = made_of(["Kent", "2024", "1"], ["Kint", "2024", "x"], ["Kent", "2024", "n/k"])

    def place(name: str, _year: str) -> str:
        if name == "Kint":
            raise ValueError(f"no place is called [{name}]")
        return name

    frame = pd.DataFrame({"place": table.made(place, "place", "year")})
    frame["value"] = table.figures("value", contract, TABLE.columns["value"])["value"]
    landed, quarantined = table.split(frame, "value")
    assert landed.to_numpy().tolist() == [["Kent", 1.0]]
    told = [(row.row, row.column, row.cell, row.reason) for row in quarantined]
    assert told == [
        (4, "A", "Kint", "no place is called [Kint]"),
        (5, "C", "n/k", "[n/k] is neither a number nor a marker that the contract knows"),
    ]


def test_minus_nought_is_nought(contract: Contract) -> None:
    table = made_of(["Kent", "2024", "-00"])
    assert str(table.figures("value", contract, TABLE.columns["value"])["value"][0]) == "0.0"


def test_rows_of_another_width_are_problems_and_blank_rows_are_none(contract: Contract) -> None:
    table = made_of(["Kent", "2024", "1"], [], ["Kent", "20"], ["Kent", "2025", "2", "3"], ["", "", ""])
    frame = pd.DataFrame({"value": table.figures("value", contract, TABLE.columns["value"])["value"]})
    landed, quarantined = table.split(frame, "value")
    assert len(table) == 3 and landed["value"].tolist() == [1.0]
    assert [(row.row, row.reason) for row in quarantined] == [
        (5, "the record has 2 cells, the header 3"),
        (6, "the record has 4 cells, the header 3"),
    ]


def test_a_footnote_below_a_sheet_is_no_row() -> None:
    table = made_of(["Kent", 2024.0, 0.0], ["Source: made up", "", ""], sheet="Made")
    assert len(table) == 1 and table.rows.tolist() == [3]


def test_a_column_that_is_left_out_is_no_unknown_one() -> None:
    grid = Grid([[*HEADER, "Region"], ["Kent", "2024", "1", "South East"]], "made.csv")
    with pytest.raises(HeaderError, match=r"\[Region\]"):
        long.of_grid(grid, TABLE)
    assert "place" in long.of_grid(grid, TABLE, leave_out=("region",))


def test_a_text_whose_last_line_has_no_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    path.write_text("Place,Year,Count\nKent,2024,12", encoding="utf-8")
    with pytest.raises(ReadError, match=r"row 2: the last line has no end.*\[12\]"):
        long.whole_grid(PublishedFile(path, path.name, "0"))


def test_frames_with_categories_of_their_own_are_stacked() -> None:
    parts = [pd.DataFrame({"place": pd.Categorical([name])}) for name in ("Kent", "Essex")]
    assert long.stacked(parts)["place"].tolist() == ["Kent", "Essex"]


def test_a_parquet_of_other_columns_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "made.parquet"
    pd.DataFrame([["Kent", 2024, 1, 9]], columns=[*HEADER, "Rank"]).to_parquet(path)
    file = PublishedFile(path, path.name, "0")
    with pytest.raises(HeaderError, match=r"\[Rank\]"):
        long.of_parquet(file, TABLE)
    assert long.of_parquet(file, TABLE, leave_out=("rank",)).rows.tolist() == [2]
    path.write_text("Place,Year", encoding="utf-8")
    with pytest.raises(ReadError, match="not a Parquet file"):
        long.of_parquet(file, TABLE)
