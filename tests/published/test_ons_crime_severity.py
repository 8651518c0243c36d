"""Crime Severity Score: the real copies, against cells that a person can find and the publisher's own total."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE = "ons_crime_severity"
pytestmark = pytest.mark.slow

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture
def folder(published: Path) -> Path:
    return published / "justice" / "ho_recorded_crime"


def test_scores_of_eighteen_years_are_landed_and_groups_sum_to_the_total(
    folder: Path, intake: TakeIn, landed: Landed
) -> None:
    result, home = intake(SOURCE, folder / "ons_crime_severity_pfa_2019.csv.gz")
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (6930, 6930, 0)
    frame = landed(home, f"{SOURCE}__score")
    assert frame.status.value_counts().to_dict() == {"observed": 6790, "not_available": 140}
    absent = frame[frame.status == "not_available"].groupby("area_name").size().to_dict()
    assert absent == {"City of London": 126, "Greater Manchester": 14}
    total = frame[frame.is_total].set_index(["area_code", "period_end"]).value
    assert total["K04000001", pd.Timestamp("2003-03-31")] == 13.781695150179729
    kept = frame[~frame.is_total & (frame.status == "observed")]
    sums = kept.groupby(["area_code", "period_end"]).value.sum()
    assert len(sums) == 970 and (sums - total.reindex(sums.index)).abs().max() < 1e-6
    # 49 scores are written with an exponent.
    assert frame[(frame.source_row == 3121)].value.item() == pytest.approx(0.083359297476282276)
    assert frame.area_level.value_counts().to_dict() == {"police_force_area": 5418, "region": 1134, "country": 378}


def test_scores_of_districts_are_landed_with_those_that_stand_twice(
    folder: Path, intake: TakeIn, landed: Landed
) -> None:
    result, home = intake(SOURCE, folder / "ons_crime_severity_england_ltla_healthyr.csv")
    assert (result.problems, result.rows_landed, result.rows_quarantined) == ([], 300, 0)
    frame = landed(home, f"{SOURCE}__district_score")
    assert frame.area_code.nunique() == 293 and (frame.status == "not_available").sum() == 15
    assert frame[frame.area_code == "E06000022"].value.item() == pytest.approx(9.89827071546806)


def test_both_copies_of_the_weights_agree(folder: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake(SOURCE, folder / "severity_codes.csv", folder / "policeuk-ons-code-join.csv")
    assert (result.problems, result.rows_landed, result.rows_quarantined) == ([], 268, 0)
    frame = landed(home, f"{SOURCE}__weight")
    assert set(frame.status) == {"observed"}
    by_file = frame.groupby(["offence_description", "source_file"]).value.sum().unstack("source_file")
    assert len(by_file) == 134
    assert (by_file["severity_codes.csv"] - by_file["policeuk-ons-code-join.csv"]).abs().max() < 1e-6
    weights = frame[frame.source_file == "severity_codes.csv"].set_index("offence_description")
    assert (
        weights.value["Murder"] == pytest.approx(7973.393423328133) and weights.severity_code["Murder"] == "1, 4.1/2/10"
    )
    assert weights.value["Possession of controlled drugs (Cannabis)"] == pytest.approx(1.7706234781993522)


def test_the_real_files_are_recognised_as_this_source_alone(folder: Path, sources: Catalogue) -> None:
    names = ["ons_crime_severity_pfa_2019.csv.gz", "ons_crime_severity_england_ltla_healthyr.csv"]
    for name in [*names, "severity_codes.csv", "policeuk-ons-code-join.csv"]:
        assert recognise(LooseFile(folder / name), sources).source_ids == (SOURCE,), name
