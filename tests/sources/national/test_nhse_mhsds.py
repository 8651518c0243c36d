"""Mental health services monthly statistics: the bundled files, how their layout moves, and what is refused."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

SOURCE, TABLE = "nhse_mhsds", "nhse_mhsds__figure"
NAME = "synthetic-MHSDS_Data_4WW_SepPerf_2026.csv"
Landed = Callable[[Home, str], pd.DataFrame]
Rows = list[list[str]]
Read = Callable[..., Any]
VALUE, STATUS, BREAKDOWN, CODE, AREA, SECOND, MEASURE = -1, 2, 3, 4, 5, 6, -2


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=7, scale=0.2)
    return folder


@pytest.fixture
def read(sample: Path, tmp_path: Path, intake: TakeIn, landed: Landed) -> Read:
    """What lands of the last month's file with its rows changed, by row of the file; its home is left in ``home``."""

    def read_changed(change: Callable[[Rows], object]) -> Any:
        with (sample / NAME).open(encoding="utf-8", newline="") as text:
            rows = list(csv.reader(text))
        change(rows)
        with (tmp_path / NAME).open("w", encoding="utf-8", newline="") as text:
            csv.writer(text, lineterminator="\n").writerows(rows)
        result, home = intake(SOURCE, tmp_path / NAME)
        assert result.problems == []
        frame: Any = landed(home, TABLE).set_index("source_row").sort_index()
        frame = frame[frame.archive_sha256 == hashlib.sha256((tmp_path / NAME).read_bytes()).hexdigest()]
        frame.attrs["quarantined"] = quarantined(home)
        return frame

    return read_changed


def test_the_sample_reads_without_quarantine_and_is_known_as_its_own(
    sample: Path, intake: TakeIn, landed: Landed, sources: Catalogue
) -> None:
    files = sorted(sample.iterdir())
    assert all(recognise(LooseFile(path), sources).source_ids == (SOURCE,) for path in files)
    result, home = intake(SOURCE, *files)
    assert result.problems == [] and result.rows_quarantined == 0
    frame: Any = landed(home, TABLE)
    assert not frame.duplicated(list(sources[SOURCE].contract.tables["figure"].grain)).any()
    assert frame.groupby("source_file").size().nunique() == 1
    boards = frame[(frame.area_level == "integrated_care_board") & (frame.org_code != "UNKNOWN")]
    assert boards.area_code.notna().all() and boards.area_code.str.startswith("E54").all()


def test_the_two_windows_of_a_file_are_told_apart(read: Read) -> None:
    england = read(lambda rows: None).query("is_total").set_index("measure_id")
    assert england.period_type.to_dict() == {
        "MRS01": "quarter", "MRS01a": "quarter", "MRS01b": "quarter", "MRS02": "month", "MRS03a": "month",
        "MRS02e": "month", "MRS03": "month", "MRS07e": "month", "MRS04": "quarter", "MRS09": "month",
        "MRS09e": "month", "MRS11": "quarter",
    }  # fmt: skip
    assert (
        str(england.period_start["MRS01"])[:10] == "2026-07-01"
        and str(england.period_start["MRS02"])[:10] == "2026-09-01"
    )
    assert {str(day)[:10] for day in england.period_end} == {"2026-09-30"}


def test_what_is_shown_below_the_country_is_rounded_and_what_is_hidden_suppressed(
    read: Read,
) -> None:
    def mark(rows: Rows) -> None:
        for number, text in enumerate(("*", "0", "1,235", "", "55"), start=6):
            rows[number][VALUE] = text
        rows[9][STATUS] = rows[10][STATUS] = "Provisional"

    frame = read(mark)
    assert frame.status[[7, 8, 9, 10, 11]].tolist() == ["suppressed", "observed", "rounded", "missing", "provisional"]
    assert frame.value[9] == 1235 and frame.value[[7, 10]].isna().all()
    assert set(frame[frame.is_total].status) == {"observed"}
    # Of a median nothing is said, a proportion is a whole number even where it is 0.
    assert frame.query("unit == 'days' and value.notna() and area_level == 'provider'").status.eq("observed").all()


