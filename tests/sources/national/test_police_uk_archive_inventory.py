"""What data.police.uk has: the months of its interface, the page of archives, the count of their files."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources import catalogue, places
from sources.catalogue import Catalogue, Source
from sources.errors import HeaderError, LayoutError, ReadError
from sources.home import Home
from sources.reading import Figures, PublishedFile, Quarantined
from sources.recognise import LooseFile, recognise

SOURCE = "police_uk_archive_inventory"
DATES, PAGE = "crimes-street-dates.json", "police_archive_page_rows.csv"
COUNT = "SYNTHETIC_archive_inventory_by_force_series.csv"
FORCES = len(places.forces())


@pytest.fixture
def source(sources: Catalogue) -> Source:
    return sources[SOURCE]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic files' folder."""
    folder = tmp_path_factory.mktemp(SOURCE)
    catalogue.load()[SOURCE].sample.write(folder, seed=5, scale=1)
    return folder


def _json(folder: Path, answer: object) -> Path:
    path = folder / DATES
    path.write_text(json.dumps(answer), encoding="utf-8")
    return path


def _page(folder: Path, *rows: str, header: str = "href,label,size,contains,md5") -> Path:
    path = folder / PAGE
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def _series(first: str, last: str, files: object, *, force: str = "kent", series: str = "street") -> str:
    ends = [f"{month}/{month}-{force}-{series}.csv" for month in (first, last)]
    return ",".join([force, series, *ends, str(files)])


def _count(folder: Path, *rows: str) -> Path:
    path = folder / COUNT
    path.write_text("\n".join(["police,series,first,last,files", *rows, ""]), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Reading:
    """What one file is read to."""

    rows_in: int
    tables: dict[str, pd.DataFrame]
    quarantined: list[Quarantined]


def _read(source: Source, path: Path) -> Reading:
    found: list[Figures] = list(source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract))
    assert all(one.rows_in == len(one.frame) + len(one.quarantined) for one in found)
    return Reading(
        sum(one.rows_in for one in found),
        {one.table: one.frame for one in found},
        [row for one in found for row in one.quarantined],
    )


def _listed(reading: Reading, **wanted: str) -> dict[str, bool]:
    """Whether each month is listed, of the rows with the wanted values."""
    return {
        f"{row['month']:%Y-%m}": row["is_listed"]
        for row in reading.tables["force_month"].to_dict("records")
        if wanted.items() <= row.items()
    }


def test_a_month_of_the_interface_has_every_force_listed_or_not(tmp_path: Path, source: Source) -> None:
    answer = [{"date": "2026-09", "stop-and-search": ["kent", "btp"]}, {"date": "2026-08", "stop-and-search": []}]
    reading = _read(source, _json(tmp_path, answer))
    assert reading.rows_in == 2 * FORCES
    assert _listed(reading, force_slug="kent") == {"2026-09": True, "2026-08": False}
    frame = reading.tables["force_month"]
    assert set(frame.loc[frame["is_listed"].astype(bool), "force_slug"]) == {"kent", "btp"}
    assert set(zip(frame["dataset"], frame["listing"], strict=True)) == {("stop_and_search", "interface")}
    codes = dict(zip(frame["force_slug"], frame["area_code"], strict=True))
    assert (codes["kent"], codes["btp"]) == ("E23000032", None)


