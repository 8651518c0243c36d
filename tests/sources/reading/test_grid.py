"""Grids: finding a table among titles, notes and blanks."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.contract import Column, PublishedName, Table
from sources.errors import HeaderError, ReadError
from sources.reading.grid import Grid, is_blank


def _column(name: str) -> Column:
    return Column(type="text", description="A column.", published_as=(PublishedName(name=name),))


_TABLE = Table(
    description="Dragons.",
    kind="figures",
    grain=("area",),
    columns={"area": _column("Area"), "month": _column("Month"), "value": _column("Dragons")},
)
_HEADER = ["Area", "Month", "Dragons"]
_CELLS = st.one_of(st.none(), st.text(max_size=6), st.integers(), st.floats(), st.booleans())
_GRIDS = st.lists(st.lists(_CELLS, max_size=5), max_size=8)


def _grid(*rows: list[object]) -> Grid:
    return Grid(rows, "dragons.xlsx", "July")


@pytest.mark.parametrize("cell", [None, "", " ", "\u00a0 \t", math.nan])
def test_nothing_space_and_not_a_number_are_blank(cell: object) -> None:
    assert is_blank(cell)
    assert _grid([cell]).text(0) == ""


@pytest.mark.parametrize("cell", [0, 0.0, False, "0", "-", math.inf])
def test_a_nought_is_not_blank(cell: object) -> None:
    assert not is_blank(cell)


def test_a_header_is_found_below_titles_and_blank_rows() -> None:
    grid = _grid(["Dragons by area"], [], [None, "July"], _HEADER, ["York", "July", 7.0])
    assert grid.find_header(_TABLE)[0] == 3


def test_a_drifted_header_is_refused_at_its_row_as_a_spreadsheet_counts() -> None:
    with pytest.raises(HeaderError) as refused:
        _grid(["Month"], [], ["Area", "Month", "Griffins"], ["York", "July", 7.0]).find_header(_TABLE)
    assert (refused.value.sheet, refused.value.row, refused.value.missing) == ("July", 3, ["value"])


def test_a_sheet_without_anything_like_the_header_says_what_was_looked_for_and_where() -> None:
    with pytest.raises(ReadError, match=r"\[July\]: no header row was found; expected a row with \[Area\], \[Month\]"):
        _grid(["nothing"], ["here"]).find_header(_TABLE)


def test_a_header_is_not_looked_for_above_the_start_nor_below_the_scan() -> None:
    rows: list[list[object]] = [[], *([["x"]] * 4), list(_HEADER)]
    assert _grid(*rows).find_header(_TABLE, scan=6)[0] == 5
    with pytest.raises(ReadError, match="none in rows 1 to 5"):
        _grid(*rows).find_header(_TABLE, scan=5)
    with pytest.raises(ReadError):
        _grid(list(_HEADER), ["York", "July", 7.0]).find_header(_TABLE, start=1)


def test_an_unknown_column_is_a_drift_unless_it_is_allowed() -> None:
    grid = _grid([*_HEADER, "Griffins"])
    with pytest.raises(HeaderError, match="Griffins"):
        grid.find_header(_TABLE)
    assert grid.find_header(_TABLE, allow_unknown=True)[0] == 0


@pytest.mark.parametrize(
    "end", [[], [None, " ", None], ["* A footnote", None, ""], ["Source: the Otherworld Office", "", "x"]]
)
def test_a_table_ends_at_a_blank_row_a_footnote_or_the_word_that_is_given(end: list[object]) -> None:
    grid = _grid(_HEADER, ["York", "July", 7], ["Bath", "July", 8], end, ["Hull", "July", 9])
    assert list(grid.body(1, stop_at="source:")) == [1, 2]


def test_a_row_without_a_label_belongs_to_the_table() -> None:
    assert list(_grid(_HEADER, [None, "July", 7], ["Bath", None, 8]).body(1)) == [1, 2]


def test_stacked_headers_are_joined_and_merged_cells_carried_to_the_right() -> None:
    grid = _grid(["Area", "2023", None, 2024.0, None], [None, "Seen", "Heard", "Seen", "Heard"])
    assert grid.stacked(0, 2) == ["Area", "2023 Seen", "2023 Heard", "2024 Seen", "2024 Heard"]


def test_rows_matching_gives_the_rows_and_what_matched() -> None:
    grid = _grid(["Table 1: Dragons"], ["x"], ["table 2: Griffins"])
    assert [(row, found[1]) for row, found in grid.rows_matching(r"Table (\d+)")] == [(0, "1"), (2, "2")]
    assert [row for row, _ in grid.rows_matching("table", start=1)] == [2]


@given(_GRIDS, st.integers(0, 12), st.integers(0, 12))
def test_a_cell_beyond_the_grid_is_none_and_never_an_error(rows: list[list[object]], row: int, column: int) -> None:
    grid = Grid(rows, "a.csv")
    if row >= len(rows) or column >= len(rows[row]):
        assert grid.cell(row, column) is None
        assert grid.text(row, column) == ""


@given(_GRIDS, st.integers(0, 12), st.integers(1, 4))
def test_stacking_any_rows_gives_a_text_a_column(rows: list[list[object]], first: int, count: int) -> None:
    stacked = Grid(rows, "a.csv").stacked(first, count)
    assert len(stacked) == max((len(row) for row in rows[first : first + count]), default=0)
    assert all(text == text.strip() for text in stacked)


@given(_GRIDS)
def test_a_body_is_an_unbroken_run_of_rows_that_say_something(rows: list[list[object]]) -> None:
    grid = Grid(rows, "a.csv")
    body = list(grid.body(0))
    assert body == list(range(len(body)))
    assert not any(grid.is_blank_row(row) for row in body)


@given(_GRIDS)
def test_any_grid_with_the_header_below_it_is_found_or_refused_with_a_place(rows: list[list[object]]) -> None:
    grid = Grid([*rows, list(_HEADER)], "a.csv")
    row, found = grid.find_header(_TABLE)
    assert row <= len(rows)
    assert [grid.text(row, found.index[name]).casefold() for name in ("area", "month", "value")] == [
        name.casefold() for name in _HEADER
    ]


def test_a_row_of_units_below_the_header_is_told_from_figures_and_from_labels() -> None:
    def below(*row: object) -> dict[int, str]:
        return Grid([["Area", "Deaths", "Rate"], list(row)], "a.ods").units_below(0, [1, 2])

    assert below("", "Number", "per 100,000") == {1: "Number", 2: "per 100,000"}
    assert below(None, "", "%") == {2: "%"}
    assert below("Leeds", "Number", "%") == {}, "it labels a row"
    assert below("", 12, "%") == {}, "a figure is no unit"
    assert below("", "1,204", "*") == {}, "nor is a figure as text, or a marker"
    assert below("", "", "") == {}
    assert Grid([["Area", "Deaths"]], "a.ods").units_below(0, [1]) == {}
