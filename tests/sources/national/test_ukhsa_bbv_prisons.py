"""Opt-out testing for bloodborne viruses in prisons: the reader on a sample in the layout that is assumed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from sources.writing import write_csv
from tests.conftest import TakeIn
from tests.sources.workbooks import Sheets, quarantined, rewrite

SOURCE, TABLE = "ukhsa_bbv_prisons", "ukhsa_bbv_prisons__testing"
HEADER = ["Financial year", "Quarter", "Region", "Prison", "Virus", "New receptions", "Tested"]

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="module")
def sample(sources: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bbv")
    sources[SOURCE].sample.write(folder, seed=20260331, scale=1.0)
    (path,) = folder.iterdir()
    return path


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Callable[[Callable[[Sheets], None]], Path]:
    return lambda change: rewrite(sample, tmp_path / "bbv-testing-in-prisons.xlsx", change)


def test_the_sample_is_recognised_as_its_own_and_regions_add_up_to_england(
    sample: Path, sources: Catalogue, intake: TakeIn, landed: Landed
) -> None:
    assert recognise(LooseFile(sample), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, sample)
    assert result.problems == [] and result.rows_quarantined == 0 and result.rows_in == 4 * 3 * 10 * 8
    frame = landed(home, TABLE)
    keys = ["virus", "measure", "period_start"]
    tested = frame[frame.measure.isin(["received", "offered", "tested"])]
    regions = tested[~tested.is_total].groupby(keys).value.sum()
    assert (regions == tested[tested.is_total].set_index(keys).value.sort_index()).all() and len(regions) == 36
    assert frame[~frame.is_total].area_code.str.match("E12").all()


def test_small_numbers_are_suppressed_and_results_that_a_virus_has_not_are_not_applicable(
    sample: Path, intake: TakeIn, landed: Landed
) -> None:
    _, home = intake(SOURCE, sample)
    frame = landed(home, TABLE)
    assert frame[frame.status == "suppressed"].value.isna().all() and (frame.status == "suppressed").any()
    not_applicable = frame[frame.status == "not_applicable"].groupby("virus").measure.unique().map(set).to_dict()
    assert not_applicable["hepatitis_c"] == {"positive"}
    assert not_applicable["hiv"] == {"antibody_positive", "rna_positive"}


def test_years_stand_apart_from_quarters_and_regions_from_their_prisons(
    intake: TakeIn, landed: Landed, tmp_path: Path
) -> None:
    path = tmp_path / "bbv-testing-in-prisons.csv"
    rows = [
        ["2025/26", "Q1", "North West", "HMP Preston", "HCV", 400, 210],
        ["2025/26", "Q1", "North West", "All", "HCV", 900, 500],
        ["2025/26", "Total", "England", "", "HIV", 60000, 31000],
    ]
    write_csv(path, [HEADER, *rows])
    result, home = intake(SOURCE, path)
    assert result.problems == [] and result.rows_landed == 6
    frame = landed(home, TABLE).query("measure == 'tested'").sort_values("source_row")
    assert frame.is_total.tolist() == [False, True, True] and frame.value.tolist() == [210, 500, 31000]
    assert frame.period_type.tolist() == ["quarter", "quarter", "financial_year"]
    assert frame.prison_code.tolist()[0] == "PNI" and frame.prison_code.isna().tolist() == [False, True, True]
    assert frame.period_end.dt.date.astype(str).tolist() == ["2025-06-30", "2025-06-30", "2026-03-31"]


def _another_heading(sheets: Sheets) -> None:
    sheets["Table_1"][2][9] = "Percentage positive"


def _counted_twice(sheets: Sheets) -> None:
    sheets["Table_1"][2][5] = "Tested"


def _regions_of_the_nhs(sheets: Sheets) -> None:
    sheets["Table_1"][3][2] = "Midlands"


def _without_virus(sheets: Sheets) -> None:
    sheets["Table_1"][2][3] = "Disease"


def _cut(sheets: Sheets) -> None:
    del sheets["Table_1"][-1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_another_heading, ["sheet [Table_1]", "column [J]", "[Percentage positive]"]),
        (_counted_twice, ["two columns count the same", "[Tested"]),
        (_regions_of_the_nhs, ["sheet [Table_1]", "row 4", "[Midlands]", "[West Midlands] (E12000005)"]),
        (_without_virus, ["the table was not found once", "[Virus]"]),
        (_cut, ["does not end with England", "[Yorkshire and The Humber]"]),
    ],
)
def test_a_file_beyond_the_assumed_layout_is_refused_with_its_place(
    change: Callable[[Sheets], None],
    words: list[str],
    intake: TakeIn,
    changed: Callable[[Callable[[Sheets], None]], Path],
) -> None:
    result, _ = intake(SOURCE, changed(change))
    assert len(result.problems) == 1 and result.rows_landed == 0
    assert all(word in result.problems[0].text for word in ["bbv-testing-in-prisons.xlsx", *words])


def test_unknown_quarters_viruses_and_prisons_are_quarantined(intake: TakeIn, tmp_path: Path) -> None:
    path = tmp_path / "bbv-testing-in-prisons.csv"
    rows = [
        ["2025/26", "Q5", "London", "", "HIV", 1, 1],
        ["2025/26", "Q1", "London", "", "Hepatitis E", 1, 1],
        ["2025/26", "Q1", "London", "HMP Penton", "HIV", 1, "?"],
        ["2025/26", "Q1", "England", "", "HIV", 1, 1],
    ]
    write_csv(path, [HEADER, *rows])
    result, home = intake(SOURCE, path)
    assert (result.rows_in, result.rows_landed) == (8, 2)
    reasons = "\n".join(cell["reason"] for cell in quarantined(home))
    assert all(word in reasons for word in ("[Q5]", "[Hepatitis E] is not a virus", "[HMP Penton]"))
