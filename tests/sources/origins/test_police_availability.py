"""What data.police.uk says there is, in the shapes that were recorded."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable

import pytest

from sources.errors import FetchError
from tests.sources.origins.conftest import Discovered, Fetched, Recorded
from tests.sources.origins.publisher_server import PublisherServer, Reply, html, page

ROWS = (
    ("2026-07", "July 2026", "1.6 GB", "Contains data from Aug 2023 to Jul 2026", "a" * 32),
    ("2020-04", "April 2020", "1.5 GB", "Contains data from May 2017 to Apr 2020", "e" * 32 + "-108"),
)


def archive_page(*rows: tuple[str, str, str, str, str]) -> Reply:
    listed = "".join(
        f'<div class="download"><span><a href="/data/archive/{month}.zip">{label}</a> ({size})</span>\n'
        f'  <p class="contained-range">\n      {span}\n  </p>\n  <p class="md5sum">{md5}</p></div>\n'
        for month, label, size, span, md5 in rows
    )
    return html(f'<p>The latest is at <a href="/data/archive/latest.zip">latest.zip</a>.</p>{listed}')


def test_the_months_and_the_archives_are_two_files(
    discovered: Discovered, fetched: Fetched, publisher: PublisherServer
):
    publisher.says("/api/crimes-street-dates", page([{"date": "2026-07", "stop-and-search": ["kent"]}]))
    publisher.says("/data/archive/", archive_page(*ROWS))
    dates, archives = discovered("police_availability")
    assert (dates.name, archives.name) == ("crimes-street-dates.json", "police_archive_page_rows.csv")
    assert json.loads(fetched(dates)) == [{"date": "2026-07", "stop-and-search": ["kent"]}]
    rows = list(csv.DictReader(fetched(archives).decode().splitlines()))
    assert [tuple(row.values()) for row in rows] == [(f"/data/archive/{row[0]}.zip", *row[1:]) for row in ROWS]
    assert list(rows[0]) == ["href", "label", "size", "contains", "md5"]


def test_what_the_page_does_not_say_is_empty(discovered: Discovered, fetched: Fetched, publisher: PublisherServer):
    publisher.says("/data/archive/", html('<a href="2026-07.zip"><b>July</b></a>'))
    assert fetched(discovered("police_availability")[1]).splitlines()[1] == b"/data/archive/2026-07.zip,,,,"


@pytest.mark.parametrize("answer", [html("We are down for maintenance"), html("x", status=500), page([1])])
def test_a_page_without_archives_is_an_error_and_leaves_nothing(
    discovered: Discovered,
    fetched: Fetched,
    publisher: PublisherServer,
    leftovers: Callable[[], list[str]],
    answer: Reply,
):
    publisher.says("/data/archive/", answer)
    with pytest.raises(FetchError, match=r"data/archive/.*kept"):
        fetched(discovered("police_availability")[1])
    assert leftovers() == []


def test_months_that_are_not_json_are_an_error(discovered: Discovered, fetched: Fetched, publisher: PublisherServer):
    publisher.says("/api/crimes-street-dates", html("We are down for maintenance"))
    with pytest.raises(FetchError, match=r"expected JSON \(crimes-street-dates\.json\); found an HTML page"):
        fetched(discovered("police_availability")[0])


def test_the_recorded_page_and_months_come_as_they_were(
    discovered: Discovered, fetched: Fetched, publisher: PublisherServer, recorded: Recorded
):
    rows, months = recorded("police_archive_page_rows.csv"), recorded("police_crimes_street_dates.json")
    listed = [(r["href"][-11:-4], r["label"], r["size"], r["contains"], r["md5"]) for r in rows]
    publisher.says("/data/archive/", archive_page(*listed))
    publisher.says("/api/crimes-street-dates", page(months))
    dates, archives = discovered("police_availability")
    assert list(csv.DictReader(fetched(archives).decode().splitlines())) == rows
    assert json.loads(fetched(dates)) == months
