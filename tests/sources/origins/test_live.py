"""The live origin as intake uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from sources.archive import Archive
from sources.catalogue import Source
from sources.errors import FetchError
from sources.home import Home
from sources.origins import Offer, Origin, Validators
from sources.origins.discovery import Kind
from sources.origins.http import PoliteClient
from sources.origins.live import LiveOrigin
from tests.sources.origins.publisher_server import PublisherServer, Reply, html, page
from tests.sources.origins.test_discovery import ARCHIVES, LAYER, archive_page, rows, script_table, table_offer

CSV = b"Area Code,Value\nE08000035,12\n"
MakeSource = Callable[..., Source]
Leftovers = Callable[[], list[str]]


@pytest.fixture
def origin(client: PoliteClient) -> Iterator[LiveOrigin]:
    made = LiveOrigin(client)
    yield made
    made.close()


def test_it_is_an_origin(client: PoliteClient):
    origin: Origin = LiveOrigin(client)
    assert origin.name == "live"


def test_offers_come_by_the_contracts_own_kind(origin: LiveOrigin, publisher: PublisherServer, make_source: MakeSource):
    publisher.says("/data/archive/", archive_page(ARCHIVES))
    offers = origin.offers(make_source("police_archive", base=publisher.base))
    assert [offer.name for offer in offers] == ["2026-07.zip"]


def test_an_unknown_kind_is_named_with_those_that_there_are(origin: LiveOrigin, make_source: MakeSource):
    with pytest.raises(FetchError, match=r"someone_something.*\[carrier_pigeon\].*arcgis_table.*police_archive"):
        origin.offers(make_source("carrier_pigeon"))


def test_an_answer_that_nobody_foresaw_is_this_sources_failure_alone(
    origin: LiveOrigin, publisher: PublisherServer, make_source: MakeSource
):
    publisher.says("/p/data", page({"type": "dataset_landing_page", "datasets": 7, "downloads": "none"}))
    with pytest.raises(FetchError, match=r"landing.*does not understand.*kept|expected.*kept"):
        origin.offers(make_source("ons_dataset", base=publisher.base, path="/p"))


def test_a_fetched_file_is_ours_to_move_and_says_how_it_came(origin: LiveOrigin, publisher: PublisherServer):
    publisher.says("/a.csv", Reply(CSV, etag='"v1"'))
    offer = Offer("a.csv", publisher.at("/a.csv"), date(2026, 7, 23))
    delivery = origin.fetch(offer, Validators())
    assert delivery.path is not None
    assert delivery.path.read_bytes() == CSV
    assert (delivery.is_ours, delivery.http_status, delivery.validators.etag) == (True, 200, '"v1"')
    assert (delivery.offer, delivery.requested_at <= delivery.received_at) == (offer, True)


def test_an_unchanged_file_brings_no_path_and_keeps_its_validators(origin: LiveOrigin, publisher: PublisherServer):
    publisher.says("/a.csv", Reply(CSV, etag='"v1"'))
    delivery = origin.fetch(Offer("a.csv", publisher.at("/a.csv")), Validators('"v1"'))
    assert (delivery.path, delivery.http_status, delivery.validators) == (None, 304, Validators('"v1"'))


def test_a_table_of_pages_is_fetched_by_its_own_kind(origin: LiveOrigin, publisher: PublisherServer):
    script_table(publisher, {"features": rows(1, 2), "exceededTransferLimit": True}, {"features": rows(3)}, count=3)
    delivery = origin.fetch(table_offer(publisher), Validators())
    assert delivery.path is not None
    assert len(delivery.path.read_text().splitlines()) == 4
    assert len(publisher.asked(f"{LAYER}/query")) == 3


def test_the_md5_of_the_offer_is_checked(origin: LiveOrigin, publisher: PublisherServer):
    publisher.says("/a.csv", Reply(CSV))
    with pytest.raises(FetchError, match="MD5"):
        origin.fetch(Offer("a.csv", publisher.at("/a.csv"), md5="0" * 32), Validators())


def test_an_error_page_never_reaches_the_archive(origin: LiveOrigin, publisher: PublisherServer, leftovers: Leftovers):
    publisher.says("/a.csv", html("Sorry"))
    with pytest.raises(FetchError, match="HTML page with status 200"):
        origin.fetch(Offer("a.csv", publisher.at("/a.csv")), Validators())
    assert leftovers() == []


def test_a_file_that_several_sources_read_is_fetched_once(
    origin: LiveOrigin, publisher: PublisherServer, leftovers: Leftovers, tmp_path
):
    publisher.says("/a.csv", Reply(CSV, etag='"v1"'))
    offer = Offer("a.csv", publisher.at("/a.csv"))
    archive = Archive(Home(tmp_path, "live").make())
    hashes = []
    for _ in range(3):
        delivery = origin.fetch(offer, Validators())
        assert delivery.path is not None
        hashes.append(archive.add(delivery.path, move=delivery.is_ours, sha256=delivery.sha256))
    assert origin.fetch(offer, Validators('"v1"')).path is None
    assert archive.path(hashes[0]).read_bytes() == CSV
    assert (len(set(hashes)), len(publisher.asked("/a.csv"))) == (1, 1)
    origin.close()
    assert leftovers() == []
    assert archive.path(hashes[0]).exists()


def test_a_kind_that_breaks_while_it_fetches_is_a_fetch_error(client: PoliteClient):
    def break_down(*_: object) -> None:
        raise KeyError("features")

    origin = LiveOrigin(client, kinds={"odd": Kind(lambda *_: [], (), break_down, "odd+")})  # pyright: ignore[reportArgumentType]
    with pytest.raises(FetchError, match=r"odd\+http.*KeyError.*kept"):
        origin.fetch(Offer("a.csv", "odd+http://127.0.0.1/a"), Validators())
