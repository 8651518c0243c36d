"""Deaths related to drug poisoning: the copies at hand, against lines that a person can find and each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sources.home import Home
from tests.conftest import TakeIn

pytestmark = pytest.mark.slow

SOURCE = "ons_drug_poisoning_deaths"
Frames = dict[str, pd.DataFrame]
AREAS = "drug_poisoning_registrations_by_LA_1993-2020.csv"
FILES = (AREAS, "drug_2021registrations.csv", "heroin_morphine_deaths.csv", "drug_poisoning_opioid_daily.csv")
DISTRICTS = ["unitary_authority", "district", "metropolitan_district", "london_borough"]


@pytest.fixture
def frames(published: Path, intake: TakeIn, landed: Callable[[Home, str], pd.DataFrame]) -> Frames:
    result, home = intake(SOURCE, *(published / "health" / "ons_deaths" / name for name in FILES))
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (29770, 29770, 0)
    return {table: landed(home, f"{SOURCE}__{table}") for table in ("local_authority", "substance", "day")}


def test_figures_are_those_of_the_files(frames: Frames) -> None:
    areas = frames["local_authority"].set_index(["area_code", "period_start"])
    # Line 85: E08000035,Leeds ,78,76,89, ... ,29
    leeds = areas.loc["E08000035"]
    assert leeds.loc["2020-01-01", "value"] == 78
    assert leeds.loc["2018-01-01", "value"] == 89
    assert leeds.loc["1993-01-01", "value"] == 29
    assert set(leeds["area_name"]) == {"Leeds"}
    assert areas.loc["E07000146", "area_name"].iloc[0] == "King\N{RIGHT SINGLE QUOTATION MARK}s Lynn and West Norfolk"
    assert areas.loc["W06000001", "area_name"].iloc[0] == "Isle of Anglesey / Ynys Môn"
    substances = frames["substance"].set_index(["substance", "age_group", "period_start"])["value"]
    assert substances["drug_poisoning", "All ages", "2021-01-01"] == 4859
    assert substances["heroin_morphine", "All ages", "1993-01-01"] == 155  # the last line, which has no end
    assert substances["heroin_morphine", "50-69", "2019-01-01"] == 318


def test_districts_are_their_regions_and_these_their_countries(frames: Frames) -> None:
    areas = frames["local_authority"]
    assert areas.groupby("area_level")["area_code"].nunique().to_dict() == {
        "country": 3,
        "region": 9,
        "part_of_london": 2,
        "metropolitan_county": 6,
        "county": 24,
        "unitary_authority": 81,
        "district": 181,
        "metropolitan_district": 36,
        "london_borough": 33,
    }
    by_year = areas.set_index(["area_code", "period_start"])["value"].unstack()
    levels = areas.drop_duplicates("area_code").set_index("area_code")["area_level"]
    regions = by_year[levels[by_year.index].eq("region").to_numpy()].sum()
    assert (regions == by_year.loc["E92000001"]).all()
    districts = by_year[levels[by_year.index].isin(DISTRICTS).to_numpy()].sum()
    both = by_year.loc["E92000001"] + by_year.loc["W92000004"]
    assert (districts == both).all()
    elsewhere = by_year.loc["K04000001"] - both
    assert elsewhere.to_dict()[pd.Timestamp("2020-01-01")] == 25
    assert (elsewhere > 0).all()


def test_three_files_agree_on_england_and_wales(frames: Frames) -> None:
    substances = frames["substance"]
    totals = substances[substances["is_total"]].set_index(["substance", "period_start"])["value"]
    areas = frames["local_authority"]
    poisoning = areas[areas["area_code"] == "K04000001"].set_index("period_start")["value"]
    assert (totals["drug_poisoning"][poisoning.index] == poisoning).all()
    by_age = substances[~substances["is_total"]].groupby("period_start")["value"].sum()
    assert len(by_age) == 27
    assert (totals["heroin_morphine"][by_age.index] == by_age).all()


def test_days_follow_each_other_and_say_what_is_not_shown(frames: Frames) -> None:
    days = frames["day"].assign(day=lambda frame: frame["period_start"].dt.date)
    assert (days["day"].min(), days["day"].max()) == (date(1993, 1, 1), date(2018, 12, 31))
    assert days.groupby("substance")["day"].nunique().to_dict() == {"drug_poisoning": 9496, "opioid": 9496}
    assert days.groupby(["substance", "status"]).size().to_dict() == {
        ("drug_poisoning", "observed"): 9491,
        ("drug_poisoning", "missing"): 5,
        ("opioid", "observed"): 6444,
        ("opioid", "suppressed"): 3052,
    }
    shown = days[days["substance"] == "opioid"]["deaths"]
    assert (shown.min(), shown.max()) == (3, 15)
    at = days.set_index(["substance", "day"])
    assert at.loc[("drug_poisoning", date(2018, 12, 30)), "deaths"] == 13
    assert at.loc[("opioid", date(2018, 12, 30)), "deaths"] == 7
    assert at.loc[("drug_poisoning", date(1995, 11, 18)), "status"] == "missing"
