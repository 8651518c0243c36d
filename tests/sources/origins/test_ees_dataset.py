"""Explore Education Statistics: data sets, their versions and their files, in the documented shapes."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sources.errors import FetchError
from sources.origins import Validators
from sources.origins.discovery import ees_dataset
from sources.origins.http import PoliteClient
from tests.sources.origins.conftest import Discovered, Fetched, Recorded
from tests.sources.origins.publisher_server import PublisherServer, Reply, html, page

CSV = b"time_period,geographic_level,number\n202425,National,5\n"


def data_set(identity: str, title: str = "Children in need", **changes: Any) -> dict[str, Any]:
    version = {"version": "2.1", "published": "2026-10-29T23:30:00+00:00"}
    return {"id": identity, "title": title, "status": "Published", "latestVersion": version, **changes}


def listed(*results: dict[str, Any], pages: int = 1, number: int = 1) -> Reply:
    paging = {"page": number, "pageSize": 20, "totalResults": len(results), "totalPages": pages}
    return page({"paging": paging, "results": list(results)})


def test_the_newest_version_of_a_data_set_is_offered_with_its_london_date(
    discovered: Discovered, publisher: PublisherServer
):
    publisher.says("/data-sets/abc", page(data_set("abc", "Children in need: by LA")))
    offer = discovered("ees_dataset", data_set="abc")[0]
    assert (offer.name, offer.published_on) == ("children-in-need-by-la.csv", date(2026, 10, 29))
    assert offer.address == f"ees+{publisher.base}/data-sets/abc/csv?dataSetVersion=2.1"
    assert offer.title == "Children in need: by LA (version 2.1)"


@pytest.mark.parametrize(
    ("wanted", "number", "published_on"),
    [("1", "1.10", date(2025, 4, 1)), ("1.2", "1.2.1", date(2024, 2, 1)), ("2", "2.0", date(2026, 1, 1))],
)
def test_a_version_can_be_pinned_and_numbers_are_numbers(
    discovered: Discovered, publisher: PublisherServer, wanted: str, number: str, published_on: date
):
    publisher.says("/data-sets/abc", page(data_set("abc")))
    versions = [
        {"version": "2.0", "status": "Published", "published": "2026-01-01T09:30:00+00:00"},
        {"version": "2.1", "status": "Withdrawn", "published": "2026-02-01T09:30:00+00:00"},
        {"version": "1.10", "status": "Published", "published": "2025-03-31T23:30:00+00:00"},
        {"version": "1.9", "status": "Published", "published": "2025-01-01T09:30:00+00:00"},
        {"version": "1.2.1", "status": "Published", "published": "2024-02-01T09:30:00+00:00"},
        {"version": "1.2", "status": "Published", "published": "2024-01-01T09:30:00+00:00"},
    ]
    publisher.says("/data-sets/abc/versions", listed(*versions[:3], pages=2), listed(*versions[3:], pages=2, number=2))
    offer = discovered("ees_dataset", data_set="abc", version=wanted)[0]
    assert offer.address.endswith(f"dataSetVersion={number}")
    assert offer.published_on == published_on


def test_a_version_that_there_is_not_is_an_error_that_names_those_that_there_are(
    discovered: Discovered, publisher: PublisherServer
):
    publisher.says("/data-sets/abc", page(data_set("abc")))
    publisher.says("/data-sets/abc/versions", listed({"version": "11.0", "status": "Published"}))
    with pytest.raises(FetchError, match=r"expected a published version 1; found the versions \['11\.0'\].*kept"):
        discovered("ees_dataset", data_set="abc", version="1")
    publisher.says("/data-sets/abc", page(data_set("abc", latestVersion=None)))
    with pytest.raises(FetchError, match=r"expected a published version; found none"):
        discovered("ees_dataset", data_set="abc")


def test_the_data_sets_of_a_publication_are_found_by_their_titles(discovered: Discovered, publisher: PublisherServer):
    publisher.says(
        "/publications",
        listed({"id": "p1", "slug": "pupil-absence"}, pages=2),
        listed({"id": "p2", "slug": "children-in-need", "lastPublished": "2026-10-29T09:30:00+00:00"}, pages=2),
    )
    publisher.says(
        "/publications/p2/data-sets",
        listed(
            data_set("a", "Children in need by characteristics"),
            data_set("b", "Child protection plans"),
            data_set("c", "Child protection plans (old)", status="Deprecated"),
        ),
    )
    offers = discovered("ees_dataset", publication="children-in-need", title_pattern="protection")
    assert [offer.name for offer in offers] == ["child-protection-plans.csv"]
    assert len(discovered("ees_dataset", publication="children-in-need")) == 2
    with pytest.raises(FetchError, match=r"like \[adoption\].*\[Child protection plans \(old\)\] \(Deprecated\)"):
        discovered("ees_dataset", publication="children-in-need", title_pattern="adoption")
    with pytest.raises(FetchError, match=r"one name .* for 2 data sets"):
        discovered("ees_dataset", publication="children-in-need", name="x.csv")
    with pytest.raises(FetchError, match=r"the publication \[adoption\]; found \[pupil-absence\].*ees_release"):
        publisher.says("/publications", listed({"id": "p1", "slug": "pupil-absence"}))
        discovered("ees_dataset", publication="adoption")


def test_a_superseded_data_set_gives_way_and_a_withdrawn_one_is_refused(
    discovered: Discovered, publisher: PublisherServer, caplog: pytest.LogCaptureFixture
):
    publisher.says("/data-sets/a", page(data_set("a", status="Deprecated", supersedingDataSetId="b")))
    publisher.says("/data-sets/b", page(data_set("b")))
    assert "/data-sets/b/csv" in discovered("ees_dataset", data_set="a")[0].address
    assert "is superseded by b: correct data_set" in caplog.text
    publisher.says("/data-sets/b", page(data_set("b", status="Withdrawn", supersedingDataSetId="c")))
    with pytest.raises(FetchError, match=r"status Withdrawn, superseded by c.*kept"):
        discovered("ees_dataset", data_set="a")
    publisher.says("/data-sets/b", page(data_set("b", status="Deprecated", supersedingDataSetId="a")))
    with pytest.raises(FetchError, match="more than 3 that are superseded"):
        discovered("ees_dataset", data_set="a")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page({"title": "x"}), "another shape"),
        (page([1]), "another shape"),
        (html("Down for maintenance"), "an HTML page"),
        (page({"title": "Not found", "status": 404}, status=404), "HTTP 404"),
    ],
)
def test_a_data_set_of_another_shape_is_an_error(
    discovered: Discovered, publisher: PublisherServer, answer: Reply, said: str
):
    publisher.says("/data-sets/a", answer)
    with pytest.raises(FetchError, match=f"{said}.*kept"):
        discovered("ees_dataset", data_set="a")


@pytest.mark.parametrize("answer", [page([]), page({"results": []}), page({"paging": None, "results": []})])
def test_a_list_of_another_shape_is_an_error(discovered: Discovered, publisher: PublisherServer, answer: Reply):
    publisher.says("/publications", answer)
    with pytest.raises(FetchError, match=r"totalPages.*another shape.*kept"):
        discovered("ees_dataset", publication="children-in-need")


def test_a_file_of_the_catalogue_is_dated_by_its_publication_where_that_is_known(
    discovered: Discovered, publisher: PublisherServer
):
    publisher.says("/publications", listed({"slug": "children-in-need", "lastPublished": "2026-10-29T09:30:08+00:00"}))
    given = {"catalogue_id": "f1", "site": publisher.base}
    offer = discovered("ees_dataset", **given, publication="children-in-need")[0]
    assert (offer.name, offer.published_on) == ("f1.csv", date(2026, 10, 29))
    assert offer.address == f"ees+{publisher.base}/data-catalogue/data-set/f1/csv"
    undated = discovered("ees_dataset", **given, publication="adoption", name="adopted.csv")[0]
    assert (undated.name, undated.published_on) == ("adopted.csv", None)


@pytest.mark.parametrize(
    "answer",
    [
        Reply(CSV, content_type="text/csv"),
        Reply(gzip.compress(CSV), content_type="application/gzip"),
        Reply(gzip.compress(CSV), content_type="text/csv", headers=(("Content-Encoding", "gzip"),)),
    ],
)
def test_the_file_is_a_csv_however_it_is_packed(
    discovered: Discovered,
    fetched: Fetched,
    publisher: PublisherServer,
    leftovers: Callable[[], list[str]],
    answer: Reply,
):
    publisher.says("/data-sets/abc", page(data_set("abc")))
    publisher.says("/data-sets/abc/csv", answer)
    offer = discovered("ees_dataset", data_set="abc")[0]
    assert fetched(offer) == CSV
    assert [name for name in leftovers() if not name.endswith("-held")] == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (html("Sorry"), "html with status 200, saying .*Sorry"),
        (page({"title": "no"}), "json"),
        (Reply(gzip.compress(b"<!doctype html><html>x</html>")), "html"),
        (Reply(gzip.compress(CSV)[:-9]), "breaks off"),
        (Reply(b""), "nothing"),
    ],
)
def test_anything_but_a_csv_is_refused_and_leaves_nothing(
    discovered: Discovered,
    fetched: Fetched,
    publisher: PublisherServer,
    leftovers: Callable[[], list[str]],
    answer: Reply,
    said: str,
):
    publisher.says("/data-sets/abc", page(data_set("abc")))
    publisher.says("/data-sets/abc/csv", answer)
    with pytest.raises(FetchError, match=f"{said}.*kept"):
        fetched(discovered("ees_dataset", data_set="abc")[0])
    assert leftovers() == []


def test_a_file_that_has_not_changed_is_not_sent_again(
    discovered: Discovered, client: PoliteClient, publisher: PublisherServer
):
    publisher.says("/data-sets/abc", page(data_set("abc")))
    publisher.says("/data-sets/abc/csv", Reply(CSV, etag='"v1"'))
    offer = discovered("ees_dataset", data_set="abc")[0]
    assert ees_dataset.fetch(client, offer, Validators('"v1"')).path is None


def test_the_documented_answers_are_understood(discovered: Discovered, publisher: PublisherServer, recorded: Recorded):
    found, version = recorded("ees_data_set.json"), recorded("ees_data_set_version.json")
    publications = recorded("ees_publications.json")
    publisher.says("/publications", page({**publications, "paging": {**publications["paging"], "totalPages": 1}}))
    identity = publications["results"][1]["id"]
    publisher.says(f"/publications/{identity}/data-sets", listed(found))
    publisher.says(f"/data-sets/{found['id']}/versions", listed(version))
    given = {"publication": "children-in-need"}
    assert [(o.name, o.published_on) for o in discovered("ees_dataset", **given)] == [
        ("absence-rates-by-geographic-level.csv", date(2024, 3, 1))
    ]
    assert discovered("ees_dataset", **given, version="1")[0].address.endswith("dataSetVersion=1.0")
    publisher.says(f"/data-sets/{found['id']}", page(recorded("ees_validation_problem.json"), status=400))
    with pytest.raises(FetchError, match=r"HTTP 400.*validation errors"):
        discovered("ees_dataset", data_set=found["id"])
