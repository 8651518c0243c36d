"""How the client asks, waits, asks again and refuses what is not the file."""

from __future__ import annotations

import gzip
import hashlib
import io
import threading
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from sources.errors import FetchError
from sources.origins import Validators
from sources.origins.http import HttpError, PoliteClient, kind_of_body, seconds_asked, user_agent
from tests.sources.origins.conftest import FakeTime
from tests.sources.origins.publisher_server import PublisherServer, Reply, busy, html, page, redirect

CSV = b"Area Code,Value\nE08000035,12\n"
MakeClient = Callable[..., PoliteClient]
Leftovers = Callable[[], list[str]]


def a_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        # An entry with a day of its own, not the clock's: the same bytes, and so the same test names, in every worker.
        made.writestr(zipfile.ZipInfo("2026-07/2026-07-west-yorkshire-street.csv"), CSV)
    return stream.getvalue()


# How it asks


def test_the_body_arrives_whole_with_its_hash_and_validators(client: PoliteClient, publisher: PublisherServer):
    publisher.says("/a.csv", Reply(CSV, etag='"v1"', last_modified="Thu, 23 Jul 2026 08:30:00 GMT"))
    answer = client.download(publisher.at("/a.csv"), name="a.csv")
    assert answer.path is not None
    assert answer.path.read_bytes() == CSV
    assert answer.sha256 == hashlib.sha256(CSV).hexdigest()
    assert (answer.http_status, answer.size_bytes) == (200, len(CSV))
    assert answer.validators == Validators('"v1"', "Thu, 23 Jul 2026 08:30:00 GMT")


def test_every_request_carries_one_user_agent_that_says_who_asks(make_client: MakeClient, publisher: PublisherServer):
    publisher.says("/a.csv", Reply(CSV))
    client = make_client(organisation="A Council", contact="data@council.example", page="https://council.example/hub")
    client.download(publisher.at("/a.csv"), name="a.csv")
    agents = {request.headers["user-agent"] for request in publisher.requests}
    assert agents == {"RebalanceBot/Version0.1.0 (A Council data@council.example +https://council.example/hub)"}


def test_a_user_agent_that_is_not_ascii_is_refused():
    with pytest.raises(ValueError, match="plain ASCII"):
        user_agent(organisation="Cyngor Tŷ", contact="a@b.example", page="https://b.example")


def test_a_known_version_is_asked_for_conditionally_and_not_sent_again(
    client: PoliteClient, publisher: PublisherServer, leftovers: Leftovers
):
    publisher.says("/a.csv", Reply(CSV, etag='W/"abc"'))
    answer = client.download(publisher.at("/a.csv"), name="a.csv", known=Validators('W/"abc"', "some day"))
    assert (answer.path, answer.http_status) == (None, 304)
    assert answer.validators == Validators('W/"abc"', "some day")
    headers = publisher.asked("/a.csv")[0].headers
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('W/"abc"', "some day")
    assert leftovers() == []


def test_a_date_alone_is_enough_to_ask_conditionally(client: PoliteClient, publisher: PublisherServer):
    day = "Thu, 23 Jul 2026 08:30:00 GMT"
    publisher.says("/a.csv", Reply(CSV, last_modified=day))
    assert client.download(publisher.at("/a.csv"), name="a.csv", known=Validators(None, day)).path is None


def test_a_304_that_nobody_asked_for_is_an_error(client: PoliteClient, publisher: PublisherServer):
    publisher.says("/a.csv", Reply(status=304))
    with pytest.raises(FetchError, match="304"):
        client.download(publisher.at("/a.csv"), name="a.csv")


def test_a_compressed_answer_arrives_as_the_file(client: PoliteClient, publisher: PublisherServer):
    publisher.says("/a.csv", Reply(gzip.compress(CSV), headers=(("Content-Encoding", "gzip"),)))
    answer = client.download(publisher.at("/a.csv"), name="a.csv")
    assert answer.path is not None
    assert answer.path.read_bytes() == CSV


# Redirects


def test_redirects_are_followed_relative_and_to_another_host(
    client: PoliteClient, publisher: PublisherServer, other_publisher: PublisherServer
):
    publisher.says("/latest.csv", redirect("2026/a.csv", status=301))
    publisher.says("/2026/a.csv", redirect(other_publisher.at("/store/a.csv", host="localhost")))
    other_publisher.says("/store/a.csv", Reply(CSV))
    answer = client.download(publisher.at("/latest.csv"), name="a.csv")
    assert answer.address == other_publisher.at("/store/a.csv", host="localhost")
    assert len(other_publisher.asked("/robots.txt")) == 1


