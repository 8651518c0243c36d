"""Explore Education Statistics: the zip of a publication's newest release, from the data behind its page."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from sources.errors import FetchError
from tests.sources.origins.conftest import Discovered, Fetched
from tests.sources.origins.publisher_server import PublisherServer, Reply, html, page, redirect

PAGE = "/find-statistics/children-in-need"
RELEASE = "5ed40264-1835-4848-a29b-446ed6c075c2"


def release_page(data: Any) -> Reply:
    return html(
        f'<h1>Children in need</h1><script id="__NEXT_DATA__" type="application/json">{json.dumps(data)}</script>'
    )


def summary(**changes: Any) -> Reply:
    found = {"id": RELEASE, "title": "Reporting year 2026", "published": "2026-10-28T23:30:00Z", **changes}
    return release_page({"props": {"pageProps": {"releaseVersionSummary": found}}})


def test_the_newest_release_is_one_zip_with_its_london_date(
    discovered: Discovered, fetched: Fetched, publisher: PublisherServer
):
    publisher.says(PAGE, redirect(f"{PAGE}/2026"))
    publisher.says(f"{PAGE}/2026", summary())
    publisher.says(f"/api/releases/{RELEASE}/files", Reply(b"PK\x03\x04 and so on", content_type="application/zip"))
    offer = discovered("ees_release", publication="children-in-need", content=publisher.at("/api/"))[0]
    assert (offer.name, offer.title, offer.published_on) == (
        "children-in-need.zip",
        "Reporting year 2026",
        date(2026, 10, 28),
    )
    assert fetched(offer) == b"PK\x03\x04 and so on"
    assert discovered("ees_release", publication="children-in-need", release="2026")[0].name == "children-in-need.zip"


def test_a_release_without_a_date_still_comes_and_says_so(
    discovered: Discovered, publisher: PublisherServer, caplog: pytest.LogCaptureFixture
):
    publisher.says(PAGE, summary(published=None))
    assert discovered("ees_release", publication="children-in-need")[0].published_on is None
    assert "gives no publication date" in caplog.text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (html("Explore education statistics"), "a page without it, beginning .*Explore"),
        (release_page({"props": {"pageProps": {}}}), "releaseVersionSummary"),
        (release_page([]), "releaseVersionSummary"),
        (summary(id="../../x"), "releaseVersionSummary"),
        (summary(id=None), "releaseVersionSummary"),
        (html('<script id="__NEXT_DATA__">{"props": </script>'), "releaseVersionSummary"),
        (html("x", status=404), "HTTP 404"),
        (page({"a": 1}), "expected a page; found JSON"),
    ],
)
def test_a_page_that_does_not_say_which_release_it_shows_is_an_error(
    discovered: Discovered, publisher: PublisherServer, answer: Reply, said: str
):
    publisher.says(PAGE, answer)
    with pytest.raises(FetchError, match=f"{said}.*kept|kept.*{said}"):
        discovered("ees_release", publication="children-in-need")


def test_an_error_page_in_the_place_of_the_zip_is_refused(
    discovered: Discovered, fetched: Fetched, publisher: PublisherServer
):
    publisher.says(PAGE, summary())
    publisher.says(f"/api/releases/{RELEASE}/files", html("Sorry, there is a problem with the service"))
    with pytest.raises(FetchError, match=r"a zip or a workbook.*found an HTML page"):
        fetched(discovered("ees_release", publication="children-in-need", content=publisher.at("/api"))[0])