def test_a_force_that_is_not_known_is_set_aside_with_the_nearest(tmp_path: Path, source: Source) -> None:
    reading = _read(source, _json(tmp_path, [{"date": "2026-09", "stop-and-search": ["kents", "surrey"]}]))
    (aside,) = reading.quarantined
    assert (aside.cell, aside.row) == ("kents", 1)
    assert aside.reason.startswith("no force is known as [kents]; the nearest: kent")
    assert reading.rows_in == FORCES + 1


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ([], ReadError, "it has no list of months"),
        ({"error": "down"}, ReadError, "it has no list of months"),
        (["2026-09"], LayoutError, "row 1: the month is described in other words"),
        ([{"date": "2026-09"}], LayoutError, "expected date, stop-and-search; found date"),
        ([{"date": "2026-09", "stop-and-search": [], "outcomes": []}], LayoutError, "found date, .*outcomes"),
        ([{"date": "2026-09", "stop-and-search": "kent"}], LayoutError, "the forces are no list of names"),
        ([{"date": "2026-13", "stop-and-search": []}], ReadError, r"row 1 column \[date\].*found \[2026-13\]"),
        ([{"date": "2026-09", "stop-and-search": []}] * 2, ReadError, "row 2.*a month is there twice"),
    ],
)
def test_an_answer_of_another_shape_is_refused(
    tmp_path: Path, source: Source, answer: object, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        _read(source, _json(tmp_path, answer))


@pytest.mark.parametrize("raw", [b'[{"date": "2026-09", "stop-and-', b"<!DOCTYPE html><html></html>", b"", b"\xff\x00"])
def test_an_answer_that_is_cut_short_or_no_json_is_refused(tmp_path: Path, source: Source, raw: bytes) -> None:
    path = tmp_path / DATES
    path.write_bytes(raw)
    with pytest.raises(ReadError, match=rf"\[{DATES}\]: it is not JSON"):
        _read(source, path)


def test_an_archive_has_the_months_that_the_page_says(tmp_path: Path, source: Source) -> None:
    rows = [
        f"/data/archive/2026-09.zip,September 2026,1.6 GB,Contains data from Oct 2023 to Sep 2026,{'A1' * 16}",
        f"/data/archive/2020-04.zip,April 2020,884.2 MB,Contains data from May 2017 to Apr 2020,{'e' * 32}-108",
        "/data/archive/2017-04.zip,,,,",
    ]
    frame = _read(source, _page(tmp_path, *rows)).tables["archive"]
    columns = ["archive_month", "first_month", "last_month", "size_label", "md5", "is_md5_of_file"]
    assert list(
        frame[columns].astype(object).where(frame[columns].notna(), None).itertuples(index=False, name=None)
    ) == [
        (date(2026, 9, 1), date(2023, 10, 1), date(2026, 9, 1), "1.6 GB", "a1" * 16, True),
        (date(2020, 4, 1), date(2017, 5, 1), date(2020, 4, 1), "884.2 MB", "e" * 32 + "-108", False),
        (date(2017, 4, 1), None, None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["/data/archive/latest.zip,,,,"], r"row 2 column \[href\].*expected 2026-09.zip; found \[/data/arch"),
        (["/data/archive/2026-09.zip,August 2026,,,"], r"column \[label\].*expected September 2026; found \[August"),
        (["/data/archive/2026-09.zip,,,since 2023,"], r"column \[contains\]: the cell cannot be read"),
        (["/data/archive/2026-09.zip,,,Contains data from Oct 2026 to Sep 2026,"], "ends before it begins"),
        (["/data/archive/2026-09.zip,,large,,"], r"column \[size\]: the cell cannot be read"),
        (["/data/archive/2026-09.zip,,,,abc"], r"column \[md5\]: the cell cannot be read"),
        (["/data/archive/2026-09.zip,,,,", "/data/archive/2026-09.zip,,,,"], "row 3: an archive is there twice"),
        (["/data/archive/2026-09.zip,,,"], "row 2: a record has not the header's number of cells"),
    ],
)
def test_an_archive_that_cannot_be_read_stops_the_page(
    tmp_path: Path, source: Source, rows: list[str], words: str
) -> None:
    with pytest.raises(ReadError, match=words):
        _read(source, _page(tmp_path, *rows))


def test_another_header_is_refused_and_named(tmp_path: Path, source: Source) -> None:
    with pytest.raises(HeaderError, match=r"\[checksum\]"):
        _read(source, _page(tmp_path, "/data/archive/2026-09.zip,,,,", header="href,label,size,contains,checksum"))


def test_a_whole_series_is_listed_for_its_months_and_not_beyond(tmp_path: Path, source: Source) -> None:
    rows = [_series("2026-05", "2026-06", 2), _series("2026-04", "2026-08", 5, force="essex")]
    reading = _read(source, _count(tmp_path, *rows))
    listed = [month for month, is_listed in _listed(reading, force_slug="kent").items() if is_listed]
    assert listed == ["2026-05", "2026-06"]
    assert list(_listed(reading, force_slug="kent")) == [f"2026-0{month}" for month in range(4, 9)]
    assert all(_listed(reading, force_slug="essex").values())
    assert reading.tables["force_series"]["months_listed"].tolist() == [2, 5]


def test_of_a_series_with_holes_only_the_months_that_are_certain_are_told(tmp_path: Path, source: Source) -> None:
    rows = [_series("2026-05", "2026-08", 3), _series("2026-04", "2026-08", 5, force="essex")]
    reading = _read(source, _count(tmp_path, *rows))
    assert _listed(reading, force_slug="kent") == {"2026-04": False, "2026-05": True, "2026-08": True}