def test_redirects_without_end_are_given_up(client: PoliteClient, publisher: PublisherServer):
    publisher.says("/a.csv", redirect("/a.csv"))
    with pytest.raises(FetchError, match="more than 5 redirects"):
        client.download(publisher.at("/a.csv"), name="a.csv")
    assert len(publisher.asked("/a.csv")) == 6


@pytest.mark.parametrize("location", ["ftp://files.example/a.csv", "http://127.0.0.1:port/a.csv"])
def test_a_redirect_to_no_web_address_is_an_error(client: PoliteClient, publisher: PublisherServer, location: str):
    publisher.says("/a.csv", redirect(location))
    with pytest.raises(FetchError, match=r"not a web address|malformed \(Invalid URL"):
        client.download(publisher.at("/a.csv"), name="a.csv")


# Waiting


def test_requests_to_one_host_keep_their_distance(
    make_client: MakeClient, publisher: PublisherServer, fake_time: FakeTime
):
    publisher.says("/a.csv", Reply(CSV))
    client = make_client(minimum_interval=2.0)
    for _ in range(3):
        client.download(publisher.at("/a.csv"), name="a.csv")
    # robots.txt and three files: three pauses.
    assert fake_time.slept == [2.0, 2.0, 2.0]


def test_two_hosts_do_not_wait_for_each_other(make_client: MakeClient, publisher: PublisherServer, fake_time: FakeTime):
    publisher.says("/a.csv", Reply(CSV))
    client = make_client(minimum_interval=2.0, honours_robots=False)
    client.download(publisher.at("/a.csv"), name="a.csv")
    client.download(publisher.at("/a.csv", host="localhost"), name="a.csv")
    assert fake_time.slept == []


