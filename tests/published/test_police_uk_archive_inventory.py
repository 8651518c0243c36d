"""What data.police.uk really had, against entries that can be found in the files."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb

from sources.home import Home

SOURCE = "police_uk_archive_inventory"
DATES = "justice/police_uk_api/crimes-street-dates.json"
COUNT = "justice/police_uk_street/DERIVED_archive_inventory_by_force_series.csv"


def _query(home: Home, table: str, sql: str) -> list[tuple]:
    """An SQL query of a landing table, there called ``landed``."""
    pattern = home.landing / f"{SOURCE}__{table}" / "*.parquet"
    return duckdb.execute(f"with landed as (from read_parquet('{pattern}', union_by_name = true)) {sql}").fetchall()


def test_the_interface_has_every_force_of_its_36_months(published: Path, intake: Callable) -> None:
    path = published / DATES
    result, home = intake(SOURCE, path)
    assert not result.problems
    assert (result.rows_landed, result.rows_quarantined) == (36 * 45, 0)
    by_month = _query(
        home, "force_month", "select strftime(month, '%Y-%m'), sum(is_listed::int) from landed group by 1 order by 1"
    )
    assert (by_month[0], by_month[-1], len(by_month)) == (("2022-03", 41), ("2025-02", 35), 36)
    listed = _query(home, "force_month", "select force_slug, strftime(month, '%Y-%m') from landed where is_listed")
    answer = json.loads(path.read_text(encoding="utf-8"))
    assert set(listed) == {(slug, entry["date"]) for entry in answer for slug in entry["stop-and-search"]}
    assert len(listed) == 1_430
    never = _query(
        home, "force_month", "select force_slug from landed group by 1 having not bool_or(is_listed) order by 1"
    )
    assert never == [("greater-manchester",), ("gwent",), ("north-yorkshire",), ("northern-ireland",)]


def test_the_count_of_the_archives_lands_every_series_and_the_months_that_it_tells(
    published: Path, intake: Callable
) -> None:
    path = published / COUNT
    result, home = intake(SOURCE, path)
    assert not result.problems
    assert result.rows_quarantined == 0
    with path.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    select = (
        "select force_slug, replace(dataset, '_', '-'), strftime(first_month, '%Y-%m'), strftime(last_month, '%Y-%m'),"
        " months_listed::varchar from landed order by source_row"
    )
    expected = [(row["police"], row["series"], row["first"][:7], row["last"][:7], row["files"]) for row in rows]
    assert _query(home, "force_series", select) == expected
    assert len(rows) == 130
    manchester = "select dataset, max(month)::varchar from landed where force_slug = 'greater-manchester' and is_listed"
    assert dict(_query(home, "force_month", f"{manchester} group by 1")) == {
        "street": "2022-08-01",
        "outcomes": "2019-06-01",
        "stop_and_search": "2019-06-01",
    }


def test_the_months_of_a_whole_series_are_as_many_as_its_files(published: Path, intake: Callable) -> None:
    _, home = intake(SOURCE, published / COUNT)
    months = _query(
        home,
        "force_month",
        "select force_slug, dataset, sum(is_listed::int), count(*) from landed group by all",
    )
    series = _query(home, "force_series", "select force_slug, dataset, months_listed from landed")
    listed = {(slug, dataset): int(count) for slug, dataset, count, _ in months}
    short = {(slug, dataset) for slug, dataset, count in series if listed[slug, dataset] != count}
    # Five have holes, of which the count does not tell the months; they are listed for their ends alone.
    assert short == {
        ("avon-and-somerset", "stop_and_search"),
        ("derbyshire", "stop_and_search"),
        ("greater-manchester", "street"),
        ("gwent", "stop_and_search"),
        ("merseyside", "stop_and_search"),
    }
    assert {listed[key] for key in short} == {2}
    window = {"street": 165, "outcomes": 152, "stop_and_search": 125}
    assert all(told == window[dataset] for slug, dataset, _, told in months if (slug, dataset) not in short)


def test_the_two_lists_of_searches_differ_for_the_forces_that_came_and_went(published: Path, intake: Callable) -> None:
    _, home = intake(SOURCE, published / DATES, published / COUNT)
    differing = _query(
        home,
        "force_month",
        "select force_slug from landed where dataset = 'stop_and_search'"
        " group by force_slug, month having count(*) = 2 and bool_or(is_listed) <> bool_and(is_listed)",
    )
    assert Counter(slug for (slug,) in differing) == {
        "avon-and-somerset": 2,
        "cheshire": 14,
        "gwent": 1,
        "hertfordshire": 1,
        "north-yorkshire": 19,
        "south-wales": 1,
    }


def test_the_recorded_page_of_archives_lands_every_row(shared: Path, intake: Callable) -> None:
    result, home = intake(SOURCE, shared / "live/examples/police_archive_page_rows.csv")
    assert not result.problems
    select = (
        "select strftime(archive_month, '%Y-%m'), strftime(first_month, '%Y-%m'), strftime(last_month, '%Y-%m'),"
        " size_label, left(md5, 8), is_md5_of_file from landed order by 1"
    )
    assert _query(home, "archive", select) == [
        ("2013-12", "2010-12", "2013-12", "884.2 MB", "d24b0ed4", True),
        ("2017-04", "2010-12", "2017-04", "2.4 GB", "955e065e", True),
        ("2017-05", "2014-06", "2017-05", "1.4 GB", "d30d8542", True),
        ("2018-01", "2015-02", "2018-01", "1.4 GB", "9ea9ea7e", True),
        ("2026-06", "2023-07", "2026-06", "1.6 GB", "d1842678", True),
        ("2026-07", "2023-08", "2026-07", "1.6 GB", "295d5eef", True),
    ]
