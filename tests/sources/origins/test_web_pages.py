"""Pages and addresses where there is no more than that: WordPress, a page of links, an address that stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sources.errors import FetchError
from sources.origins import Offer
from sources.origins.discovery.pages import Page, written_date
from tests.sources.origins.conftest import Discovered, Fetched
from tests.sources.origins.publisher_server import PublisherServer, Reply, html, page, redirect

UPLOADS = "/wp-content/uploads/sites/2"


def names(offers: list[Offer]) -> list[str]:
    return [offer.name for offer in offers]


# What a page says


def test_a_page_gives_its_links_and_its_words_without_what_is_not_shown():
    read = Page.of(
        '<style>p {}</style><p>Published <b>5&nbsp;May</b></p><a href="a.csv"> One\n <i>file</i></a><a>no</a>'
    )
    assert read.links == [("a.csv", "One file")]
    assert read.words == "Published 5 May One file no"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5 September 2024", date(2024, 9, 5)),
        ("1st Oct 2026", date(2026, 10, 1)),
        ("05/09/2024", date(2024, 9, 5)),
        ("2024-09-05", date(2024, 9, 5)),
        ("31 February 2024", None),
        ("5 Smarch 2024", None),
        ("13/13/2024", None),
        ("September 2024", None),
    ],
)
def test_a_written_date_is_understood(text: str, day: date | None):
    assert written_date(text) == day


# WordPress


def wordpress(*links: tuple[str, str], modified: str = "2026-10-08T09:30:11") -> Reply:
    content = "".join(f'<p><a href="{href}">{words}</a></p>' for href, words in links)
    return page(
        [
            {
                "content": {"rendered": content},
                "link": "https://example.invalid/beds/",
                "modified": modified,
                "title": {"rendered": "Beds"},
            }
        ]
    )


def test_the_files_of_the_newest_upload_month_have_the_pages_date(discovered: Discovered, publisher: PublisherServer):
    publisher.says(
        "/wp-json/wp/v2/pages",
        wordpress(
            (publisher.at(f"{UPLOADS}/2026/10/beds-q2-revised.xlsx"), "Beds, Q2 2026/27"),
            (publisher.at(f"{UPLOADS}/2026/10/beds-q2-revised.xlsx"), "the same again"),
            (publisher.at(f"{UPLOADS}/2026/10/notes.pdf"), "Notes"),
            (publisher.at(f"{UPLOADS}/2026/07/beds-q1.xlsx"), "Beds, Q1"),
            (publisher.at("/elsewhere/beds.xlsx"), "Beds"),
            ("https://files.example/wp-content/uploads/sites/2/2026/11/beds.xlsx", "Beds"),
        ),
    )
    offers = discovered("wordpress_page", slug="beds", file_pattern=r"\.xlsx$")
    assert offers == [
        Offer(
            "beds-q2-revised.xlsx",
            publisher.at(f"{UPLOADS}/2026/10/beds-q2-revised.xlsx"),
            date(2026, 10, 8),
            "Beds, Q2 2026/27",
        )
    ]
    every = discovered("wordpress_page", slug="beds", file_pattern=r"\.xlsx$", newest_months=0)
    assert [(offer.name, offer.published_on) for offer in every] == [
        ("beds-q2-revised.xlsx", date(2026, 10, 8)),
        ("beds-q1.xlsx", None),
    ]
    assert names(discovered("wordpress_page", slug="beds", newest_months=2)) == [
        "beds-q2-revised.xlsx",
        "notes.pdf",
        "beds-q1.xlsx",
    ]
    assert publisher.requests[-1].query == {"slug": ["beds"], "_fields": ["content,link,modified,title"]}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page([]), "0 pages"),
        (page({"code": "rest_forbidden"}), "dict"),
        (page([{"link": "x"}]), "1 pages, or one without"),
        (wordpress(), r"uploaded files like \[beds\]; found none"),
        (html("Forbidden", status=403), "save the file by hand"),
    ],
)
def test_a_wordpress_page_that_is_not_there_is_an_error(
    discovered: Discovered, publisher: PublisherServer, answer: Reply, said: str
):
    publisher.says("/wp-json/wp/v2/pages", answer)
    with pytest.raises(FetchError, match=said):
        discovered("wordpress_page", slug="beds", file_pattern="beds")


# A page of links

FILE_HOST = "https://files.example/89/ABC123"


def links(*addresses: str, words: str = "Publication Date: 12 Nov 2026") -> Reply:
    return html(f"<p>{words}</p>" + "".join(f'<a href="{address}">get</a>' for address in addresses))


def discover_page(discovered: Discovered, publisher: PublisherServer, **more: Any) -> list[Offer]:
    return discovered("web_page", **{"page": publisher.at("/series/latest"), "file_pattern": r"MHSDS.*\.csv$", **more})


def test_links_that_match_on_the_hosts_named_are_offered_once(discovered: Discovered, publisher: PublisherServer):
    publisher.says("/series/latest", redirect("/series/october"))
    publisher.says(
        "/series/october",
        links(
            f"{FILE_HOST}/MHSDS%20Data_Oct.csv#top",
            f"{FILE_HOST}/MHSDS%20Data_Oct.csv",
            f"{FILE_HOST}/MHSDS_Oct.pdf",
            "/files/MHSDS_Sep.csv",
            "https://elsewhere.example/MHSDS.csv",
            "mailto:MHSDS.csv",
        ),
    )
    given = {"hosts": ["files.example"], "date_pattern": r"Publication Date:? (\d+ \w+ \d{4})"}
    assert discover_page(discovered, publisher, **given) == [
        Offer("MHSDS Data_Oct.csv", f"{FILE_HOST}/MHSDS%20Data_Oct.csv", date(2026, 11, 12), "get")
    ]
    assert [(o.name, o.address) for o in discover_page(discovered, publisher)] == [
        ("MHSDS_Sep.csv", publisher.at("/files/MHSDS_Sep.csv"))
    ]
    both = {"hosts": ["files.example", f"127.0.0.1:{publisher.port}"]}
    assert len(discover_page(discovered, publisher, **both)) == 2
    assert names(discover_page(discovered, publisher, **both, newest=1)) == ["MHSDS Data_Oct.csv"]


def test_a_date_that_the_page_no_longer_gives_is_said_and_the_files_still_come(
    discovered: Discovered, publisher: PublisherServer, caplog: pytest.LogCaptureFixture
):
    publisher.says("/series/latest", links("/files/MHSDS_Sep.csv", words="Published lately"))
    offers = discover_page(discovered, publisher, date_pattern=r"Date: (\d+ \w+ \d{4})")
    assert [(offer.name, offer.published_on) for offer in offers] == [("MHSDS_Sep.csv", None)]
    assert "gives no date like" in caplog.text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (links("/files/other.csv"), r"named like \[MHSDS.*found \[other\.csv\]"),
        (links(), "found none"),
        (html("Access denied", status=403), "refuses programs here: save the file by hand"),
        (page({"a": 1}), "expected a page; found JSON"),
    ],
)
def test_a_page_without_the_files_is_an_error(
    discovered: Discovered, publisher: PublisherServer, answer: Reply, said: str
):
    publisher.says("/series/latest", answer)
    with pytest.raises(FetchError, match=f"{said}"):
        discover_page(discovered, publisher)


def test_a_page_needs_a_pattern_and_a_date_one_pair_of_brackets(discovered: Discovered, publisher: PublisherServer):
    with pytest.raises(FetchError, match=r"\[file_pattern\] is needed"):
        discovered("web_page", page=publisher.at("/x"))
    with pytest.raises(FetchError, match="one pair of brackets"):
        discover_page(discovered, publisher, date_pattern=r"\d+")


# An address that stays


def test_an_address_that_stays_is_one_file(discovered: Discovered, fetched: Fetched, publisher: PublisherServer):
    publisher.says("/latest/downloads/stop-and-search.csv", Reply(b"a,b\n1,2\n"))
    offers = discovered("web_file", address=publisher.at("/latest/downloads/stop-and-search.csv"))
    assert [(offer.name, offer.published_on) for offer in offers] == [("stop-and-search.csv", None)]
    assert fetched(offers[0]) == b"a,b\n1,2\n"
    report = publisher.at("/api/getReport?report=etr")
    assert discovered("web_file", address=report, name="etr.csv") == [Offer("etr.csv", report)]
    with pytest.raises(FetchError, match=r"suffix; found \[getReport\]"):
        discovered("web_file", address=report)
