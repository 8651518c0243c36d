"""Alcohol-specific deaths: the tidy copy at hand, against lines that a person can find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sources.home import Home
from tests.conftest import TakeIn

SOURCE = "ons_alcohol_specific_deaths"


def test_every_figure_of_the_copy_is_landed(
    published: Path, intake: TakeIn, landed: Callable[[Home, str], pd.DataFrame]
) -> None:
    result, home = intake(SOURCE, published / "health" / "ons_deaths" / "alcohol_specific_deaths.csv")
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (600, 600, 0)
    frame = landed(home, f"{SOURCE}__cause")
    assert set(frame["period_start"].dt.year) == {2021}
    assert frame[["cause", "sex", "age_group"]].nunique().tolist() == [15, 2, 20]
    at = frame.set_index(["cause", "sex", "age_group"])["value"]
    assert at["Alcoholic liver disease", "male", "45-49"] == 448  # line 293
    assert at["Alcoholic liver disease", "female", "50-54"] == 360  # line 308
    assert frame.groupby("sex")["value"].sum().to_dict() == {"female": 2609, "male": 4949}
    assert frame.groupby("cause")["value"].sum()["Alcoholic liver disease"] == 6060
    assert not frame["is_total"].any()
    assert frame["area_code"].isna().all()
