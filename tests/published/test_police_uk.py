"""Real street-level crime and stop and search, against cells that a person can find in the files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from sources.home import Home

Landed = Callable[[Home, str], Any]
NINE = [
    *["btp", "cleveland", "derbyshire", "dyfed-powys", "gwent", "kent", "norfolk", "northern-ireland", "west-mercia"]
]


def _records(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))[1:]


def _in_order(home: Home, table_id: str, name: str, columns: str) -> list[tuple]:
    """A file's landed rows as they stand in its Parquet."""
    pattern = str(home.landing / table_id / "*.parquet")
    query = f"select {columns} from read_parquet('{pattern}', union_by_name = true) where source_file = ?"
    return duckdb.execute(query, [name]).fetchall()


@pytest.mark.slow
def test_nine_forces_of_august_2021_land_every_row_in_the_files_order_with_quoted_fields_whole(
    published: Path, intake: Callable
) -> None:
    paths = [published / f"justice/police_uk_street/all_forces_2021-08/2021-08-{force}-street.csv" for force in NINE]
    result, home = intake("police_uk_street", *paths)
    assert not result.problems
    records = {path.name: _records(path) for path in paths}
    assert result.rows_in == result.rows_landed == sum(map(len, records.values())) == 79_865
    assert result.rows_quarantined == 0
    columns = "crime_id, reported_by, falls_within, location, lsoa_code, lsoa_name, crime_type, last_outcome_category"
    for name, rows in records.items():
        landed = _in_order(home, "police_uk_street__crime", name, f"{columns}, longitude, latitude, force_slug")
        expected = [
            (
                *(cell or None for cell in (row[0], row[2], row[3], *row[6:11])),
                float(row[4]) if row[4] else None,
                float(row[5]) if row[5] else None,
                name.removeprefix("2021-08-").removesuffix("-street.csv"),
            )
            for row in rows
        ]
        assert landed == expected, name
    quoted = [row for row in records["2021-08-btp-street.csv"] if "," in row[8]]
    assert len(quoted) == 18
    landed = _in_order(home, "police_uk_street__crime", "2021-08-btp-street.csv", "lsoa_name, crime_type")
    # Record 260 is line 261 of the file, which is in quotes.
    assert landed[259] == ("Bournemouth, Christchurch and Poole 031E", "Bicycle theft")


@pytest.mark.parametrize(
    ("path", "row", "expected"),
    [
        (
            "all_forces_2021-08/2021-08-kent-street.csv",
            100,
            (date(2021, 8, 1), 0.817783, "Ashford 002D", "Other crime", "Awaiting court outcome", "kent"),
        ),
        (
            "all_forces_2021-08/2021-08-gwent-street.csv",
            501,
            (
                date(2021, 8, 1),
                -3.181168,
                "Blaenau Gwent 007B",
                "Vehicle crime",
                "Investigation complete; no suspect identified",
                "gwent",
            ),
        ),
        (
            "all_forces_2021-08/2021-08-northern-ireland-street.csv",
            501,
            (date(2021, 8, 1), -5.648161, None, "Anti-social behaviour", None, "northern-ireland"),
        ),
        (
            "2025-06-city-of-london-street.csv",
            501,
            (
                date(2025, 6, 1),
                -0.079907,
                "City of London 001F",
                "Violence and sexual offences",
                "Status update unavailable",
                "city-of-london",
            ),
        ),
        (
            "city_of_london_2018-12_to_2021-11/2018-12-city-of-london-street.csv",
            2,
            None,
        ),
    ],
)
def test_a_row_of_a_street_file_is_the_row_that_a_spreadsheet_shows(
    published: Path, intake: Callable, path: str, row: int, expected: tuple | None
) -> None:
    file = published / "justice/police_uk_street" / path
    result, home = intake("police_uk_street", file)
    assert not result.problems
    columns = "month, longitude, lsoa_name, crime_type, last_outcome_category, force_slug"
    landed = _in_order(home, "police_uk_street__crime", file.name, columns)[row - 2]
    if expected is None:
        cells = _records(file)[row - 2]
        expected = (date(2018, 12, 1), float(cells[4]), cells[8], cells[9], cells[10] or None, "city-of-london")
    assert landed == expected


