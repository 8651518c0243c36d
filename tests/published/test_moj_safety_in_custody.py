"""National extracts of safety in custody, against figures that a person can find in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE, TABLE = "moj_safety_in_custody", "moj_safety_in_custody__national_year"
ROWS = {
    "self_harm_rate_and_incidents.csv": 40,
    "assault_rates_per_1000.csv": 26,
    "deaths_by_cause_and_sex.csv": 13,
    "self_harm_women_share_percent.csv": 6,
}


@pytest.fixture
def frame(
    published: Path, intake: TakeIn, landed: Callable[[Home, str], pd.DataFrame], sources: Catalogue
) -> pd.DataFrame:
    paths = [published / "justice" / SOURCE / name for name in ROWS]
    for path in paths:
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, *paths)
    assert result.problems == [] and (result.rows_in, result.rows_quarantined) == (85, 0)
    found = landed(home, TABLE)
    assert found.groupby("source_file").size().to_dict() == ROWS and set(found.status) == {"observed"}
    return found


def test_figures_of_years_are_those_of_the_extracts_and_at_the_true_level(frame: pd.DataFrame) -> None:
    at = frame[frame.period_start.notna()].set_index(["measure", "period_start"]).value
    # 32,313 and not the 96,804 of a copy that added all, men and women together.
    assert at["self_harm_incidents", "2015-01-01"] == 32_313
    assert at["self_harm_incidents", "2023-01-01"] == 70_875
    assert at["self_harm_incidents_per_1000", "2004-01-01"] == 264
    assert at["assaults_per_1000", "2018-01-01"] == 394
    assert at["serious_assaults_per_1000", "2024-01-01"] == 39
    assert at["women_share_of_self_harm", "2023-01-01"] == 28


def test_the_deaths_of_an_unstated_year_are_411_and_add_up(frame: pd.DataFrame) -> None:
    deaths = frame[frame.measure == "deaths"].set_index(["cause", "sex"])
    assert deaths.period_end.isna().all()
    assert deaths.value["all", "all"] == 411 == deaths[~deaths.is_total].value.sum()
    assert deaths.value["self_inflicted", "male"] == 90 and deaths.value["homicide", "female"] == 0
    of_causes = deaths[deaths.is_total].drop(("all", "all")).value.droplevel("sex")
    assert deaths[~deaths.is_total].groupby("cause").value.sum().eq(of_causes).all()
