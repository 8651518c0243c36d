"""What is missing of every real file at hand: just what publishers and senders left out, and nothing besides."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.published.conftest import ROOT, query
from tests.published.test_police_uk_archive_inventory import COUNT, DATES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("whole_folder")]

Refreshed = tuple[str, Path]
ForceMonth = tuple[str, str, date]


def _months(first: date, last: date) -> list[date]:
    found = [first]
    while found[-1] < last:
        found.append((found[-1] + timedelta(days=31)).replace(day=1))
    return found


def _month(text: str) -> date:
    return date.fromisoformat(f"{text[:7]}-01")


def _unlisted(published: Path) -> set[ForceMonth]:
    """Data set, area and month of all that neither the interface nor the count of the archives has: worked out from the
    two files as they came, by hand."""
    with (ROOT / "dbt_project/seeds/reference/police_force.csv").open(encoding="utf-8", newline="") as text:
        areas = {row["force_slug"]: row["pfa_code"] for row in csv.DictReader(text)}
    said: dict[tuple[str, str, date], bool] = {}
    answer = json.loads((published / DATES).read_text(encoding="utf-8"))
    for entry in answer:
        for slug in areas:
            said["stop-and-search", slug, _month(entry["date"])] = slug in entry["stop-and-search"]
    with (published / COUNT).open(encoding="utf-8", newline="") as text:
        counted = list(csv.DictReader(text))
    for series in {row["series"] for row in counted}:
        of_it = {row["police"]: row for row in counted if row["series"] == series}
        span = _months(
            min(_month(row["first"]) for row in of_it.values()), max(_month(row["last"]) for row in of_it.values())
        )
        for slug, row in of_it.items():
            own = _months(_month(row["first"]), _month(row["last"]))
            for month in span:
                # Of a series with holes it is not told which months they are, but for its first and its last.
                if month not in own[1:-1] or len(own) == int(row["files"]):
                    key = (series, slug, month)
                    said[key] = said.get(key, False) or month in own
    return {
        (series.replace("-", "_"), areas[slug], month)
        for (series, slug, month), is_listed in said.items()
        if not is_listed and areas[slug]
    }


def test_the_force_months_that_no_listing_has_were_not_sent_and_no_others(
    refreshed: Refreshed, published: Path
) -> None:
    found = query(
        refreshed,
        "select replace(series_id, 'police_uk.', ''), area_code, period_start from marts.coverage"
        " where series_id like 'police_uk.%' and reason = 'sender_did_not_submit'",
    )
    assert len(found) == len(set(found)) == 675
    assert set(found) == _unlisted(published)


def test_greater_manchester_sent_no_stop_and_search_after_june_2019(refreshed: Refreshed) -> None:
    (gap,) = query(
        refreshed,
        "select reason_in_words, who_could_fill, periods, people > 2500000 from marts.data_gap where is_open"
        " and series_id = 'police_uk.stop_and_search' and area_code = 'E23000005' and period_from = date '2019-07-01'",
    )
    # To February 2025, the last month that the interface was asked for.
    assert gap == (
        "Greater Manchester Police sent no stop and search data for July 2019 to February 2025.",
        "Greater Manchester Police",
        68,
        True,
    )


def test_what_the_nhs_hides_of_mental_health_is_suppressed_and_not_missing(refreshed: Refreshed) -> None:
    hidden = query(
        refreshed,
        "select value.source_id, coverage.state, coverage.reason, count(*) from marts.indicator_value as value"
        " left join marts.coverage"
        " using (indicator_id, area_code, period_type, period_start, period_end, sex, age_band)"
        " where value.source_id in ('nhse_mhsds', 'nhse_talking_therapies') and value.status = 'suppressed'"
        " and value.is_latest_release and value.as_published_area_code is not null"
        " and coverage.category is not distinct from value.category group by all order by 1",
    )
    # Of 43 codes of boards in the file of September 2024, 14 hide how many adults were helped within four weeks and six
    # how many children were.
    assert hidden == [
        ("nhse_mhsds", "empty", "publisher_suppressed", 20),
        ("nhse_talking_therapies", "empty", "publisher_suppressed", 20),
    ]


def test_places_that_are_reported_with_another_are_explained_and_not_flagged(refreshed: Refreshed) -> None:
    small = "area_code in ('E09000001', 'E06000053')"
    explained = dict(
        query(
            refreshed,
            f"select area_name, count(*) from marts.coverage where {small} and state = 'explained' group by area_name",
        )
    )
    assert explained["City of London"] > 100 and explained["Isles of Scilly"] > 300
    # Their own gaps are what is there and cannot be shown or divided, never what they failed to give.
    reasons = query(refreshed, f"select distinct reason from marts.data_gap where {small} and is_open order by reason")
    assert reasons == [("not_linked",), ("publisher_suppressed",)]


def test_series_that_were_stopped_are_discontinued_and_not_late(refreshed: Refreshed) -> None:
    ended = query(
        refreshed,
        "select distinct series_id, period_type, reason from marts.coverage where ("
        " (series_id = 'ced_use_rate' and period_type = 'calendar_year' and period_start >= date '2017-01-01')"
        " or (series_id = 'proven_reoffending_all' and period_type = 'cohort_quarter_to_2015'"
        "     and period_start >= date '2014-04-01')"
        " or (series_id = 'drug_poisoning_admissions' and period_start >= date '2019-04-01')) order by all",
    )
    assert ended == [
        ("ced_use_rate", "calendar_year", "series_discontinued"),
        ("drug_poisoning_admissions", "financial_year", "series_discontinued"),
        ("proven_reoffending_all", "cohort_quarter_to_2015", "series_discontinued"),
    ]


def test_known_absences_of_single_places_are_flagged(refreshed: Refreshed) -> None:
    # Lancashire could not give its arrests of 2018/19; Hackney gave none of its children's figures of 2021/22.
    flagged = query(
        refreshed,
        "select distinct area_name from marts.data_gap where is_open and not is_of_all_places and"
        " reason in ('sender_did_not_submit', 'publisher_not_available') and ("
        " (series_id = 'arrest_rate' and area_name = 'Lancashire' and period_to >= date '2019-03-31')"
        " or (series_id like 'child_factor_%' and area_name = 'Hackney'"
        "     and date '2022-03-31' between period_from and period_to)) order by 1",
    )
    assert flagged == [("Hackney",), ("Lancashire",)]


def test_from_a_folder_nothing_is_said_of_publishers_being_late(refreshed: Refreshed) -> None:
    assert query(refreshed, "select count(*) from marts.data_gap where reason = 'publisher_late'") == [(0,)]


def test_gaps_are_thousands_each_in_words_with_somebody_who_could_fill_it(refreshed: Refreshed) -> None:
    ((gaps, worded, asked),) = query(
        refreshed,
        "select count(*), count(reason_in_words), count(nullif(who_could_fill, '')) from marts.data_gap",
    )
    assert 5_000 < gaps < 20_000
    assert worded == asked == gaps


def test_every_place_has_its_gaps_in_an_order(refreshed: Refreshed) -> None:
    assert query(
        refreshed,
        "select count(*) from (select area_code from marts.place_gap group by area_code"
        " having count(rank_in_place) > 0 and (min(rank_in_place) <> 1 or max(rank_in_place) <> count(rank_in_place)))",
    ) == [(0,)]
    # Of all 318 districts of today, whatever else they have, there is something to chase.
    assert query(
        refreshed,
        "select count(distinct area_code) from marts.place_gap"
        " where rank_in_place = 1 and area_level = 'local_authority_district'",
    ) == [(318,)]