def test_a_shortened_file_without_a_force_in_its_name_lands_without_one(
    published: Path, intake: Callable, landed: Landed
) -> None:
    result, home = intake("police_uk_street", published / "justice/police_uk_street/sample_2020-03-street.csv")
    assert (result.rows_landed, result.rows_quarantined) == (9, 0)
    assert landed(home, "police_uk_street__crime")["force_slug"].isna().all()


@pytest.mark.slow
def test_every_stop_and_search_file_lands_every_row(published: Path, intake: Callable) -> None:
    paths = sorted((published / "justice/police_uk_stop_and_search").rglob("*.csv"))
    result, _ = intake("police_uk_stop_and_search", *paths)
    assert not result.problems
    # One of them is there twice, byte for byte, under the same name.
    distinct = {(path.name, path.read_bytes()): path for path in paths}
    assert (len(result.arrived), result.unchanged) == (len(distinct), len(paths) - len(distinct))
    assert result.rows_in == result.rows_landed == sum(len(_records(path)) for path in distinct.values())
    assert result.rows_quarantined == 0


@pytest.mark.parametrize(
    ("name", "row", "expected"),
    [
        (
            "2020-01-merseyside-stop-and-search.csv",
            2,
            ("2020-01-01 00:46:34", "25-34", "Offensive weapons", None, False, "2020-01-01", "merseyside"),
        ),
        (
            "2019-12-essex-stop-and-search.csv",
            10,
            ("2019-12-01 01:01:00", "18-24", "Controlled drugs", True, False, "2019-12-01", "essex"),
        ),
        (
            # Saved from the interface, with a first column that has no heading and 0.0 for no.
            "api_south-wales_2020-04.csv",
            2,
            (
                "2020-03-31 23:00:00",
                "over 34",
                "Articles for use in criminal damage",
                None,
                False,
                "2020-04-01",
                "south-wales",
            ),
        ),
        (
            "sample_2021-12-stop-and-search.csv",
            10,
            ("2021-12-01 00:15:00", "over 34", "Stolen goods", None, None, "2021-12-01", None),
        ),
    ],
)
def test_a_row_of_a_stop_and_search_file_is_the_row_that_a_spreadsheet_shows(
    published: Path, intake: Callable, name: str, row: int, expected: tuple
) -> None:
    result, home = intake("police_uk_stop_and_search", published / "justice/police_uk_stop_and_search" / name)
    assert not result.problems
    columns = (
        "epoch(occurred_at), age_range, object_of_search, is_outcome_linked_to_object,"
        " is_more_than_outer_clothing_removed, month, force_slug"
    )
    landed = _in_order(home, "police_uk_stop_and_search__search", name, columns)[row - 2]
    time, *others, month, force = expected
    assert landed == (
        datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp(),
        *others,
        date.fromisoformat(month),
        force,
    )


@pytest.mark.slow
def test_the_zip_of_the_metropolitan_police_lands_its_three_months_by_the_names_of_its_members(
    published: Path, intake: Callable, landed: Landed
) -> None:
    name = "met_stop_and_search_data_july_to_september_2020.zip"
    result, home = intake("police_uk_stop_and_search", published / "justice/police_uk_stop_and_search" / name)
    assert not result.problems
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (65_964, 65_964, 0)
    frame = landed(home, "police_uk_stop_and_search__search")
    by_month = frame.groupby("month").size()
    assert {month.strftime("%Y-%m"): size for month, size in by_month.items()} == {
        "2020-07": 25_909,
        "2020-08": 20_127,
        "2020-09": 19_928,
    }
    july = frame[frame["month"] == "2020-07-01"]
    # In UTC the first search of July, at midnight, was in June.
    assert july["occurred_at"].min() == pd.Timestamp("2020-06-30T23:00:00Z")
    assert july["is_outcome_linked_to_object"].isna().all()
