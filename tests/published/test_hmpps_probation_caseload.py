"""The probation caseload: the two real copies, against figures that a person can find in them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.readings import read_files

SOURCE = "hmpps_probation_caseload"
ANNUAL, QUARTERLY = "probation_caseload_annual.csv", "probation_caseload_quarterly_transposed.csv"


@pytest.fixture(scope="module")
def folder(published: Path) -> Path:
    return published / "justice" / "moj_omsq"


@pytest.fixture(scope="module")
def frame(folder: Path, sources: Catalogue) -> pd.DataFrame:
    return read_files(sources[SOURCE], folder / ANNUAL, folder / QUARTERLY).tables["caseload"]


def test_every_figure_of_both_copies_is_landed(frame: pd.DataFrame) -> None:
    assert frame.groupby("source_file").size().to_dict() == {ANNUAL: 66, QUARTERLY: 280}
    assert frame[frame.source_file == QUARTERLY].groupby("sex").measure.nunique().to_dict() == {
        "all": 19,
        "female": 19,
        "male": 18,
    }
    assert not frame.duplicated(["source_file", "period_end", "sex", "measure"]).any()


def test_figures_are_those_of_the_cells_they_name(frame: pd.DataFrame) -> None:
    at = frame.set_index(["source_file", "source_row", "source_column"])
    expected = {
        (ANNUAL, 2, "B"): ("all", "all_supervision", "2014-12-31", 217359),
        (ANNUAL, 7, "L"): ("all", "post_release", "2024-12-31", 63156),
        (QUARTERLY, 2, "B"): ("all", "all_supervision", "2025-03-31", 242397),
        (QUARTERLY, 3, "R"): ("all", "contact_suspended", "2025-06-30", 38443),
        (QUARTERLY, 3, "S"): ("all", "contact_suspended_court_orders", "2025-06-30", 22540),
        (QUARTERLY, 4, "U"): ("male", "all_supervision", "2025-09-30", 223806),
        (QUARTERLY, 6, "AM"): ("female", "all_supervision", "2026-03-31", 23849),
        (QUARTERLY, 6, "BE"): ("female", "contact_suspended_post_release", "2026-03-31", 1758),
    }
    for place, wanted in expected.items():
        row = at.loc[place]
        assert (row.sex, row.measure, str(row.period_end.date()), row.value) == wanted, place
    lengths = frame[frame.unit == "months"]
    assert len(lengths) == 2 * 3 * 5 and lengths.value.between(14, 20).all()


def test_the_blank_of_2016_is_missing_and_all_else_is_observed(frame: pd.DataFrame) -> None:
    (blank,) = frame[frame.status != "observed"].itertuples()
    assert (blank.measure, blank.period_end, blank.status) == (
        "all_in_the_community",
        pd.Timestamp(2016, 12, 31),
        "missing",
    )


def test_only_the_last_quarter_is_marked_as_a_break_in_series(frame: pd.DataFrame) -> None:
    marked = frame[frame.is_break]
    assert set(marked.period_end) == {pd.Timestamp(2026, 3, 31)} and len(marked) == 56
    assert set(marked.note) == {"(Break in series) [note 49]"} and frame.note.notna().sum() == 56


def test_everybody_is_males_and_females(frame: pd.DataFrame) -> None:
    people = frame[(frame.source_file == QUARTERLY) & (frame.unit == "people")]
    wide = people.pivot_table(index=["period_end", "measure"], columns="sex", values="value").dropna()
    assert len(wide) == 16 * 5
    assert (wide["all"] == wide.male + wide.female).all()


def test_a_total_is_less_than_the_sum_of_its_kinds_and_no_less_than_any(frame: pd.DataFrame) -> None:
    wide = frame.pivot_table(index=["source_file", "period_end", "sex"], columns="measure", values="value")
    parts = wide[["court_orders", "pre_and_post_release"]]
    assert (wide.all_supervision < parts.sum(axis=1)).all()
    assert (wide.all_supervision > parts.max(axis=1)).all()


def test_the_real_copies_are_recognised_and_land(folder: Path, sources: Catalogue, intake: TakeIn) -> None:
    for name in (ANNUAL, QUARTERLY):
        assert recognise(LooseFile(folder / name), sources).source_ids == (SOURCE,)
    result, _ = intake(SOURCE, folder / ANNUAL, folder / QUARTERLY)
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (346, 346, 0)
