"""A published cell to a value and a status."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sources.contract import STATUSES, Contract
from sources.reading.markers import Figure, UnreadableCellError, figure, figures, marks, split_note
from tests import otherworld

CONTRACT = Contract.model_validate(yaml.safe_load(otherworld.CONTRACT))
VALUE = CONTRACT.tables["sighting"].columns["value"]
PLAIN = VALUE.model_copy(update={"carries_notes": False})
SHARE = PLAIN.model_copy(update={"unit": "per cent of dragons"})

_CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.dates(),
    st.from_regex(r"[-+]?[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?[ ~*%]?", fullmatch=True),
    st.sampled_from(["*", "-", "..", ":", "[c]", "[x]", "NULL", "1", "1.0", "١٢", "9" * 400, 10**400]),
)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (7, 7.0),
        (0, 0.0),
        (-1.5, -1.5),
        ("7", 7.0),
        (" 1,234 ", 1234.0),
        ("1,234,567.8", 1234567.8),
        ("-0.5", -0.5),
        (".5", 0.5),
        ("+3", 3.0),
        ("0", 0.0),
        (np.float64(2.5), 2.5),
        (np.int64(3), 3.0),
    ],
)
def test_a_number_is_observed(cell: object, value: float) -> None:
    assert figure(cell, CONTRACT, PLAIN) == Figure(value, "observed")


@pytest.mark.parametrize(
    ("cell", "status"),
    [("*", "suppressed"), (" * ", "suppressed"), ("-", "not_applicable"), ("", "missing"), (None, "missing")],
)
def test_a_marker_has_its_status_and_no_value_and_is_never_nought(cell: object, status: str) -> None:
    assert figure(cell, CONTRACT, VALUE) == Figure(None, status)


@pytest.mark.parametrize("cell", [math.nan, float("nan"), np.nan, "\u00a0", "  "])
def test_not_a_number_and_space_are_missing_and_not_observed(cell: object) -> None:
    assert figure(cell, CONTRACT, VALUE) == Figure(None, "missing")


def test_a_blank_has_the_meaning_that_the_contract_gives_it() -> None:
    blank = CONTRACT.markers[0].model_copy(update={"text": "", "status": "suppressed"})
    contract = CONTRACT.model_copy(update={"markers": (blank,)})
    for cell in ("", None, math.nan, " "):
        assert figure(cell, contract, VALUE) == Figure(None, "suppressed")


@pytest.mark.parametrize(
    "cell",
    [
        "1,23",
        "12,34,567",
        "1 234",
        "1.2.3",
        "1e5",
        "(5)",
        "five",
        "..",
        "[c]",
        "NULL",
        "nan",
        "inf",
        math.inf,
        -math.inf,
        True,
        False,
        "5%",
        "12~",
        "3-5",
        "<5",
        "9" * 400,
        10**400,
        "--",
        "1,234,",
        "0x10",
        "1_000",
    ],
)
def test_what_is_neither_a_number_nor_a_known_marker_is_refused(cell: object) -> None:
    with pytest.raises(UnreadableCellError):
        figure(cell, CONTRACT, PLAIN)


@pytest.mark.parametrize(
    ("cell", "value", "note"),
    [
        ("175~", 175.0, "~"),
        ("3^", 3.0, "^"),
        ("1,204 [note]", 1204.0, "[note]"),
        ("5(2)", 5.0, "(2)"),
        ('7 "', 7.0, '"'),
    ],
)
def test_a_footnote_mark_is_split_off_where_the_column_carries_them(cell: str, value: float, note: str) -> None:
    assert figure(cell, CONTRACT, VALUE) == Figure(value, "observed", note)


@pytest.mark.parametrize("cell", ["12-15", "12+", "12%", "12 (about)", "12, 13", "12 34", "12."])
def test_what_could_be_part_of_the_figure_is_never_taken_for_a_footnote_mark(cell: str) -> None:
    with pytest.raises(UnreadableCellError):
        figure(cell, CONTRACT, VALUE)


def test_a_per_cent_sign_is_read_only_where_the_unit_is_per_cent() -> None:
    assert figure("12.5 %", CONTRACT, SHARE) == Figure(12.5, "observed")
    with pytest.raises(UnreadableCellError):
        figure("12.5%", CONTRACT, PLAIN)
    with pytest.raises(UnreadableCellError):
        figure("%", CONTRACT, SHARE)


def test_a_marker_of_another_column_is_no_marker_here() -> None:
    star = CONTRACT.markers[0].model_copy(update={"columns": ("remarks",)})
    contract = CONTRACT.model_copy(update={"markers": (star,)})
    with pytest.raises(UnreadableCellError):
        figure("*", contract, VALUE)


@given(_CELLS)
def test_any_cell_is_a_finite_value_or_a_status_without_one_or_refused(cell: object) -> None:
    for column in (VALUE, PLAIN, SHARE):
        try:
            read = figure(cell, CONTRACT, column)
        except UnreadableCellError:
            continue
        assert read.status in STATUSES
        assert (read.value is not None) == (read.status == "observed")
        assert read.value is None or math.isfinite(read.value)
        assert read.note is None or (column.carries_notes and read.note)


@given(st.integers(-(10**12), 10**12))
def test_a_whole_number_is_the_same_as_number_text_and_text_with_commas(number: int) -> None:
    expected = Figure(float(number), "observed")
    for cell in (number, str(number), f"{number:,}", f" {number} "):
        assert figure(cell, CONTRACT, PLAIN) == expected


@given(st.lists(_CELLS, max_size=15))
def test_many_cells_are_read_as_one_by_one(cells: list[object]) -> None:
    found = figures(cells, CONTRACT, VALUE)
    assert list(found.columns) == ["value", "status", "note", "problem"]
    assert len(found) == len(cells)
    for cell, (value, status, note, problem) in zip(cells, found.itertuples(index=False), strict=True):
        try:
            read = figure(cell, CONTRACT, VALUE)
        except UnreadableCellError as error:
            assert problem == str(error)
            assert pd.isna(value)
            assert pd.isna(status)
            continue
        assert pd.isna(problem)
        assert status == read.status
        assert (None if pd.isna(note) else note) == read.note
        assert (None if pd.isna(value) else value) == read.value


def test_true_is_not_one_among_many_cells_and_none_is_not_observed() -> None:
    found = figures([1, True, None, math.nan, 1.0, "1"], CONTRACT, VALUE)
    assert list(found["status"].astype(object).where(found["status"].notna(), None)) == [
        "observed",
        None,
        "missing",
        "missing",
        "observed",
        "observed",
    ]
    assert "[True] is not a figure" in str(found["problem"].iloc[1])


@pytest.mark.parametrize(
    ("text", "label", "note"),
    [
        ("Other^", "Other", "^"),
        ('15/16" **', "15/16", '" **'),
        ("Dyfed-Powys [note 3]", "Dyfed-Powys", "[note 3]"),
        ("Surrey & Sussex", "Surrey & Sussex", None),
        (" Total ", "Total", None),
        ("**", "**", None),
        ("", "", None),
    ],
)
def test_a_label_is_parted_from_the_marks_at_its_end(text: str, label: str, note: str | None) -> None:
    assert split_note(text) == (label, note)


def test_marks_are_told_apart_and_a_sign_repeated_is_one() -> None:
    assert marks('" ** [note 3](2)~^') == ['"', "**", "[note 3]", "(2)", "~", "^"]
    assert marks(None) == []


@given(st.text(max_size=20))
def test_splitting_a_label_loses_nothing_but_space(text: str) -> None:
    label, note = split_note(text)
    assert "".join((label + (note or "")).split()) == "".join(text.split())
