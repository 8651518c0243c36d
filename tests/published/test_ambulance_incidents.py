"""Ambulance incidents by borough: the real workbook to August 2015, against cells that a person can find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from sources.catalogue import Catalogue
from sources.home import Home
from sources.reading.periods import month
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE, TABLE = "local_ambulance_incidents", "local_ambulance_incidents__incident"
#: Months of each sheet.
MONTHS = {
    "all_attended": 74,
    "binge_drinking": 56,
    "all_assaults": 75,
    "gun_injury": 75,
    "knife_injury": 75,
    "all_weapon_injuries": 75,
    "animal_injury": 75,
    "assaults_against_women": 75,
    "assaults_against_teenagers": 74,
    "cocaine_overdose": 74,
    "heroin_overdose": 74,
}

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture
def workbook(published: Path) -> Path:
    return published / "health" / "local_portals" / "london" / "ambulance-borough-monthly.xls"


@pytest.fixture
def frame(workbook: Path, intake: TakeIn, landed: Landed) -> pd.DataFrame:
    result, home = intake(SOURCE, workbook)
    assert result.problems == [] and result.notes == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (27268, 27268, 0)
    return landed(home, TABLE)


def test_every_borough_and_month_of_every_sheet_is_landed(frame: pd.DataFrame) -> None:
    assert frame[~frame.is_total].groupby("category").size().to_dict() == {c: 33 * n for c, n in MONTHS.items()}
    assert frame[frame.is_total].groupby("category").size().to_dict() == MONTHS
    assert frame.period_start.min() == pd.Timestamp("2009-06-01")
    assert frame.period_end.max() == pd.Timestamp("2015-08-31")
    assert frame.area_code.nunique() == 33 and set(frame.status) == {"observed"}


def test_figures_are_those_of_the_cells_they_name(frame: pd.DataFrame) -> None:
    at = frame.set_index(["source_sheet", "source_column", "source_row"])
    expected = {
        ("All Ambulance Attended", "C", 2): ("E09000002", "Barking and Dagenham", "all_attended", "2009-07-01", 2408),
        ("All Ambulance Attended", "BX", 34): ("E09000033", "Westminster", "all_attended", "2015-08-01", 3752),
        ("Binge Drinking Report", "C", 34): ("E09000033", "Westminster", "binge_drinking", "2011-01-01", 317),
        ("Knife Injury Borough", "D", 2): ("E09000002", "Barking and Dagenham", "knife_injury", "2009-07-01", 8),
        ("Assault Against Women Borough", "BY", 33): (
            "E09000032", "Wandsworth", "assaults_against_women", "2015-08-01", 26,
        ),
        ("Heroin Overdose Report", "BX", 34): ("E09000033", "Westminster", "heroin_overdose", "2015-08-01", 5),
        ("Cocaine Overdose Report", "BX", 32): ("E09000031", "Waltham Forest", "cocaine_overdose", "2015-08-01", 5),
        ("Gun Injury Borough", "C", 35): (None, "Total", "gun_injury", "2009-06-01", 35),
    }  # fmt: skip
    for place, (code, name, category, start, value) in expected.items():
        cell = at.loc[place]
        assert (cell.area_name, cell.category, cell.period_start, cell.value) == (
            name,
            category,
            pd.Timestamp(start),
            value,
        )
        assert (None if pd.isna(cell.area_code) else cell.area_code) == code
        assert bool(cell.is_total) is (code is None)


def test_boroughs_add_up_to_the_total_of_every_sheet_and_month(frame: pd.DataFrame) -> None:
    parts = frame[~frame.is_total].groupby(["category", "period_start"]).value.sum()
    totals = frame[frame.is_total].set_index(["category", "period_start"]).value.sort_index()
    assert len(totals) == sum(MONTHS.values()) and parts.equals(totals)


def test_totals_stand_to_the_senders_summary_as_the_contract_says(frame: pd.DataFrame, workbook: Path) -> None:
    rows = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_name("London Summary").to_python()
    headings = {
        "AllAssaults": "all_assaults", "GunInjury": "gun_injury", "KnifeInjury": "knife_injury",
        "AllWeaponInjuries": "all_weapon_injuries", "AnimalInjury": "animal_injury",
        "AssaultsAgainstWomen": "assaults_against_women", "AssaultsAgainstTeens": "assaults_against_teenagers",
        "BingeDrinking": "binge_drinking", "CocaineOverdose": "cocaine_overdose", "HeroinOverdose": "heroin_overdose",
    }  # fmt: skip
    assert rows[0][1:] == list(headings)
    totals = frame[frame.is_total].set_index(["category", "period_start"]).value
    differences: dict[str, list[float]] = {category: [] for category in headings.values()}
    for row in rows[8:]:
        start = pd.Timestamp(month(row[0]).start)
        for heading, cell in zip(rows[0][1:], row[1:], strict=True):
            if (headings[heading], start) in totals.index:
                # Some of the summary's figures are text.
                differences[headings[heading]].append(float(cell) - totals[headings[heading], start])
    assert {category: len(found) for category, found in differences.items()} == {
        category: 56 if category == "binge_drinking" else 69 for category in headings.values()
    }
    assert isinstance(rows[8][0], str) and isinstance(rows[-1][0], date)
    # The least and greatest that the summary is above the boroughs' total, and the number of months that it differs.
    found = {c: (min(by), max(by), sum(d != 0 for d in by)) for c, by in differences.items()}
    assert found == {
        "all_assaults": (0, 13, 64),
        "gun_injury": (0, 1, 3),
        "knife_injury": (0, 2, 10),
        "all_weapon_injuries": (0, 2, 23),
        "animal_injury": (0, 1, 4),
        "assaults_against_women": (0, 3, 20),
        "assaults_against_teenagers": (0, 4, 12),
        "binge_drinking": (0, 0, 0),
        "cocaine_overdose": (-12, 0, 68),
        "heroin_overdose": (-11, 0, 66),
    }


def test_the_real_workbook_is_recognised(workbook: Path, sources: Catalogue) -> None:
    assert recognise(LooseFile(workbook), sources).source_ids == (SOURCE,)