def test_one_request_at_a_time_reaches_a_host(make_client: MakeClient, publisher: PublisherServer):
    publisher.says("/a.csv", Reply(CSV, seconds=0.05))
    client = make_client()
    threads = [
        threading.Thread(target=client.download, args=(publisher.at("/a.csv"),), kwargs={"name": "a.csv"})
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(publisher.asked("/a.csv")) == 4
    assert publisher.most_at_once == 1
    assert len(publisher.asked("/robots.txt")) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_asked_for_in_seconds_is_kept(
    client: PoliteClient, publisher: PublisherServer, fake_time: FakeTime, status: int
):
    publisher.says("/a.csv", busy("7", status=status), Reply(CSV))
    assert client.download(publisher.at("/a.csv"), name="a.csv").http_status == 200
    assert sum(fake_time.slept) == 7


def test_a_wait_asked_for_as_a_date_is_kept(make_client: MakeClient, publisher: PublisherServer, fake_time: FakeTime):
    now = datetime(2026, 7, 23, 8, 30, tzinfo=UTC)
    publisher.says("/a.csv", busy(format_datetime(now + timedelta(seconds=30), usegmt=True)), Reply(CSV))
    make_client(now=lambda: now).download(publisher.at("/a.csv"), name="a.csv")
    assert sum(fake_time.slept) == 30


def test_a_host_that_asks_for_an_hour_is_left_alone(
    client: PoliteClient, publisher: PublisherServer, fake_time: FakeTime
):
    publisher.says("/a.csv", busy("3600"))
    publisher.says("/b.csv", Reply(CSV))
    with pytest.raises(FetchError, match=r"asks for a wait of 3600 seconds.*Refresh this source after"):
        client.download(publisher.at("/a.csv"), name="a.csv")
    with pytest.raises(FetchError, match="asks for a wait"):
        client.download(publisher.at("/b.csv"), name="b.csv")
    assert (len(publisher.asked("/a.csv")), publisher.asked("/b.csv"), fake_time.slept) == (1, [], [])


def test_without_a_stated_wait_the_pauses_grow(client: PoliteClient, publisher: PublisherServer, fake_time: FakeTime):
    publisher.says("/a.csv", busy(), busy("soon"), busy(status=500), busy(status=502), Reply(CSV))
    client.download(publisher.at("/a.csv"), name="a.csv")
    first, second, third, fourth = fake_time.slept
    assert 2 <= first <= 3 < second <= 5 < third <= 9 < fourth <= 17


def test_after_five_tries_the_failure_is_told_with_what_is_kept(client: PoliteClient, publisher: PublisherServer):
    publisher.says("/a.csv", busy(status=503))
    with pytest.raises(HttpError, match=r"expected .*a\.csv.*; found HTTP 503, after 5 tries; .*kept") as caught:
        client.download(publisher.at("/a.csv"), name="a.csv")
    assert publisher.at("/a.csv") in str(caught.value)
    assert caught.value.http_status == 503
    assert len(publisher.asked("/a.csv")) == 5


@pytest.mark.parametrize(("status", "advice"), [(403, "by hand"), (404, "moved"), (422, "contract")])
def test_a_refusal_is_not_asked_again_and_says_what_to_do(
    client: PoliteClient, publisher: PublisherServer, status: int, advice: str
):
    publisher.says("/a.csv", html("<h1>No</h1> such thing", status=status))
    with pytest.raises(HttpError, match=f"HTTP {status}, saying .*No such thing.*{advice}"):
        client.download(publisher.at("/a.csv"), name="a.csv")
    assert len(publisher.asked("/a.csv")) == 1


@pytest.mark.parametrize(
    "trouble", [Reply(hangs_up=True), Reply(CSV, stated_length=len(CSV) + 50), Reply(CSV, seconds=0.4)]
)
def test_a_broken_or_slow_answer_is_asked_for_again(
    make_client: MakeClient, publisher: PublisherServer, leftovers: Leftovers, trouble: Reply
):
    publisher.says("/a.csv", trouble, Reply(CSV))
    answer = make_client(timeout=0.15).download(publisher.at("/a.csv"), name="a.csv")
    assert answer.path is not None
    assert leftovers() == [answer.path.name]


def test_a_body_that_is_always_cut_short_is_an_error_and_leaves_nothing(
    client: PoliteClient, publisher: PublisherServer, leftovers: Leftovers
):
    publisher.says("/a.csv", Reply(CSV, stated_length=1000))
    with pytest.raises(FetchError, match="breaks off"):
        client.download(publisher.at("/a.csv"), name="a.csv")
    assert len(publisher.asked("/a.csv")) == 5
    assert leftovers() == []


def test_a_server_that_is_not_there_is_an_error(make_client: MakeClient, publisher: PublisherServer):
    address = publisher.at("/a.csv")
    publisher._server.server_close()
    with pytest.raises(FetchError, match="no connection"):
        make_client(honours_robots=False).download(address, name="a.csv")


def test_what_is_no_address_is_an_error(client: PoliteClient):
    for address in ("/relative", "file:///etc/hosts", "http://127.0.0.1:port/a.csv"):
        with pytest.raises(FetchError, match="not a web address"):
            client.download(address, name="a.csv")


# robots.txt


def test_what_robots_txt_disallows_is_not_asked_for(client: PoliteClient, publisher: PublisherServer):
    publisher.says("/robots.txt", Reply("User-agent: *\nDisallow: /*.zip$\n"))
    publisher.says("/a.zip", Reply(a_zip()))
    publisher.says("/a.csv", Reply(CSV))
    with pytest.raises(FetchError, match=r"robots\.txt asks programs not to.*by hand"):
        client.download(publisher.at("/a.zip"), name="a.zip")
    client.download(publisher.at("/a.csv"), name="a.csv")
    assert publisher.paths() == ["/a.csv"]
    assert len(publisher.asked("/robots.txt")) == 1


def test_robots_txt_can_be_left_unasked(make_client: MakeClient, publisher: PublisherServer):
    publisher.says("/robots.txt", Reply("User-agent: *\nDisallow: /\n"))
    publisher.says("/a.csv", Reply(CSV))
    make_client(honours_robots=False).download(publisher.at("/a.csv"), name="a.csv")
    assert publisher.asked("/robots.txt") == []


def test_a_robots_txt_that_cannot_be_had_means_no(client: PoliteClient, publisher: PublisherServer):
    publisher.says("/robots.txt", busy(status=500))
    publisher.says("/a.csv", Reply(CSV))
    with pytest.raises(FetchError, match=r"robots\.txt"):
        client.download(publisher.at("/a.csv"), name="a.csv")
    assert publisher.asked("/a.csv") == []


def test_a_crawl_delay_is_kept(client: PoliteClient, publisher: PublisherServer, fake_time: FakeTime):
    publisher.says("/robots.txt", Reply("User-agent: *\nCrawl-delay: 10\n"))
    publisher.says("/a.csv", Reply(CSV))
    client.download(publisher.at("/a.csv"), name="a.csv")
    client.download(publisher.at("/a.csv"), name="a.csv")
    assert fake_time.slept == [10.0]


# What came


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.csv", html("Service unavailable").raw, "an HTML page with status 200, saying .*Service unavailable"),
        ("a.zip", html("Service unavailable").raw, "expected a zip or a workbook .*; found an HTML page"),
        ("a.ods", b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "an XML message.*AccessDenied"),
        ("a.xlsx", b"The service has moved.", "a sentence of text.*has moved"),
        ("a.csv", b"This interface was retired on 25 November 2024", "a sentence of text.*retired"),
        ("a.csv", b"Sorry, something went wrong. Please try again later.", "a sentence of text"),
        ("a.csv", b" \n", "an empty body"),
        ("a.csv", b'{"error": {"code": 400, "message": "Invalid query", "details": []}}', "400, .Invalid query"),
        ("a.csv", b'{\n "error": "no such table"\n}', "no such table"),
        ("a.csv", b'{"status": "pending"}', "JSON with status 200"),
        ("a.csv", a_zip(), "a zip or a workbook"),
        ("a.xls", html("log in").raw, "expected an old Excel workbook or a zip.*HTML"),
    ],
)
def test_an_error_in_the_place_of_the_file_is_told_and_not_kept(
    client: PoliteClient, publisher: PublisherServer, leftovers: Leftovers, name: str, body: bytes, said: str
):
    publisher.says("/file", Reply(body))
    with pytest.raises(FetchError, match=f"(?s){said}.*kept"):
        client.download(publisher.at("/file"), name=name)
    assert leftovers() == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("header_only.csv", b"Indicator ID,Area Code,Value\n"),
        ("one_column.csv", b"code\nE08000035\n"),
        ("with_a_preamble.csv", b"Table 1: deaths in custody.\nSource: someone.\n\nArea,Deaths\nLeeds,3\n"),
        ("bracketed.csv", b"[note 1],value\nLeeds,3\n"),
        ("a.zip", a_zip()),
        ("later_format.xls", a_zip()),
        ("no_suffix", b"anything at all"),
    ],
)
def test_a_file_that_only_looks_odd_is_taken(client: PoliteClient, publisher: PublisherServer, name: str, body: bytes):
    publisher.says("/file", Reply(body))
    assert client.download(publisher.at("/file"), name=name).size_bytes == len(body)


