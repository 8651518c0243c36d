"""Sustainable Development Goals: the five files of September 2025, against lines that a person can find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.home import Home
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

pytestmark = pytest.mark.slow

SOURCE = "ons_sdg"
INDICATORS = ("16-1-1", "16-1-3", "16-2-2", "5-2-1", "5-2-2")


@pytest.fixture
def home(published: Path, intake: TakeIn) -> Home:
    folder = published / "health" / "ons_sdg"
    result, home = intake(SOURCE, *(folder / f"indicator_{indicator}.csv" for indicator in INDICATORS))
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (2499, 2496, 3)
    return home


@pytest.fixture
def frame(home: Home, landed: Callable[[Home, str], pd.DataFrame]) -> pd.DataFrame:
    return landed(home, f"{SOURCE}__indicator_value")


def test_what_contradicts_itself_is_set_aside(home: Home) -> None:
    assert sorted((cell["source_file"], cell["source_row"], cell["cell"]) for cell in quarantined(home)) == [
        ("indicator_16-1-1.csv", 34, "0.9346459917039042"),
        ("indicator_16-1-1.csv", 67, "0.9599066610097582"),
        ("indicator_5-2-2.csv", 41, "Missing data"),
    ]


def test_every_other_figure_is_landed_with_what_is_said_of_it(frame: pd.DataFrame) -> None:
    assert frame.groupby(["indicator", "status"]).size().to_dict() == {
        ("16-1-1", "observed"): 356,
        ("16-1-1", "suppressed"): 5,
        ("16-1-3", "estimated"): 1169,
        ("16-1-3", "suppressed"): 59,
        ("16-1-3", "missing"): 9,
        ("16-2-2", "observed"): 429,
        ("5-2-1", "estimated"): 365,
        ("5-2-1", "suppressed"): 11,
        ("5-2-1", "missing"): 10,
        ("5-2-2", "estimated"): 70,
        ("5-2-2", "suppressed"): 8,
        ("5-2-2", "missing"): 5,
    }
    assert (frame["value"].isna() == frame["status"].isin(["suppressed", "missing"])).all()


def test_figures_are_those_of_the_files(frame: pd.DataFrame) -> None:
    at = frame.set_index(["source_file", "source_row"])
    columns = ["year", "age", "sex", "value", "is_total"]
    assert at.loc[("indicator_16-1-1.csv", 2), columns].tolist() == [
        "2011/12",
        "Under 1",
        "Male",
        1.364256480218281,
        False,
    ]
    assert at.loc[("indicator_16-1-1.csv", 364), columns].tolist() == [
        "2021/22",
        "all",
        "all",
        1.1654441001770202,
        True,
    ]
    assert at.loc[("indicator_16-2-2.csv", 430), columns].tolist() == ["2021", "Age not known", "Male", 14.0, False]
    columns = ["series", "category", "subcategory", "value", "unit"]
    assert at.loc[("indicator_5-2-1.csv", 2), columns].tolist() == [
        "Women aged 16 to 59",
        "Non-sexual",
        "Force",
        3.5634181351962,
        "Percentage (%)",
    ]
    pooled = frame[frame["year"] == "2018 to 2020"]
    assert len(pooled) == 111
    assert pooled["period_start"].isna().all()
    assert pooled["period_type"].eq("multi_year").all()


def test_victims_of_trafficking_are_at_least_those_whose_sex_and_age_are_known(frame: pd.DataFrame) -> None:
    victims = frame[frame["indicator"] == "16-2-2"]
    totals = victims[victims["is_total"]].set_index("year")["value"]
    assert (len(totals), totals["2009"], totals["2021"]) == (13, 303, 11387)
    by_sex = victims[(victims["sex"] != "all") & (victims["age"] == "all")].groupby("year")["value"].sum()
    by_age = victims[(victims["sex"] == "all") & (victims["age"] != "all")].groupby("year")["value"].sum()
    assert (totals - by_sex).to_dict()["2020"] == 42  # the most whose sex is not known
    assert (totals - by_sex).between(0, 42).all()
    assert (totals - by_age).between(0, 27).all()


def test_regions_have_their_codes(frame: pd.DataFrame) -> None:
    codes = frame.dropna(subset=["area_code"]).drop_duplicates(["area_name", "area_code"])
    names = codes.groupby("area_code")["area_name"].agg(set).to_dict()
    assert len(names) == 10
    assert names["E12000006"] == {"East", "East of England"}
    assert names["W92000004"] == {"Wales"}
