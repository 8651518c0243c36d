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


@pytest.mark.parametrize(
    ("path", "table", "count"),
    [
        ("ohid_fingertips/LocalAuthorityHealthProfiles.metadata.csv", "indicator_definition", 36),
        ("fingertips/fingertipsnext_indicators_metadata.json", "indicator_definition", 35),
        ("fingertips/fingertipsnext_indicators.csv", "indicator_definition", 37),
        ("fingertips/fingertipsnext_areas.csv", "area", 2983),
        ("ohid_fingertips/fingertipsnext_areas_wide.csv", "area", 8139),
        ("fingertips/fingertipsnext_agedata.csv", "age_group", 54),
        ("fingertips/fingertipsnext_categories.csv", "category", 120),
        ("ohid_fingertips/fingertipsnext_healthdata_31_indicators.csv.gz", "fingertips_next_value", 44452),
    ],
)
def test_lists_definitions_and_figures_of_the_successor_land_whole(
    published: Path, intake: Callable, landed: Callable[..., Any], sources: Catalogue, path: str, table: str, count: int
) -> None:
    file = published / "health" / path
    assert recognise(LooseFile(file), sources).source_ids == ("ohid_fingertips",)
    result, home = intake("ohid_fingertips", file)
    assert (result.problems, result.rows_in, result.rows_landed) == ([], count, count)
    frame = landed(home, f"ohid_fingertips__{table}")
    grain = list(sources["ohid_fingertips"].contract.tables[table].grain)
    assert len(frame) == count
    assert not grain or not frame.duplicated(grain).any()


def test_a_definition_is_what_the_metadata_say(published: Path, intake: Callable, landed: Callable[..., Any]) -> None:
    path = published / "health" / "ohid_fingertips" / "LocalAuthorityHealthProfiles.metadata.csv"
    _, home = intake("ohid_fingertips", path)
    frame = landed(home, "ohid_fingertips__indicator_definition").set_index("indicator_id")
    cancer = frame.loc[40501]
    assert cancer["indicator_name"] == "Under 75 mortality rate: cancer"
    assert cancer["unit"] == "per 100,000"
    assert cancer["value_type"] == "Directly standardised rate"
    assert cancer["year_type"] == "Calendar"
    assert cancer["standard_population"] == "2013 European Standard Population"
    assert cancer["denominator_source"] == "ONS 2011 Census based mid-year population estimates"
    assert (cancer["polarity"], cancer["better_when"]) == ("RAG - Low is good", "lower")
    assert frame["better_when"].value_counts().to_dict() == {"lower": 23, "higher": 8, "neither": 5}
    assert not frame["methodology"].str.contains("<a ").any()


def test_a_figure_of_the_successor_is_the_record_that_the_file_has(
    published: Path, intake: Callable, landed: Callable[..., Any]
) -> None:
    path = published / "health" / "ohid_fingertips" / "fingertipsnext_healthdata_31_indicators.csv.gz"
    _, home = intake("ohid_fingertips", path)
    frame = landed(home, "ohid_fingertips__fingertips_next_value")
    first = frame[frame["source_row"] == 2].iloc[0]
    names = ["indicator_id", "area_code", "year", "sex", "age", "value", "count", "denominator", "status"]
    assert first[names].tolist() == [
        *[241, "E92000001", 2018, "Persons", "17+ yrs", 6.93158962798202, 3319266, 47886072, "observed"]
    ]
    assert frame["status"].value_counts().to_dict() == {"observed": 42374, "missing": 2078}
    assert not frame["category_type"].str.contains('"', na=False).any()


def test_what_is_dated_of_the_real_downloads_is_the_year_that_its_words_say(
    published: Path, intake: Callable, landed: Callable[..., Any]
) -> None:
    _, home = intake("ohid_fingertips", published / "health" / LA, published / "health" / COUNTY)
    frame = landed(home, "ohid_fingertips__indicator_value")
    kinds = frame.groupby(["period_type", "indicator_id"]).size().to_dict()
    assert kinds == {("financial_year", 90284): 7208, ("calendar_year", 93356): 852}
    assert (frame["period_start"].dt.year == frame["time_period_sortable"] // 10_000).all()


def test_a_dictionary_summaries_and_a_trimmed_copy_are_not_this_source(published: Path, sources: Catalogue) -> None:
    for path in (
        "fingertips/PHOLIO_Data_Dictionary_20150310.xlsx",
        "ohid_fingertips/phof_summary_stats_by_indicator_and_area_type.csv",
        "fingertips/suicide_41001_PreCovid_trimmed.csv",
    ):
        assert "ohid_fingertips" not in recognise(LooseFile(published / "health" / path), sources).source_ids
    for path in FILES:
        assert recognise(LooseFile(published / "health" / path), sources).source_ids == ("ohid_fingertips",)