def test_a_proportion_of_none_is_rounded(read: Read) -> None:
    frame = read(lambda rows: rows[8].__setitem__(VALUE, "0"))
    assert (frame.unit[9], frame.value[9], frame.status[9]) == ("per cent", 0, "rounded")


def test_columns_may_change_places_and_those_of_words_may_be_lacking(read: Read) -> None:
    def move(rows: Rows) -> None:
        kept = [10, 0, 1, 2, 3, 4, 6, 8]
        rows[:] = [[row[place] for place in kept] for row in rows]

    plain, moved = read(lambda rows: None), read(move)
    same = ["period_start", "period_end", "breakdown", "area_level", "org_code", "measure_id", "value"]
    pd.testing.assert_frame_equal(moved[same], plain[same])
    assert moved.unit.isna().all() and moved.org_name.isna().all()
    assert (moved.area_code[moved.is_total] == "E92000001").all()


def test_an_area_is_what_the_first_words_of_its_breakdown_say(read: Read) -> None:
    levels = {
        ("England; Age", "England"): "country",
        ("England; Age", "Q00"): "other",
        ("Sub ICB - GP Practice or Residence", "01A"): "sub_icb",
        ("CCG - GP Practice or Residence; Ethnicity", "01A"): "ccg",
        ("Commissioning Region", "Y56"): "commissioning_region",
        ("LAD/UTLA", "E09000001"): "local_authority",
        ("Ward", "W1"): "other",
    }

    def change(rows: Rows) -> None:
        for row, (breakdown, code) in zip(rows[1:], levels, strict=False):
            row[BREAKDOWN], row[CODE], row[SECOND] = breakdown, code, "18 to 24"

    changed = read(change).loc[2 : 1 + len(levels)]
    assert changed.area_level.tolist() == list(levels.values())
    assert not changed.is_total.any() and set(changed.secondary_level) == {"18 to 24"}


def test_a_board_that_the_register_does_not_have_keeps_its_own_code(read: Read) -> None:
    row = read(lambda rows: rows[6].__setitem__(AREA, "NHS ATLANTIS INTEGRATED CARE BOARD")).loc[7]
    assert (row.area_level, row.org_code) == ("integrated_care_board", "SY00") and pd.isna(row.area_code)


def test_records_with_no_window_or_no_figure_are_quarantined_with_their_cell(read: Read) -> None:
    def spoil(rows: Rows) -> None:
        rows[1][0] = "15/07/2026"
        rows[2][1] = "30/10/2026"
        rows[3][VALUE] = "8.4%"
        rows[4][0] = "July 2026"

    frame = read(spoil)
    cells = frame.attrs["quarantined"]
    assert [cell["source_row"] for cell in cells] == [2, 3, 4, 5]
    assert "[8.4%] is not of the column's type" in cells[2]["reason"]
    assert not frame.index.isin([2, 3, 4, 5]).any()


def test_a_column_that_is_not_known_is_refused_by_its_name(sample: Path, tmp_path: Path, intake: TakeIn) -> None:
    text = (sample / NAME).read_text(encoding="utf-8").replace("MEASURE_VALUE", "MEASURE_VALUE_2", 1)
    (tmp_path / NAME).write_text(text, encoding="utf-8", newline="")
    result, _ = intake(SOURCE, tmp_path / NAME)
    assert "[MEASURE_VALUE]" in result.problems[0].text and "[MEASURE_VALUE_2]" in result.problems[0].text


def test_a_file_cut_short_in_its_last_figure_is_refused(sample: Path, tmp_path: Path, intake: TakeIn) -> None:
    (tmp_path / NAME).write_bytes((sample / NAME).read_bytes().rstrip(b"\r\n")[:-1])
    result, _ = intake(SOURCE, tmp_path / NAME)
    assert f"[{NAME}]: the last line has no end" in result.problems[0].text
