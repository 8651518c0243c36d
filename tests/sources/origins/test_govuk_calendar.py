"""The statistics that GOV.UK announces, as one CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from sources import clock
from sources.errors import FetchError
from tests.sources.origins.conftest import Discovered, Fetched, Recorded
from tests.sources.origins.publisher_server import PublisherServer, Reply, html, page

SEARCH = "/api/search.json"


def announced(title: str, **changes: Any) -> dict[str, Any]:
    return {
        "title": title,
        "link": f"/government/statistics/announcements/{title.lower()}",
        "release_timestamp": "2026-12-11T09:30:00.000+00:00",
        "display_date": "11 December 2026 9:30am",
        "statistics_announcement_state": "confirmed",
        "organisations": [{"slug": "ministry-of-justice", "title": "Ministry of Justice"}],
        "elasticsearch_type": "edition",
        **changes,
    }


def results(*found: dict[str, Any], total: int) -> Reply:
    return page({"results": list(found), "total": total, "start": 0})


def test_every_announcement_from_today_on_is_a_row(
    discovered: Discovered, fetched: Fetched, publisher: PublisherServer, monkeypatch: pytest.MonkeyPatch
):
    # Half past midnight in London in summer is the day before in UTC.
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    provisional = announced("B", release_timestamp=None, display_date="January 2027", organisations=["ons", "moj"])
    publisher.says(SEARCH, results(announced("A"), total=2), results(provisional, total=2))
    offer = discovered("govuk_calendar", organisations=["ministry-of-justice", "home-office"])[0]
    assert offer.name == "govuk-release-calendar.csv"
    rows = list(csv.DictReader(fetched(offer).decode().splitlines()))
    assert rows[0] == {
        "title": "A",
        "link": "/government/statistics/announcements/a",
        "release_timestamp": "2026-12-11T09:30:00.000+00:00",
        "display_date": "11 December 2026 9:30am",
        "state": "confirmed",
        "organisations": "ministry-of-justice",
    }
    assert (rows[1]["display_date"], rows[1]["organisations"]) == ("January 2027", "ons|moj")
    asked = [request.query for request in publisher.asked(SEARCH)]
    assert asked[0]["filter_organisations"] == ["ministry-of-justice", "home-office"]
    assert asked[0]["filter_release_timestamp"] == ["from:2026-07-01"]
    assert asked[0]["fields"][:2] == ["title", "link"]
    assert [query["start"] for query in asked] == [["0"], ["1"]]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([results(announced("A"), total=3), results(total=3)], "expected 3 announcements.*found 1"),
        ([page({"results": []})], "another shape"),
        ([page([])], "another shape"),
        ([results(announced("A", release_timestamp=None, display_date=None), total=1)], "a title, a link and a date"),
        ([results({"link": "/x"}, total=1)], "found one with link"),
        ([html("Unprocessable: fields", status=422)], "HTTP 422"),
    ],
)
def test_announcements_that_are_missing_or_say_too_little_are_an_error(
    discovered: Discovered,
    fetched: Fetched,
    publisher: PublisherServer,
    leftovers: Callable[[], list[str]],
    answers: list[Reply],
    said: str,
):
    publisher.says(SEARCH, *answers)
    with pytest.raises(FetchError, match=f"{said}.*kept"):
        fetched(discovered("govuk_calendar")[0])
    assert leftovers() == []


def test_an_answer_about_published_statistics_is_refused(
    discovered: Discovered, fetched: Fetched, publisher: PublisherServer, recorded: Recorded
):
    found = recorded("govuk_search_moj_statistics.json")
    publisher.says(SEARCH, page({**found, "total": len(found["results"])}))
    with pytest.raises(FetchError, match="a title, a link and a date"):
        fetched(discovered("govuk_calendar")[0])
