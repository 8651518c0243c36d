"""Real Fingertips downloads, against cells that a person can find in the files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources.catalogue import Catalogue
from sources.recognise import LooseFile, recognise

FILES = {
    "ohid_fingertips/90284_la_hospital_admissions_2324.csv": 7208,
    "ohid_fingertips/90284_region_hospital_admissions_2324.csv": 6847,
    "fingertips/indicators-CountyUA.data.csv": 852,
    "fingertips/unmet_alcohol_93532_excerpt.csv": 17,
    "fingertips/unmet_opiates_93517_excerpt.csv": 13,
}
LA, REGION, COUNTY, ALCOHOL, OPIATES = FILES
DEFAULT = {"status": "observed", "category": None, "sex": "Persons"}


@pytest.mark.parametrize("path", FILES)
def test_every_record_of_a_download_lands(published: Path, intake: Callable, path: str) -> None:
    file = published / "health" / path
    with file.open(encoding="utf-8-sig", newline="") as text:
        counted = sum(1 for _ in csv.reader(text)) - 1
    result, _ = intake("ohid_fingertips", file)
    assert not result.problems
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (counted, counted, 0)
    assert counted == FILES[path]


@pytest.mark.parametrize(
    ("path", "row", "expected"),
    [
        (
            LA,
            2,
            {"area_code": "E92000001", "parent_code": None, "value": 115.2166797, "count": 107429, "lower_998": None},
        ),
        (
            LA,
            3,
            {"status": "not_available", "value": None, "category": "Most deprived decile (IMD2019)", "count": None},
        ),
        (
            LA,
            2525,
            {
                "area_name": "Nottingham",
                "sex": "Male",
                "status": "not_available",
                "value": None,
                "lower_95": None,
                "upper_95": None,
                "lower_998": None,
                "upper_998": None,
                "time_period": "2016/17",
            },
        ),
        (LA, 5547, {"area_name": "Rutland", "sex": "Male", "status": "suppressed", "denominator": 3186}),
        (
            LA,
            7209,
            {
                "area_code": "E10000034",
                "value": 60.56226,
                "lower_95": 55.79308,
                "upper_95": 65.63009,
                "lower_998": 53.17812,
                "upper_998": 68.63467,
                "count": 595,
                "denominator": 98246,
                "recent_trend": "Increasing and getting worse",
                "compared_to_england": "Better",
                "compared_to_parent": "Not compared",
                "time_period_sortable": 20230000,
                "time_period_range": "1y",
            },
        ),
        (REGION, 6848, {"parent_code": "E12000005", "compared_to_england": "Better", "compared_to_parent": "Better"}),
        (
            COUNTY,
            2,
            {
                "indicator_name": "Campylobacter incidence rate/100,000",
                "value": 94.7261896202678,
                "area_type": "Country",
            },
        ),
        (
            COUNTY,
            84,
            {"area_name": "Isles of Scilly", "status": "not_available", "value": None, "time_period_range": None},
        ),
        (
            COUNTY,
            853,
            {
                "area_name": "Worcestershire",
                "compared_to_england": "Worse",
                "compared_to_parent": "Worse",
                "new_data": "New data",
                "denominator": 583053,
            },
        ),
        (
            ALCOHOL,
            2,
            {
                "area_name": "Warwickshire",
                "status": "modelled",
                "value": 79.89793213,
                "count": 4018.333333,
                "denominator": 5029.333333,
                "compared_to_parent": "Not compared",
            },
        ),
        (OPIATES, 2, {"area_name": "West Sussex", "status": "modelled", "value": 52.30789067, "count": 1352.333333}),
    ],
)
def test_a_row_is_the_record_that_the_file_has_there(
    published: Path, intake: Callable, path: str, row: int, expected: dict[str, object]
) -> None:
    result, home = intake("ohid_fingertips", published / "health" / path)
    assert not result.problems
    pattern = str(home.landing / "ohid_fingertips__indicator_value" / "*.parquet")
    names = list(DEFAULT | expected)
    quoted = ", ".join(f'"{name}"' for name in names)
    query = f"select {quoted} from read_parquet('{pattern}', union_by_name = true) where source_row = ?"
    rows = duckdb.execute(query, [row]).fetchall()
    assert [dict(zip(names, found, strict=True)) for found in rows] == [DEFAULT | expected]


def test_a_downloads_rows_are_told_apart_by_the_contracts_grain(
    published: Path, intake: Callable, landed: Callable[..., Any], sources: Catalogue
) -> None:
    _, home = intake("ohid_fingertips", published / "health" / LA)
    frame = landed(home, "ohid_fingertips__indicator_value")
    grain = list(sources["ohid_fingertips"].contract.tables["indicator_value"].grain)
    assert not frame.duplicated(grain).any()
    # England comes once without a parent and once as its own.
    england = frame[(frame["area_code"] == "E92000001") & frame["category_type"].isna() & (frame["sex"] == "Persons")]
    assert england.groupby("time_period").size().eq(2).all()


def test_the_list_of_indicators_metadata_and_trimmed_copies_are_not_this_source(
    published: Path, sources: Catalogue
) -> None:
    for path in (
        "ohid_fingertips/LocalAuthorityHealthProfiles.metadata.csv",
        "fingertips/suicide_41001_PreCovid_trimmed.csv",
    ):
        assert "ohid_fingertips" not in recognise(LooseFile(published / "health" / path), sources).source_ids
    for path in FILES:
        assert recognise(LooseFile(published / "health" / path), sources).source_ids == ("ohid_fingertips",)
