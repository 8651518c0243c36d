"""Nomis: what a query offers, and how its pages come together, in the shapes that were recorded."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sources.errors import FetchError
from tests.sources.origins.conftest import Discovered, Fetched, Recorded
from tests.sources.origins.publisher_server import PublisherServer, Reply, html, page

DEFINITION = "/dataset/NM_2002_1/def.sdmx.json"
DATA = "/dataset/NM_2002_1.data.csv"
HEADER = ("DATE", "GEOGRAPHY_CODE", "GENDER_NAME", "OBS_VALUE", "RECORD_OFFSET", "RECORD_COUNT")


def definition(dataset: str = "NM_2002_1", *, dimensions: tuple[str, ...] = ("GEOGRAPHY", "GENDER", "C_AGE"), **dates):
    notes = [
        {"annotationtitle": "Units", "annotationtext": "Persons"},
        {"annotationtitle": "contenttype/sorting", "annotationtext": 1},
        *({"annotationtitle": title, "annotationtext": text} for title, text in dates.items()),
    ]
    family = {
        "id": dataset,
        "name": {"value": "Population estimates", "lang": "en"},
        "annotations": {"annotation": notes},
        "components": {"dimension": [{"codelist": f"CL_{name}", "conceptref": name} for name in dimensions]},
    }
    return {"structure": {"keyfamilies": {"keyfamily": [family]}}}


def rows(first: int, last: int, *, count: Any = 5, header: tuple[str, ...] = HEADER) -> Reply:
    """A page with the rows from ``first`` up to but not including ``last``."""
    lines = [",".join(f'"{name}"' for name in header)]
    lines += [f'"2023","E0600000{n}","Total, all",{n * 100},{n},{count}' for n in range(first, last)]
    return Reply("\n".join(lines) + "\n", content_type="text/csv")


@pytest.fixture
def query(discovered: Discovered, publisher: PublisherServer) -> Callable[..., Any]:
    """Discover one query, two rows a page."""
    publisher.says(DEFINITION, page(definition(LastUpdated="2026-07-22 09:30:00")))
    given = {"dataset": "NM_2002_1", "geography": "TYPE424", "dimensions": "gender=0&c_age=101...191", "page_size": 2}
    return lambda **changes: discovered("nomis_query", **{**given, **changes})[0]


def test_a_query_is_one_file_with_the_day_of_the_last_update(query: Callable[..., Any], publisher: PublisherServer):
    offer = query(select=["date", "GEOGRAPHY_CODE", "OBS_VALUE"], exclude_missing=True, page_size=25_000)
    assert (offer.name, offer.published_on, offer.title) == (
        "NM_2002_1.data.csv",
        date(2026, 7, 22),
        "Population estimates",
    )
    publisher.says(DATA, rows(0, 5))
    assert offer.address.startswith(f"nomis+{publisher.base}{DATA}?")
    assert dict(part.split("=") for part in offer.address.partition("?")[2].replace("%2C", ",").split("&")) == {
        "geography": "TYPE424",
        "date": "latest",
        "gender": "0",
        "c_age": "101...191",
        "select": "DATE,GEOGRAPHY_CODE,OBS_VALUE,RECORD_OFFSET,RECORD_COUNT",
        "ExcludeMissingValues": "true",
        "RecordLimit": "25000",
    }


@pytest.mark.parametrize(
    ("dates", "published_on"),
    [
        ({"LastUpdated": "2026-07-22 09:30:00", "LastRevised": "2026-08-01 09:30:00"}, date(2026, 8, 1)),
        ({"LastUpdated": "2026-09-15 07:00:00", "LastRevised": "2017-02-15 09:30:00"}, date(2026, 9, 15)),
        ({"FirstReleased": "2004-06-16 09:30:00"}, date(2004, 6, 16)),
        ({"LastUpdated": 1}, None),
        ({}, None),
    ],
)
def test_the_newer_of_update_and_revision_counts(
    query: Callable[..., Any], publisher: PublisherServer, dates: dict[str, Any], published_on: date | None
):
    publisher.says(DEFINITION, page(definition(**dates)))
    assert query().published_on == published_on


def test_a_range_of_time_stands_in_the_place_of_the_date(query: Callable[..., Any]):
    address = query(dimensions=["time=2013,latest", "gender=0"]).address
    assert "time=2013%2Clatest" in address
    assert "date=" not in address


def test_several_queries_are_told_apart_by_their_names(discovered: Discovered, publisher: PublisherServer):
    publisher.says(DEFINITION, page(definition()))
    tables = [
        {"name": "districts.csv", "geography": "TYPE424"},
        {"name": "forces.csv", "geography": "E23000001,E23000002", "page_size": "50", "exclude_missing": "true"},
    ]
    offers = discovered("nomis_query", dataset="NM_2002_1", dimensions="gender=0", tables=tables)
    assert [offer.name for offer in offers] == ["districts.csv", "forces.csv"]
    assert offers[1].address.endswith("ExcludeMissingValues=true&RecordLimit=50")


def test_a_dimension_that_the_data_set_lacks_is_refused_before_anything_is_fetched(
    query: Callable[..., Any], publisher: PublisherServer
):
    with pytest.raises(FetchError, match=r"the dimensions sex,.*found the dimensions c_age, gender, geography"):
        query(dimensions="sex=7&measures=20100")
    assert publisher.asked(DATA) == []


@pytest.mark.parametrize(
    "answer",
    [
        page(definition("NM_1_1")),
        page({"structure": {"keyfamilies": None}}),
        page([]),
        html("Too many requests"),
        html("x", status=404),
    ],
)
def test_a_definition_of_another_shape_is_an_error(
    query: Callable[..., Any], publisher: PublisherServer, answer: Reply
):
    publisher.says(DEFINITION, answer)
    with pytest.raises(FetchError, match=r"NM_2002_1/def\.sdmx\.json.*kept"):
        query()


def test_pages_are_put_together_under_one_header(
    query: Callable[..., Any], fetched: Fetched, publisher: PublisherServer
):
    publisher.says(DATA, rows(0, 2), rows(2, 4), rows(4, 5))
    got = list(csv.DictReader(fetched(query()).decode().splitlines()))
    assert [row["OBS_VALUE"] for row in got] == ["0", "100", "200", "300", "400"]
    assert got[0]["GENDER_NAME"] == "Total, all"
    assert [request.query.get("recordoffset") for request in publisher.asked(DATA)] == [None, ["2"], ["4"]]
    assert {request.query["RecordLimit"][0] for request in publisher.asked(DATA)} == {"2"}


def test_a_server_that_sends_fewer_rows_than_asked_for_is_followed(
    query: Callable[..., Any], fetched: Fetched, publisher: PublisherServer
):
    publisher.says(DATA, rows(0, 3), rows(3, 5))
    assert len(fetched(query(page_size=25_000)).splitlines()) == 6


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ([rows(0, 0)], "found no row"),
        ([rows(0, 2), rows(2, 2)], "rows 2 onwards of 5.*found no row"),
        ([rows(0, 2), rows(0, 2)], r"rows 2 onwards.*numbered \[0\] to \[1\]"),
        ([rows(0, 2), rows(2, 4, count=6)], "of 5.*of 6"),
        ([rows(0, 2), rows(2, 4, header=(*HEADER[1:], "DATE"))], "under another header"),
        ([rows(0, 2, count="")], "one or more"),
        ([Reply('"DATE","OBS_VALUE"\n"2023",5\n', content_type="text/csv")], "the column RECORD_OFFSET"),
        ([rows(0, 2), Reply(rows(2, 4).raw[:-8], content_type="text/csv")], "1 of them broken off"),
        ([rows(0, 2), html("Too many requests")], "an HTML page with status 200, saying .*Too many requests"),
        ([rows(0, 2), Reply("Sorry, there is a problem with this query.")], "a sentence of text"),
        ([Reply(b'"DATE"\n"\xff"\n')], "a CSV in UTF-8"),
    ],
)
def test_rows_that_are_missing_or_changed_are_an_error_and_leave_nothing(
    query: Callable[..., Any],
    fetched: Fetched,
    publisher: PublisherServer,
    leftovers: Callable[[], list[str]],
    pages: list[Reply],
    said: str,
):
    publisher.says(DATA, *pages)
    with pytest.raises(FetchError, match=f"{said}.*kept"):
        fetched(query())
    assert leftovers() == []


def test_the_recorded_definition_and_data_are_understood(
    discovered: Discovered, fetched: Fetched, publisher: PublisherServer, recorded: Recorded
):
    publisher.says("/dataset/NM_4_1/def.sdmx.json", page(recorded("nomis_dataset_def_sdmx.json")))
    offer = discovered("nomis_query", dataset="NM_4_1", geography="TYPE152", dimensions="sex=7&age_dur=0")[0]
    assert (offer.published_on, offer.title) == (date(2026, 9, 15), "Jobseeker's Allowance by age and duration")

    got = recorded("nomis_ts021_msoa.data.csv")
    lines = [",".join(f'"{cell}"' for cell in (*got[0],))]
    lines += [",".join(f'"{cell}"' for cell in {**row, "RECORD_COUNT": "2"}.values()) for row in got]
    publisher.says("/dataset/NM_4_1.data.csv", Reply("\n".join(lines) + "\n", content_type="text/csv"))
    assert list(csv.DictReader(fetched(offer).decode().splitlines())) == [{**row, "RECORD_COUNT": "2"} for row in got]