def test_an_error_that_says_to_come_back_is_asked_again(client: PoliteClient, publisher: PublisherServer):
    publisher.says("/q", page({"error": {"code": 504, "message": "timed out"}}), page({"count": 3}))
    assert client.json(publisher.at("/q")) == {"count": 3}


def test_the_publishers_md5_is_checked(client: PoliteClient, publisher: PublisherServer, leftovers: Leftovers):
    body = a_zip()
    publisher.says("/a.zip", Reply(body))
    md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
    assert client.download(publisher.at("/a.zip"), name="a.zip", md5=md5.upper()).size_bytes == len(body)
    with pytest.raises(FetchError, match="MD5"):
        client.download(publisher.at("/a.zip"), name="a.zip", md5="0" * 32)
    assert len(leftovers()) == 1


@pytest.mark.parametrize("is_stated", [True, False])
def test_a_file_larger_than_the_limit_is_refused(
    make_client: MakeClient, publisher: PublisherServer, leftovers: Leftovers, is_stated: bool
):
    body, headers = b"a,b\n" * 1000, ()
    if not is_stated:
        body, headers = gzip.compress(body), (("Content-Encoding", "gzip"),)
    publisher.says("/a.csv", Reply(body, headers=headers))
    with pytest.raises(FetchError, match="at most 1,000 bytes"):
        make_client(largest_file=1000).download(publisher.at("/a.csv"), name="a.csv")
    assert leftovers() == []


@pytest.mark.parametrize("body", ["This interface was retired.", '{"type": "data', "<html>no</html>"])
def test_a_document_that_is_not_json_is_an_error(
    client: PoliteClient, publisher: PublisherServer, leftovers: Leftovers, body: str
):
    publisher.says("/data", Reply(body))
    with pytest.raises(FetchError, match="expected JSON"):
        client.json(publisher.at("/data"))
    assert leftovers() == []


def test_a_retry_after_that_makes_no_sense_asks_for_nothing():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert seconds_asked("12", at=now) == 12
    assert seconds_asked("Wed, 31 Dec 2025 23:00:00 GMT", at=now) == 0
    assert seconds_asked("later", at=now) is None
    assert seconds_asked(None, at=now) is None


def test_a_long_body_is_told_by_its_start():
    assert kind_of_body(b'{"features": [' + b" " * 70_000, is_whole=False) == "json"
    assert kind_of_body(b"a,b\n" * 20_000, is_whole=False) == "text"
