"""Police powers: the real files, against cells that a person can find, the publisher's totals and each other."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise

SOURCE = "ho_police_powers"
GROUPS = ["sex", "age_group", "ethnic_group", "offence_group"]
#: Figures of each table of arrests and what they are.
FIGURES = {
    ("A.01a", "count"): 39, ("A.01b", "count"): 78, ("A.01c", "count"): 91, ("A.02", "count"): 132,
    ("A.03", "count"): 198, ("A.04", "count"): 14, ("A.04", "percentage"): 14,
    ("A.04", "rate_per_1000_population"): 14, ("A.05", "count"): 330, ("A.05", "rate_per_1000_population"): 55,
    ("A.06", "count"): 990, ("A.07", "count"): 605, ("A.08", "count"): 770,
}  # fmt: skip


def _read(path: Path, sources: Catalogue, name: str | None = None) -> Figures:
    source = sources[SOURCE]
    (found,) = source.reader.read(PublishedFile(path, name or path.name, "0" * 64), source.contract)
    assert (len(found.quarantined), found.rows_in) == (0, len(found.frame))
    return found


@pytest.fixture(scope="module")
def workbook(published: Path) -> Path:
    return published / "justice" / "ho_police_powers" / "arrest-police-powers-procedures-mar19-hosb2519-tables.ods"


@pytest.fixture(scope="module")
def tables(workbook: Path, sources: Catalogue) -> pd.DataFrame:
    found = _read(workbook, sources)
    assert found.notes == ["[A_02] says thousands, and its figures are single persons: read as these"]
    return found.frame


def test_every_figure_of_the_tables_of_arrests_is_landed(tables: pd.DataFrame) -> None:
    assert tables.groupby(["table_number", "measure"]).size().to_dict() == FIGURES
    assert tables.status.value_counts().to_dict() == {"observed": 3275, "not_available": 49, "not_applicable": 6}
    assert set(tables[tables.status == "not_available"].area_name) == {"Lancashire"}


@pytest.mark.parametrize(
    ("sheet", "cell", "expected"),
    [
        ("A_01a", "B6", {"sex": "Male", "value": 1_181_528, "is_total": False}),  # 1181.528 in thousands
        ("A_01a", "D12", {"value": 1_037_805, "is_total": True}),  # 1037.8049999999998 in thousands
        ("A_01b", "B7", {"age_group": "Under 10", "value": 241}),  # headed [Under 101]
        ("A_01c", "G18", {"ethnic_group": "Not stated", "value": 45_356}),
        ("A_02", "C13", {"sex": "Female", "offence_group": "Violence against the person", "value": 50_797}),
        ("A_03", "I12", {"sex": "Female", "age_group": "Under 10", "offence_group": "Theft offences", "value": 1}),
        ("A_04", "D9", {"measure": "rate_per_1000_population", "ethnic_group": "Black (or Black British)"}),
        ("A_04", "C13", {"measure": "percentage", "status": "not_applicable"}),
        ("A_05", "K7", {"measure": "rate_per_1000_population", "area_name": "Cleveland", "area_code": "E23000013"}),
        ("A_05", "C46", {"area_name": "London, City of", "area_code": "E23000034", "value": 1352}),
        ("A_05", "E10", {"area_level": "region", "area_code": "E12000001", "sex": "Female", "value": 6160}),
        ("A_05", "M7", None),  # the change between two years, which is not landed
        ("A_06", "P66", {"area_name": "Dyfed-Powys", "area_code": "W15000004", "age_group": "Under 10", "value": 4}),
        ("A_05", "D10", None),  # a nought that a formula over an empty column gives
        ("A_08", "P72", {"ethnic_group": "Not stated", "value": 82_838, "area_level": "country"}),
    ],
)
def test_figures_are_those_of_the_cells_they_name(
    tables: pd.DataFrame, sheet: str, cell: str, expected: dict[str, object] | None
) -> None:
    at = tables[(tables.source_sheet == sheet) & (tables.source_column + tables.source_row.astype(str) == cell)]
    if expected is None:
        assert at.empty
        return
    read = at.iloc[0].to_dict()
    assert {name: read[name] for name in expected} == expected


def test_forces_add_up_to_regions_and_the_whole_in_every_table(tables: pd.DataFrame) -> None:
    counts = tables[(tables.measure == "count") & tables.table_number.isin(["A.05", "A.06", "A.07", "A.08"])]
    counts = counts.fillna(dict.fromkeys(GROUPS, "-"))
    key = ["table_number", "period_start", *GROUPS]
    whole = counts[counts.area_name == "ENGLAND AND WALES"].set_index(key).value
    assert len(whole) == 6 + 18 + 11 + 14
    forces = counts[counts.area_level == "police_force_area"]
    regions = counts[(counts.area_level == "region") | (counts.area_name == "WALES")]
    assert set(forces.groupby(key).area_code.nunique()) == {43}
    for parts in (forces, regions):
        assert (parts.groupby(key).value.sum() - whole == 0).all()


@pytest.mark.parametrize("dimension", GROUPS)
def test_groups_add_up_to_the_totals_beside_them(tables: pd.DataFrame, dimension: str) -> None:
    counts = tables[(tables.measure == "count") & (tables.status == "observed")].fillna(dict.fromkeys(GROUPS, "-"))
    has_it = counts[counts[dimension] != "-"].table_number.unique()
    counts = counts[counts.table_number.isin(has_it)]
    key = ["table_number", "area_name", "period_start", *(name for name in GROUPS if name != dimension)]
    parts = counts[counts[dimension] != "-"].groupby(key).value.sum()
    totals = counts[counts[dimension] == "-"].set_index(key)
    assert len(parts) == len(totals) > 60
    assert ((parts - totals.value).abs() < 1e-6).all() and totals.is_total.all()


def test_all_the_tables_agree_on_how_many_were_arrested(tables: pd.DataFrame) -> None:
    is_all = tables[GROUPS].isna().all(axis=1) & (tables.measure == "count")
    whole = tables[is_all & tables.area_name.str.upper().eq("ENGLAND AND WALES")]
    by_year = whole.groupby("period_start").value.agg(["nunique", "count"])
    assert (by_year["nunique"] == 1).all() and by_year["count"].tolist() == [3] * 9 + [4, 4, 7, 10]
    assert set(whole[whole.period_start.astype(str) == "2018-04-01"].value) == {671_126}


@pytest.mark.slow
def test_the_open_data_of_arrests_is_the_tables_with_lancashire(
    published: Path, sources: Catalogue, tables: pd.DataFrame, tmp_path: Path
) -> None:
    packed = published / "justice" / "ho_police_powers" / "ho_arrests_open_data_2006-07_onwards_lesscrime.csv.gz"
    assert recognise(LooseFile(packed), sources).source_ids == (SOURCE,)
    plain = tmp_path / "arrests.csv"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    frame = _read(plain, sources).frame
    assert len(frame) == 286_500 and frame.area_code.nunique() == 43
    gone = frame[frame.status == "not_available"]
    assert len(gone) == 600 and set(gone.area_name) == {"Lancashire"} and set(gone.financial_year) == {"2017/18"}
    assert frame[frame.financial_year == "2006/07"].value.sum() == 1_474_843
    # Humberside and Surrey have the groups of 2015/16 beside the old ones for 2014/15.
    early = frame[(frame.offence_classification == "from_2015_16") & (frame.financial_year == "2014/15")]
    assert set(early.area_name) == {"Humberside", "Surrey"}
    without = frame[frame.area_name != "Lancashire"].groupby("financial_year", observed=True).value.sum()
    table = tables[(tables.table_number == "A.01a") & tables.sex.isna()].set_index("period_start").value
    by_start = {f"{day.year}/{(day.year + 1) % 100:02d}": value for day, value in table.items()}
    same = {year: value == by_start[year] for year, value in without.items()}
    # Later years were revised between the two releases.
    assert [year for year, is_same in same.items() if not is_same] == [
        "2013/14", "2014/15", "2015/16", "2016/17", "2017/18",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("stops-and-searches-2007-2008.csv", 968, ("Cleveland", "Black", "Black African", 10.2, "a")),
        ("stops-and-searches-2008-2009.csv", 968, ("England and Wales", "Black", None, 135.0, None)),
        ("stops-and-searches-2009-2010.csv", 264, ("E&W excl. London", "Asian", None, 21.3, None)),
        ("stops-and-searches-2011-2012.csv", 264, ("London", "White", None, 47.1, None)),
    ],
)
def test_rates_of_stop_and_search_are_those_of_the_files(
    name: str, rows: int, expected: tuple, published: Path, sources: Catalogue
) -> None:
    path = published / "justice" / "moj_race_cjs_stop_search" / name
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    frame = _read(path, sources).frame
    assert len(frame) == rows and frame.value.notna().all() and frame.note.notna().sum() == (expected[4] == "a")
    # 41 forces, London as one, and the two rows of the whole.
    assert frame[frame.is_total & frame.ethnic_group.isna()].area_level.value_counts().to_dict() == {
        "police_force_area": 41, "region": 1, "country": 1, "country_without_london": 1,
    }  # fmt: skip
    area, group, detail, value, note = expected
    is_detail = frame.ethnic_detail.isna() if detail is None else frame.ethnic_detail == detail
    row = frame[(frame.area_name == area) & (frame.ethnic_group == group) & is_detail]
    assert row.value.tolist() == [value]
    assert [None if pd.isna(mark) else mark for mark in row.note] == [note]
    assert set(frame.financial_year) == {f"{name[19:23]}/{name[26:28]}"}
