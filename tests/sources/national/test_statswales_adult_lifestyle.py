"""Adult lifestyles in Wales: the reader on the bundled sample and on changed copies of it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from sources.writing import write_csv
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined, row_of

SOURCE, TABLE = "statswales_adult_lifestyle", "statswales_adult_lifestyle__lifestyle"
NAME = "adult_lifestyle_statswales_2023-25.csv"

Landed = Callable[[Home, str], pd.DataFrame]
Rows = list[list[str]]


@pytest.fixture(scope="module")
def sample(sources: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lifestyle")
    sources[SOURCE].sample.write(folder, seed=20260331, scale=1.0)
    return folder


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Callable[[Callable[[Rows], None]], Path]:
    def write(change: Callable[[Rows], None]) -> Path:
        with (sample / NAME).open(encoding="utf-8", newline="") as text:
            rows = list(csv.reader(text))
        change(rows)
        write_csv(tmp_path / NAME, rows)
        return tmp_path / NAME

    return write


def test_the_sample_is_recognised_as_its_own_and_read_whole(
    sample: Path, sources: Catalogue, intake: TakeIn, landed: Landed
) -> None:
    paths = sorted(sample.iterdir())
    assert {recognise(LooseFile(path), sources).source_ids for path in paths} == {(SOURCE,)}
    result, home = intake(SOURCE, *paths)
    assert result.problems == [] and result.rows_quarantined == 0 and result.rows_in == 2 * 30 * 19
    frame = landed(home, TABLE)
    assert frame.groupby("area_level").area_code.nunique().to_dict() == {
        "country": 1,
        "health_board": 7,
        "local_authority_district": 22,
    }
    assert set(frame.status) == {"estimated"} and set(frame.period_type) == {"multi_year"}
    smoking = frame[(frame.topic == "Smoking & e-cigarette use") & (frame.category != "E-cigarette user")]
    assert (smoking.groupby(["period_start", "area_code"]).value.sum() - 100).abs().max() < 1e-5


def test_a_mean_among_percentages_has_its_own_unit(sample: Path, intake: TakeIn, landed: Landed) -> None:
    _, home = intake(SOURCE, sample / NAME)
    frame = landed(home, TABLE)
    means = frame[frame.unit == "units of alcohol a year"]
    assert means.category.unique().tolist() == ["Average annual alcohol consumption (units) - drinkers only"]
    assert means.value.min() > 100 and frame.drop(index=means.index).value.max() <= 100


def _with(name: str, text: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[row_of(rows, f"{name}:")][0] = f"{name}: {text}"

    return change


def _unknown_area(rows: Rows) -> None:
    header = next(row for row in rows if row[2] == "Wales ")
    header[-1] = "Newpoort "


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_with("Measure", "Lower confidence limit"), ["[Measure]", "[Lower confidence limit]", "row 5"]),
        (_with("Standardisation", "By sex"), ["[Standardisation]", "[By sex]"]),
        (_with("Year", "2021-22 & 2023-24"), ["[Year]", "[2021-22 & 2023-24]"]),
        (_unknown_area, ["row 9", "column [AF]", "[Newport] (W06000022)"]),
    ],
)
def test_filters_and_areas_without_a_known_meaning_refuse_the_file(
    change: Callable[[Rows], None],
    words: list[str],
    intake: TakeIn,
    changed: Callable[[Callable[[Rows], None]], Path],
) -> None:
    result, _ = intake(SOURCE, changed(change))
    assert [problem.kind for problem in result.problems] == ["header_changed"] and result.rows_landed == 0
    assert all(word in result.problems[0].text for word in [NAME, *words])


def test_markers_have_their_status_and_what_is_none_is_quarantined(
    intake: TakeIn, landed: Landed, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    def mark(rows: Rows) -> None:
        row = rows[row_of(rows, "Ex-smoker", column=1)]
        row[2:6] = [".", "*", "n/k", "129.5"]

    result, home = intake(SOURCE, changed(mark))
    assert [(cell["cell"], cell["source_column"]) for cell in quarantined(home)] == [("n/k", "E"), ("129.5", "F")]
    assert quarantined(home)[1]["reason"] == "a percentage outside 0 to 100"
    frame = landed(home, TABLE).query("category == 'Ex-smoker'").sort_values("source_column")
    statuses = frame.set_index("source_column").status
    assert statuses["C"] == "not_applicable" and statuses["D"] == "suppressed" and result.problems == []


def test_a_blank_line_among_figures_and_a_missing_area_change_no_other_figure(
    sample: Path,
    intake: TakeIn,
    landed: Landed,
    changed: Callable[[Callable[[Rows], None]], Path],
    tmp_path: Path,
) -> None:
    def change(rows: Rows) -> None:
        rows.insert(row_of(rows, "Never smoked", column=1), [""] * len(rows[0]))
        for row in rows:
            del row[-1]

    columns = ["area_code", "topic", "category", "value"]
    _, home = intake(SOURCE, sample / NAME)
    before = landed(home, TABLE)[columns].query("area_code != 'W06000024'").reset_index(drop=True)
    (tmp_path / "home").rename(tmp_path / "before")
    _, home = intake(SOURCE, changed(change))
    pd.testing.assert_frame_equal(landed(home, TABLE)[columns], before)


def test_a_table_cut_above_its_footnotes_is_refused(
    intake: TakeIn, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    def cut(rows: Rows) -> None:
        del rows[row_of(rows, "Footnotes") - 4 :]

    result, _ = intake(SOURCE, changed(cut))
    assert "does not end with its footnotes" in result.problems[0].text and result.rows_landed == 0
