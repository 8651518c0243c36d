"""SQL that reads days, kinds of period and names of places."""

from __future__ import annotations

import datetime

import duckdb
import pytest

from sources.landing import literal
from sources.places.names import register
from sources.reading import in_sql


def _is(sql: str) -> object:
    ((found,),) = duckdb.connect().execute(f"select {sql}").fetchall()
    return found


@pytest.mark.parametrize("text", ["30/09/2024", "2024-09-30", " 30/09/2024 "])
def test_a_day_is_read_in_both_forms(text: str) -> None:
    assert _is(in_sql.day(literal(text))) == datetime.date(2024, 9, 30)


@pytest.mark.parametrize("text", ["31/09/2024", "September 2024", "09/30/2024", ""])
def test_what_is_no_day_is_null(text: str) -> None:
    assert _is(in_sql.day(literal(text))) is None


@pytest.mark.parametrize(
    ("start", "end", "kind"),
    [
        ("2024-02-01", "2024-02-29", "month"),
        ("2024-02-01", "2024-04-30", "quarter"),
        ("2024-04-01", "2024-09-30", "half_year"),
        ("2024-01-01", "2024-12-31", "calendar_year"),
        ("2024-04-01", "2025-03-31", "financial_year"),
        ("2024-09-01", "2025-08-31", "academic_year"),
        ("2023-10-01", "2024-09-30", "rolling_year"),
        ("2024-02-01", "2024-02-28", None),
        ("2024-02-02", "2024-02-29", None),
        ("2024-01-01", "2024-04-30", None),
        ("2024-04-01", "2023-04-30", None),
    ],
)
def test_a_stretch_of_whole_months_is_of_the_kind_that_its_length_says(start: str, end: str, kind: str | None) -> None:
    assert _is(in_sql.period_type(f"date '{start}'", f"date '{end}'")) == kind


def test_every_name_of_one_place_has_the_code_that_the_register_gives_it() -> None:
    kind = "integrated_care_board"
    codes = {named.name: named.code for named in register(kind).names if named.is_current_name}
    asked = ", ".join(f"({literal(name.upper())})" for name in codes)
    query = f"select name, {in_sql.code_of_name(kind, 'name')} from (values {asked}) as t(name)"
    found = duckdb.connect().execute(query).fetchall()
    assert dict(found) == {name.upper(): code for name, code in codes.items()}


def test_a_name_that_is_not_in_the_register_has_no_code() -> None:
    assert _is(in_sql.code_of_name("integrated_care_board", "'Atlantis'")) is None
    assert _is(in_sql.code_of_name("integrated_care_board", "null")) is None
