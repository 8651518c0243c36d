"""Explore local statistics: an indicator a file, periods as intervals, and the synthetic files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.writing import write_csv
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

SOURCE, TABLE = "ons_local_indicators", "ons_local_indicators__indicator_value"
HEADER = [
    *["areacd", "areanm", "geography", "indicator", "period", "observation"],
    *["measure", "unit", "lci_95", "uci_95", "status", "notes"],
]
ROW = ["E06000001", "Hartlepool", "Local Authority District", "Smokers", "2020-01-01/P5Y", "11.8", "Percentage", "%"]

Landed = Callable[[Home, str], Any]


def _write(path: Path, *changes: dict[str, str]) -> Path:
    plain = dict(zip(HEADER, [*ROW, "11.0", "12.5", "", ""], strict=True))
    write_csv(path, [HEADER, *[list((plain | change).values()) for change in changes]])
    return path


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ("2020-01-01/P5Y", ("multi_year", "2020-01-01", "2024-12-31")),
        ("2019-01-01/P1Y", ("calendar_year", "2019-01-01", "2019-12-31")),
        ("2019-04-01/P1Y", ("financial_year", "2019-04-01", "2020-03-31")),
        ("2019-07-01/P12M", ("rolling_year", "2019-07-01", "2020-06-30")),
        ("2020-02-01/P1M", ("month", "2020-02-01", "2020-02-29")),
    ],
)
def test_an_interval_is_its_first_and_last_day(
    tmp_path: Path, intake: TakeIn, landed: Landed, interval: str, expected: tuple[str, str, str]
) -> None:
    _, home = intake(SOURCE, _write(tmp_path / "a.csv", {"period": interval}))
    row = landed(home, TABLE).iloc[0]
    assert (row["period_type"], str(row["period_start"])[:10], str(row["period_end"])[:10]) == expected


def test_a_period_that_is_no_whole_months_is_set_aside(tmp_path: Path, intake: TakeIn) -> None:
    wrong = ["2020", "2020-01-15/P1Y", "2020-13-01/P1Y", "2020-01-01/P2M", "2020-01-01/P7D"]
    result, home = intake(SOURCE, _write(tmp_path / "a.csv", {}, *[{"period": one} for one in wrong]))
    assert (result.rows_in, result.rows_landed) == (6, 1)
    assert [row["cell"] for row in quarantined(home)] == wrong


def test_a_blank_figure_is_missing_and_a_note_and_the_publishers_word_are_kept(
    tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    note = "Obsolete code since 2023 (replaced by E06000063 Cumberland)"
    path = _write(tmp_path / "a.csv", {"observation": "", "lci_95": "", "uci_95": "", "status": "x"}, {"notes": note})
    _, home = intake(SOURCE, path)
    frame = landed(home, TABLE).sort_values("source_row")
    assert frame["status"].tolist() == ["missing", "estimated"]
    assert frame["value"].isna().tolist() == [True, False]
    assert frame["published_status"].tolist()[0] == "x"
    assert frame["note"].tolist()[1] == note


def test_a_column_of_another_name_is_refused(tmp_path: Path, intake: TakeIn) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, [[*HEADER[:5], "value", *HEADER[6:]], [*ROW, "", "", "", ""]])
    result, _ = intake(SOURCE, path)
    assert [problem.kind for problem in result.problems] == ["header_changed"]
    assert "[observation]" in result.problems[0].text


def test_the_sample_lands_whole_on_every_upper_tier_authority(
    tmp_path: Path, intake: TakeIn, landed: Landed, sources: Catalogue
) -> None:
    folder = tmp_path / "sample"
    folder.mkdir()
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    result, home = intake(SOURCE, *sorted(folder.iterdir()))
    assert (result.problems, result.rows_quarantined) == ([], 0)
    frame = landed(home, TABLE)
    assert len(frame) == 6 * 163
    assert not frame.duplicated(["indicator", "area_code", "geography", "period"]).any()
    assert ((frame["lower_95"] <= frame["value"]) & (frame["value"] <= frame["upper_95"])).all()
    assert frame["note"].str.contains("SYNTHETIC").all()
