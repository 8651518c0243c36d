"""Police workforce: the real workbooks of 2016, 2018 and 2019 and the table by rank, against their own totals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE = "ho_police_workforce"
FORCES, SERIES, RANKS = (f"{SOURCE}__{table}" for table in ("force_strength", "national_series", "rank_strength"))
#: Figures by force and in the national series, and those that are not available.
WORKBOOKS = {
    "police-workforce-tables-sep16.ods": (843, 55, 0),
    "police-workforce-sep18-tables.ods": (1179, 65, 44),
    "police-workforce-sep19-tables.ods": (1741, 70, 70),
}
DAYS = ["worker_type", "measure", "period_end"]

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture
def folder(published: Path) -> Path:
    return published / "justice" / "ho_police_workforce"


def test_every_file_is_of_this_source_only(folder: Path, sources: Catalogue) -> None:
    files = [path for path in folder.iterdir() if path.suffix in {".ods", ".gz"}]
    assert len(files) == 4
    for path in files:
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)


@pytest.mark.parametrize("name", WORKBOOKS)
def test_every_table_adds_up_to_the_publishers_totals(intake: TakeIn, landed: Landed, folder: Path, name: str) -> None:
    by_force, in_series, not_available = WORKBOOKS[name]
    result, home = intake(SOURCE, folder / name)
    assert (result.problems, result.rows_quarantined, result.rows_in) == ([], 0, by_force + in_series)
    frame, series = landed(home, FORCES), landed(home, SERIES)
    assert (len(frame), len(series)) == (by_force, in_series)
    assert (frame.status == "not_available").sum() == not_available
    assert set(frame.status) <= {"observed", "not_available"} and set(series.status) == {"observed"}
    of_level = {level: part.groupby(DAYS).value.sum() for level, part in frame.groupby("area_level")}
    whole = of_level["england_and_wales"]
    assert (of_level["police_force_area"] - whole).abs().max() < 1e-6
    assert (of_level["region"] + of_level["country"] - whole).abs().max() < 1e-6
    assert (whole + of_level["other_body"] - of_level["all_bodies"]).abs().max() < 1e-6
    # Police officers, whom no later table of the workbook revises, are the same in the series.
    last = series[(series.worker_type == "police_officer")].sort_values("period_end").iloc[-1]
    assert abs(whole["police_officer", "fte", last.period_end] - last.value) < 1e-6


def test_figures_are_those_of_the_cells_they_name(intake: TakeIn, landed: Landed, folder: Path) -> None:
    _, home = intake(SOURCE, folder / "police-workforce-tables-sep16.ods", folder / "police-workforce-sep19-tables.ods")
    frame = landed(home, FORCES)
    at = frame.set_index(["source_file", "source_sheet", "source_column", "source_row"])
    columns = ["worker_type", "measure", "area_name", "area_code", "period_end", "value"]
    end = pd.Timestamp
    expected = {
        ("police-workforce-tables-sep16.ods", "Table_1", "D", 54): (
            *("police_officer", "fte", "Wiltshire", "E23000038", end(2016, 9, 30), 976.14),
        ),
        ("police-workforce-tables-sep16.ods", "Table_1", "B", 28): (
            *("police_officer", "fte", "West Midlands", "E12000005", end(2015, 9, 30), 11669.12),
        ),
        ("police-workforce-tables-sep16.ods", "Table_1", "B", 32): (
            *("police_officer", "fte", "West Midlands", "E23000014", end(2015, 9, 30), 7043.25),
        ),
        ("police-workforce-sep19-tables.ods", "Table_9", "B", 11): (
            *("designated_officer", "headcount", "North West", "E12000002", end(2019, 3, 31), 807),
        ),
        ("police-workforce-sep19-tables.ods", "Table_13", "D", 59): (
            *("police_support_volunteer", "headcount", "South Wales", "W15000003", end(2019, 9, 30), 313),
        ),
    }
    for place, values in expected.items():
        found = at.loc[place, columns]
        assert tuple(found)[:-1] == values[:-1]
        assert found.value == pytest.approx(values[-1])


def test_earlier_days_are_revised_in_later_workbooks(intake: TakeIn, landed: Landed, folder: Path) -> None:
    _, home = intake(SOURCE, folder / "police-workforce-sep18-tables.ods", folder / "police-workforce-sep19-tables.ods")
    frame = landed(home, FORCES)
    north_east = frame[
        (frame.area_name == "North East")
        & (frame.worker_type == "police_officer")
        & (frame.measure == "fte")
        & (frame.period_end == pd.Timestamp(2018, 9, 30))
    ].set_index("source_file")
    assert north_east.value["police-workforce-sep18-tables.ods"] == pytest.approx(5505.65)
    assert north_east.value["police-workforce-sep19-tables.ods"] == pytest.approx(5516.65)


@pytest.mark.slow
def test_the_table_by_rank_agrees_with_the_workbooks_on_police_officers(
    intake: TakeIn, landed: Landed, folder: Path
) -> None:
    result, home = intake(
        SOURCE,
        folder / "ho_workforce_open_data_lesscrime_2022.csv.gz",
        folder / "police-workforce-sep18-tables.ods",
    )
    assert (result.problems, result.rows_quarantined) == ([], 0)
    ranks, forces = landed(home, RANKS), landed(home, FORCES)
    assert len(ranks) == 2 * 25_198
    assert set(ranks.period_end) == {pd.Timestamp(year, 3, 31) for year in range(2007, 2023)}
    march = pd.Timestamp(2018, 3, 31)
    of_rank = ranks[(ranks.period_end == march) & (ranks.worker_type == "police_officer") & (ranks.measure == "fte")]
    of_force = forces[
        (forces.period_end == march)
        & (forces.worker_type == "police_officer")
        & (forces.area_level == "police_force_area")
    ]
    by_force = of_rank.groupby("area_code").value.sum() - of_force.set_index("area_code").value
    assert len(by_force) == 43
    # One officer of Cumbria was added later.
    assert by_force[by_force.abs() > 0.01].round(2).to_dict() == {"E23000002": 1.0}
    first = ranks[(ranks.source_row == 2) & (ranks.measure == "fte")].iloc[0]
    assert (first["rank"], first.sex, first.area_code, first.value) == ("Chief Inspector", "Female", "E23000036", 6.6)
