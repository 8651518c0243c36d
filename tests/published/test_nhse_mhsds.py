"""Mental health services monthly statistics: the real waiting-times file, against cells and totals that it has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

pytestmark = pytest.mark.slow

SOURCE, TABLE = "nhse_mhsds", "nhse_mhsds__figure"


@pytest.fixture
def path(published: Path) -> Path:
    return published / "health" / "nhs_mental_health" / "MHSDS_Data_4WW_SepPerf_2024.csv"


@pytest.fixture
def frame(path: Path, intake: TakeIn, landed: Callable[[Home, str], pd.DataFrame]) -> Any:
    result, home = intake(SOURCE, path)
    assert result.problems == [] and result.rows_quarantined == 0
    return landed(home, TABLE).set_index("source_row").sort_index()


def test_every_record_lands_in_its_window(path: Path, frame: Any, sources: Catalogue) -> None:
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    windows = frame.groupby(["period_type", "period_start", "period_end"]).size()
    assert {(kind, str(start)[:10], str(end)[:10]): count for (kind, start, end), count in windows.items()} == {
        ("month", "2024-09-01", "2024-09-30"): 14_382,
        ("quarter", "2024-07-01", "2024-09-30"): 4_560,
    }
    assert frame.groupby("area_level").size().to_dict() == {
        "country": 44, "integrated_care_board": 43 * 44, "provider": 17_006,
    }  # fmt: skip
    assert not frame.reset_index().duplicated(list(sources[SOURCE].contract.tables["figure"].grain)).any()


@pytest.mark.parametrize(
    ("row", "code", "area", "measure", "unit", "value", "status"),
    [
        (2, "England", "E92000001", "MRS01", "count", 13_706, "observed"),
        (4, "England", "E92000001", "MRS01b", "per cent", 8.375894, "observed"),
        (15, "QE1", "E54000048", "MRS04", "count", 2_500, "rounded"),
        (399, "QWO", "E54000054", "MRS08b", "per cent", 20, "rounded"),
        (423, "QYG", "E54000008", "MRS01a", "count", 20, "rounded"),
        (1_000, "8JF48", None, "MRS11", "count", None, "suppressed"),
        (5_990, "QYG", "E54000008", "MRS02", "count", 16_465, "rounded"),
        (5_998, "QYG", "E54000008", "MRS03a", "days", 59, "observed"),
        (9_000, "8K270", None, "MRS09a", "count", 220, "rounded"),
        (18_943, "Z9P2P", None, "MRS14f", "per cent", None, "suppressed"),
    ],
)
def test_figures_are_those_of_their_records(
    row: int, code: str, area: str | None, measure: str, unit: str, value: float | None, status: str, frame: Any
) -> None:
    record = frame.loc[row]
    assert (record.org_code, record.measure_id, record.unit, record.status) == (code, measure, unit, status)
    assert record.area_code == area or (area is None and pd.isna(record.area_code))
    assert record.value == value or (value is None and pd.isna(record.value))


def test_every_asterisk_is_suppressed_and_nothing_is_missing(frame: Any) -> None:
    assert frame.groupby("status").size().to_dict() == {
        "observed": 44 + 172 + 674, "rounded": 6_392, "suppressed": 11_660,
    }  # fmt: skip
    assert (frame.value.isna() == (frame.status == "suppressed")).all()


def test_boards_add_up_to_england_as_far_as_rounding_and_suppression_let_them(frame: Any) -> None:
    counts = frame[frame.unit == "count"]
    england = counts[counts.is_total].set_index("measure_id").value
    boards = counts[counts.area_level == "integrated_care_board"].groupby("measure_id")
    added, hidden = boards.value.sum(), boards.value.apply(lambda values: values.isna().sum())
    assert len(england) == len(added) == 26
    # Each of 43 figures is at most 2 away from what it was, each hidden one at most 4.
    assert ((added - england).abs() <= 2 * 43 + 4 * hidden).all()
    assert ((added - england).abs()[hidden == 0] <= 25).all() and (hidden == 0).sum() == 22


def test_every_board_has_its_own_code_but_the_unknown_one(frame: Any) -> None:
    boards = frame[frame.area_level == "integrated_care_board"].drop_duplicates("org_code").set_index("org_code")
    assert len(boards) == 43 and boards.area_code.nunique() == 42
    assert boards.index[boards.area_code.isna()].tolist() == ["UNKNOWN"]
