"""Accident and emergency attendances: the monthly CSV and its older headings, the long table, and its checks."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from sources.writing import write_csv
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

SOURCE, TABLE = "nhse_ae_attendances", "nhse_ae_attendances__activity"
Landed = Callable[[Home, str], Any]
Rows = list[list[str]]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.4)
    return folder


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))


@pytest.fixture
def month(sample: Path) -> Rows:
    return _rows(sample / "synthetic-October-2026-CSV.csv")


def test_every_figure_of_the_sample_lands_and_it_is_known_by_its_header(
    sample: Path, intake: TakeIn, landed: Landed, sources: Catalogue
) -> None:
    files = sorted(sample.iterdir())
    for file in files:
        assert recognise(LooseFile(file), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, *files)
    assert (result.problems, result.rows_quarantined) == ([], 0)
    rows = [_rows(file) for file in files]
    figures = sum((len(of) - 1) * (18 if of[0][0] == "Period" else 3) for of in rows)
    frame = landed(home, TABLE)
    assert len(frame) == figures
    assert not frame.duplicated(["source_file", "org_code", "department_type", "measure", "period_start"]).any()
    assert frame.loc[frame["is_total"], "org_code"].unique().tolist() == ["TOTAL"]
    named = frame["org_name"].dropna()
    assert named.str.startswith("SYNTHETIC").all()


def test_a_figure_is_that_of_its_heading(tmp_path: Path, intake: TakeIn, landed: Landed, month: Rows) -> None:
    for place in range(4, 22):
        for row in month[1:-1]:
            row[place] = str(place)
        month[-1][place] = str(place * (len(month) - 2))
    write_csv(tmp_path / "a.csv", month)
    result, home = intake(SOURCE, tmp_path / "a.csv")
    assert not result.problems
    frame = landed(home, TABLE)
    one = frame[frame["org_code"] == "SY00"].set_index(["measure", "department_type"])["value"].to_dict()
    assert one[("attendances", "type_1")] == 4
    assert one[("attendances", "other")] == 6
    assert one[("booked_attendances", "type_2")] == 8
    assert one[("over_4_hours", "other")] == 12
    assert one[("booked_over_4_hours", "other")] == 15
    assert one[("waited_4_to_12_hours", "all")] == 16
    assert one[("waited_12_hours_or_more", "all")] == 17
    assert one[("emergency_admissions", "other")] == 20
    assert one[("other_emergency_admissions", "none")] == 21
    assert frame["period_start"].astype(str).unique().tolist() == ["2026-10-01"]
    assert frame["period_end"].astype(str).unique().tolist() == ["2026-10-31"]


def test_the_older_headings_are_the_same_columns(tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    header = ["Period", "Org Code", "Parent Org", "Org name"]
    header += [f"Number of A&E attendances {words}" for words in ("Type 1", "Type 2", "Other A&E Department")]
    header += [f"Number of attendances over 4hrs {words}" for words in ("Type 1", "Type 2", "Other A&E Department")]
    row = ["MSitAE-DECEMBER-2018", "RJ1", "LONDON", "Guy's", "1,000", "50", "-", "100", "10", "0"]
    # One provider gave no figure: the total of its column cannot be checked, and is no reason to refuse the month.
    total = ["MSitAE-DECEMBER-2018", "Total", "", "", "1000", "50", "7", "100", "10", "0"]
    write_csv(tmp_path / "a.csv", [header, row, total])
    result, home = intake(SOURCE, tmp_path / "a.csv")
    assert not result.problems
    frame = landed(home, TABLE)
    one = frame[frame["org_code"] == "RJ1"].set_index(["measure", "department_type"])
    assert one.loc[("attendances", "type_1"), "value"] == 1000
    assert one.loc[("attendances", "other"), "status"] == "not_available"
    assert one.loc[("over_4_hours", "type_2"), "value"] == 10
    assert frame["is_total"].sum() == 6


def test_a_month_whose_providers_do_not_add_up_to_its_total_is_refused(
    tmp_path: Path, intake: TakeIn, month: Rows
) -> None:
    write_csv(tmp_path / "a.csv", [month[0], *month[2:]])
    result, _ = intake(SOURCE, tmp_path / "a.csv")
    text = result.problems[0].text
    assert "do not add up" in text
    assert f"row {len(month) - 1}" in text
    assert result.rows_landed == 0


def test_a_heading_without_a_known_meaning_is_refused(tmp_path: Path, intake: TakeIn, month: Rows) -> None:
    month[0][6] = "A&E attendances Type 3"
    write_csv(tmp_path / "a.csv", month)
    result, _ = intake(SOURCE, tmp_path / "a.csv")
    assert result.problems[0].kind == "header_changed"
    assert "[A&E attendances Type 3]" in result.problems[0].text


def test_a_heading_that_stands_twice_is_refused(tmp_path: Path, intake: TakeIn, month: Rows) -> None:
    month[0][5] = month[0][4]
    write_csv(tmp_path / "a.csv", month)
    result, _ = intake(SOURCE, tmp_path / "a.csv")
    assert result.problems[0].kind == "header_changed"


def test_a_month_a_type_or_a_figure_that_cannot_be_read_is_set_aside(tmp_path: Path, intake: TakeIn) -> None:
    header = ["period", "org_code", "type", "attendances", "breaches", "admissions"]
    rows = [
        header,
        ["2017-03-01", "RF4", "1", "21289.0", "2879.0", "5060.0"],
        ["2017-03-15", "RF4", "2", "1", "1", "1"],
        ["2017-03-01", "RF4", "3", "1", "1", "1"],
        ["2017-03-01", "RF4", "other", "many", "1", "1"],
        ["2017-03-01", "", "1", "1", "1", "1"],
        ["2017-04-01", "RF4", "1", "21"],
    ]
    write_csv(tmp_path / "a.csv", rows)
    result, home = intake(SOURCE, tmp_path / "a.csv")
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (18, 5, 13)
    reasons = {row["source_row"]: row["reason"] for row in quarantined(home)}
    assert "2017-03-15" in reasons[3]
    assert "[3] is no type of department" in reasons[4]
    assert "[many] is neither a number nor a marker" in reasons[5]
    assert "no provider's code" in reasons[6]
    assert "has 4 cells, the header 6" in reasons[7]


def test_columns_in_another_order_below_a_title_give_the_same_figures(
    tmp_path: Path, intake: TakeIn, landed: Landed, month: Rows
) -> None:
    write_csv(tmp_path / "a.csv", month)
    write_csv(tmp_path / "b.csv", [["A&E attendances, October 2026"], *[[*row[4:][::-1], *row[:4]] for row in month]])
    result, home = intake(SOURCE, tmp_path / "a.csv", tmp_path / "b.csv")
    assert not result.problems
    frame = landed(home, TABLE)
    keys = ["org_code", "measure", "department_type", "value"]
    one, other = (frame[frame["source_file"] == name][keys].sort_values(keys) for name in ("a.csv", "b.csv"))
    assert one.to_numpy().tolist() == other.to_numpy().tolist()
