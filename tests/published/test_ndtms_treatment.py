"""Drug and alcohol treatment: the real exports of 2023 and estimates of need, against cells that a person can find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.home import Home
from tests.conftest import TakeIn

SOURCE, TABLE = "ndtms_treatment", "ndtms_treatment__treatment"

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture
def folder(published: Path) -> Path:
    return published / "health" / "ndtms"


def test_englands_export_is_read_whole_and_its_parts_add_up(folder: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake(SOURCE, folder / "ViewIt_Export_England_2023.csv")
    assert (result.problems, result.rows_in, result.rows_landed) == ([], 780 * 6, 780 * 6)
    frame = landed(home, TABLE)
    assert set(frame.status) == {"observed"} and set(frame.area_code) == {"E92000001"}
    people = ["sex", "age_group", "substance_group"]
    at = frame.set_index(["financial_year", *people, "topic", "category"]).value.sort_index()
    assert at["2009/10", "all", "all", "all", "in_treatment"].item() == 311668
    assert at["2009/10", "all", "18-29", "all", "ethnicity", "black"] == 1892
    assert at["2021/22", "female", "50+", "non_opiate_and_alcohol", "in_treatment"].item() == 1080
    treated = frame[frame.topic == "in_treatment"].set_index(["financial_year", *people]).value.unstack("sex")
    assert len(treated) == 13 * 4 * 5 and (treated["female"] + treated["male"] == treated["all"]).all()
    treated = frame[frame.topic == "in_treatment"].set_index(["financial_year", *people]).value.unstack("age_group")
    assert (treated[["18-29", "30-49", "50+"]].sum(axis=1) == treated["all"]).all()
    treated = (
        frame[frame.topic == "in_treatment"].set_index(["financial_year", *people]).value.unstack("substance_group")
    )
    assert (treated.drop(columns="all").sum(axis=1) == treated["all"]).all()


@pytest.mark.slow
def test_every_indicator_of_an_authority_is_read_with_its_nulls(folder: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake(SOURCE, folder / "ViewIt_Export_LAs_2023_excerpt.csv")
    assert (result.problems, result.rows_in, result.rows_landed) == ([], 780 * 239, 780 * 239)
    frame = landed(home, TABLE)
    assert set(frame.area_code) == {"E09000003"} and frame.heading.nunique() == 239
    assert frame.status.value_counts().to_dict() == {"rounded": 780 * 239 - 17280, "not_available": 17280}
    assert (frame.value.dropna() % 5 == 0).all()
    # The first record: women of 18 to 29, all substances, 2009/10.
    first = frame[frame.source_row == 2].set_index("heading")
    assert first.value["intreatment_allintx"] == 75 and first.value["referralsource_criminal_justice_newtx"] == 10
    assert first.period_start.unique().tolist() == [pd.Timestamp("2009-04-01")]
    assert first.status["religion_bahai_newtx"] == "not_available" and first.value["scnr_scrn_allintx"] == 15
    assert set(frame[frame.topic == "treatment_exit"].category) >= {"prison", "transferred_in_custody", "died"}


def test_estimates_of_alcohol_dependence_add_up_to_england(folder: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake(SOURCE, folder / "alcohol_dependence_estimates_LA.csv")
    assert (result.problems, result.rows_in, result.rows_landed) == ([], 1211, 1211)
    frame = landed(home, "ndtms_treatment__need_estimate")
    at = frame.set_index(["area_name", "year"])
    assert at.loc[("Derby", "2017/18"), ["value", "lower_limit", "upper_limit"]].tolist() == [3378, 2538, 4779]
    assert at.value["York", "2014"] == 2331 and pd.isna(at.lower_limit["York", "2014"])
    assert frame.groupby("year").size().to_dict() == {
        **dict.fromkeys(["2010", "2011", "2012", "2013", "2014"], 151),
        **dict.fromkeys(["2015/16", "2016/17", "2017/18"], 152),
    }
    parts = frame[~frame.is_total].groupby("year").value.sum()
    # Authorities are rounded one by one, which England is not.
    assert (parts - frame[frame.is_total].set_index("year").value).dropna().to_dict() == {
        "2015/16": 3.0,
        "2016/17": -4.0,
        "2017/18": 0.0,
    }
    together = frame[frame.area_level == "combined_local_authorities"].set_index("year").area_code
    assert together["2016/17"] == "E06000052" and together[["2010", "2014"]].isna().all()
