"""Deaths in prison custody read from the derived copies, against figures that a person can find in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE, TABLE = "moj_deaths_in_custody", "moj_deaths_in_custody__death"
ROWS = {
    "prison_deaths_yearly.csv": 125,
    "prison_deaths_age_yearly.csv": 1_220,
    "prison_deaths_by_age_year.csv": 300,
    "DERIVED_deaths_by_prison_year.csv": 3_978,
}


@pytest.fixture
def frame(published: Path, intake: TakeIn, landed: Callable[[Home, str], pd.DataFrame]) -> pd.DataFrame:
    """All four copies, taken in together."""
    paths = [published / "justice" / SOURCE / name for name in ROWS]
    result, home = intake(SOURCE, *paths)
    assert result.problems == []
    assert (result.rows_in, result.rows_quarantined) == (sum(ROWS.values()), 0)
    found = landed(home, TABLE)
    assert found.groupby("source_file").size().to_dict() == ROWS
    return found


@pytest.mark.slow
def test_the_copies_agree_with_each_other_and_with_the_published_headlines(frame: pd.DataFrame) -> None:
    by_cause = frame[frame.breakdown == "cause"].set_index(["cause", "period_start"]).value
    # The publisher's headline totals of calendar years.
    for year, deaths in {2016: 354, 2019: 300, 2020: 318, 2021: 371, 2022: 301}.items():
        assert by_cause["all", pd.Timestamp(year, 1, 1)] == deaths
    national = by_cause["all"].sort_index()
    assert len(national) == 25 and national.sum() == 5_795
    ages = frame[(frame.breakdown == "age") & ~frame.is_total]
    both = frame[(frame.breakdown == "cause_and_age") & ~frame.is_total]
    for parts in (ages, both):
        assert parts.groupby("period_start").value.sum().eq(national).all()
    # Every death is at a prison of the register, or in an escort area.
    prisons = frame[frame.breakdown == "prison"].groupby(["cause", "period_start"]).value.sum()
    for cause in ("all", "self_inflicted"):
        assert prisons[cause].sort_index().eq(by_cause[cause].sort_index()).all()


@pytest.mark.slow
def test_figures_are_those_of_the_cells_they_name(frame: pd.DataFrame) -> None:
    at = frame.set_index(["source_file", "source_row", "source_column"])
    name = "DERIVED_deaths_by_prison_year.csv"
    altcourse = at.loc[(name, 3, "C")]
    assert (altcourse.prison_name, altcourse.prison_code, altcourse.value) == ("Altcourse", "ACI", 2)
    last = at.loc[(name, 1990, "C")]
    assert (last.prison_name, last.value, last.period_type) == ("Wymott", 8, "part_year")
    assert str(last.period_end)[:10] == "2024-09-30"
    assert at.loc[("prison_deaths_yearly.csv", 2, "E")].value == 81
    assert at.loc[("prison_deaths_by_age_year.csv", 26, "M")].value == 232
    cell = at.loc[("prison_deaths_age_yearly.csv", 3, "F")]
    assert (cell.age_band, cell.cause, cell.value) == ("18-20", "self_inflicted", 13)


@pytest.mark.slow
def test_names_of_two_spellings_are_one_prison_and_escort_areas_none(frame: pd.DataFrame) -> None:
    prisons = frame[frame.breakdown == "prison"]
    assert set(prisons[prisons.prison_name.str.lower() == "forest bank"].prison_code) == {"FBI"}
    escort = prisons[prisons.area_level == "escort"]
    assert len(escort) == 18 and escort.prison_code.isna().all()
    assert prisons[prisons.area_level == "prison"].prison_code.notna().all()


def test_every_copy_is_recognised(published: Path, sources: Catalogue) -> None:
    for name in ROWS:
        path = published / "justice" / SOURCE / name
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
