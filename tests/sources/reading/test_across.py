"""Tables with time across: which times headings say, and where the figures are."""

from __future__ import annotations

from datetime import date

import pytest

from sources.errors import LayoutError, ReadError
from sources.reading import across
from sources.reading.grid import Grid

Rows = list[list[object]]


@pytest.mark.parametrize(
    ("text", "start", "end", "kind"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31), "calendar_year"),
        ("2018/19", date(2018, 4, 1), date(2019, 3, 31), "financial_year"),
        ("Total 2018/19", date(2018, 4, 1), date(2019, 3, 31), "financial_year"),
        ("12 months ending March 2025", date(2024, 4, 1), date(2025, 3, 31), "financial_year"),
        ("Year ending Jun 25", date(2024, 7, 1), date(2025, 6, 30), "rolling_year"),
        ("Apr-24 to Mar-25", date(2024, 4, 1), date(2025, 3, 31), "financial_year"),
        ("January to March 2024", date(2024, 1, 1), date(2024, 3, 31), "quarter"),
        ("Q3 2024", date(2024, 7, 1), date(2024, 9, 30), "quarter"),
        ("March 2024", date(2024, 3, 1), date(2024, 3, 31), "month"),
    ],
)
def test_a_heading_says_its_time(text: str, start: date, end: date, kind: str) -> None:
    period = across.period_of(text)
    assert (period.start, period.end, period.type) == (start, end, kind)


@pytest.mark.parametrize("text", ["Change", "2018/20", "January to April 2024", "Total", "2024 to 2025"])
def test_a_heading_without_a_time_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is "):
        across.period_of(text)


def _grid(rows: Rows) -> Grid:
    width = max(map(len, rows))
    return Grid([[*row, *[None] * (width - len(row))] for row in rows], "book.xlsx", "Table_1")


def test_years_over_months_are_read_with_the_totals_of_whole_years_wherever_these_stand() -> None:
    months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
              "November", "December"]  # fmt: skip
    rows: Rows = [
        ["Title"],
        ["Prison", 2024.0, *[None] * 12, "2025 (p)"],
        [None, "Total", *months, "January", "Total"],
        ["Leeds", 24, *[2] * 12, 5, 5],
    ]
    table = across.find(_grid(rows), title="Title")
    assert len(table.columns) == 14 and table.columns[0].is_year_of_months
    assert [column.index for column in table.columns] == list(range(1, 15))
    assert (table.columns[-1].period.start, table.columns[-1].status) == (date(2025, 1, 1), "provisional")
    assert table.labels == {0: "Prison"} and table.texts == [("Leeds",)]


def test_an_outer_label_stands_over_the_rows_below_it_and_footnotes_are_no_rows() -> None:
    rows: Rows = [
        ["Title"],
        ["Type [note 1]", "Cause", "2023/24", "2024/25"],
        ["Orders", "Natural", 1, 2],
        [None, "Other [note 2]", 3, 4],
        [],
        ["Release", "Natural", 5, 6],
        ["[note 2] Not known yet"],
    ]
    table = across.find(_grid(rows), title="Title")
    assert list(table.labels.values()) == ["Type", "Cause"]
    assert table.texts == [("Orders", "Natural"), ("Orders", "Other"), ("Release", "Natural")]
    assert list(table.rows) == [2, 3, 5]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (["Prison", "2023", "Rate"], "[Rate]"),
        (["Prison", "2023", "2023"], "[2023] again"),
    ],
)
def test_a_heading_among_the_years_that_says_no_time_of_its_own_is_refused(header: list[object], words: str) -> None:
    with pytest.raises(LayoutError) as error:
        across.find(_grid([["Title"], header, ["Leeds", 1, 2]]), title="Title")
    assert words in str(error.value) and "[book.xlsx] sheet [Table_1] row 2 column [C]" in str(error.value)


def test_a_financial_year_over_months_is_refused() -> None:
    rows: Rows = [["Title"], ["Prison", "2023/24", None], [None, "April", "May"], ["Leeds", 1, 2]]
    with pytest.raises(LayoutError, match="no calendar year"):
        across.find(_grid(rows), title="Title")


def test_a_sheet_without_years_or_figures_is_refused() -> None:
    with pytest.raises(ReadError, match="no heading with years"):
        across.find(_grid([["Title"], ["Prison", "Men"], ["Leeds", 1]]), title="Title")
    with pytest.raises(ReadError, match="no row of figures"):
        across.find(_grid([["Title"], ["Prison", "2023"], ["Leeds", None]]), title="Title")
    with pytest.raises(ReadError, match="has no label"):
        across.find(_grid([["Title"], ["Prison", "2023"], [None, 4]]), title="Title")
