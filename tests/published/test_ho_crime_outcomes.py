"""Outcomes of recorded crime: the real year 2018/19, against cells that a person can find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE, TABLE = "ho_crime_outcomes", "ho_crime_outcomes__outcome"
FIRST, SECOND = "outcomes_for_offences_recorded_in_quarter", "outcomes_recorded_in_quarter"
pytestmark = pytest.mark.slow

Landed = Callable[[Home, str], pd.DataFrame]


def test_every_count_of_the_year_is_landed(published: Path, intake: TakeIn, landed: Landed, sources: Catalogue) -> None:
    path = published / "justice" / "ho_recorded_crime" / "ho_outcomes_open_data_lesscrime.csv.gz"
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, path)
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (265_058, 265_058, 0)
    frame = landed(home, TABLE)
    assert frame.groupby("measure").value.sum().to_dict() == {FIRST: 5_269_059, SECOND: 5_114_207}
    missing = frame[frame.status == "not_available"].groupby("measure").size().to_dict()
    assert missing == {FIRST: 3, SECOND: 11_467}
    unassigned = frame[(frame.outcome_type == "0") & (frame.measure == SECOND)]
    assert len(unassigned) == 11_458 and set(unassigned.status) == {"not_available"}
    assert frame[frame.value == -1].groupby("measure").size().to_dict() == {FIRST: 129, SECOND: 116}
    assert frame[frame.area_level == "police_force_area"].area_code.nunique() == 43
    assert frame.police_force_name.nunique() == 44 and frame.outcome_type.nunique() == 21
    assert frame.is_offence_code_expired.sum() == 2 * 3
    at = frame.set_index(["source_row", "source_column"])
    columns = ["police_force_name", "area_code", "offence_code", "outcome_type", "period_start", "value", "status"]
    first = at.loc[(2, "M"), columns].astype(str).tolist()
    assert first == ["Metropolitan Police", "E23000001", "53F", "21", "2018-10-01 00:00:00", "1.0", "observed"]
    assert pd.isna(at.value[2, "L"]) and at.value[4, "M"] == 3
    assert "police decision" in at.outcome_description[2, "M"] and "\N{EN DASH}" in at.outcome_description[2, "M"]
