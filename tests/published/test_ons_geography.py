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


@pytest.mark.slow
def test_the_areas_of_2011_in_the_districts_of_2020(geography: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake("ons_geography", geography / "LSOA11_CCG20_LAD20_EN_LU.csv")
    assert (result.problems, result.rows_quarantined) == ([], 0)
    table = landed(home, "ons_geography__lsoa_lad").set_index("lsoa_code")
    assert len(table) == 32_844
    assert table.index.is_unique
    assert table["lad_code"].nunique() == 314
    assert set(table["lad_vintage"]) == {2020}
    assert table.loc["E01027356", ["lsoa_name", "lad_code"]].tolist() == ["Northumberland 004A", "E06000057"]
    groups = landed(home, "ons_geography__area_lookup").set_index("child_code")
    assert len(groups) == 32_844
    assert groups.loc["E01027356", ["parent_level", "parent_code", "parent_name"]].tolist() == [
        "clinical_commissioning_group",
        "E38000130",
        "NHS Northumberland CCG",
    ]
    codes = landed(home, "ons_geography__other_code").set_index("area_code")
    assert len(codes) == 135
    assert codes.loc["E38000130", ["scheme", "other_code"]].tolist() == ["nhs_ods", "00L"]


@pytest.mark.slow
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
    changes = landed(home, "ons_geography__lsoa_change")
    assert changes.groupby("change").size().to_dict() == {"U": 33_647, "S": 1_900, "M": 239, "X": 9}
    unchanged = changes[changes["change"] == "U"]
    assert (unchanged["old_code"] == unchanged["new_code"]).all()
    assert (changes["old_code"].nunique(), changes["new_code"].nunique()) == (34_753, 35_672)


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


NOT_READ = {"trafford_postcodes.csv", "trafford_postcodes_metadata.csv", "resistancelab_force-mappings.csv"}


@pytest.mark.slow
def test_every_list_of_areas_is_recognised_and_what_is_none_is_not(published: Path, sources: Catalogue) -> None:
    health, justice = published / "health", published / "justice"
    paths = [
        *(path for path in (health / "geography").rglob("*") if path.suffix in {".csv", ".tsv"}),
        *(justice / "ref_police_forces").glob("*.csv"),
        health / "nhs_ae_and_orgs" / "ICB_metadata.csv",
        health / "ndtms" / "DAT_code_to_GSS_match.csv",
    ]
    is_ours = {path.name: "ons_geography" in recognise(LooseFile(path), sources).source_ids for path in paths}
    assert len(is_ours) == len(paths) > 40
    assert {name for name, is_one in is_ours.items() if not is_one} == NOT_READ


@pytest.mark.parametrize(
    ("name", "pairs", "row"),
    [
        (
            "LAD12_CTY12_EN_LU.csv",
            {(2012, "county"): 237},
            ("E07000240", "E10000015", "Hertfordshire"),
        ),
        # In 2017 the metropolitan counties and Inner and Outer London stand for their districts.
        ("LTLA17_UTLA17_EW_LU.csv", {(2017, "upper_tier_local_authority"): 348}, ("E08000003", "E11000001", None)),
        ("LTLA19_UTLA19_EW_LU.csv", {(2019, "upper_tier_local_authority"): 339}, ("E08000003", "E08000003", None)),
        ("LTLA23_UTLA23_EW_LU.csv", {(2023, "upper_tier_local_authority"): 318}, ("E07000146", "E10000020", "Norfolk")),
        (
            "geographr_rda/lookup_ltla23_utla23.csv",
            {(2023, "upper_tier_local_authority"): 318},
            ("E07000146", "E10000020", "Norfolk"),
        ),
        ("LAD19_FRA19_EW_LU.csv", {(2019, "fire_and_rescue_authority"): 339}, ("E06000023", "E31000001", "Avon")),
        ("UA19_LHB19_WA_LU.csv", {(2019, "local_health_board"): 22}, ("W06000023", "W11000024", None)),
        ("geographr_rda/lookup_ltla21_lhb22.csv", {(2022, "local_health_board"): 22}, ("W06000023", "W11000024", None)),
        (
            "CCG20_STP20_EN_LU.csv",
            {(2020, "sustainability_and_transformation_partnership"): 135},
            ("E38000016", "E54000007", "Greater Manchester Health and Social Care Partnership"),
        ),
        (
            "LAD16_PHEC16_PHEREG16_EN_LU.csv",
            {(2016, "public_health_england_centre"): 326, (2016, "public_health_england_region"): 326},
            ("E07000062", "E46000004", "South of England"),
        ),
        (
            "LAD19_PHEC19_PHEREG19_EN_LU.csv",
            {(2019, "public_health_england_centre"): 317, (2019, "public_health_england_region"): 317},
            ("E09000001", "E46000001", "London"),
        ),
        (
            "geographr_rda/lookup_ltla22_ltla23.csv",
            {(2023, "local_authority_district"): 374},
            ("E07000187", "E06000066", "Somerset"),
        ),
    ],
)
def test_a_lookup_lands_every_pair_that_it_has(
    name: str,
    pairs: dict[tuple[int, str], int],
    row: tuple[str, str, str | None],
    geography: Path,
    intake: TakeIn,
    landed: Landed,
) -> None:
    result, home = intake("ons_geography", geography / name)
    assert (result.problems, result.rows_quarantined) == ([], 0)
    table = landed(home, "ons_geography__area_lookup")
    assert table.groupby(["parent_vintage", "parent_level"]).size().to_dict() == pairs
    child, parent, parent_name = row
    found = table[(table["child_code"] == child) & (table["parent_code"] == parent)]
    assert len(found) == 1
    assert parent_name in {None, found.iloc[0]["parent_name"]}


def test_the_chain_of_2016_to_2024_ends_in_the_districts_of_2024(
    geography: Path, intake: TakeIn, landed: Landed
) -> None:
    _, home = intake("ons_geography", geography / "geographr_rda" / "lookup_ltla_ltla.csv")
    table = landed(home, "ons_geography__area_lookup")
    each_year = table.groupby("child_vintage")["child_code"].nunique()
    assert each_year.to_dict() == {
        2016: 391, 2017: 391, 2018: 391, 2019: 382, 2020: 379, 2021: 374, 2022: 374, 2023: 361,
    }  # fmt: skip
    assert table.loc[table["parent_vintage"] == 2024, "parent_code"].nunique() == 361
    merged = table[(table["child_vintage"] == 2018) & (table["parent_code"] == "E06000058")]
    assert set(merged["child_name"]) == {"Bournemouth", "Poole", "Christchurch"}


@pytest.mark.slow
def test_every_code_since_2011_leads_to_the_authority_that_is_there_now(
    geography: Path, intake: TakeIn, landed: Landed
) -> None:
    names = ("la_all_codes_drkane.csv", "area_all_codes_drkane.csv", "ltla14_lookup.csv")
    result, home = intake("ons_geography", *(geography / name for name in names))
    assert (result.problems, result.rows_quarantined) == ([], 0)
    table = landed(home, "ons_geography__area_lookup")
    of_districts = table[table["source_file"] == "la_all_codes_drkane.csv"]
    now = of_districts[of_districts["parent_level"] == "current_authority"].set_index("child_code")["parent_code"]
    assert len(now) == 415
    assert [now[code] for code in ("E07000100", "E08000016", "E07000190")] == ["E07000240", "E08000038", "E06000066"]
    regions = of_districts[(of_districts["parent_level"] == "region")]
    assert regions["parent_code"].nunique() == 9
    in_2014 = table[table["source_file"] == "ltla14_lookup.csv"]
    assert in_2014.groupby("parent_level").size()["country"] == 391
    assert in_2014.groupby("parent_level").size()["county"] == 201


@pytest.mark.slow
def test_codes_of_other_schemes_stand_beside_those_of_the_areas(
    geography: Path, published: Path, intake: TakeIn, landed: Landed
) -> None:
    paths = (
        geography / "old_ons_codes_to_gss.csv",
        geography / "LA03_LA09_LAD10_codes.csv",
        geography / "uk_local_authorities_future.csv",
        geography / "lookup_name_to_registry.csv",
        geography / "openregister_local-authority-eng_local-authorities.tsv",
        geography / "openregister_opendatacommunities_opendatacommunities.tsv",
        geography / "openregister_os-boundary-line_district.csv",
        published / "health" / "ndtms" / "DAT_code_to_GSS_match.csv",
        published / "health" / "nhs_ae_and_orgs" / "ICB_metadata.csv",
        published / "justice" / "ref_police_forces" / "forces.csv",
    )
    result, home = intake("ons_geography", *paths)
    assert (result.problems, result.rows_quarantined) == ([], 0)
    table = landed(home, "ons_geography__other_code")

    def area_of(scheme: str, code: str) -> set[object]:
        found = table[(table["scheme"] == scheme) & (table["other_code"] == code)]
        return set(found["area_code"].dropna())

    assert area_of("old_ons", "00EB") == {"E06000001"}
    assert area_of("old_ons_2003", "00AA") == {"E09000001"}
    assert area_of("former_gss", "E07000100") == {"E07000240"}
    assert area_of("dfe_la", "305") == {"E09000006"}
    assert area_of("dclg_billing", "E3831") == {"E07000223"}
    assert area_of("os_unit", "11882") == {"E07000007"}
    assert area_of("ndtms_dat", "D09B") == {"E08000016"}
    assert area_of("nhs_ods", "QHM") == {"E54000050"}
    assert area_of("nhs_ods", "Q99") == set()
    assert area_of("police_uk_slug", "dyfed-powys") == {"W15000004"}
    forces = table[table["scheme"] == "police_uk_slug"]
    assert sorted(forces.loc[forces["area_code"].isna(), "other_code"]) == ["btp"]
    assert forces["area_code"].nunique() == 43
    successors = landed(home, "ons_geography__area_lookup")
    successors = successors[successors["parent_level"] == "successor_authority"]
    assert set(successors.loc[successors["child_code"] == "E10000006", "parent_code"]) == {"E06000063", "E06000064"}


def test_numbers_about_areas_are_the_publishers(
    geography: Path, published: Path, intake: TakeIn, landed: Landed
) -> None:
    forces = published / "justice" / "ref_police_forces"
    result, home = intake(
        "ons_geography",
        geography / "LAD21_area_measurements.csv",
        geography / "YJS_names_standardised.csv",
        forces / "forces.csv",
        forces / "pfa_population_2024.csv",
    )
    assert (result.problems, result.rows_quarantined) == ([], 0)
    table = landed(home, "ons_geography__area_measurement")
    sizes = table[table["unit"] == "hectares"].pivot_table(index="area_code", columns="measure", values="value")
    assert len(sizes) == 374
    # Land is what is left of the clipped area without inland water.
    assert (sizes["clipped_to_coastline"] - sizes["inland_water"] - sizes["land"]).abs().max() < 0.02
    people = table[table["measure"] == "population"].set_index(["vintage", "area_code"])["value"]
    assert people[2024, "E23000001"] == 9_074_625
    assert people[2010, "E23000036"] == 1_623_200
    assert people.groupby("vintage").size().to_dict() == {2010: 43, 2024: 43}
    young = table[table["area_level"] == "youth_justice_service"].set_index(["area_name", "vintage"])["value"]
    assert (len(young), young["Barnet", 2021]) == (616, 40_116)
