"""The long table of accident and emergency attendances, 2016 to 2019, against its own cells and sums."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE, TABLE = "nhse_ae_attendances", "nhse_ae_attendances__activity"


@pytest.mark.slow
def test_every_figure_lands_and_months_add_up_as_in_the_file(
    published: Path, intake: TakeIn, landed: Callable[[Home, str], Any], sources: Catalogue
) -> None:
    file = published / "health" / "nhs_ae_and_orgs" / "ae_attendances.csv"
    assert recognise(LooseFile(file), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, file)
    assert (result.problems, result.rows_in, result.rows_landed) == ([], 3 * 12765, 3 * 12765)
    frame = landed(home, TABLE)
    at = frame.set_index(["source_row", "source_column"])
    columns = ["org_code", "department_type", "measure", "value"]
    assert at.loc[(2, "D"), columns].tolist() == ["RF4", "type_1", "attendances", 21289]
    assert at.loc[(4, "E"), columns].tolist() == ["RF4", "other", "over_4_hours", 6]
    assert at.loc[(5, "F"), columns].tolist() == ["R1H", "type_1", "emergency_admissions", 6943]
    assert str(at.loc[(2, "D"), "period_end"])[:10] == "2017-03-31"
    sums = frame.groupby([frame["period_start"].astype(str), "measure"])["value"].sum()
    # April 2016 and March 2019, added up from the file by hand.
    assert sums["2016-04-01"].to_dict() == {
        "attendances": 1_867_781,
        "emergency_admissions": 338_213,
        "over_4_hours": 186_122,
    }
    assert sums["2019-03-01", "attendances"] == 2_167_550
    assert frame["org_code"].nunique() == 274
    assert not frame.duplicated(["org_code", "department_type", "measure", "period_start"]).any()
    assert frame["status"].unique().tolist() == ["observed"]
