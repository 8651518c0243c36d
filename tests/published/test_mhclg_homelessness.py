"""Statutory homelessness read from the files that the publisher issued, against cells that a person can find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE, TABLE = "mhclg_homelessness", "mhclg_homelessness__figure"
#: Each workbook with its quarter, local authorities, figures, and cells that are in quarantine.
WORKBOOKS = {
    "DetailedLA_201806.xlsx": ("2018-04-01", 326, 36_059, 0),
    "DetailedLA_201812.xlsx": ("2018-10-01", 326, 36_235, 0),
    "DetailedLA_201903_revised.xlsx": ("2019-01-01", 326, 36_235, 0),
    "DetailedLA_201906_revised.xlsx": ("2019-04-01", 317, 36_256, 0),
    "DetailedLA_201909_revised.xlsx": ("2019-07-01", 317, 36_256, 0),
    "DetailedLA_202003.xlsx": ("2020-01-01", 317, 41_328, 0),
    "DetailedLA_202006.ods": ("2020-04-01", 314, 50_376, 3),
    "DetailedLA_202012.ods": ("2020-10-01", 314, 57_525, 0),
    "DetailedLA_202103_revised.ods": ("2021-01-01", 314, 57_525, 0),
    "DetailedLA_202109_fixed.ods": ("2021-07-01", 309, 56_641, 2),
    "Detailed_LA_202203.ods": ("2022-01-01", 309, 56_960, 0),
    "Detailed_LA_202206.ods": ("2022-04-01", 309, 56_960, 0),
    "Detailed_LA_202212.ods": ("2022-10-01", 309, 56_960, 0),
    "Detailed_LA_202306_all_dropdowns_fix.ods": ("2023-04-01", 296, 54_646, 0),
    "Detailed_LA_202309_fixed.ods": ("2023-07-01", 296, 68_155, 1),
    "Detailed_LA_202403.xlsx": ("2024-01-01", 296, 68_154, 0),
    "Detailed_LA_202406_fix.xlsx": ("2024-04-01", 296, 68_154, 0),
    "Detailed_LA_202412.ods": ("2024-10-01", 296, 68_768, 0),
    "Detailed_LA_202503.ods": ("2025-01-01", 296, 68_768, 0),
    "Statutory_Homelessness_Detailed_Local_Authority_Data_202509.ods": ("2025-07-01", 296, 68_768, 0),
}
EITHER, LIVING = "owed_prevention_or_relief", "accommodation_at_application"
#: Cells as the workbooks show them: quarter, table (measure and households), category, area, figure, status.
CELLS = [
    ("201806", "assessment", "assessed", "total", "ENGLAND", 67_830, "rounded"),
    ("201806", "assessment", "assessed", "owed_a_prevention_duty", "Allerdale", 47, "observed"),
    ("201806", "support_need", EITHER, "offending_history", "ENGLAND", 4_430, "rounded"),
    ("201806", "reason_for_loss", EITHER, "left_institution", "ENGLAND", 690, "rounded"),
    ("201806", LIVING, EITHER, "left_custody", "ENGLAND", 820, "rounded"),
    ("201812", "referral", "assessed_after_referral", "prison", "North West", 90, "rounded"),
    ("202006", "reason_for_loss", "owed_prevention", "left_institution", "ENGLAND", 390, "rounded"),
    ("202006", "reason_for_loss", EITHER, "left_institution", "ENGLAND", 2_000, "rounded"),
    ("202012", "reason_for_loss", "owed_relief", "total", "England", 33_990, "rounded"),
    ("202109", "referral", "assessed_after_referral", "duty_to_refer", "ENGLAND", 6_260, "rounded"),
    ("202203", "support_need", EITHER, "any_support_need", "Amber Valley", 89, "observed"),
    ("202309", LIVING, "owed_relief", "left_custody", "ENGLAND", 1_720, "rounded"),
    ("202309", "support_need", EITHER, "care_leaver_21_and_over", "ENGLAND", 610, "rounded"),
    ("202403", "reason_for_loss", "owed_prevention", "left_custody", "ENGLAND", 720, "rounded"),
    ("202403", "reason_for_loss", "owed_prevention", "left_custody", "Babergh", 0, "observed"),
    ("202412", "referral", "assessed_after_referral", "probation", "ENGLAND", 3_110, "rounded"),
    ("202509", "referral", "assessed_after_referral", "prison", "York", 3, "observed"),
    ("202509", "outcome", "relief_duty_ended", "fifty_six_days_elapsed", "ENGLAND", 26_150, "rounded"),
    ("202509", "outcome", "prevention_duty_ended", "homeless", "ENGLAND", 9_030, "rounded"),
]  # fmt: skip

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="session")
def read(sources: Catalogue, published: Path) -> Callable[[str], Figures]:
    """What the reader makes of one of the workbooks, each being read once."""
    held: dict[str, Figures] = {}

    def found(name: str) -> Figures:
        if name not in held:
            source, path = sources[SOURCE], published / "health" / "mhclg_hclic" / name
            (held[name],) = source.reader.read(PublishedFile(path, name, "0" * 64), source.contract)
        return held[name]

    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKBOOKS)
def test_every_workbook_is_recognised_and_read_whole(
    name: str, read: Callable[[str], Figures], published: Path, sources: Catalogue
) -> None:
    quarter, authorities, rows_in, rejected = WORKBOOKS[name]
    assert recognise(LooseFile(published / "health" / "mhclg_hclic" / name), sources).source_ids == (SOURCE,)
    found = read(name)
    frame = found.frame
    assert (found.rows_in, len(found.quarantined)) == (rows_in, rejected)
    assert len(frame) == rows_in - rejected
    assert set(frame.period_start.astype(str)) == {quarter} and set(frame.period_type) == {"quarter"}
    local = frame[(frame.area_level == "local_authority_district") & (frame.measure == "assessment")]
    assert local.area_name.nunique() == authorities
    assert not frame.duplicated(["measure", "households", "category", "area_level", "area_name"]).any()


@pytest.mark.slow
@pytest.mark.parametrize(("quarter", "measure", "households", "category", "area", "value", "status"), CELLS)
def test_figures_are_those_of_the_cells(
    quarter: str, measure: str, households: str, category: str, area: str, value: float, status: str,
    read: Callable[[str], Figures],
) -> None:  # fmt: skip
    frame = read(next(name for name in WORKBOOKS if quarter in name)).frame
    row = frame[
        (frame.measure == measure)
        & (frame.households == households)
        & (frame.category == category)
        & (frame.area_name == area)
    ]
    assert (row.value.item(), row.status.item()) == (value, status)


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKBOOKS)
def test_authorities_and_the_estimates_for_the_others_make_up_england(
    name: str, read: Callable[[str], Figures]
) -> None:
    frame = read(name).frame
    counts = frame.query("unit == 'households' or unit == 'support needs'")
    key = ["measure", "households", "category"]
    england = counts.query("area_level == 'country'").groupby(key, observed=True).value.sum()
    regions = counts.query("area_level == 'region'").groupby(key, observed=True).value.sum()
    # Nine rounded regions: each may be five off, and England too.
    over = regions - england
    far = over[over.abs() > 50].to_dict()
    # The publisher's own slip, in a workbook where the authorities' parts are not their totals either.
    slips = {
        ("reason_for_loss", "owed_prevention", "total"): -800,
        ("reason_for_loss", "owed_relief", "total"): -760,
    }
    assert far == (slips if name == "Detailed_LA_202403.xlsx" else {})
    local = counts.query("area_level == 'local_authority_district'").groupby(key, observed=True).value.sum()
    # Referrals have no authorities in their first year.
    ratio = (local / england)[england >= 5_000].dropna()
    assert len(ratio) > 20 and ratio.between(0.85, 1.005).all(), ratio[~ratio.between(0.85, 1.005)]


@pytest.mark.slow
def test_totals_are_their_parts_in_every_authority_but_for_slips_that_are_noted(
    read: Callable[[str], Figures],
) -> None:
    noted = {name: [note for note in read(name).notes if "not its total" in note] for name in WORKBOOKS}
    assert {name: len(notes) for name, notes in noted.items() if notes} == {
        "DetailedLA_202012.ods": 1,
        "Detailed_LA_202309_fixed.ods": 1,
        "Detailed_LA_202403.xlsx": 3,
        "Detailed_LA_202412.ods": 1,
        "Statutory_Homelessness_Detailed_Local_Authority_Data_202509.ods": 1,
    }
    assert noted["DetailedLA_202012.ods"] == [
        "[A2P] the parts of [total] are not its total in 1 authorities, by -1 in Newham"
    ]


@pytest.mark.slow
def test_rates_of_england_that_are_of_other_figures_are_quarantined(read: Callable[[str], Figures]) -> None:
    cells = [(cell.sheet, cell.row, cell.column) for cell in read("DetailedLA_202006.ods").quarantined]
    assert cells == [("A1", 6, "P"), ("A1", 8, "P"), ("A1", 7, "P")]
    assert "1.62" in read("DetailedLA_202006.ods").quarantined[0].reason


@pytest.mark.slow
def test_needs_of_few_and_authorities_that_sent_nothing_have_their_statuses(read: Callable[[str], Figures]) -> None:
    status = read("DetailedLA_201806.xlsx").frame.groupby("measure", observed=True).status.value_counts()
    assert status["support_need", "suppressed"] == 231 and status["support_need", "not_available"] == 135
    assert status["assessment", "not_available"] == 30


def test_boroughs_rates_before_h_clic(intake: TakeIn, landed: Landed, published: Path) -> None:
    path = published / "health" / "mhclg_hclic" / "statutory-homelessness-borough_2017-18_revised.xls"
    result, home = intake(SOURCE, path)
    frame = landed(home, TABLE)
    assert result.problems == [] and (result.rows_in, len(frame)) == (980, 980)
    assert frame.groupby(["measure", "period_type"]).size().to_dict() == {
        ("acceptance", "financial_year"): 490,
        ("temporary_accommodation", "point_in_time"): 490,
    }
    barnet = frame[frame.area_name == "Barnet"].set_index(["measure", "period_end"]).value
    assert barnet["acceptance", pd.Timestamp("2018-03-31")] == 2.88
    assert round(barnet["temporary_accommodation", pd.Timestamp("2006-03-31")], 3) == 17.881
    lewisham = frame[(frame.area_name == "Lewisham") & (frame.period_end == "2013-03-31")]
    assert set(lewisham.status) == {"not_available"}


def test_section_e2_of_p1e(intake: TakeIn, landed: Landed, published: Path, sources: Catalogue) -> None:
    path = published / "health" / "mhclg_homelessness" / "P1E_section_E2_2014Q3_priority_need.csv"
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, path)
    frame = landed(home, TABLE)
    assert result.problems == [] and (result.rows_in, len(frame)) == (6_888, 6_888)
    assert frame.area_level.value_counts().to_dict() == {
        "local_authority_district": 326 * 21, "country": 21, "region": 21,
    }  # fmt: skip
    at = frame.set_index(["area_name", "category"])
    assert (at.value["England", "custody_or_remand"], at.status["England", "custody_or_remand"]) == (30, "estimated")
    assert at.value["England", "total"] == 13_900 and at.status["Barnsley", "total"] == "suppressed"
    # Rounded to ten, the parts of England are ten above its total.
    england = frame[(frame.area_name == "England") & (frame.part_of == "total")]
    assert england.value.sum() == 13_910
