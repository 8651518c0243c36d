"""What each kind of discovery makes of a publisher's answers, in the shapes that were recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sources.catalogue import Source
from sources.errors import FetchError
from sources.origins import Offer, Validators
from sources.origins.discovery import KINDS, arcgis_table
from sources.origins.discovery.dates import london_date, london_date_of_milliseconds, month_number
from sources.origins.http import PoliteClient
from tests.sources.origins.conftest import Discovered, Fetched
from tests.sources.origins.publisher_server import PublisherServer, Reply, html, page, redirect

ODS = "application/vnd.oasis.opendocument.spreadsheet"


def names(offers: list[Offer]) -> list[str]:
    return [offer.name for offer in offers]


# By hand


def test_a_source_that_is_saved_by_hand_offers_nothing_and_says_where_it_is(
    client: PoliteClient, make_source: Callable[..., Source], caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO")
    source = make_source("by_hand", page="https://example.invalid/tables", reason="it has no interface")
    assert KINDS["by_hand"].discover(client, source, source.contract.discovery.parameters) == []
    assert "https://example.invalid/tables (it has no interface)" in caplog.text


# Dates and parameters


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-04-24T23:00:00Z", date(2024, 4, 25)),
        ("2024-10-31T00:00:00Z", date(2024, 10, 31)),
        ("2014-05-29T11:48:35.000+01:00", date(2014, 5, 29)),
        ("2015-07-14T23:00:00.000Z", date(2015, 7, 15)),
        ("2026-04-20T23:55:53", date(2026, 4, 20)),
        ("2015-09-01", date(2015, 9, 1)),
        ("12 August 2015", None),
        (None, None),
    ],
)
def test_a_publishers_timestamp_is_a_london_date(text: object, day: date | None):
    assert london_date(text) == day


def test_milliseconds_and_month_names_are_understood():
    assert london_date_of_milliseconds(1778498238000) == date(2026, 5, 11)
    assert london_date_of_milliseconds(None) is None
    assert (month_number("September"), month_number("dec"), month_number("Smarch")) == (9, 12, None)


@pytest.mark.parametrize(
    ("kind", "parameters", "said"),
    [
        ("fingertips", {"indicator_id": [1], "area_type_ids": [502]}, "unknown parameter .indicator_id.*indicator_ids"),
        ("fingertips", {"area_type_ids": [502]}, r"\[indicator_ids\] is needed"),
        ("fingertips", {"indicator_ids": ["x"], "area_type_ids": [502]}, "has to be a list of int"),
        ("police_archive", {"history": "yes"}, "has to be bool"),
        ("ees_dataset", {"data_set": "a", "catalogue_id": "b"}, "exclude one another"),
        ("ees_dataset", {}, r"\[publication\] is needed"),
        ("fingertips", {"indicator_ids": [1], "indicators_a_file": 101}, "1 to 100"),
        ("nomis_query", {"dataset": "NM_1_1"}, r"\[geography\] is needed"),
        ("nomis_query", {"dataset": "NM_1_1", "geography": "TYPE1", "dimensions": "sex"}, "as gender=1,2"),
        ("nomis_query", {"dataset": "NM_1_1", "geography": "TYPE1", "dimensions": "a=1&A=2"}, "named once"),
        ("statswales", {}, "one of dataset and title_pattern"),
        ("statswales", {"dataset": "a", "title_pattern": "b"}, "one of dataset and title_pattern"),
        ("govuk_attachments", {"path": "/x", "member_pattern": "("}, "not a regular expression"),
        ("police_archive", {"history": True, "history_from": "May 2019"}, "as 2019-01"),
        ("ons_dataset", {"path": "/x", "file_pattern": "("}, "not a regular expression"),
        ("govuk_attachments", {"path": " "}, "is empty"),
        ("arcgis_table", {"title": 'a "quoted" title'}, "quotation marks"),
        ("arcgis_item", {"title": 'a "quoted" title'}, "quotation marks"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(
    discovered: Discovered, publisher: PublisherServer, kind: str, parameters: dict[str, Any], said: str
):
    publisher.says("/data/archive/", archive_page(ARCHIVES))
    with pytest.raises(FetchError, match=f"someone_something.*{said}"):
        discovered(kind, **parameters)


# The police archive

ARCHIVES = [
    ("2026-07", "Aug 2023 to Jul 2026", "a" * 32),
    ("2026-06", "Jul 2023 to Jun 2026", "b" * 32),
    ("2026-04", "May 2023 to Apr 2026", "c" * 32),
    ("2023-04", "May 2020 to Apr 2023", "d" * 32),
    ("2020-04", "May 2017 to Apr 2020", "e" * 32 + "-108"),
    ("2017-05", "Jun 2014 to May 2017", "f" * 32),
    ("2017-04", "Dec 2010 to Apr 2017", "0" * 32),
    ("2013-12", "Dec 2010 to Dec 2013", "1" * 32),
]


def archive_page(archives: list[tuple[str, str, str]]) -> Reply:
    rows = "".join(
        f'<div class="download"><span><a href="/data/archive/{month}.zip">x</a> (1.6 GB)</span>\n'
        f'  <p class="contained-range">\n      Contains data from {span}\n  </p>\n  <p class="md5sum">{md5}</p></div>\n'
        for month, span, md5 in archives
    )
    return html(f'<p>The latest is at <a href="/data/archive/latest.zip">latest.zip</a>.</p>{rows}')


def test_the_newest_archive_is_offered_with_its_md5(discovered: Discovered, publisher: PublisherServer):
    publisher.says("/data/archive/", archive_page(ARCHIVES[::-1]))
    assert discovered("police_archive") == [
        Offer("2026-07.zip", publisher.at("/data/archive/2026-07.zip"), None, "2023-08 to 2026-07", "a" * 32)
    ]


def test_the_history_is_the_fewest_archives_that_touch(discovered: Discovered, publisher: PublisherServer):
    publisher.says("/data/archive/", archive_page(ARCHIVES))
    offers = discovered("police_archive", history=True)
    assert names(offers) == ["2017-04.zip", "2020-04.zip", "2023-04.zip", "2026-04.zip", "2026-07.zip"]
    assert offers[1].md5 is None, "the mark of an upload in parts is no MD5"


def test_the_history_can_begin_later(discovered: Discovered, publisher: PublisherServer):
    publisher.says("/data/archive/", archive_page(ARCHIVES))
    assert names(discovered("police_archive", history=True, history_from="2020-05")) == [
        "2023-04.zip",
        "2026-04.zip",
        "2026-07.zip",
    ]


def test_a_hole_in_the_history_does_not_hide_the_rest(
    discovered: Discovered, publisher: PublisherServer, caplog: pytest.LogCaptureFixture
):
    publisher.says("/data/archive/", archive_page([ARCHIVES[0], ARCHIVES[6]]))
    assert names(discovered("police_archive", history=True)) == ["2017-04.zip", "2026-07.zip"]
    assert "2017-05 to 2023-07" in caplog.text


def test_a_page_without_archives_is_an_error(discovered: Discovered, publisher: PublisherServer):
    publisher.says("/data/archive/", html("We are down for maintenance"))
    with pytest.raises(FetchError, match=r"YYYY-MM\.zip.*down for maintenance"):
        discovered("police_archive")


def test_the_recorded_archive_page_is_understood(
    discovered: Discovered, publisher: PublisherServer, recorded: Callable[[str], Any]
):
    rows = recorded("police_archive_page_rows.csv")
    listed = [(r["href"][-11:-4], r["contains"].removeprefix("Contains data from "), r["md5"]) for r in rows]
    publisher.says("/data/archive/", archive_page(listed))
    assert discovered("police_archive")[0].md5 == rows[0]["md5"]
    assert names(discovered("police_archive", history=True))[0] == "2017-04.zip"


# Fingertips


def test_each_indicator_and_area_type_is_a_file_with_the_upload_date(
    discovered: Discovered, publisher: PublisherServer
):
    publisher.says(
        "/indicator_metadata/by_indicator_id",
        page(
            {
                "90366": {
                    "IID": 90366,
                    "Descriptive": {"Name": "Life expectancy at birth"},
                    "DataChange": {"LastUploadedAt": "2026-04-20T16:25:53", "LastDeletedAt": "2026-01-20T12:58:30"},
                },
                "41001": {"IID": 41001, "Descriptive": {"Name": "Suicide rate"}, "DataChange": None},
            }
        ),
    )
    offers = discovered("fingertips", indicator_ids=[90366, 41001, 7], area_type_ids=[502, 6])
    assert names(offers)[:3] == ["fingertips-90366-502.csv", "fingertips-90366-6.csv", "fingertips-41001-502.csv"]
    assert offers[0] == Offer(
        "fingertips-90366-502.csv",
        publisher.at(
            "/all_data/csv/by_indicator_id?indicator_ids=90366&child_area_type_id=502&parent_area_type_id=15"
            "&include_sortable_time_periods=yes"
        ),
        date(2026, 4, 20),
        "Life expectancy at birth",
    )
    assert [offer.published_on for offer in offers[2:]] == [None] * 4
    assert publisher.asked("/indicator_metadata/by_indicator_id")[0].query == {"indicator_ids": ["90366,41001,7"]}


def test_no_more_than_a_hundred_indicators_are_asked_for_at_once(discovered: Discovered, publisher: PublisherServer):
    publisher.says("/indicator_metadata/by_indicator_id", page({}))
    assert len(discovered("fingertips", indicator_ids=list(range(1, 251)), area_type_ids=[502])) == 250
    counts = [
        len(request.query["indicator_ids"][0].split(","))
        for request in publisher.asked("/indicator_metadata/by_indicator_id")
    ]
    assert counts == [100, 100, 50]


AVAILABLE = [
    {"IndicatorId": 1, "AreaTypeId": 6},
    {"IndicatorId": 1, "AreaTypeId": 502},
    {"IndicatorId": 2, "AreaTypeId": 502},
    {"IndicatorId": 3, "AreaTypeId": 221},
]


def test_the_area_types_that_there_are_can_be_asked_for(
    discovered: Discovered, publisher: PublisherServer, caplog: pytest.LogCaptureFixture
):
    publisher.says("/indicator_metadata/by_indicator_id", page({}))
    publisher.says("/available_data", page(AVAILABLE))
    assert names(discovered("fingertips", indicator_ids=[1, 2])) == [
        "fingertips-1-6.csv",
        "fingertips-1-502.csv",
        "fingertips-2-502.csv",
    ]
    assert names(discovered("fingertips", indicator_ids=[1, 3], area_type_ids=[502, 7], only_available=True)) == [
        "fingertips-1-502.csv"
    ]
    assert "no figures of indicator 3" in caplog.text
    with pytest.raises(FetchError, match="found none for the area types 7"):
        discovered("fingertips", indicator_ids=[1], area_type_ids=[7], only_available=True)


@pytest.mark.parametrize("answer", [page([]), page({"1": [6]}), page([[1, 6]]), page([{"Id": 1}])])
def test_area_types_in_another_shape_are_an_error(discovered: Discovered, publisher: PublisherServer, answer: Reply):
    publisher.says("/indicator_metadata/by_indicator_id", page({}))
    publisher.says("/available_data", answer)
    with pytest.raises(FetchError, match=r"available_data.*another shape.*kept.*Give area_type_ids"):
        discovered("fingertips", indicator_ids=[1])


def test_several_indicators_can_be_had_in_a_file_with_the_date_of_the_newest(
    discovered: Discovered, publisher: PublisherServer
):
    uploaded = {1: "2026-01-05T10:00:00", 2: "2026-04-20T16:25:53", 3: "2025-01-01T00:00:00"}
    answer = {str(key): {"DataChange": {"LastUploadedAt": text}} for key, text in uploaded.items()}
    publisher.says("/indicator_metadata/by_indicator_id", page(answer))
    offers = discovered("fingertips", indicator_ids=[1, 2, 3], area_type_ids=[502, 6], indicators_a_file=2)
    assert [(offer.name, offer.published_on) for offer in offers] == [
        ("fingertips-1-to-2-502.csv", date(2026, 4, 20)),
        ("fingertips-3-502.csv", date(2025, 1, 1)),
        ("fingertips-1-to-2-6.csv", date(2026, 4, 20)),
        ("fingertips-3-6.csv", date(2025, 1, 1)),
    ]
    assert "indicator_ids=1%2C2&child_area_type_id=502" in offers[0].address


def test_the_indicators_definitions_are_files_of_a_hundred_at_most(discovered: Discovered, publisher: PublisherServer):
    answer = {"150": {"DataChange": {"LastUploadedAt": "2026-04-20T16:25:53"}}}
    publisher.says("/indicator_metadata/by_indicator_id", page(answer))
    offers = discovered("fingertips", indicator_ids=list(range(1, 151)), area_type_ids=[502], metadata=True)[150:]
    assert [(offer.name, offer.published_on) for offer in offers] == [
        ("fingertips-metadata-1.csv", None),
        ("fingertips-metadata-2.csv", date(2026, 4, 20)),
    ]
    assert offers[1].address.startswith(
        publisher.at("/indicator_metadata/csv/by_indicator_id?indicator_ids=101%2C102%2C")
    )


def test_metadata_of_another_shape_is_an_error(discovered: Discovered, publisher: PublisherServer):
    publisher.says("/indicator_metadata/by_indicator_id", page([{"IID": 1}]))
    with pytest.raises(FetchError, match="an entry for each indicator"):
        discovered("fingertips", indicator_ids=[1], area_type_ids=[502])


def test_the_recorded_metadata_gives_its_date(
    discovered: Discovered, publisher: PublisherServer, recorded: Callable[[str], Any]
):
    publisher.says("/indicator_metadata/by_indicator_id", page(recorded("fingertips_indicator_metadata_90366.json")))
    offer = discovered("fingertips", indicator_ids=[90366], area_type_ids=[502])[0]
    assert (offer.published_on, offer.title) == (date(2026, 4, 20), "Life expectancy at birth")


# Open Geography


def found_item(publisher: PublisherServer, title: str, name: str, **changes: Any) -> dict[str, Any]:
    url = publisher.at(f"/x/arcgis/rest/services/{name}/FeatureServer")
    return {
        "id": name.lower(),
        "owner": "ONSGeography_data",
        "created": 1745000000000,
        # As the portal has it: set anew for all of them at once, and highest on the oldest here.
        "modified": 1754900614000 + 1000 * len(title),
        "name": name,
        "title": title,
        "type": "Feature Service",
        "url": url,
        **changes,
    }


LOOKUP = "Local Authority District to Community Safety Partnerships to Police Force Areas ({}) Lookup in EW"


def test_the_newest_vintage_is_told_by_the_date_in_the_title(discovered: Discovered, publisher: PublisherServer):
    items = [
        found_item(publisher, LOOKUP.format("December 2024"), "LAD24_CSP24_PFA24_EW_LU", modified=9e12),
        found_item(publisher, LOOKUP.format("April 2025"), "LAD25_CSP25_PFA25_EW_LU"),
        found_item(publisher, LOOKUP.format("no date"), "UNDATED"),
        found_item(publisher, LOOKUP.format("May 2026"), "SOMEBODY_ELSES", owner="another"),
    ]
    publisher.says(
        "/search",
        page({"total": 4, "start": 1, "num": 2, "nextStart": 3, "results": items[:2]}),
        page({"total": 4, "start": 3, "num": 2, "nextStart": -1, "results": items[2:]}),
    )
    offers = discovered("arcgis_table", title="Community Safety", title_pattern="lookup in ew")
    assert offers == [
        Offer(
            "LAD25_CSP25_PFA25_EW_LU.csv",
            f"arcgis+{publisher.base}/x/arcgis/rest/services/LAD25_CSP25_PFA25_EW_LU/FeatureServer/0?where=1%3D1&page=2000",
            date(2025, 4, 18),
            LOOKUP.format("April 2025"),
        )
    ]
    query = publisher.asked("/search")[0].query
    assert query["q"] == ['owner:ONSGeography_data AND title:"Community Safety" AND type:"Feature Service"']
    assert [request.query["start"] for request in publisher.asked("/search")] == [["1"], ["3"]]


def test_a_corrected_version_of_a_vintage_is_preferred_and_all_vintages_can_be_had(
    discovered: Discovered, publisher: PublisherServer
):
    items = [
        found_item(publisher, "LSOA (2021) to Ward (May 2025) Lookup", "LSOA21_WD25_LU", created=1755000000000),
        found_item(publisher, "LSOA (2021) to Ward (May 2025) Lookup V2", "LSOA21_WD25_LU_v2"),
        found_item(publisher, "LSOA (2021) to Ward (May 2024) Lookup", "LSOA21_WD24_LU"),
    ]
    publisher.says("/search", page({"nextStart": -1, "results": items}))
    assert names(discovered("arcgis_table", title="Ward")) == ["LSOA21_WD25_LU_v2.csv"]
    assert names(discovered("arcgis_table", title="Ward", all_vintages=True)) == [
        "LSOA21_WD25_LU_v2.csv",
        "LSOA21_WD24_LU.csv",
    ]


def test_several_tables_are_each_found_by_their_own_title(discovered: Discovered, publisher: PublisherServer):
    items = [
        found_item(publisher, LOOKUP.format("April 2025"), "LAD25_CSP25_PFA25_EW_LU"),
        found_item(publisher, LOOKUP.format("December 2024"), "LAD24_CSP24_PFA24_EW_LU"),
        found_item(publisher, "Police Force Areas (December 2024) Names and Codes in EW", "PFA24_NC"),
        found_item(publisher, "Police Force Areas (December 2023) Names and Codes in EW", "PFA23_NC"),
    ]
    publisher.says("/search", page({"nextStart": -1, "results": items}))
    tables = [
        {"title": "Community Safety", "title_pattern": "lookup in ew", "all_vintages": "true"},
        {"title": "Police Force Areas", "title_pattern": "names and codes", "page_size": "50"},
    ]
    offers = discovered("arcgis_table", tables=tables)
    assert names(offers) == ["LAD25_CSP25_PFA25_EW_LU.csv", "LAD24_CSP24_PFA24_EW_LU.csv", "PFA24_NC.csv"]
    assert [offer.address.rsplit("page=", 1)[1] for offer in offers] == ["2000", "2000", "50"]


def test_a_search_that_finds_nothing_names_what_there_was(discovered: Discovered, publisher: PublisherServer):
    items = [found_item(publisher, "Wards (May 2025)", "W")]
    publisher.says("/search", page({"nextStart": -1, "results": items}))
    with pytest.raises(FetchError, match=r"found \[Wards \(May 2025\)\]"):
        discovered("arcgis_table", title="Community Safety", title_pattern="Community Safety")


def test_the_recorded_search_is_understood(
    discovered: Discovered, publisher: PublisherServer, recorded: Callable[[str], Any]
):
    publisher.says("/search", page(recorded("arcgis_item_search.json")))
    offer = discovered("arcgis_table", title="Counties and Unitary Authorities")[0]
    assert offer.name == "Counties_and_Unitary_Authorities_December_2025_Boundaries_UK_BGC.csv"
    assert offer.published_on == date(2026, 5, 11)


LAYER = "/x/arcgis/rest/services/LAD25_CSP25_PFA25_EW_LU/FeatureServer/0"
FIELDS = [
    {"name": "LAD25CD", "type": "esriFieldTypeString"},
    {"name": "CSP25NM", "type": "esriFieldTypeString"},
    {"name": "ObjectId", "type": "esriFieldTypeOID"},
]


def table_offer(publisher: PublisherServer, page_size: int = 2) -> Offer:
    address = f"{arcgis_table.SCHEME}{publisher.base}{LAYER}?where=1%3D1&page={page_size}"
    return Offer("LAD25_CSP25_PFA25_EW_LU.csv", address)


def rows(*numbers: int) -> list[dict[str, Any]]:
    return [
        {"attributes": {"ObjectId": n, "LAD25CD": f"E0700000{n}", "CSP25NM": f"Somewhere, {n}" if n != 2 else None}}
        for n in numbers
    ]


def script_table(publisher: PublisherServer, *pages: dict[str, Any], count: int) -> None:
    publisher.says(LAYER, page({"fields": FIELDS, "maxRecordCount": 2}))
    publisher.says(f"{LAYER}/query?where=1%3D1&returnCountOnly=true&f=json", page({"count": count}))
    publisher.says(f"{LAYER}/query", *map(page, pages))


def test_a_table_is_put_together_from_its_pages(client: PoliteClient, publisher: PublisherServer):
    script_table(
        publisher,
        {"features": rows(1, 2), "exceededTransferLimit": True},
        {"features": rows(3), "exceededTransferLimit": True},
        {"features": rows(4)},
        count=4,
    )
    answer = arcgis_table.fetch(client, table_offer(publisher), Validators())
    assert answer.path is not None
    raw = answer.path.read_bytes()
    assert raw.decode().splitlines() == [
        "LAD25CD,CSP25NM,ObjectId",
        'E07000001,"Somewhere, 1",1',
        "E07000002,,2",
        'E07000003,"Somewhere, 3",3',
        'E07000004,"Somewhere, 4",4',
    ]
    assert answer.sha256 == hashlib.sha256(raw).hexdigest()
    paged = [r.query for r in publisher.asked(f"{LAYER}/query") if "returnCountOnly" not in r.query]
    assert [query["resultOffset"] for query in paged] == [["0"], ["2"], ["3"]]
    assert paged[0]["orderByFields"] == ["ObjectId"]


def test_a_table_whose_last_flag_is_missing_is_still_read_to_its_count(
    client: PoliteClient, publisher: PublisherServer
):
    script_table(publisher, {"features": rows(1, 2)}, {"features": rows(3)}, count=3)
    answer = arcgis_table.fetch(client, table_offer(publisher), Validators())
    assert answer.path is not None
    assert len(answer.path.read_text().splitlines()) == 4


@pytest.mark.parametrize(
    ("pages", "count"),
    [
        ([{"features": rows(1, 2), "exceededTransferLimit": True}, {"features": []}], 4),
        ([{"features": rows(1, 2), "exceededTransferLimit": True}, {"features": rows(2, 3)}], 4),
        ([{"features": rows(1, 2, 3)}], 2),
    ],
)
def test_rows_that_are_missing_or_come_twice_are_an_error(
    client: PoliteClient,
    publisher: PublisherServer,
    leftovers: Callable[[], list[str]],
    pages: list[dict[str, Any]],
    count: int,
):
    script_table(publisher, *pages, count=count)
    with pytest.raises(FetchError, match=f"expected {count} rows"):
        arcgis_table.fetch(client, table_offer(publisher), Validators())
    assert leftovers() == []


def test_an_error_in_the_place_of_a_page_is_an_error(client: PoliteClient, publisher: PublisherServer):
    script_table(publisher, {"error": {"code": 400, "message": "Cannot perform query", "details": []}}, count=4)
    with pytest.raises(FetchError, match="Cannot perform query"):
        arcgis_table.fetch(client, table_offer(publisher), Validators())


def test_a_layer_without_fields_is_an_error(client: PoliteClient, publisher: PublisherServer):
    publisher.says(LAYER, page({"layers": []}))
    with pytest.raises(FetchError, match="a layer with its fields"):
        arcgis_table.fetch(client, table_offer(publisher), Validators())


CODE_HISTORY = "Code History Database ({}) for the UK"


def test_the_newest_edition_of_a_file_is_told_by_the_date_in_its_title(
    discovered: Discovered, fetched: Fetched, publisher: PublisherServer
):
    items = [
        found_item(publisher, CODE_HISTORY.format("December 2023"), "CHD_DEC_2023", type="CSV Collection", id="a" * 32),
        found_item(publisher, CODE_HISTORY.format("July 2024"), "CHD July 2024.zip", type="File", id="b" * 32),
        found_item(publisher, CODE_HISTORY.format("May 2026"), "A_TABLE", id="c" * 32),
        found_item(publisher, CODE_HISTORY.format("no date"), "UNDATED", type="File", id="d" * 32),
        found_item(publisher, CODE_HISTORY.format("May 2026"), "BAD", type="File", id="../secrets"),
    ]
    publisher.says("/search", page({"nextStart": -1, "results": items}))
    publisher.says(f"/content/items/{'b' * 32}/data", Reply(b"PK\x03\x04 and so on"))
    offer = discovered("arcgis_item", title="Code History Database")[0]
    assert (offer.name, offer.published_on) == ("CHD_July_2024.zip", date(2025, 4, 18))
    assert fetched(offer) == b"PK\x03\x04 and so on"
    older = discovered("arcgis_item", title="Code History Database", title_pattern="2023", name="history.zip")[0]
    assert (older.name, older.address) == ("history.zip", publisher.at(f"/content/items/{'a' * 32}/data"))
    with pytest.raises(FetchError, match=r"\[Code History Database \(May 2026\) for the UK\] \(Feature Service\)"):
        discovered("arcgis_item", title="Code History Database", title_pattern="2019")


# ONS datasets

LANDING = "/peoplepopulationandcommunity/births/datasets/deathsofpeople"


def landing(*uris: str, released: str = "2026-06-30T23:00:00.000Z", **more: Any) -> Reply:
    return page(
        {
            "type": "dataset_landing_page",
            "uri": LANDING,
            "description": {"title": "Deaths", "releaseDate": released, "nextRelease": "To be announced"},
            "datasets": [{"uri": uri} for uri in uris],
            **more,
        }
    )


def edition(*files: str, released: str | None = None) -> Reply:
    description = {"title": "Deaths", **({"releaseDate": released} if released else {})}
    downloads = [{"title": "series", "cdids": ["K24J"]}, *({"title": "xlsx", "file": file} for file in files)]
    return page({"type": "dataset", "downloads": downloads, "description": description})


def test_the_files_of_the_current_edition_are_offered_with_a_london_date(
    discovered: Discovered, publisher: PublisherServer
):
    publisher.says(f"{LANDING}/data", landing(f"{LANDING}/2024", f"{LANDING}/current"))
    publisher.says(
        f"{LANDING}/current/data",
        edition("deaths 2026.xlsx", f"{LANDING}/current/deaths.csv", released="2026-06-30T23:00:00.000Z"),
    )
    offers = discovered("ons_dataset", path=LANDING)
    assert [(o.name, o.address, o.published_on) for o in offers] == [
        (
            "deaths 2026.xlsx",
            publisher.at(f"/file?uri={LANDING}/current/deaths%202026.xlsx"),
            date(2026, 7, 1),
        ),
        ("deaths.csv", publisher.at(f"/file?uri={LANDING}/current/deaths.csv"), date(2026, 7, 1)),
    ]
    assert names(discovered("ons_dataset", path=LANDING, file_pattern=r"\.csv$")) == ["deaths.csv"]


def test_without_a_current_edition_the_newest_by_date_is_taken(discovered: Discovered, publisher: PublisherServer):
    publisher.says(f"{LANDING}/data", landing(f"{LANDING}/2026", f"{LANDING}/2025", f"{LANDING}/old"))
    publisher.says(f"{LANDING}/2026/data", edition("a.xlsx", released="2026-03-01T00:00:00Z"))
    publisher.says(f"{LANDING}/2025/data", edition("b.xlsx", released="2026-05-01T00:00:00Z"))
    publisher.says(f"{LANDING}/old/data", edition("c.xlsx"))
    assert names(discovered("ons_dataset", path=LANDING)) == ["b.xlsx"]
    assert names(discovered("ons_dataset", path=LANDING, edition_pattern=r"/20\d\d$", all_editions=True)) == [
        "a.xlsx",
        "b.xlsx",
    ]


def test_files_that_match_nothing_are_named(discovered: Discovered, publisher: PublisherServer):
    publisher.says(f"{LANDING}/data", landing(f"{LANDING}/current"))
    publisher.says(f"{LANDING}/current/data", edition("deaths.xlsx"))
    with pytest.raises(FetchError, match=r"named like \[drugs\].*\[deaths\.xlsx\]"):
        discovered("ons_dataset", path=LANDING, file_pattern="drugs")


@pytest.mark.parametrize("answer", [landing(), page({"no": "type"}), page([1]), html("x", status=404)])
def test_a_page_that_leads_nowhere_is_an_error(discovered: Discovered, publisher: PublisherServer, answer: Reply):
    publisher.says(f"{LANDING}/data", answer)
    with pytest.raises(FetchError, match="kept"):
        discovered("ons_dataset", path=LANDING)


def test_the_recorded_dataset_pages_are_understood(
    discovered: Discovered, publisher: PublisherServer, recorded: Callable[[str], Any]
):
    first = recorded("ons_dataset_landing_page_data.json")
    publisher.says(f"{first['uri']}/data", page(first))
    publisher.says(f"{first['uri']}/current/data", page(recorded("ons_dataset_current_data.json")))
    offers = discovered("ons_dataset", path=first["uri"])
    assert names(offers) == ["diop.xlsx", "diop.csv"]
    assert {offer.published_on for offer in offers} == {date(2015, 10, 7)}
    older = recorded("ons_dataset_labd02_data.json")
    publisher.says(f"{older['uri']}/data", page(older))
    assert [(o.name, o.published_on) for o in discovered("ons_dataset", path=older["uri"])] == [
        ("labd02jul2015_tcm77-408195.xls", date(2015, 7, 15))
    ]


# GOV.UK

COLLECTION = "/government/collections/safety-in-custody-statistics"


def member(slug: str, updated: str, kind: str = "national_statistics", **changes: Any) -> dict[str, Any]:
    path = f"/government/statistics/{slug}"
    title = slug.replace("-", " ").capitalize()
    return {"base_path": path, "title": title, "document_type": kind, "public_updated_at": updated, **changes}


def collection(*members: dict[str, Any]) -> Reply:
    return page(
        {
            "schema_name": "document_collection",
            "base_path": COLLECTION,
            "public_updated_at": "2017-01-26T09:30:00Z",
            "withdrawn_notice": {},
            "details": {"collection_groups": []},
            "links": {"documents": list(members)},
        }
    )


def attachment(title: str, filename: str, content_type: str = ODS, kind: str = "file") -> dict[str, Any]:
    url = f"https://assets.publishing.service.gov.uk/media/0123456789abcdef01234567/{filename}"
    return {
        "attachment_type": kind,
        "id": filename,
        "title": title,
        "url": url,
        "content_type": content_type,
        "filename": filename,
    }


def publication(slug: str, *attachments: dict[str, Any], **changes: Any) -> Reply:
    return page(
        {
            "schema_name": "publication",
            "base_path": f"/government/statistics/{slug}",
            "document_type": "national_statistics",
            "public_updated_at": "2026-07-30T08:30:11Z",
            "withdrawn_notice": {},
            "details": {"attachments": list(attachments)},
            "links": {},
            **changes,
        }
    )


def test_the_newest_member_of_the_right_type_gives_the_files(discovered: Discovered, publisher: PublisherServer):
    publisher.says(
        f"/api/content{COLLECTION}",
        collection(
            member("custody-to-june-2024", "2024-10-31T00:00:00Z"),
            member("custody-to-march-2026", "2026-07-29T23:00:00Z"),
            member("custody-to-december-2025", "2026-04-30T09:30:11+01:00"),
            member("a-guide", "2026-09-01T00:00:00Z", "guidance"),
            member("custody-to-june-2026", "2026-10-29T00:00:00Z", withdrawn=True),
        ),
    )
    publisher.says(
        "/api/content/government/statistics/custody-to-march-2026",
        publication(
            "custody-to-march-2026",
            attachment("Safety in custody bulletin", "bulletin.pdf", "application/pdf"),
            attachment("Safety in custody summary tables to March 2026", "summary-tables.ods"),
            attachment("Assaults in custody to December 2025", "assaults.ods"),
            {"attachment_type": "html", "id": "x", "title": "Summary on the web", "url": "/government/statistics/x/y"},
        ),
    )
    offers = discovered("govuk_attachments", path=COLLECTION, attachment_pattern="summary")
    assert offers == [
        Offer(
            "summary-tables.ods",
            "https://assets.publishing.service.gov.uk/media/0123456789abcdef01234567/summary-tables.ods",
            date(2026, 7, 30),
            "Safety in custody summary tables to March 2026",
        )
    ]
    assert names(discovered("govuk_attachments", path=COLLECTION)) == ["summary-tables.ods", "assaults.ods"]


def test_several_members_can_be_had_and_one_that_is_withdrawn_does_not_hide_the_others(
    discovered: Discovered, publisher: PublisherServer
):
    publisher.says(
        f"/api/content{COLLECTION}",
        collection(*(member(f"year-{year}", f"{year}-07-30T00:00:00Z") for year in (2023, 2024, 2025, 2026))),
    )
    for year in (2024, 2025, 2026):
        publisher.says(
            f"/api/content/government/statistics/year-{year}",
            publication(f"year-{year}", attachment("Tables", f"tables-{year}.ods"), public_updated_at=None),
        )
    publisher.says(
        "/api/content/government/statistics/year-2025",
        publication(
            "year-2025", withdrawn_notice={"explanation": "<p>Wrong</p>", "withdrawn_at": "2026-01-05T10:00:00Z"}
        ),
    )
    offers = discovered("govuk_attachments", path=COLLECTION, newest_members=3)
    assert [(o.name, o.published_on) for o in offers] == [
        ("tables-2026.ods", date(2026, 7, 30)),
        ("tables-2024.ods", date(2024, 7, 30)),
    ]
    assert names(discovered("govuk_attachments", path=COLLECTION, member_pattern="2024$")) == ["tables-2024.ods"]


def test_an_older_page_gives_its_files_by_the_links_in_its_body(discovered: Discovered, publisher: PublisherServer):
    path = "/government/statistical-data-sets/tables"
    body = (
        '<p><a href="https://assets.publishing.service.gov.uk/government/uploads/system/uploads/attachment_data/file/1/'
        'Table%20A.csv"><strong>Table A</strong></a> and <a href="/government/elsewhere">elsewhere</a></p>'
    )
    publisher.says(
        f"/api/content{path}",
        publication("x", schema_name="statistical_data_set", base_path=path, details={"body": body}),
    )
    assert [(o.name, o.title) for o in discovered("govuk_attachments", path=path)] == [("Table A.csv", "Table A")]


def test_several_pages_are_each_asked_for_with_their_own_pattern(discovered: Discovered, publisher: PublisherServer):
    publisher.says(
        "/api/content/government/statistics/x",
        publication("x", attachment("Deaths", "deaths.ods"), attachment("Notes", "notes.ods")),
    )
    path = "/government/statistical-data-sets/y"
    data_set = publication("y", attachment("All", "all.csv", "text/csv"), base_path=path, public_updated_at=None)
    publisher.says(f"/api/content{path}", data_set)
    tables = [
        {"path": "/government/statistics/x", "attachment_pattern": "^deaths"},
        {"path": path, "content_types": "text/csv"},
    ]
    assert [(o.name, o.published_on) for o in discovered("govuk_attachments", tables=tables)] == [
        ("deaths.ods", date(2026, 7, 30)),
        ("all.csv", None),
    ]
    tables[1]["newest_members"] = "two"
    with pytest.raises(FetchError, match=r"\[newest_members\] has to be int; found \['two'\]"):
        discovered("govuk_attachments", tables=tables)


def test_attachments_that_do_not_match_are_named(discovered: Discovered, publisher: PublisherServer):
    path = "/government/statistics/x"
    publisher.says(
        f"/api/content{path}",
        publication("x", attachment("Tables", "t.ods"), attachment("B", "b.pdf", "application/pdf")),
    )
    with pytest.raises(FetchError, match=r"like \[deaths\].*\[Tables\] \(application/vnd.*\[B\] \(application/pdf\)"):
        discovered("govuk_attachments", path=path, attachment_pattern="deaths")


def test_members_that_do_not_match_are_named(discovered: Discovered, publisher: PublisherServer):
    publisher.says(f"/api/content{COLLECTION}", collection(member("a", "2026-01-01T00:00:00Z", "guidance")))
    with pytest.raises(FetchError, match="1 members, of the types guidance"):
        discovered("govuk_attachments", path=COLLECTION)


def test_redirects_lead_to_the_page_whether_items_or_statuses(discovered: Discovered, publisher: PublisherServer):
    rules = [
        {"path": "/government/old", "type": "exact", "destination": "/government/newer?x=1#y"},
        {
            "path": "/government/other",
            "type": "prefix",
            "destination": "/government/newer",
            "segments_mode": "preserve",
        },
    ]
    publisher.says("/api/content/government/old", page({"schema_name": "redirect", "redirects": rules}))
    publisher.says("/api/content/government/other/sub", page({"schema_name": "redirect", "redirects": rules}))
    publisher.says("/api/content/government/newer", redirect("/api/content/government/statistics/x", status=303))
    publisher.says("/api/content/government/newer/sub", redirect("/api/content/government/statistics/x"))
    publisher.says("/api/content/government/statistics/x", publication("x", attachment("Tables", "t.ods")))
    assert names(discovered("govuk_attachments", path="/government/old")) == ["t.ods"]
    assert names(discovered("govuk_attachments", path="/government/other/sub")) == ["t.ods"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            page(
                {
                    "schema_name": "gone",
                    "details": {"explanation": "<p>Incorrect title</p>", "alternative_path": "/government/example"},
                },
                status=410,
            ),
            r"took it away, saying \[Incorrect title\].*\[/government/example\]",
        ),
        (page({"schema_name": "gone", "details": {}}), "took it away"),
        (html("gone", status=410), "took it away"),
        (
            publication("x", withdrawn_notice={"explanation": "Superseded", "withdrawn_at": "2016-07-12T09:52:00Z"}),
            r"withdrawn on 2016-07-12, saying \[Superseded\]",
        ),
        (
            page(
                {
                    "schema_name": "redirect",
                    "redirects": [{"path": "/p", "type": "exact", "destination": "https://a.b/c"}],
                }
            ),
            "off the site",
        ),
        (page({"schema_name": "redirect", "redirects": []}), "does not say where to"),
        (
            page({"schema_name": "redirect", "redirects": [{"path": "/p", "type": "exact", "destination": "/p"}]}),
            "more than 3",
        ),
        (page({"title": "no schema"}), "schema_name"),
        (page({"errors": {"type": "access_forbidden"}}, status=403), "HTTP 403"),
        (html("nothing", status=404), "HTTP 404"),
    ],
)
def test_a_page_that_is_no_longer_there_says_why(
    discovered: Discovered, publisher: PublisherServer, answer: Reply, said: str
):
    publisher.says("/api/content/p", answer)
    with pytest.raises(FetchError, match=f"{said}.*contract|{said}.*by hand|{said}.*follow"):
        discovered("govuk_attachments", path="/p")


def test_the_recorded_content_items_are_understood(
    discovered: Discovered, publisher: PublisherServer, recorded: Callable[[str], Any]
):
    first = recorded("govuk_collection_offender_management.json")
    newest = "/government/statistics/offender-management-statistics-quarterly-april-to-june-2024"
    publisher.says(f"/api/content{first['base_path']}", page(first))
    item = recorded("govuk_publication_with_attachments.json")
    publisher.says(f"/api/content{newest}", page(item))
    offers = discovered("govuk_attachments", path=first["base_path"], content_types=["application/pdf"])
    assert [(o.name, o.published_on) for o in offers] == [("PUBLIC_1392629965.pdf", date(2014, 5, 29))]

    for name, said in (
        ("govuk_gone.json", r"Incorrect title.*/government/example"),
        ("govuk_statistical_data_set_withdrawn.json", "withdrawn on 2016-07-12"),
        ("govuk_statistical_data_set.json", "found none"),
    ):
        item = recorded(name)
        publisher.says(f"/api/content{item['base_path']}", page(item))
        with pytest.raises(FetchError, match=said):
            discovered("govuk_attachments", path=item["base_path"])

    grants = recorded("govuk_content_ph_grants_attachments.json")
    publisher.says("/api/content/grants", page({"schema_name": "publication", **grants}))
    assert names(discovered("govuk_attachments", path="/grants")) == [
        "annex-e-public-health-grant-allocations-revised_2026-to-2029.ods"
    ]

    moved = recorded("govuk_redirect.json")
    publisher.says(f"/api/content{moved['base_path']}", page(moved))
    with pytest.raises(FetchError, match=r"register-406-mhz-beacons.*404"):
        discovered("govuk_attachments", path=moved["base_path"])


# CKAN


def package(*resources: dict[str, Any], **more: Any) -> Reply:
    return page({"success": True, "result": {"id": "2yo18", "resources": list(resources), **more}})


def test_the_files_of_a_data_set_are_offered_with_the_date_of_the_data(
    discovered: Discovered, publisher: PublisherServer
):
    resources = (
        {
            "name": "Borough level",
            "format": "CSV",
            "url": "/download/mps borough.csv",
            "last_modified": "2026-08-31T23:30:00Z",
        },
        {"name": "Ward level", "format": "XLSX", "url": "https://files.example/x/Ward.xlsx"},
        {"name": "By month", "format": "csv", "url": "https://files.example/dump/abc"},
        {"name": "No address", "format": "csv", "url": ""},
    )
    publisher.says(
        "/package_show",
        package(*resources, date_updated="2026-08-01", metadata_modified="2026-10-01T00:00:00"),
    )
    offers = discovered("ckan_package", package="2yo18")
    assert [(o.name, o.published_on) for o in offers] == [
        ("mps borough.csv", date(2026, 9, 1)),
        ("Ward.xlsx", date(2026, 8, 1)),
        ("by-month.csv", date(2026, 8, 1)),
    ]
    assert offers[0].address == publisher.at("/download/mps borough.csv")
    assert publisher.asked("/package_show")[0].query == {"id": ["2yo18"]}
    assert names(discovered("ckan_package", package="2yo18", formats=["xlsx"])) == ["Ward.xlsx"]
    with pytest.raises(FetchError, match=r"named like \[force\].*\[Ward\.xlsx\] \(xlsx\)"):
        discovered("ckan_package", package="2yo18", file_pattern="force")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page({"success": False, "error": {"message": "Not found", "__type": "Not Found Error"}}), "Not found"),
        (page({"id": "2yo18", "resources": {"a": {}}}), r"another shape \(\['id', 'resources'\]\)"),
        (page({"success": True, "result": ["2yo18"]}), "another shape"),
        (html("The London Datastore has moved"), "expected JSON; found an HTML page"),
    ],
)
def test_a_catalogue_that_answers_otherwise_is_an_error(
    discovered: Discovered, publisher: PublisherServer, answer: Reply, said: str
):
    publisher.says("/package_show", answer)
    with pytest.raises(FetchError, match=f"{said}.*kept"):
        discovered("ckan_package", package="2yo18")


def test_the_recorded_list_in_the_place_of_a_data_set_is_an_error(
    discovered: Discovered, publisher: PublisherServer, recorded: Callable[[str], Any]
):
    publisher.says("/package_show", page(recorded("london_package_list.json")))
    with pytest.raises(FetchError, match="another shape"):
        discovered("ckan_package", package="2yo18")


def test_the_recorded_data_set_gives_its_release_date(
    discovered: Discovered, publisher: PublisherServer, recorded: Callable[[str], Any]
):
    found = recorded("datagovuk_ckan_package_search.json")["result"]["results"][0]
    publisher.says("/package_show", page({"success": True, "result": found}))
    assert [(o.name, o.published_on) for o in discovered("ckan_package", package=found["name"])] == [
        ("download.pdf", date(2015, 9, 1))
    ]
