"""Deaths during or following police contact: the real workbook of 2018/19, against cells that a person can find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE, TABLE = "iopc_deaths", "iopc_deaths__death"
#: Figures of each table, totals included: 16 a group (15 years and their total), or 16 for a list's years and total.
FIGURES = {
    "1.1": 32, "1.2": 64, "1.3": 64, "1.4": 48, "1.5": 128, "1.6": 112, "1.7": 784, "1.8": 784,
    "2.1": 32, "2.2": 48, "2.3": 128, "2.4": 96, "2.5": 272,
    "3.1": 32, "3.2": 48, "3.3": 144, "3.4": 96, "3.5": 784,
    "4.1": 32, "4.2": 48, "4.3": 144, "4.4": 112, "4.5": 784,
    "5.1": 32, "5.2": 48, "5.3": 144, "5.4": 112, "5.5": 944, "5.6": 944,
}  # fmt: skip

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture
def workbook(published: Path) -> Path:
    return published / "justice" / "inspectorates_and_deaths" / "Time_series_tables_2018-19.ods"


@pytest.fixture
def frame(workbook: Path, intake: TakeIn, landed: Landed) -> pd.DataFrame:
    result, home = intake(SOURCE, workbook)
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (7040, 7040, 0)
    assert result.notes == [
        "Time_series_tables_2018-19.ods: [Apparent_suicides] F26 has a remark: Operational advice note issued in 2007"
        " on the referral of apparent suicides following release from custody"
    ]
    return landed(home, TABLE)


def test_every_figure_of_every_table_is_landed(frame: pd.DataFrame) -> None:
    assert frame.groupby("table_number").size().to_dict() == FIGURES
    assert frame.value.notna().all()
    assert not frame.duplicated(["table_number", "measure", "category", "period_start", "period_end"]).any()


def test_figures_are_those_of_the_cells_they_name(frame: pd.DataFrame) -> None:
    at = frame.set_index(["source_sheet", "source_column", "source_row"])
    columns = ["table_number", "measure", "breakdown", "category", "financial_year", "is_total", "value", "status"]
    # The cell as the workbook shows it is in the comment.
    expected = {
        ("RTI", "B", 27): ("1.1", "fatalities", "all", None, "2018/19", False, 42, "observed"),  # 42
        ("RTI", "C", 28): ("1.1", "incidents", "all", None, None, True, 395, "observed"),  # 395
        ("RTI", "C", 33): ("1.2", "incidents", "incident_type", "Pursuit-related", "2005/06", False, 27, "observed"),
        ("RTI", "N", 73): ("1.6", "fatalities", "ethnicity", "Asian", "2016/17", False, 3, "observed"),  # text "3"
        ("RTI_By_Force", "N", 36): ("1.7", "incidents", "force", "North Yorkshire", "2016/17", False, 2, "observed"),
        ("RTI_By_Force", "Q", 90): ("1.8", "fatalities", "force", "Metropolitan", None, True, 66, "observed"),  # 66
        ("Shootings_By_Force", "E", 19): (
            "2.5", "fatalities", "force", "Metropolitan", "2007/08", False, 3, "observed",
        ),  # 3* after a space
        ("Shootings_By_Force", "Q", 19): ("2.5", "fatalities", "force", "Metropolitan", None, True, 18, "observed"),
        ("Custody", "K", 48): ("3.3", "fatalities", "age_group", "41 - 50", "2013/14", False, 3, "observed"),  # 3
        ("Apparent_suicides", "O", 49): ("4.3", "fatalities", "age_group", "31 - 40", "2017/18", False, 15, "revised"),
        ("Apparent_suicides_By_Force", "P", 51): (
            "4.5", "fatalities", "force", "British Transport", "2018/19", False, 5, "observed",
        ),  # 5**
        ("Other_contact", "B", 26): ("5.1", "fatalities", "all", None, "2017/18", False, 175, "revised"),  # 175~
        ("Other_contact", "C", 26): ("5.1", "incidents", "all", None, "2017/18", False, 169, "revised"),  # 169~
        ("Other_contact_by_force", "N", 14): (
            "5.5", "incidents", "force", "City of London", "2016/17", False, 1, "observed",
        ),  # 1"
    }  # fmt: skip
    for place, figures in expected.items():
        read = at.loc[place, columns].replace({float("nan"): None}).tolist()
        assert read == list(figures), place


def test_the_notes_are_the_footnotes_that_the_marks_refer_to(frame: pd.DataFrame) -> None:
    note = frame.set_index(["source_sheet", "source_column", "source_row"]).note
    assert note["Shootings_By_Force", "E", 19] == "* One incident resulted in two fatalities"
    assert note["RTI_By_Force", "N", 36] == "* For one of these incidents, Durham Police are also under investigation."
    assert (
        note["Other_contact_by_force", "N", 14]
        == '" The Metropolitan Police are also under investigation for this incident.'
    )
    assert note["Other_contact", "O", 36].startswith("~ This table presents the most up-to-date set of figures")
    # The year of column M is headed [15/16" **], and the row's label is [Other^].
    assert [line[:12] for line in note["Other_contact", "M", 68].splitlines()] == [
        "^ Prior to 2",
        '" Following ',
        "** Expansion",
    ]


def test_what_is_marked_as_updated_is_revised_and_nothing_else(frame: pd.DataFrame) -> None:
    revised = frame[frame.status == "revised"]
    # 45 cells of the workbook end in ~, all in tables that say what it means.
    assert len(revised) == 45 and revised.note.str.contains("~ This table presents").all()
    assert set(frame.status) == {"observed", "revised"}


def test_parts_add_up_to_the_publishers_totals_but_for_the_shooting_under_two_forces(frame: pd.DataFrame) -> None:
    over: dict[tuple[str, str], float] = {}
    for number, table in frame[frame.breakdown != "all"].groupby("table_number"):
        is_total_row, is_total_column = table.category.str.match("(?i)total"), table.financial_year.isna()
        by_year = table[~is_total_row & ~is_total_column].groupby("financial_year").value.sum()
        by_row = table[~is_total_column].groupby("source_row").value.sum()
        years = by_year - table[is_total_row & ~is_total_column].set_index("financial_year").value
        rows = by_row - table[is_total_column].set_index("source_row").value
        assert len(years) == 15 and len(rows) == table.source_row.nunique() and not rows.isna().any()
        over |= {(str(number), str(key)): by for key, by in pd.concat([years, rows]).items() if by != 0}
    # Table 2.5 gives the three fatalities of one incident to City of London and to Metropolitan (its footnote ^).
    assert over == {("2.5", "2017/18"): 3.0}
    for (_, _), table in frame[frame.breakdown == "all"].groupby(["table_number", "measure"]):
        assert table[~table.is_total].value.sum() == table[table.is_total].value.item()


def test_each_breakdown_has_the_totals_of_the_first_table(frame: pd.DataFrame) -> None:
    listed = frame[(frame.breakdown == "all") & ~frame.is_total].set_index(["death_type", "measure", "financial_year"])
    totals = frame[(frame.breakdown != "all") & frame.is_total & frame.financial_year.notna()]
    assert len(totals) == 24 * 15
    joined = totals.join(listed.value.rename("listed"), on=["death_type", "measure", "financial_year"])
    assert (joined.value == joined.listed).all()


def test_the_real_workbook_is_recognised(workbook: Path, sources: Catalogue) -> None:
    assert recognise(LooseFile(workbook), sources).source_ids == (SOURCE,)


def test_the_copy_by_ethnic_group_has_the_figures_of_the_workbooks_tables(
    published: Path, frame: pd.DataFrame, intake: TakeIn, landed: Landed, sources: Catalogue
) -> None:
    path = published / "justice" / "inspectorates_and_deaths" / "iopc_deaths_by_ethnicity_lesscrime.csv.gz"
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, path)
    assert result.problems == [] and (result.rows_in, result.rows_quarantined) == (330, 0)
    both = landed(home, TABLE)
    key = ["table_number", "death_type", "measure", "breakdown", "category", "is_total", "period_start", "period_end"]
    copied = both[both.table_title == "Ethnicity by financial year (copied)"].set_index(key).value
    tables = frame[(frame.breakdown == "ethnicity") & ~frame.is_total & (frame.death_type != "other_contact")]
    assert len(copied) == 330 and copied.sort_index().eq(tables.set_index(key).value.sort_index()).all()
