"""Outcomes of recorded crime: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from sources.writing import write_csv, write_xlsx
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

SOURCE, TABLE = "ho_crime_outcomes", "ho_crime_outcomes__outcome"
FIRST, SECOND = "outcomes_for_offences_recorded_in_quarter", "outcomes_recorded_in_quarter"

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("ho_crime_outcomes")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return next(folder.iterdir())


@pytest.fixture(scope="session")
def rows(sample: Path) -> list[list[str]]:
    """The sample's header and first rows."""
    with sample.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))[:9]


def test_the_sample_reads_back_with_both_counts_of_every_row(intake: TakeIn, landed: Landed, sample: Path) -> None:
    result, home = intake(SOURCE, sample)
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (3080, 3080, 0)
    frame = landed(home, TABLE)
    assert frame.measure.value_counts().to_dict() == {FIRST: 1540, SECOND: 1540}
    assert frame[frame.area_level == "police_force_area"].area_code.nunique() == 43
    assert frame[frame.area_level == "transport_police"].area_code.isna().all()
    assert str(frame.period_end.max())[:10] == "2026-06-30"
    assert not frame.duplicated(["period_start", "police_force_name", "outcome_type", "measure"]).any()


def test_each_count_names_its_cell_and_equals_it(intake: TakeIn, landed: Landed, sample: Path, rows: list) -> None:
    _, home = intake(SOURCE, sample)
    frame = landed(home, TABLE).set_index(["source_row", "source_column"])
    for number, row in enumerate(rows[1:], start=2):
        assert frame.value[number, "L"] == float(row[11])
        assert frame.status[number, "M"] == ("not_available" if row[12] == "NA" else "observed")


def test_no_count_is_not_a_nought_and_a_negative_count_stays(intake: TakeIn, landed: Landed, sample: Path) -> None:
    _, home = intake(SOURCE, sample)
    frame = landed(home, TABLE)
    unassigned = frame[(frame.outcome_type == "0") & (frame.measure == SECOND)]
    assert set(unassigned.status) == {"not_available"} and unassigned.value.isna().all()
    assert frame[frame.value < 0].police_force_name.unique().tolist() == ["Kent"]


def test_text_beyond_ascii_is_kept(intake: TakeIn, landed: Landed, sample: Path) -> None:
    _, home = intake(SOURCE, sample)
    assert "Caution \N{EN DASH} youths" in set(landed(home, TABLE).outcome_description)


def test_columns_in_another_order_and_in_words_in_a_workbook_are_read_to_the_same_counts(
    intake: TakeIn, landed: Landed, tmp_path: Path, rows: list
) -> None:
    words = [name.replace("_", " ").title() for name in rows[0]]
    moved = [[*row[5:], *row[:5]] for row in [words, *rows[1:]]]
    path = tmp_path / "prc-outcomes-open-data-jun2026.xlsx"
    write_xlsx(path, {"Notes": [["Synthetic"]], "2025_26": [["Outcomes open data"], [], *moved]})
    result, home = intake(SOURCE, path)
    assert result.problems == [] and (result.rows_landed, result.rows_quarantined) == (16, 0)
    frame = landed(home, TABLE)
    assert frame[frame.measure == FIRST].value.tolist() == [float(row[11]) for row in rows[1:]]
    assert set(frame.source_sheet) == {"2025_26"} and frame.is_offence_code_expired.eq(False).all()


def test_an_unreadable_count_quarantines_that_count_alone(intake: TakeIn, tmp_path: Path, rows: list) -> None:
    path = tmp_path / "outcomes.csv"
    write_csv(path, [*rows[:2], [*rows[2][:11], "n/k", "3"]])
    result, home = intake(SOURCE, path)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (4, 3, 1)
    (cell,) = quarantined(home)
    assert (cell["cell"], cell["source_row"], cell["source_column"]) == ("n/k", 3, "L")


def test_an_unknown_force_and_a_record_of_another_width_are_quarantined_with_reasons(
    intake: TakeIn, tmp_path: Path, rows: list
) -> None:
    path = tmp_path / "outcomes.csv"
    write_csv(path, [*rows[:2], [*rows[2][:2], "Avon & Sommerset", *rows[2][3:]]])
    path.write_bytes(path.read_bytes() + b"2026/27,1,Kent,Assault wi\r\n")
    result, home = intake(SOURCE, path)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (6, 2, 4)
    reasons = {row["source_row"]: row["reason"] for row in quarantined(home)}
    assert "[Avon & Sommerset]" in reasons[3] and "(E23000036)" in reasons[3]
    assert reasons[4] == "the record has 4 cells, the header 13"


def test_a_count_under_a_new_name_is_refused(intake: TakeIn, tmp_path: Path, rows: list) -> None:
    path = tmp_path / "outcomes.csv"
    write_csv(path, [[*rows[0][:12], "weighted_outcomes"], rows[1]])
    result, _ = intake(SOURCE, path)
    assert [problem.kind for problem in result.problems] == ["header_changed"]
    assert "[weighted_outcomes]" in result.problems[0].text and "row 1" in result.problems[0].text


def test_a_workbook_without_a_sheet_of_a_year_is_refused(intake: TakeIn, tmp_path: Path) -> None:
    path = tmp_path / "prc-outcomes-open-data.xlsx"
    write_xlsx(path, {"Notes": [["Synthetic"]]})
    result, _ = intake(SOURCE, path)
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert "[Notes]" in result.problems[0].text


def test_the_sample_is_recognised_as_this_source_alone_and_named_synthetic(sample: Path, sources: Catalogue) -> None:
    assert recognise(LooseFile(sample), sources).source_ids == (SOURCE,)
    assert "SYNTHETIC" in sample.name
