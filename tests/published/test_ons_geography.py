"""Area lookups read from the files that the portal published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import Intake
from sources.recognise import LooseFile, recognise

TakeIn = Callable[..., tuple[Intake, Home]]
Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture
def geography(published: Path) -> Path:
    return published / "health" / "geography"


@pytest.mark.parametrize(
    ("name", "vintage", "rows", "districts", "partnerships"),
    [
        ("LAD16_CSP16_PFA16_EW_LU.csv", 2016, 348, 348, 315),
        ("LAD17_CSP17_PFA17_EW_LU_v2.csv", 2017, 348, 348, 314),
        ("LAD19_CSP19_PFA19_EW_LU.csv", 2019, 342, 339, 314),
        ("geographr_rda/lookup_ltla24_csp24_pfa24.csv", 2024, 332, 318, 314),
    ],
)
def test_every_vintage_has_43_force_areas_and_each_partnership_is_in_one(
    name: str,
    vintage: int,
    rows: int,
    districts: int,
    partnerships: int,
    geography: Path,
    intake: TakeIn,
    landed: Landed,
) -> None:
    result, home = intake("ons_geography", geography / name)
    assert (result.problems, result.rows_quarantined) == ([], 0)
    table = landed(home, "ons_geography__lad_csp_pfa")
    assert set(table["vintage"]) == {vintage}
    assert len(table) == rows
    assert table["lad_code"].nunique() == districts
    assert table["csp_code"].nunique() == partnerships
    assert table["pfa_code"].nunique() == 43
    assert table.groupby("csp_code")["pfa_code"].nunique().max() == 1
    assert not table.duplicated(["vintage", "lad_code", "csp_code"]).any()


def test_merged_districts_of_2019_sit_in_several_partnerships(geography: Path, intake: TakeIn, landed: Landed) -> None:
    _, home = intake("ons_geography", geography / "LAD19_CSP19_PFA19_EW_LU.csv")
    table = landed(home, "ons_geography__lad_csp_pfa")
    several = table.groupby("lad_name").size().loc[lambda count: count > 1]
    assert several.to_dict() == {"Bournemouth, Christchurch and Poole": 3, "East Suffolk": 2}
    row = table[table["csp_code"] == "E22000274"].iloc[0]
    assert (row["lad_code"], row["csp_name"], row["pfa_name"]) == ("E07000244", "Suffolk Coastal", "Suffolk")


def test_the_areas_of_2011_in_the_districts_of_2020(geography: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake("ons_geography", geography / "LSOA11_CCG20_LAD20_EN_LU.csv")
    assert (result.rows_landed, result.rows_quarantined) == (32_844, 0)
    table = landed(home, "ons_geography__lsoa_lad").set_index("lsoa_code")
    assert table.index.is_unique
    assert table["lad_code"].nunique() == 314
    assert set(table["lad_vintage"]) == {2020}
    assert table.loc["E01027356", ["lsoa_name", "lad_code"]].tolist() == ["Northumberland 004A", "E06000057"]


def test_areas_of_both_censuses_land_once_each_with_the_three_that_straddle(
    geography: Path, intake: TakeIn, landed: Landed
) -> None:
    name = "lookup_lsoa11_lsoa21_ltla22.csv"
    result, home = intake("ons_geography", geography / "geographr_rda" / name)
    assert (result.problems, result.rows_quarantined) == ([], 0)
    table = landed(home, "ons_geography__lsoa_lad")
    assert table.groupby("lsoa_vintage")["lsoa_code"].nunique().to_dict() == {2011: 34_753, 2021: 35_672}
    assert table.groupby("lsoa_vintage").size().to_dict() == {2011: 34_756, 2021: 35_672}
    several = table.groupby(["lsoa_vintage", "lsoa_code"]).size().loc[lambda count: count > 1]
    assert sorted(several.index) == [(2011, "E01008187"), (2011, "E01023508"), (2011, "E01023964")]
    assert set(table.loc[table["lsoa_code"] == "E01008187", "lad_name"]) == {"Gateshead", "Northumberland"}


def test_the_code_changes_of_2018_to_2025(geography: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake("ons_geography", geography / "ltla_changes_2018-2025.csv")
    assert (result.rows_landed, result.rows_quarantined) == (79, 0)
    table = landed(home, "ons_geography__code_change")
    assert table["new_code"].isna().sum() == (table["change_type"] == "termination").sum() == 6
    barnsley = table[table["old_code"] == "E08000016"].iloc[0]
    assert (barnsley["new_code"], barnsley["change_type"], barnsley["change_year"]) == ("E08000038", "new_code", 2025)
    into_north_yorkshire = table[table["new_code"] == "E06000065"]
    assert len(into_north_yorkshire) == 7
    assert table.loc[table["new_code"] == "E06000058", "new_name"].unique() == ["Bournemouth, Christchurch and Poole"]


def test_the_lists_of_names_and_the_codes_that_are_no_place(geography: Path, intake: TakeIn, landed: Landed) -> None:
    names = ("CSP19_names_codes.csv", "PFA19_names_codes.csv", "LAD19_names_codes_UK.csv", "LAD20_names_codes_UK.csv")
    result, home = intake("ons_geography", *(geography / name for name in names))
    assert result.problems == []
    table = landed(home, "ons_geography__area_name")
    assert table.groupby(["vintage", "area_level"]).size().to_dict() == {
        (2019, "community_safety_partnership"): 314,
        (2019, "local_authority_district"): 382,
        # The 43 of England and Wales, and Scotland.
        (2019, "police_force_area"): 44,
        (2020, "local_authority_district"): 379,
    }
    with home.open_ledger() as ledger:
        cells = [row["cell"] for row in ledger.execute("select cell from quarantined order by cell")]
    assert cells == ["L99999999", "M99999999", "N99999999"]
    assert table.set_index("area_code").loc["W14000022", "area_name_welsh"] == "Casnewydd"


def test_of_all_the_geography_files_only_those_of_the_contract_are_recognised(
    geography: Path, sources: Catalogue
) -> None:
    found = {
        path.name
        for path in geography.rglob("*.csv")
        if "ons_geography" in recognise(LooseFile(path), sources).source_ids
    }
    assert found == {
        "CSP19_names_codes.csv",
        "LAD16_CSP16_PFA16_EW_LU.csv",
        "LAD17_CSP17_PFA17_EW_LU_v2.csv",
        "LAD19_CSP19_PFA19_EW_LU.csv",
        "LAD19_names_codes_UK.csv",
        "LAD20_names_codes_UK.csv",
        "LSOA11_CCG20_LAD20_EN_LU.csv",
        "PFA19_names_codes.csv",
        "lookup_lsoa11_lsoa21_ltla22.csv",
        "lookup_ltla24_csp24_pfa24.csv",
        "ltla_changes_2018-2025.csv",
    }
