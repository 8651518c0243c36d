"""Criminal courts: the real copies and sheets, against cells that a person can find and totals that they state."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.readings import Reading, read_files

SOURCE = "moj_courts"
ROWS = {
    "ccsq_receipts_disposals_outstanding.csv": 300,
    "cjsq_overview_Q4_1.csv": 528,
    "cjsq_overview_Q4_2.csv": 528,
    "immediate_custody_by_sentence_length.csv": 286,
}


@pytest.fixture(scope="module")
def folder(published: Path) -> Path:
    return published / "justice" / "moj_cjs_and_courts"


@pytest.fixture(scope="module")
def reading(folder: Path, sources: Catalogue) -> Reading:
    return read_files(sources[SOURCE], *(folder / name for name in ROWS))


def test_every_file_is_known_and_landed_whole(folder: Path, intake: TakeIn, sources: Catalogue) -> None:
    for name in ROWS:
        assert recognise(LooseFile(folder / name), sources).source_ids == (SOURCE,)
    result, _ = intake(SOURCE, *(folder / name for name in ROWS))
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (1642, 1642, 0)


def test_figures_of_each_file_are_counted(reading: Reading) -> None:
    counts = pd.concat([table.source_file for table in reading.tables.values()]).value_counts().to_dict()
    assert counts == ROWS and reading.quarantined == []


@pytest.mark.parametrize(
    ("row", "column", "court", "period", "measure", "value"),
    [
        (2, "C", "magistrates", "calendar_year 2014-12-31", "receipts", 1_607_163),
        (11, "E", "magistrates", "calendar_year 2023-12-31", "outstanding", 370_731),
        (17, "D", "magistrates", "quarter 2015-06-30", "disposals", 395_242),  # Q2 [note 7]
        (17, "I", "crown", "quarter 2015-06-30", "disposals", 32_423),
        (51, "J", "crown", "quarter 2023-12-31", "outstanding", 67_573),
    ],
)
def test_a_caseload_is_that_of_its_cell(
    reading: Reading, row: int, column: str, court: str, period: str, measure: str, value: int
) -> None:
    cases = reading.tables["caseload"]
    (one,) = cases[(cases.source_row == row) & (cases.source_column == column)].itertuples()
    found = (one.court, f"{one.period_type} {str(one.period_end)[:10]}", one.measure, one.value)
    assert found == (court, period, measure, value)


def test_years_of_caseload_are_their_quarters(reading: Reading) -> None:
    cases = reading.tables["caseload"].assign(year=lambda frame: frame.period_end.dt.year)
    flows = cases[cases.measure != "outstanding"]
    sums = flows.groupby(["court", "measure", "year", "period_type"]).value.sum().unstack()
    assert len(sums) == 40 and sums["quarter"].equals(sums["calendar_year"].rename("quarter"))
    left = cases[(cases.measure == "outstanding") & (cases.period_end.dt.month == 12)]
    ends = left.set_index(["court", "year", "period_type"]).value.unstack()
    assert len(ends) == 20 and ends["quarter"].equals(ends["calendar_year"].rename("quarter"))


@pytest.mark.parametrize("stage", ["directed_to_appear", "proceeded_against"])
def test_remand_statuses_and_offence_types_add_up(reading: Reading, stage: str) -> None:
    remand = reading.tables["remand"]
    counts = remand[(remand.stage == stage) & (remand.measure == "defendants")]
    at = counts.set_index(["offence_type", "remand_status", "period_end"]).value.unstack()
    assert at.shape == (24, 11)
    offences = [name for name in dict.fromkeys(at.index.get_level_values(0)) if name != "all"]
    for offence in ("all", *offences):
        of = at.loc[offence]
        assert (of.drop("all").sum() == of.loc["all"]).all()
    assert (sum(at.loc[(offence, "all")] for offence in offences) == at.loc[("all", "all")]).all()


def test_remand_figures_are_those_of_their_cells(reading: Reading) -> None:
    remand = reading.tables["remand"].set_index(["source_file", "source_row", "source_column"])
    one = remand.loc[("cjsq_overview_Q4_1.csv", 9, "M")]
    expected = ("Q4.1", "directed_to_appear", "all", "Arrested and held in custody", "defendants", 113_785)
    assert tuple(one[["table_number", "stage", "offence_type", "remand_status", "measure", "value"]]) == expected
    assert (str(one.period_start)[:10], str(one.period_end)[:10]) == ("2023-04-01", "2024-03-31")
    other = remand.loc[("cjsq_overview_Q4_2.csv", 13, "X")]
    assert (other.offence_type, other.remand_status, other.unit) == (
        "Indictable only",
        "Remanded in custody",
        "proportion",
    )
    assert other.value == 0.490196078431373
    assert remand[remand.status == "not_applicable"].groupby("source_file").size().to_dict() == {
        "cjsq_overview_Q4_1.csv": 44,
        "cjsq_overview_Q4_2.csv": 44,
    }


def test_both_tables_of_a_year_are_of_the_same_defendants(reading: Reading) -> None:
    remand = reading.tables["remand"]
    totals = remand[(remand.remand_status == "all") & (remand.measure == "defendants")]
    by_stage = totals.set_index(["offence_type", "period_end", "stage"]).value.unstack()
    assert len(by_stage) == 66 and (by_stage.directed_to_appear == by_stage.proceeded_against).all()


def test_sentence_lengths_add_up_to_the_total_of_every_year(reading: Reading) -> None:
    custody = reading.tables["immediate_custody"]
    people = custody[custody.measure == "people_sentenced"]
    by_year = people.groupby(["period_end", "is_total"]).value.sum().unstack()
    assert len(by_year) == 11 and (by_year[True] == by_year[False]).all()
    assert by_year[True].iloc[0] == 90_500 and by_year[True].iloc[-1] == 89_164
    (mean,) = custody[(custody.unit == "months") & (custody.period_end == "2026-03-31")].value
    assert mean == 20.1
    (month,) = people[
        (people.sentence_length == "Up to and including 1 month") & (people.period_end == "2020-03-31")
    ].value
    assert month == 9_045
