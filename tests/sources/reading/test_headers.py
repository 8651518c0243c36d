"""Matching a published header to a contract's columns, and what is said where it does not match."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.contract import Column, PublishedName, Table
from sources.errors import HeaderError
from sources.reading import headers


def _column(*names: str, pattern: str | None = None, required: bool = True) -> Column:
    published = [PublishedName(name=name) for name in names]
    if pattern:
        published.append(PublishedName(name=pattern, is_pattern=True))
    return Column(type="text", description="A column.", published_as=tuple(published), is_required=required)


_COLUMNS = {
    "area_code": _column("Area code", "LA code"),
    "month": _column("Month"),
    "value": _column("Dragons seen", pattern=r"dragons \(\d{4}\)"),
    "remarks": _column("Remarks", required=False),
    "made": Column(type="text", description="Made by the reader.", is_derived=True),
}
_TABLE = Table(description="Dragons.", kind="figures", grain=("area_code", "month"), columns=_COLUMNS)

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
_CELLS = st.one_of(st.none(), _TEXTS, st.integers(), st.floats(), st.booleans())
_KNOWN = st.sampled_from(["Area code", "LA code", "Month", "Dragons seen", "dragons (2024)", "Remarks"])


def test_a_header_is_matched_by_name_and_not_by_order() -> None:
    found = headers.match(["Remarks", "Dragons seen", "Area code", "Month"], _COLUMNS)
    assert found.is_complete
    assert found.index == {"remarks": 0, "value": 1, "area_code": 2, "month": 3}
    assert found.notes == ()


@pytest.mark.parametrize("cell", ["AREA CODE", " area  code ", "\ufeffArea code", "Area\u00a0code", "Area\ncode"])
def test_case_space_and_a_byte_order_mark_do_not_count(cell: str) -> None:
    assert headers.match([cell, "Month", "Dragons seen"], _COLUMNS).index["area_code"] == 0


def test_an_earlier_name_is_taken_and_noted() -> None:
    found = headers.match(["LA code", "Month", "Dragons seen", "Remarks"], _COLUMNS)
    assert found.is_complete
    assert found.notes == ("[area_code] is headed [LA code]",)


def test_a_column_that_may_be_absent_is_noted_and_not_missing() -> None:
    found = headers.match(["Area code", "Month", "Dragons (2024)"], _COLUMNS)
    assert found.is_complete
    assert found.notes == ("[remarks] is not in this file",)


def test_a_pattern_never_takes_the_cell_that_another_column_has_by_name() -> None:
    columns = {"any": _column(pattern="dragons.*"), "seen": _column("Dragons seen")}
    found = headers.match(["Dragons seen", "Dragons heard"], columns)
    assert found.index == {"seen": 0, "any": 1}


def test_a_text_that_heads_two_columns_is_given_to_each_in_turn_and_a_third_is_unknown() -> None:
    columns = {"first": _column("Rate"), "second": _column("Rate")}
    found = headers.match(["Rate", "Rate", "Rate"], columns)
    assert found.index == {"first": 0, "second": 1}
    assert found.unknown == ("Rate",)


@pytest.mark.parametrize("note", [" [note 3]", "[1]", "²", " [Note 1], [note 12]", " ³⁴"])
def test_a_note_behind_a_heading_does_not_hide_it(note: str) -> None:
    found = headers.match(["Area code", f"Month{note}", f"Dragons (2024){note}", "Remarks"], _COLUMNS)
    assert found.is_complete
    assert found.index == {"area_code": 0, "month": 1, "value": 2, "remarks": 3}
    assert f"[month] is headed [Month{note}]" in found.notes


@pytest.mark.parametrize("heading", ["Month (1)", "Month*", "Month [p]", "Month 2"])
def test_what_may_be_more_than_a_note_is_a_part_of_the_heading(heading: str) -> None:
    assert headers.match(["Area code", heading, "Dragons seen"], _COLUMNS).missing == ("month",)


def test_a_heading_that_is_known_with_its_note_is_taken_before_one_without() -> None:
    columns = {"plain": _column("Rate"), "noted": _column("Rate [note 2]")}
    assert headers.match(["Rate [note 2]", "Rate [note 1]"], columns).index == {"noted": 0, "plain": 1}


def test_a_year_that_a_workbook_gives_as_a_number_is_the_year() -> None:
    assert headers.match([2019.0], {"year": _column("2019")}).index == {"year": 0}
    assert headers.normal(12.5) == "12.5"


def test_what_is_missing_and_unknown_is_named_with_the_closest() -> None:
    with pytest.raises(HeaderError) as refused:
        headers.require(
            ["Area code", "Months", "Number of dragons", None, ""], _TABLE, file="a.xlsx", sheet="July", row=3
        )
    error = refused.value
    assert (error.missing, error.unknown) == (["month", "value"], ["Months", "Number of dragons"])
    assert str(error) == (
        "[a.xlsx] sheet [July] row 3: the header is not one that the contract knows; expected the missing columns"
        " [Month] (closest: [Months]), [Dragons seen]; found the unknown columns [Months], [Number of dragons]."
        " If the publisher renamed a column, add the new name to its published_as in contract.yaml"
    )


def test_the_closest_is_sought_among_all_the_names_that_a_column_has_had() -> None:
    with pytest.raises(HeaderError, match=r"\[Area code\] \(closest: \[LA codes\]\)"):
        headers.require(["LA codes", "Month", "Dragons seen"], _TABLE, file="a.csv")


def test_a_missing_column_with_nothing_in_its_place_is_said_so() -> None:
    with pytest.raises(HeaderError, match=r"missing columns \[Month\]; found nothing in their place"):
        headers.require(["Area code", "Dragons seen"], _TABLE, file="a.csv")


def test_an_unknown_column_is_refused_unless_it_is_allowed() -> None:
    cells = ["Area code", "Month", "Dragons seen", "Griffins"]
    with pytest.raises(HeaderError, match=r"expected no unknown columns; found the unknown columns \[Griffins\]"):
        headers.require(cells, _TABLE, file="a.csv")
    assert headers.require(cells, _TABLE, file="a.csv", allow_unknown=True).unknown == ("Griffins",)


@given(st.lists(st.one_of(_CELLS, _KNOWN), max_size=12))
def test_matching_never_fails_and_accounts_for_every_cell_once(cells: list[object]) -> None:
    found = headers.match(cells, _COLUMNS)
    assert len(set(found.index.values())) == len(found.index)
    said = [i for i, cell in enumerate(cells) if headers.normal(cell)]
    assert len(found.index) + len(found.unknown) == len(said)
    assert set(found.missing) == {"area_code", "month", "value"} - set(found.index)
    assert "made" not in found.index


@given(st.lists(_TEXTS, max_size=5), st.randoms(use_true_random=False))
def test_a_whole_header_is_found_among_any_other_cells_in_any_order(others: list[str], chance: random.Random) -> None:
    cells = ["Area code", "Month", "Dragons seen", *others]
    chance.shuffle(cells)
    found = headers.match(cells, _COLUMNS)
    assert found.missing == ()
    assert headers.normal(cells[found.index["month"]]) == "month"


@given(st.integers(0, 20_000))
def test_letters_count_as_a_spreadsheet_does(index: int) -> None:
    letters = headers.letter(index)
    value = 0
    for letter in letters:
        value = value * 26 + ord(letter) - ord("A") + 1
    assert value == index + 1


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_the_letters_of_known_columns(index: int, letters: str) -> None:
    assert headers.letter(index) == letters
