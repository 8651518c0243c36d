"""Police recorded crime: real files, against cells that a person can find and totals that the publisher gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.reading import PublishedFile
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE = "ho_recorded_crime"
OFFENCE, HEADLINE = f"{SOURCE}__offence", f"{SOURCE}__headline"
TOTAL = "Total recorded crime (excluding fraud)"
pytestmark = pytest.mark.slow

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture
def folder(published: Path) -> Path:
    return published / "justice" / "ho_recorded_crime"


@pytest.fixture(scope="session")
def workbook(published: Path) -> Path:
    return published / "justice" / "ons_recorded_crime_pfa_csp" / "policeforceareatablesyedecember2024.xlsx"


@pytest.fixture(scope="session")
def headline(workbook: Path, sources: Catalogue) -> pd.DataFrame:
    source = sources[SOURCE]
    tables = source.reader.read(PublishedFile(workbook, workbook.name, "0" * 64), source.contract)
    return next(found.frame for found in tables if found.table == "headline")


def test_every_figure_of_the_workbook_is_landed(workbook: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake(SOURCE, workbook)
    assert result.problems == []
    # 46,881 figures and the 38 districts of combined partnerships.
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (46_919, 46_919, 0)
    contradictions = [note for note in result.notes if "which the row names twice" in note]
    assert len(contradictions) == 2 * 4  # Gwent and Surrey, in tables C2 to C5
    assert len(landed(home, HEADLINE)) == 46_881
    assert len(landed(home, f"{SOURCE}__combined_district")) == 38


def test_a_year_saved_as_csv_is_read_whole(folder: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake(SOURCE, folder / "prc-pfa-mar2013-onwards-tables201718.csv")
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (23_068, 23_068, 0)
    frame = landed(home, OFFENCE)
    assert frame.value.sum() == 5_519_401
    # 5,792 cells are [-00], a nought in an accountant's format; 36 counts are below nought.
    assert (frame.value < 0).sum() == 36 and frame.value.min() == -45
    at = frame.set_index(["financial_quarter", "police_force_name", "offence_code", "part"]).value.sort_index()
    assert at[1, "Action Fraud", "AF", 1] == 66_776
    assert at[1, "Avon and Somerset", "71", 1] == 6
    assert at[3, "Lancashire", "88C", 1] == -45
    assert at[4, "Wiltshire", "62A", 1] == 74 and at[4, "Wiltshire", "96", 1] == 0
    # Homicide stands in four rows under one code.
    assert at[1, "Avon and Somerset", "1/4.1/4.10/4.2"].tolist() == [0, 0, 1, 1]
    assert frame[frame.part > 1].offence_code.unique().tolist() == ["1/4.1/4.10/4.2"]
    assert frame[frame.area_level == "police_force_area"].area_code.nunique() == 43
    assert frame.area_level.value_counts().to_dict() == {
        "police_force_area": 43 * 524,
        "transport_police": 524,
        "national_body": 12,
    }


def test_the_stacked_years_are_read_from_parquet(folder: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake(SOURCE, folder / "prc_pfa_long.parquet")
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (321_893, 321_893, 0)
    frame = landed(home, OFFENCE)
    by_year = frame.groupby("financial_year").value.sum()
    assert by_year["2012/13"] == 4_063_571 and by_year["2024/25"] == 6_588_827 and by_year["2025/26"] == 4_796_448
    assert len(by_year) == 14 and str(frame.period_end.max())[:10] == "2025-12-31"
    assert (frame.value < 0).sum() == 426 and frame.value.min() == -268
    assert set(frame.part) == {1}
    forces = frame[frame.area_level == "police_force_area"]
    # The copy says itself which of its rows are of territorial forces.
    theirs = pd.read_parquet(folder / "prc_pfa_long.parquet", columns=["territorial", "n"])
    assert forces.value.sum() == theirs[theirs.territorial].n.sum() and forces.area_code.nunique() == 43


def test_the_copy_of_a_year_agrees_with_the_stack_on_the_bodies_that_it_has(
    folder: Path, intake: TakeIn, landed: Landed
) -> None:
    result, home = intake(SOURCE, folder / "CLEANED-regional_forces_crime_data_2024-2025.csv")
    assert (result.problems, result.rows_landed, result.rows_quarantined) == ([], 588, 0)
    sums = landed(home, OFFENCE).groupby("police_force_name").value.sum().to_dict()
    assert sums == {
        "Action Fraud": 354_622,
        "British Transport Police": 81_996,
        "CIFAS": 381_709,
        "UK Finance": 545_023,
    }


def test_the_reference_tables_are_read(folder: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake(SOURCE, folder / "recrime-geo-pfa.csv", folder / "CrimeCatMappings.csv")
    assert (result.problems, result.rows_landed, result.rows_quarantined) == ([], 404 + 132, 0)
    partnerships = landed(home, f"{SOURCE}__csp_reference").set_index("csp_name")
    assert partnerships.area_level.value_counts().to_dict() == {
        "community_safety_partnership": 320,
        "local_authority_district": 83,
    }
    assert pd.isna(partnerships.area_code["North Hampshire"])
    assert partnerships.area_code["Adur"] == "E22000290" and partnerships.police_force_code["Adur"] == "E23000033"
    categories = landed(home, f"{SOURCE}__offence_category").set_index("offence_code").police_uk_category
    assert categories["17A"] == "Violence and Sexual Offences" and len(categories) == 132


def test_every_partnership_of_the_reference_table_has_its_code_there(
    folder: Path, tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    reference = pd.read_csv(folder / "recrime-geo-pfa.csv", dtype=str, keep_default_na=False)
    rows = reference.rename(columns={"Force Name": "Police Force"})[["Police Force", "CSP Name"]].assign(
        **{"Financial Year": "2015/16", "Financial Quarter": "Q1", "Offence Code": "8N", "Offence Count": "1"},
        **{f"Offence {name}": "Assault" for name in ("Description", "Group", "Subgroup")},
    )
    rows.to_csv(tmp_path / "partnerships.csv", index=False)
    result, home = intake(SOURCE, tmp_path / "partnerships.csv")
    assert (result.problems, result.rows_landed, result.rows_quarantined) == ([], 404, 0)
    read = landed(home, OFFENCE).set_index("area_name").area_code
    known = dict(zip(reference["CSP Name"], reference["ONS Code"], strict=True))
    differ = {name: code for name, code in known.items() if code != read[name]}
    assert differ == {"North Hampshire": "N/A"} and read["North Hampshire"] == "E22000374"


def test_figures_are_those_of_the_cells_they_name(headline: pd.DataFrame) -> None:
    at = headline.set_index(["table_number", "source_column", "source_row"])
    columns = ["area_name", "offence", "measure", "value", "status"]
    expected = {
        ("P1", "C", 8): ("ENGLAND AND WALES", TOTAL, "number", 5_350_405, "observed"),
        ("P1", "E", 63): ("British Transport Police", "Homicide", "number", 9, "observed"),
        ("P2", "E", 11): ("North East", "Homicide", "percentage_change", None, "suppressed"),
        ("P3", "C", 9): ("ENGLAND AND WALES", None, "population", 60_854_700, "observed"),
        ("P3", "Q", 9): (
            "ENGLAND AND WALES", "Residential burglary", "rate_per_1000_households", 6.9621064245509805, "observed"),
        ("P4", "C", 8): ("ENGLAND AND WALES", TOTAL, "number", 5_483_871, "observed"),
        ("P5", "F", 63): ("North Wales", "Knife: Attempted murder", "percentage_involving_knife", None,
                          "not_applicable"),
        ("P8", "R", 9 + 1): ("ENGLAND AND WALES", "Firearm offences (excluding air weapons)", "percentage_change",
                             -19.9756209050739, "observed"),
        ("P9", "D", 11): ("ENGLAND AND WALES", "Fraud and computer misuse offences referred by Action Fraud", "number",
                          354_002, "observed"),
        ("C2", "G", 11): ("Bristol, City of", TOTAL, "number", 63_307, "observed"),
        ("C4", "I", 15): ("Unassigned Avon and Somerset", TOTAL, "rate_per_1000_population", None, "not_available"),
        ("C5", "G", 9): ("Avon and Somerset", TOTAL, "number", 146_588, "observed"),
    }  # fmt: skip
    for place, figures in expected.items():
        read = [None if pd.isna(cell) else cell for cell in at.loc[place, columns]]
        assert read == list(figures), place


def test_periods_are_those_of_the_titles_and_headings(headline: pd.DataFrame) -> None:
    spans = headline.groupby("table_number").period_end.agg(["min", "max"]).astype(str)
    assert spans.loc["P1"].tolist() == ["2024-12-31", "2024-12-31"]
    assert spans.loc["P4"].tolist() == ["2023-12-31", "2023-12-31"]
    assert spans.loc["P6"].tolist() == ["2011-03-31", "2024-12-31"]
    assert spans.loc["P8"].tolist() == ["2010-03-31", "2024-12-31"]
    assert spans.loc["C5"].tolist() == ["2023-12-31", "2023-12-31"]
    assert set(headline.query("measure == 'population'").period_type) == {"point_in_time"}


@pytest.mark.parametrize("table", ["P1", "P4"])
def test_forces_sum_to_regions_and_countries_in_every_offence(headline: pd.DataFrame, table: str) -> None:
    """British Transport Police are in the total of England and Wales alone (note 3)."""
    frame = headline[headline.table_number == table]
    by_code = frame.loc[frame.area_code.notna()].pivot(index="offence", columns="area_code", values="value")
    transport = frame.loc[frame.area_level == "transport_police"].set_index("offence").value.reindex(by_code.index)
    forces = [code for code in by_code if code.startswith("E23")]
    regions = [code for code in by_code if code.startswith("E12")]
    welsh = [code for code in by_code if code.startswith("W15")]
    assert (len(forces), len(regions), len(welsh), len(by_code)) == (39, 9, 4, 23)
    assert (by_code[forces].sum(axis=1) == by_code.E92000001).all()
    assert (by_code[regions].sum(axis=1) == by_code.E92000001).all()
    assert (by_code[welsh].sum(axis=1) == by_code.W92000004).all()
    assert (by_code.E92000001 + by_code.W92000004 + transport == by_code.K04000001).all()


@pytest.mark.parametrize("table", ["P1", "P4", "C2", "C5"])
def test_parts_of_an_offence_sum_to_it(headline: pd.DataFrame, table: str) -> None:
    frame = headline[(headline.table_number == table) & headline.value.notna()]
    by_offence = frame.pivot(index="source_row", columns="offence", values="value")
    for whole, parts in frame.loc[frame.part_of.notna()].groupby("part_of").offence.unique().items():
        assert (by_offence[list(parts)].sum(axis=1) == by_offence[whole]).all(), whole


@pytest.mark.parametrize(("table", "tables_of_forces"), [("C2", "P1"), ("C5", "P4")])
def test_partnerships_and_what_is_in_none_sum_to_their_force(
    headline: pd.DataFrame, table: str, tables_of_forces: str
) -> None:
    frame = headline[(headline.table_number == table) & (headline.offence == TOTAL)]
    sums = frame.groupby(["police_force_code", "is_total"]).value.sum().unstack("is_total")
    sums.columns = ["parts", "force"]
    forces = headline[(headline.table_number == tables_of_forces) & (headline.area_level == "police_force_area")]
    published = forces.loc[forces.offence == TOTAL].set_index("area_code").value
    assert (published.reindex(sums.index) - sums.force).abs().max() == 0
    assert (sums.parts - sums.force).abs().max() == 0


def test_markers_have_the_statuses_that_the_sheets_give_them(headline: pd.DataFrame) -> None:
    counts = headline.groupby(["table_number", "status"]).size().unstack(fill_value=0)
    assert counts.loc["C3", ["suppressed", "not_available", "missing"]].tolist() == [1123, 920, 46]
    assert counts.loc["C4", ["suppressed", "not_available", "missing"]].tolist() == [24, 1070, 48]
    assert counts.loc["C2", "missing"] == 23 and counts.loc["C5", "missing"] == 46
    assert counts.loc["P1", "observed"] == 56 * 23


def test_real_files_are_recognised_as_this_source_alone(folder: Path, workbook: Path, sources: Catalogue) -> None:
    names = ["prc-pfa-mar2013-onwards-tables201718.csv", "prc_pfa_long.parquet", "recrime-geo-pfa.csv"]
    names += ["CrimeCatMappings.csv", "CLEANED-regional_forces_crime_data_2024-2025.csv"]
    for path in [*(folder / name for name in names), workbook]:
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,), path.name
    assert recognise(LooseFile(folder / "csew_prc_pfa_11_v3.csv"), sources).source_ids == ()
