"""StatsWales: data sets and their revisions, in the documented shapes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sources.errors import FetchError
from tests.sources.origins.conftest import Discovered, Fetched, Recorded
from tests.sources.origins.publisher_server import PublisherServer, Reply, html, page

CSV = b"YearCode,AreaCode,Data\n2024,W06000001,12\n"


def dataset(identity: str, published: str = "2026-06-14T23:00:00Z", **changes: Any) -> Reply:
    texts = [
        {"language": "cy-GB", "title": "Amcangyfrifon poblogaeth"},
        {"language": "en-GB", "title": "Population estimates"},
    ]
    revision = {"revision_index": 5, "publish_at": published, "updated_at": "2026-10-01T00:00:00Z", "metadata": texts}
    return page({"id": identity, "published_revision": revision, **changes})


def listed(count: int, *titles: str, **changes: Any) -> Reply:
    data = [{"id": title.lower().replace(" ", "-"), "title": title, "archived_at": None, **changes} for title in titles]
    return page({"data": data, "count": count})


def test_a_data_set_is_one_csv_with_the_london_date_of_its_newest_revision(
    discovered: Discovered, fetched: Fetched, publisher: PublisherServer
):
    publisher.says("/v2/abc", dataset("abc"))
    publisher.says("/v1/abc/download/csv?view=raw&lang=en", Reply(CSV))
    offer = discovered("statswales", dataset="abc")[0]
    assert (offer.name, offer.published_on, offer.title) == (
        "statswales-abc.csv",
        date(2026, 6, 15),
        "Population estimates",
    )
    assert fetched(offer) == CSV
    welsh = discovered("statswales", dataset="abc", language="cy", name="poblogaeth.csv")[0]
    assert (welsh.name, welsh.title) == ("poblogaeth.csv", "Amcangyfrifon poblogaeth")


def test_data_sets_are_found_by_their_titles_on_every_page_of_the_list(
    discovered: Discovered, publisher: PublisherServer
):
    publisher.says("/v2/", listed(3, "Homelessness", "Schools"), listed(3, "Homelessness by area"))
    publisher.says("/v2/homelessness", dataset("homelessness"))
    publisher.says("/v2/homelessness-by-area", dataset("homelessness-by-area"))
    offers = discovered("statswales", title_pattern="^homeless")
    assert [o.name for o in offers] == ["statswales-homelessness.csv", "statswales-homelessness-by-area.csv"]
    assert [request.query["page_number"] for request in publisher.asked("/v2/")] == [["1"], ["2"]]
    publisher.says("/v2/", listed(2, "Homelessness", "Homelessness by area"))
    with pytest.raises(FetchError, match=r"one name \[x\.csv\] for 2 data sets"):
        discovered("statswales", title_pattern="^homeless", name="x.csv")


def test_a_list_without_the_data_set_or_cut_short_is_an_error(discovered: Discovered, publisher: PublisherServer):
    publisher.says("/v2/", listed(1, "Homelessness", archived_at="2026-01-01T00:00:00Z"))
    with pytest.raises(FetchError, match=r"like \[homeless\] that is not archived; found 1 data sets.*kept"):
        discovered("statswales", title_pattern="homeless")
    publisher.says("/v2/", listed(3, "Homelessness"), listed(3))
    with pytest.raises(FetchError, match=r"expected 3 data sets, as the list counts; found 1;.*kept"):
        discovered("statswales", title_pattern="homeless")


def test_a_data_set_that_was_replaced_is_refused_and_an_archived_one_is_said_to_be(
    discovered: Discovered, publisher: PublisherServer, caplog: pytest.LogCaptureFixture
):
    publisher.says("/v2/abc", dataset("abc", replaced_by="def"))
    with pytest.raises(FetchError, match=r"replaced by def.*correct dataset"):
        discovered("statswales", dataset="abc")
    publisher.says("/v2/abc", dataset("abc", archived_at="2026-01-01T00:00:00Z"))
    assert len(discovered("statswales", dataset="abc")) == 1
    assert "archived on 2026-01-01" in caplog.text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page({"id": "abc"}), "another shape"),
        (page([]), "another shape"),
        (html("<h1>StatsWales</h1>"), "an HTML page"),
        (html("x", status=404), "HTTP 404"),
    ],
)
def test_an_answer_of_another_shape_is_an_error(
    discovered: Discovered, publisher: PublisherServer, answer: Reply, said: str
):
    publisher.says("/v2/abc", answer)
    publisher.says("/v2/", answer)
    for given in ({"dataset": "abc"}, {"title_pattern": "x"}):
        with pytest.raises(FetchError, match=f"{said}.*kept"):
            discovered("statswales", **given)


def test_the_documented_answers_are_understood(discovered: Discovered, publisher: PublisherServer, recorded: Recorded):
    found = recorded("statswales_v2_dataset.json")
    publisher.says("/v2/", page({**recorded("statswales_v2_dataset_list.json"), "count": 2}))
    publisher.says(f"/v2/{found['id']}", page(found))
    assert [(o.name, o.published_on, o.title) for o in discovered("statswales", title_pattern="population")] == [
        (f"statswales-{found['id']}.csv", date(2023, 1, 3), "Population Estimates")
    ]
