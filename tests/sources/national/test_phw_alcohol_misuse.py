"""Alcohol-specific admissions in Wales: the reader on the bundled sample and on changed copies of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import Sheets, quarantined, rewrite, row_of

SOURCE, TABLE = "phw_alcohol_misuse", "phw_alcohol_misuse__admission"
NAME = "alcohol_misuse_PHW_2024-25.xlsx"

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="module")
def sample(sources: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phw")
    sources[SOURCE].sample.write(folder, seed=20260331, scale=1.0)
    return folder


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Callable[[Callable[[Sheets], None]], Path]:
    return lambda change: rewrite(sample / NAME, tmp_path / NAME, change)


def test_the_sample_is_recognised_as_its_own_and_read_whole(
    sample: Path, sources: Catalogue, intake: TakeIn, landed: Landed
) -> None:
    paths = sorted(sample.iterdir())
    assert {recognise(LooseFile(path), sources).source_ids for path in paths} == {(SOURCE,)}
    result, home = intake(SOURCE, *paths)
    assert result.problems == [] and result.rows_quarantined == 0 and result.rows_in == 3 * 23 * 3
    frame = landed(home, TABLE)
    assert sorted(frame.financial_year.unique()) == ["2022/23", "2023/24", "2024/25"]
    assert frame.area_code.nunique() == 23 and frame.health_board_code.nunique() == 7
    assert frame[frame.is_total].area_code.unique().tolist() == ["W92000004"]


def test_changes_name_the_year_that_they_are_since(sample: Path, intake: TakeIn, landed: Landed) -> None:
    _, home = intake(SOURCE, sample / NAME)
    frame = landed(home, TABLE)
    changes = frame[frame.measure == "relative_change"]
    assert set(changes.compared_with) == {"2023/24", "2019/20"} and set(changes.unit) == {"proportion"}
    rates = frame[frame.measure == "rate"]
    assert rates.compared_with.isna().all() and set(rates.unit) == {"admissions per 100,000 people, age-standardised"}
    assert set(frame.period_start) == {pd.Timestamp("2024-04-01")}


def test_a_row_that_moved_under_another_health_board_is_quarantined(
    intake: TakeIn, changed: Callable[[Callable[[Sheets], None]], Path]
) -> None:
    def move(sheets: Sheets) -> None:
        rows = sheets["Sheet1"]
        rows.insert(2, rows.pop(row_of(rows, "Neath", column=1)))

    result, home = intake(SOURCE, changed(move))
    assert {cell["reason"] for cell in quarantined(home)} == {
        "[Neath Port Talbot] is not in the health board [Aneurin Bevan]"
    }
    assert result.rows_quarantined == 3 and result.rows_in == result.rows_landed + 3


def test_an_authority_that_is_not_known_is_quarantined_with_the_nearest(
    intake: TakeIn, changed: Callable[[Callable[[Sheets], None]], Path]
) -> None:
    def misspell(sheets: Sheets) -> None:
        rows = sheets["Sheet1"]
        rows[row_of(rows, "Newport", column=1)][1] = "Newprot"

    _, home = intake(SOURCE, changed(misspell))
    assert all("[Newport] (W06000022)" in cell["reason"] for cell in quarantined(home))
    assert len(quarantined(home)) == 3


def _other_measure(sheets: Sheets) -> None:
    sheets["Sheet1"][0][2] = "Admissions 2024/25"


def _change_since_a_later_year(sheets: Sheets) -> None:
    sheets["Sheet1"][0][3] = "Change since 2025/26"


def _another_column(sheets: Sheets) -> None:
    sheets["Sheet1"][0].append("Rank")


def _without_health_boards(sheets: Sheets) -> None:
    sheets["Sheet1"][0][0] = "Region"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_other_measure, ["not found once", "[EASR per 100,000 population 2023/24]"]),
        (_change_since_a_later_year, ["do not fit together", "[Change since 2025/26]"]),
        (_another_column, ["column [F]", "[Rank]"]),
        (_without_health_boards, ["[Health Board]", "[Region]"]),
    ],
)
def test_other_headings_are_refused_with_their_place(
    change: Callable[[Sheets], None],
    words: list[str],
    intake: TakeIn,
    changed: Callable[[Callable[[Sheets], None]], Path],
) -> None:
    result, _ = intake(SOURCE, changed(change))
    assert [problem.kind for problem in result.problems] == ["header_changed"] and result.rows_landed == 0
    assert all(word in result.problems[0].text for word in [NAME, *words])


def test_a_table_without_its_last_row_is_refused(
    intake: TakeIn, changed: Callable[[Callable[[Sheets], None]], Path]
) -> None:
    def cut(sheets: Sheets) -> None:
        del sheets["Sheet1"][-1]

    result, _ = intake(SOURCE, changed(cut))
    assert "no row of Wales" in result.problems[0].text and result.rows_landed == 0


def test_a_preamble_and_shifted_columns_change_no_figure(
    sample: Path,
    intake: TakeIn,
    landed: Landed,
    changed: Callable[[Callable[[Sheets], None]], Path],
    tmp_path: Path,
) -> None:
    def shift(sheets: Sheets) -> None:
        sheets["Table 1"] = [["Alcohol"], [], *([["", *row] for row in sheets.pop("Sheet1")])]

    columns = ["area_code", "health_board_code", "measure", "compared_with", "value"]
    _, home = intake(SOURCE, sample / NAME)
    before = landed(home, TABLE)[columns]
    (tmp_path / "home").rename(tmp_path / "before")
    _, home = intake(SOURCE, changed(shift))
    pd.testing.assert_frame_equal(landed(home, TABLE)[columns], before)
