"""Real crime outcomes (records that somebody kept of published files), against cells that can be found in them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from sources.home import Home

SOURCE, FOLDER = "police_uk_outcomes", "justice/police_uk_outcomes"
COLUMNS = (
    "crime_id, strftime(month, '%Y-%m'), reported_by, falls_within, longitude, latitude, location, lsoa_code,"
    " lsoa_name, outcome_type"
)


def _in_order(home: Home, columns: str) -> list[tuple]:
    """The landed rows as they stand in their Parquet."""
    pattern = home.landing / f"{SOURCE}__outcome" / "*.parquet"
    return duckdb.execute(f"select {columns} from read_parquet('{pattern}', union_by_name = true)").fetchall()


def _expected(text: str) -> list[tuple]:
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    return [
        (
            *row[:4],
            float(row[4]) if row[4] else None,
            float(row[5]) if row[5] else None,
            *(cell or None for cell in row[6:]),
        )
        for row in rows
    ]


@pytest.mark.parametrize(
    ("name", "size"), [("sample_2020-03-outcomes.csv", 9), ("2021-12-outcomes.csv", 18), ("2023-03-outcomes.csv", 9)]
)
def test_every_cell_of_a_loose_file_is_landed_in_its_order(
    published: Path, intake: Callable, name: str, size: int
) -> None:
    path = published / FOLDER / name
    result, home = intake(SOURCE, path)
    assert not result.problems
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (size, size, 0)
    assert _in_order(home, COLUMNS) == _expected(path.read_text(encoding="ascii"))


def test_a_row_is_the_row_that_a_spreadsheet_shows(published: Path, intake: Callable) -> None:
    _, home = intake(SOURCE, published / FOLDER / "2021-12-outcomes.csv")
    # Line 6 of the file, and how many of each outcome a person counts in it.
    columns = "longitude, latitude, location, lsoa_code, lsoa_name, outcome_type, force_slug, file_month"
    row = _in_order(home, columns)[4]
    point = (-0.200628, 51.410692, "On or near MELROSE ROAD", "E01003424", "Merton 015B")
    assert row == (*point, "Investigation complete; no suspect identified", None, date(2021, 12, 1))
    assert Counter(outcome for (outcome,) in _in_order(home, "outcome_type")) == {
        "Investigation complete; no suspect identified": 9,
        "Unable to prosecute suspect": 5,
        "Suspect charged": 2,
        "Local resolution": 1,
        "Offender given a drugs possession warning": 1,
    }


def test_the_archive_lands_its_outcomes_by_force_and_month_and_leaves_the_rest_to_others(
    published: Path, intake: Callable
) -> None:
    path = published / FOLDER / "sample_archive_2023-03.zip"
    result, home = intake(SOURCE, path)
    assert not result.problems
    assert (len(result.arrived), result.rows_landed, result.rows_quarantined) == (4, 36, 0)
    by_file = Counter(_in_order(home, "force_slug, strftime(file_month, '%Y-%m'), strftime(month, '%Y-%m')"))
    # The file of March 2023 says February in every row.
    assert by_file == {
        ("bedfordshire", "2020-03", "2020-03"): 9,
        ("metropolitan", "2021-12", "2021-12"): 9,
        ("norfolk", "2021-12", "2021-12"): 9,
        ("dyfed-powys", "2023-03", "2023-02"): 9,
    }
    with zipfile.ZipFile(path) as packed:
        members = [packed.read(name).decode("ascii") for name in packed.namelist() if name.endswith("-outcomes.csv")]
    assert Counter(_in_order(home, COLUMNS)) == Counter(row for text in members for row in _expected(text))
