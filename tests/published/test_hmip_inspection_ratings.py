"""The scrape of inspection ratings, against records that a person can find in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

SOURCE = "hmip_inspection_ratings"
Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture
def home(published: Path, intake: TakeIn, sources: Catalogue) -> Home:
    path = published / "justice" / "inspectorates_and_deaths" / "hmi_youth_justice_inspection_ratings.csv"
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, path)
    assert result.problems == [] and (result.rows_in, result.rows_quarantined) == (83 + 83 * 13, 1)
    return home


def test_every_report_has_its_score_and_every_service_a_code(home: Home, landed: Landed) -> None:
    frame = landed(home, f"{SOURCE}__score").set_index("service_name")
    assert len(frame) == 83 and frame.value.notna().all()
    newcastle = frame.loc["Newcastle"]
    assert (newcastle.value, newcastle.service_code, newcastle.area_code) == (44.44, "F00NT00", "E08000021")
    assert str(newcastle.report_published)[:10] == "2025-02-18"
    assert frame[frame.service_code.isna()].index.tolist() == ["Cumberland"]
    assert frame.is_joint_inspection.sum() == 5
    assert sorted(frame[frame.status == "low_reliability"].index) == ["Bridgend", "West Sussex"]


def test_ratings_are_those_of_the_file_and_a_footnote_is_none(home: Home, landed: Landed) -> None:
    frame = landed(home, f"{SOURCE}__rating")
    at = frame.set_index(["service_name", "standard"]).rating
    assert at["Islington", "assessment"] == "good" and at["Bromley", "overall"] == "outstanding"
    assert at["Kirklees", "joint_working"] == "inadequate"
    (cell,) = quarantined(home)
    assert cell["source_row"] == 66 and cell["cell"].startswith("1 The resettlement standard")
    # The file rates no standard as requiring improvement: what is blank may have been.
    assert frame[frame.standard != "overall"].rating.value_counts().to_dict() == {
        "good": 340,
        "outstanding": 176,
        "inadequate": 76,
    }