def test_each_data_set_has_a_first_month_of_its_own(tmp_path: Path, source: Source) -> None:
    rows = [_series("2026-04", "2026-08", 5), _series("2026-07", "2026-08", 2, series="stop-and-search")]
    reading = _read(source, _count(tmp_path, *rows))
    assert len(_listed(reading, dataset="street")) == 5
    assert _listed(reading, dataset="stop_and_search") == {"2026-07": True, "2026-08": True}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([_series("2026-04", "2026-08", 6)], r"row 2 column \[files\].*expected 1 to 5; found \[6\]"),
        ([_series("2026-04", "2026-08", "many")], r"found \[many\]"),
        ([_series("2026-08", "2026-04", 1)], r"column \[files\]"),
        (
            [_series("2026-04", "2026-08", 5).replace("08-kent", "08-essex")],
            "of another force or data set than its row",
        ),
        ([_series("2026-04", "2026-08", 5, series="boundaries")], r"column \[first\]: the cell cannot be read"),
        ([_series("2026-04", "2026-08", 5)] * 2, "row 3: a force's data set is there twice"),
    ],
)
def test_a_series_that_cannot_be_read_stops_the_count(
    tmp_path: Path, source: Source, rows: list[str], words: str
) -> None:
    with pytest.raises(ReadError, match=words):
        _read(source, _count(tmp_path, *rows))


def test_a_series_of_an_unknown_force_is_set_aside_alone(tmp_path: Path, source: Source) -> None:
    rows = [_series("2026-04", "2026-08", 5), _series("2026-04", "2026-08", 5, force="ministry-of-defence")]
    reading = _read(source, _count(tmp_path, *rows))
    assert [(one.cell, one.row, one.column) for one in reading.quarantined] == [("ministry-of-defence", 3, "A")]
    assert set(reading.tables["force_month"]["force_slug"]) == {"kent"}


def test_the_sample_lands_without_quarantine_and_its_holes_are_where_they_were_made(
    sample: Path, intake: Callable, landed: Callable[[Home, str], pd.DataFrame]
) -> None:
    result, home = intake(SOURCE, *sorted(sample.iterdir()))
    assert (result.problems, result.rows_quarantined) == ([], 0)
    months = landed(home, f"{SOURCE}__force_month")
    assert len(months.drop_duplicates(["listing", "dataset", "force_slug", "month"])) == len(months)
    interface = months[months["listing"] == "interface"]
    assert len(interface) == 13 * FORCES
    written: list[dict[str, Any]] = json.loads((sample / DATES).read_text(encoding="utf-8"))
    assert sum(interface["is_listed"].tolist()) == sum(len(entry["stop-and-search"]) for entry in written)
    never = Counter(interface.loc[~interface["is_listed"], "force_slug"])
    assert never == {"greater-manchester": 13, "northern-ireland": 13, "wiltshire": 1}
    with (sample / COUNT).open(encoding="utf-8", newline="") as text:
        counted = list(csv.DictReader(text))
    assert len(landed(home, f"{SOURCE}__force_series")) == len(counted) == 44 * 3 - 4
    unsure = 2 * 6  # between the ends of two series with a hole
    assert len(months) - len(interface) == 8 * len(counted) - unsure
    archives = landed(home, f"{SOURCE}__archive")
    assert max(archives["archive_month"].tolist()) == pd.Timestamp("2026-09-01")
    assert archives["is_md5_of_file"].tolist().count(False) == 1


def test_the_files_are_known_for_what_they_are_and_other_answers_are_not(
    tmp_path: Path, sample: Path, sources: Catalogue
) -> None:
    for path in sample.iterdir():
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    crimes = tmp_path / "crimes-street_all-crime_leicester_2013-01.json"
    crimes.write_text('[{"category": "burglary"}]', encoding="utf-8")
    assert SOURCE not in recognise(LooseFile(crimes), sources).source_ids


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(tmp_path: Path, source: Source, sample: Path) -> None:
    for seed in (5, 6):
        (tmp_path / str(seed)).mkdir()
        source.sample.write(tmp_path / str(seed), seed=seed, scale=1)
    assert all((tmp_path / "5" / path.name).read_bytes() == path.read_bytes() for path in sample.iterdir())
    assert (tmp_path / "6" / PAGE).read_bytes() != (sample / PAGE).read_bytes()
