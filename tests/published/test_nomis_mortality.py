"""Mortality by underlying cause: the files at hand, against lines that a person can find, and their totals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.home import Home
from tests.conftest import TakeIn

pytestmark = pytest.mark.slow

SOURCE = "nomis_mortality"
Frames = dict[str, pd.DataFrame]
FILES = ("nomis_mortality_api.csv", "leading_causes.csv", "cause_specific_deaths_sya.csv")


@pytest.fixture
def frames(published: Path, intake: TakeIn, landed: Callable[[Home, str], pd.DataFrame]) -> Frames:
    result, home = intake(SOURCE, *(published / "health" / "ons_deaths" / name for name in FILES))
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (70743, 70743, 0)
    return {table: landed(home, f"{SOURCE}__{table}") for table in ("death", "leading_cause", "cause_by_age")}


def test_figures_of_the_interface_are_those_of_the_file(frames: Frames) -> None:
    frame = frames["death"]
    assert len(frame) == 5 * 9 * 11 * 3
    at = frame.set_index(["source_row"])
    columns = ["year", "area_name", "cause_code", "sex", "value", "is_all_causes"]
    assert at.loc[2, columns].tolist() == ["2013", "Total mortality", "A00-R99,U00-Y89", "persons", 506790, True]
    assert at.loc[1395, columns].tolist() == ["2021", "Wales", "X31", "male", 5, False]
    codes = frame.drop_duplicates("area_name").set_index("area_name")["area_code"].dropna().to_dict()
    assert codes == {
        "England": "E92000001",
        "Wales": "W92000004",
        "England and Wales": "K04000001",
        "Resident outside England and Wales": "J99000001",
    }
    all_causes = frame[frame["is_all_causes"] & (frame["sex"] == "persons") & (frame["area_code"] == "K04000001")]
    assert all_causes.set_index("year")["value"].to_dict() == {
        "2013": 505688,
        "2014": 500314,
        "2015": 528507,
        "2016": 523857,
        "2017": 532130,
        "2018": 540265,
        "2019": 529553,
        "2020": 607099,
        "2021": 585484,
    }


def test_sexes_and_areas_add_up_to_the_publishers_totals(frames: Frames) -> None:
    frame = frames["death"]
    by_sex = frame.pivot(index=["year", "cause", "area_name"], columns="sex", values="value")
    assert (by_sex["persons"] == by_sex["male"] + by_sex["female"]).all()
    by_area = frame.pivot(index=["year", "cause", "sex"], columns="area_name", values="value")
    assert (by_area["England and Wales"] == by_area["England"] + by_area["Wales"]).all()
    elsewhere = by_area["Resident outside England and Wales"]
    assert (by_area["Total mortality"] == by_area["England and Wales"] + elsewhere).all()


def test_leading_causes_and_their_shares_are_of_the_same_deaths(frames: Frames) -> None:
    frame = frames["leading_cause"]
    at = frame.set_index(["age_group", "cause", "measure"])["value"]
    assert at["All ages", "Dementia and Alzheimers disease", "deaths"] == 62118
    assert at["All ages", "Dementia and Alzheimers disease", "share_of_all_deaths"] == 0.115
    assert at["20 to 34 years", "Accidental poisoning", "deaths"] == 719
    assert len(frame) == 98
    assert frame["period_start"].isna().all()
    both = frame.pivot(index=["age_group", "cause"], columns="measure", values="value")
    implied = (both["deaths"] / both["share_of_all_deaths"]).groupby("age_group")
    # Shares are rounded to a thousandth.
    assert ((implied.max() / implied.min()) < 1.05).all()


def test_every_age_of_every_cause_is_landed(frames: Frames) -> None:
    frame = frames["cause_by_age"]
    assert len(frame) == 2 * 19 * 28 * 65
    assert frame["value"].sum() == 11_794_429
    year = frame["period_start"].dt.year
    males = frame[(frame["sex"] == "male") & (year == 2010) & (frame["cause"] == "Intentional self-harm")]
    assert males.sort_values("age")["value"].tolist()[:6] == [1, 6, 13, 16, 18, 27]  # line 486
    females = frame[(frame["sex"] == "female") & (year == 2019) & (frame["cause_level"] == "all_causes")]
    assert females.sort_values("age")["value"].tolist()[:4] == [30, 40, 50, 76]  # line 552
    assert females["value"].sum() == 96295
    assert frame.groupby("cause_level")["cause"].nunique().to_dict() == {"all_causes": 1, "chapter": 8, "cause": 19}
