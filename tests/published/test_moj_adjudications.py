"""Adjudications: the real data tool of July to September 2022."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.readings import read_files

SOURCE = "moj_adjudications"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tool(published: Path) -> Path:
    return published / "justice" / "moj_omsq" / "AdjudicationsQ32022.csv"


@pytest.fixture(scope="module")
def frame(tool: Path, sources: Catalogue) -> pd.DataFrame:
    return read_files(sources[SOURCE], tool).tables["adjudication"]


def test_every_row_is_landed_with_its_count_and_its_establishments_code(frame: pd.DataFrame) -> None:
    assert frame.value.sum() == 39_282 and set(frame.status) == {"observed"}
    assert frame.prison_name.nunique() == frame.prison_code.nunique() == 121
    assert frame.prison_code.notna().all()
    assert set(frame.period_start.dt.date.map(str)) == {"2022-07-01"}
    assert set(frame.period_end.dt.date.map(str)) == {"2022-09-30"}


def test_counts_by_group_are_those_of_the_tool(frame: pd.DataFrame) -> None:
    rows = {column: frame[column].value_counts().to_dict() for column in ("outcome", "sex", "ethnicity", "religion")}
    assert rows["outcome"] == {"Proved": 12_855, "Not proceeded with": 4_440, "Dismissed": 3_922, "Other": 958}
    assert rows["sex"] == {"male": 20_929, "female": 1_246}
    assert rows["ethnicity"]["White"] == 13_110 and rows["religion"]["No religion"] == 5_912
    assert set(frame.age_band) == {"15-17", "18-20", "21-24", "25-29", "30-39", "40-49", "50-59", "60-69", "70+"}
    assert frame[frame.adjudicator == "Missing"].shape[0] == 119


def test_a_row_is_that_of_the_line_it_names(frame: pd.DataFrame) -> None:
    row = frame.set_index("source_row").loc[14]
    # Q3,Dismissed,Category A (High Security),Belmarsh,Governor,M,21 - 24,e White,a Christian,…,Drug related offence,2
    assert (row.prison_code, row.outcome, row.age_band, row.ethnicity, row.detailed_offence, row.value) == (
        "BAI",
        "Dismissed",
        "21-24",
        "White",
        "Drug related offence",
        2,
    )
    codes = frame.drop_duplicates("prison_name").set_index("prison_name").prison_code
    assert codes[["Usk", "Prescoed", "The Verne", "Grendon/Spring Hill"]].tolist() == ["UKI", "UPI", "VEI", "GNI"]


def test_the_real_tool_is_recognised_and_lands(tool: Path, sources: Catalogue, intake: TakeIn) -> None:
    assert recognise(LooseFile(tool), sources).source_ids == (SOURCE,)
    result, _ = intake(SOURCE, tool)
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (22_175, 22_175, 0)
