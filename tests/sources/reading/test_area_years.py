"""Tables of areas by years: what heads their columns, and what they are refused for."""

from __future__ import annotations

from datetime import date

import pytest

from sources.errors import LayoutError
from sources.reading import area_years
from sources.reading.grid import Grid


def grid(*rows: list[object]) -> Grid:
    width = max(map(len, rows))
    return Grid([[*row, *[""] * (width - len(row))] for row in rows], "deaths.xlsx", "Table 1")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022", date(2022, 1, 1), date(2022, 12, 31)),
        ("2020 to 2022", date(2020, 1, 1), date(2022, 12, 31)),
        ("2020-22", date(2020, 1, 1), date(2022, 12, 31)),
        ("1998\N{EN DASH}2000", date(1998, 1, 1), date(2000, 12, 31)),
    ],
)
def test_years_are_calendar_years_one_or_several(text: str, first: date, last: date) -> None:
    found = area_years.years(text)
    assert (found.start, found.end) == (first, last)
    assert found.type == ("calendar_year" if first.year == last.year else "multi_year")


@pytest.mark.parametrize("text", ["2022 to 2020", "2020 to 2020", "2001 to 2022", "20 to 22", "2020 and 2021", ""])
def test_other_words_are_no_years(text: str) -> None:
    with pytest.raises(ValueError, match="is neither a year nor several"):
        area_years.years(text)


def test_the_kind_of_area_is_that_of_its_code() -> None:
    assert area_years.area_level("E08000035") == "metropolitan_district"
    assert area_years.area_level("W06000015") == "unitary_authority"
    assert area_years.area_level("E99000001") is None
    assert area_years.area_level("Leeds") is None


def test_the_limits_of_a_rate_are_found_wherever_they_stand() -> None:
    table = area_years.find(
        grid(
            ["Table 1: Deaths"],
            ["Area name", "Area code [note 1]", "2022", "2020 to 2022 Upper CI", "2020-22 Rate", "2020 to 2022 LCL"],
            ["Leeds", "E08000035", 78, 14.2, 12.5, 10.1],
        )
    )
    assert table is not None
    assert (table.title, table.header_row, table.code_column, table.name_columns) == ("Table 1: Deaths", 1, 1, (0,))
    assert [(c.index, c.measure, c.lower, c.upper, c.mark) for c in table.columns] == [
        (2, "deaths", None, None, None),
        (4, "rate", 5, 3, None),
    ]


def test_years_may_stand_above_what_is_measured_and_a_column_of_marks_without_a_heading() -> None:
    table = area_years.find(
        grid(
            ["", "", 2022, "", "", "2020 to 2022", "", ""],
            [],
            ["Code", "Name", "Deaths", "Rate", "", "Deaths", "Rate", ""],
            ["E08000035", "Leeds", 78, 9.9, "u", 201, 8.1, ""],
        )
    )
    assert table is not None
    assert [(c.index, c.measure, c.period.type, c.mark) for c in table.columns] == [
        (2, "deaths", "calendar_year", None),
        (3, "rate", "calendar_year", 4),
        (5, "deaths", "multi_year", None),
        (6, "rate", "multi_year", None),
    ]


@pytest.mark.parametrize(
    "heading", ["2022 Something", "2022 Lower CI", "Rate", "2021", "2021 to 2001 Rate"], ids=lambda text: text
)
def test_a_heading_that_is_not_known_or_stands_twice_is_refused(heading: str) -> None:
    with pytest.raises(
        LayoutError, match=rf"\[deaths.xlsx\] sheet \[Table 1\] row 1 column \[D\].*found \[{heading}\]"
    ):
        area_years.find(grid(["Area code", "Name", "2021", heading], ["E08000035", "Leeds", 78, 12]))


def test_a_sheet_without_codes_of_areas_has_no_such_table() -> None:
    assert area_years.find(grid(["Contents"], ["Table 1", "Deaths by area"])) is None
