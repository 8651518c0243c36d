"""Real workbooks of hospital admissions, against cells that a person can find in them and their own totals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

pytestmark = pytest.mark.slow

SOURCE = "hes_admissions"
SHARP, DRUGS = f"{SOURCE}__sharp_object_admission", f"{SOURCE}__drug_admission"
Landed = Callable[[Home, str], Any]


@pytest.fixture
def tabulation(published: Path) -> Path:
    return published / "justice" / "inspectorates_and_deaths" / "nhsdigital_hes_sharp_object_admissions_workbook.xlsx"


@pytest.fixture
def drugs(published: Path) -> list[Path]:
    folder = published / "health" / "nhs_hospital_activity"
    return [
        folder / "NHS-drugs_statistics_on_drug_misuse_pasted.xlsx",
        folder / "Database_drug_admissions_by_LA_2008-2019.xlsx",
    ]


def _cell(frame: pd.DataFrame, sheet: str, column: str, row: int) -> dict[str, Any]:
    found = frame[(frame["source_sheet"] == sheet) & (frame["source_column"] == column) & (frame["source_row"] == row)]
    assert len(found) == 1
    return found.iloc[0].to_dict()


def test_the_tabulation_on_sharp_objects_lands_but_for_a_total_under_the_wrong_year(
    tabulation: Path, intake: TakeIn, landed: Landed, sources: Catalogue
) -> None:
    assert recognise(LooseFile(tabulation), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, tabulation)
    assert (result.problems, result.rows_in, result.rows_quarantined) == ([], 65128, 28)
    aside = quarantined(home)
    assert {(row["source_sheet"], row["source_row"]) for row in aside} == {("GOR-Data-Totals", 136)}
    assert aside[0]["reason"] == "the total says 2020-21 and stands below the months of 2021-22"
    frame = landed(home, SHARP)
    assert not frame.duplicated(list(sources[SOURCE].contract.tables["sharp_object_admission"].grain)).any()
    # Ten years of twelve months, and the totals of all but the last; 14 areas of two measures.
    assert (frame["breakdown"] == "all").sum() == (120 + 9) * 28
    assert (frame["breakdown"] == "sex").sum() == 130 * 56
    assert (frame["status"] == "suppressed").sum() == 25575
    names = ["area_name", "area_code", "measure", "value", "status", "is_total"]
    admissions, episodes = "finished_admission_episodes", "finished_consultant_episodes"
    for at, expected in {
        ("GOR-Data-Totals", "C", 7): ["East Midlands", "E12000004", admissions, 15, "rounded", False],
        ("GOR-Data-Totals", "AD", 7): ["England", "E92000001", episodes, 293, "observed", True],
        ("GOR-Data-Totals", "AC", 19): ["England", "E92000001", admissions, 3849, "observed", True],
        ("GOR-Data-Totals", "AC", 124): ["England", "E92000001", admissions, 326, "provisional", True],
        ("GOR-Data-Gender", "C", 7): ["East Midlands", "E12000004", admissions, 0, "observed", False],
        ("GOR-Data-Age-Group", "AD", 7): ["England", "E92000001", admissions, 129, "observed", True],
    }.items():
        found = _cell(frame, *at)
        assert [found[name] for name in names] == expected
    assert _cell(frame, "GOR-Data-Totals", "U", 8)["status"] == "suppressed"
    assert _cell(frame, "GOR-Data-Age-Group", "AD", 7)["age_band"] == "20-29"
    assert str(_cell(frame, "GOR-Data-Totals", "C", 16)["period_start"])[:10] == "2013-01-01"


def test_englands_months_add_up_to_its_years_and_are_those_of_the_copyists_own_sheet(
    tabulation: Path, intake: TakeIn, landed: Landed
) -> None:
    _, home = intake(SOURCE, tabulation)
    frame = landed(home, SHARP)
    country = frame[frame["area_level"] == "country"].copy()
    country["year"] = (country["period_start"] - pd.DateOffset(months=3)).dt.year
    keys = ["breakdown", "measure", "sex", "year"]
    for breakdown in ("all", "sex", "ethnicity"):
        part = country[country["breakdown"] == breakdown]
        months = part[part["period_type"] == "month"].groupby(keys)["value"].sum()
        totals = part[part["period_type"] != "month"].groupby(keys)["value"].sum()
        # The last year's total of the sheet of totals is set aside.
        assert len(totals) == (18 if breakdown == "all" else 20 if breakdown == "ethnicity" else 40)
        assert (months.loc[totals.index] == totals).all()
    rows = CalamineWorkbook.from_path(str(tabulation)).get_sheet_by_name("UK_Stabbings_Totals").to_python()[1:]
    months = country[(country["period_type"] == "month") & (country["breakdown"] == "all")]
    episodes = months[months["measure"] == "finished_consultant_episodes"].sort_values("period_start")["value"]
    assert episodes.tolist() == [row[2] for row in rows]


def test_the_tables_on_drugs_land_but_for_those_of_no_year(
    drugs: list[Path], intake: TakeIn, landed: Landed, sources: Catalogue
) -> None:
    for path in drugs:
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, *drugs)
    assert (result.problems, result.rows_in, result.rows_quarantined) == ([], 17586 + 551, 60)
    aside = quarantined(home)
    assert {row["source_sheet"] for row in aside} == {"primary-regional", "misuse-regional"}
    assert {row["reason"] for row in aside} == {"[2006-2006] is not a financial year"}
    frame = landed(home, DRUGS)
    grain = list(sources[SOURCE].contract.tables["drug_admission"].grain)
    assert not frame.duplicated(["source_file", *grain]).any()
    names = ["area_code", "area_name", "diagnosis_group", "measure", "sex", "value", "status"]
    primary, count = "primary_mental_and_behavioural", "finished_admission_episodes"
    england = ["E92000001", "England", primary, count, "persons", 7139, "observed"]
    assert [_cell(frame, "primary-county", "G", 6)[name] for name in names] == england
    darlington = _cell(frame, "primary-county", "AO", 10)
    assert [darlington[name] for name in names[:5]] == ["E06000005", "Darlington", primary, count, "female"]
    assert (darlington["status"], str(darlington["period_start"])[:10]) == ("not_available", "2017-04-01")
    assert _cell(frame, "primary-county", "H", 11)["status"] == "suppressed"
    wiltshire = _cell(frame, "secondary-county", "AW", 176)
    assert [wiltshire[name] for name in ("area_name", "measure", "value")] == [
        *["Wiltshire", "admissions_per_100000", 124]
    ]
    episodes = _cell(frame, "secondary-regional", "B", 5)
    assert [episodes["measure"], episodes["value"], str(episodes["period_end"])[:10]] == [
        *["finished_consultant_episodes", 38364, "2006-03-31"]
    ]
    heroin = _cell(frame, "misuse-diagnoses-2012-2019", "H", 6)
    assert [heroin["diagnosis"], heroin["value"]] == ["Poisoning: Heroin", 1820]
    assert "Poisoning: Other opioids" in set(frame["diagnosis"])
    areas = frame[(frame["source_sheet"] == "misuse-county")]["area_code"]
    assert areas.nunique() == 1 + 9 + 152


def test_englands_total_is_the_same_by_area_by_age_and_by_diagnosis(
    drugs: list[Path], intake: TakeIn, landed: Landed
) -> None:
    _, home = intake(SOURCE, *drugs)
    frame = landed(home, DRUGS)
    is_total = (
        (frame["area_code"] == "E92000001")
        & (frame["sex"] == "persons")
        & (frame["age_band"] == "all")
        & (frame["diagnosis"] == "all")
        & (frame["measure"] == "finished_admission_episodes")
    )
    totals = frame[is_total].pivot_table(index=["diagnosis_group", "period_start"], columns="breakdown", values="value")
    disorders = totals.drop(index="primary_poisoning", level=0)
    both = disorders.dropna(subset=["area_and_sex"])
    assert len(both) == 12
    assert (both["area_and_sex"] == both["age_group"]).all()
    by_diagnosis = totals.dropna(subset=["diagnosis"])
    assert (by_diagnosis["diagnosis"] == by_diagnosis["age_group"]).all()
    parts = frame[(frame["breakdown"] == "diagnosis") & ~frame["is_total"]]
    added = parts.groupby(["diagnosis_group", "period_start"])["value"].sum()
    assert (added == by_diagnosis["diagnosis"].loc[added.index]).all()
    # Ages are not known of everybody.
    parts = frame[(frame["breakdown"] == "age_group") & ~frame["is_total"]]
    added = parts.groupby(["diagnosis_group", "period_start"])["value"].sum()
    lacking = totals["age_group"].loc[added.index] - added
    assert len(lacking) == 33
    assert lacking.between(0, 600).all()
