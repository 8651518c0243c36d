"""Population estimates read from the files that the publisher issued."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import Intake
from sources.reading import PublishedFile
from sources.recognise import LooseFile, recognise

TakeIn = Callable[..., tuple[Intake, Home]]
Landed = Callable[[Home, str], pd.DataFrame]
TABLE = "ons_population__estimate"


@pytest.fixture
def population(published: Path) -> Path:
    return published / "health" / "ons_population"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "year", "areas", "people"),
    [
        (
            "mye22final.xlsx",
            2022,
            404,
            {
                ("K02000001", "persons"): 67_596_281,
                ("K02000001", "female"): 34_491_501,
                ("E92000001", "male"): 27_983_290,
                ("E12000009", "persons"): 5_764_881,
                ("E06000001", "persons"): 93_861,
                ("W06000015", "persons"): 372_089,
                ("N09000009", "female"): 75_253,
            },
        ),
        (
            "ukpopestimatesmid2021on2021geographyfinal.xls",
            2021,
            420,
            {
                ("K02000001", "persons"): 67_026_292,
                ("E92000001", "female"): 28_854_074,
                ("K03000001", "male"): 31_874_643,
                ("W92000004", "persons"): 3_105_410,
                ("E06000001", "persons"): 92_571,
                ("E08000016", "persons"): 244_893,
            },
        ),
    ],
)
def test_a_workbook_lands_whole_and_its_sums_hold(
    name: str,
    year: int,
    areas: int,
    people: dict[tuple[str, str], int],
    population: Path,
    intake: TakeIn,
    landed: Landed,
) -> None:
    result, home = intake("ons_population", population / name)
    assert (result.problems, result.rows_quarantined) == ([], 0)
    table = landed(home, TABLE)
    assert len(table) == areas * 3 * 92
    assert set(table["year"]) == {year}
    assert set(table["status"]) == {"observed"}
    assert not table.duplicated(["year", "area_code", "sex", "age_label"]).any()
    totals = table[table["is_total"]].set_index(["area_code", "sex"])["value"]
    assert {key: totals[key] for key in people} == people
    ages = table[~table["is_total"]].groupby(["area_code", "sex"])["value"].sum()
    assert (ages - totals).abs().max() == 0
    by_sex = table.pivot(index=["area_code", "age_label"], columns="sex", values="value")
    assert (by_sex["persons"] == by_sex["female"] + by_sex["male"]).all()
    regions = table[table["geography"] == "Region"].groupby(["sex", "age_label"])["value"].sum()
    england = table[table["area_code"] == "E92000001"].set_index(["sex", "age_label"])["value"]
    assert (regions - england).abs().max() == 0


@pytest.mark.slow
def test_single_cells_of_a_workbook_are_where_they_are_said_to_be(
    population: Path, intake: TakeIn, landed: Landed
) -> None:
    _, home = intake("ons_population", population / "mye22final.xlsx")
    table = landed(home, TABLE).set_index(["source_sheet", "source_row", "source_column"])
    # The sheet of persons is sorted otherwise than the two others.
    aberdeen = table.loc[("MYE2 - Persons", 9, "G")]
    assert (aberdeen["area_name"], aberdeen["age"], aberdeen["value"]) == ("Aberdeen City", 2, 2160)
    oldest = table.loc[("MYE2 - Males", 9, "CQ")]
    assert (oldest["area_name"], oldest["age_label"], oldest["value"]) == ("UNITED KINGDOM", "90+", 200_195)
    assert bool(oldest["is_top_age"])


@pytest.mark.slow
def test_the_file_of_1997_to_2020_lands_whole_with_its_holes(population: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake("ons_population", population / "la_pop_estimates_sya_1997-2020.csv")
    assert result.problems == []
    assert (result.rows_in, result.rows_landed) == (816_816, 816_816)
    table = landed(home, TABLE)
    assert table.groupby("year")["area_code"].nunique().to_dict() == dict.fromkeys(range(1997, 2021), 374)
    cells = table.set_index(["area_code", "year", "age"])["value"]
    assert cells["E06000005", 1997, 0] == 1218
    assert cells["E06000047", 1997, 50] == 8149
    assert cells["E06000005", 2001, 85] == 286
    assert cells["E06000005", 2020, 90] == 1031
    assert cells["E06000005", 1997, 84] == 397
    dashes = table[table["status"] == "not_available"]
    assert dashes["value"].isna().all()
    assert table["value"].isna().sum() == len(dashes) == 11_948
    assert set(dashes["year"]) == {1997, 1998, 1999, 2000}
    # Eleven districts of Northern Ireland in four years at every age, England and Wales above 84, Scotland nowhere.
    irish = dashes["area_code"].str.startswith("N09")
    assert irish.sum() == 11 * 4 * 91
    assert set(dashes.loc[~irish, "age"]) == {85, 86, 87, 88, 89, 90}
    assert (~irish).sum() == 331 * 4 * 6
    assert not dashes["area_code"].str.startswith("S12").any()


@pytest.fixture
def tables(population: Path, sources: Catalogue) -> Callable[[str], dict[str, Any]]:
    """The tables of a file, all of whose figures land, by name."""

    def read(name: str) -> dict[str, Any]:
        path, source = population / name, sources["ons_population"]
        found = list(source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract))
        for one in found:
            assert (len(one.frame), one.quarantined) == (one.rows_in, [])
            assert not one.frame.duplicated(list(source.contract.tables[one.table].grain)).any()
        return {one.table: one.frame for one in found}

    return read


@pytest.mark.slow
def test_tidy_copies_of_mid_2019_and_2020_have_the_figures_of_the_file_they_overlap_with(
    tables: Callable[[str], dict[str, Any]],
) -> None:
    keys = {"area_code": str, "age": int}
    of_years = tables("la_pop_estimates_sya_1997-2020.csv")["estimate"]
    for name, year, areas, shared in (
        ("population19_ltla19.csv", 2019, 339, 328),
        ("population20_ltla20.csv", 2020, 336, 329),
        ("population20_ltla21.csv", 2020, 331, 331),
    ):
        copy = tables(f"demographr_rda/{name}")["estimate"]
        assert len(copy) == areas * 92
        assert set(copy["year"]) == {year}
        total = copy[copy["is_total"]]["value"].sum()
        assert total == copy[~copy["is_total"]]["value"].sum() == {2019: 59_439_840, 2020: 59_719_724}[year]
        ages = copy[~copy["is_total"]].astype(keys).set_index(["area_code", "age"])["value"]
        official = of_years[of_years["year"] == year].astype(keys).set_index(["area_code", "age"])["value"]
        both = ages.index.intersection(official.index)
        assert len(both) == shared * 91
        assert (ages[both] == official[both]).all()


def test_a_tidy_copy_of_mid_2024_has_groups_that_add_up(tables: Callable[[str], dict[str, Any]]) -> None:
    found = tables("trafford_mid-year_2024_LA.csv")
    estimate, groups = found["estimate"], found["age_group"]
    totals = estimate[estimate["is_total"]].set_index("sex")["value"].to_dict()
    assert totals == {"persons": 241_025, "female": 123_369, "male": 117_656}
    assert groups.groupby("sex", observed=True)["value"].sum().to_dict() == totals
    assert estimate[~estimate["is_total"]].groupby("sex", observed=True)["value"].sum().to_dict() == totals


def test_five_year_bands_are_of_england_and_wales(tables: Callable[[str], dict[str, Any]]) -> None:
    bands = tables("nomis_population_estimates_bands.csv")["age_group"]
    assert (len(bands), set(bands["area_code"])) == (39 * 2 * 19, {"K04000001"})
    people = bands.groupby("year")["value"].sum()
    assert (people[1981], people[2001], people[2019]) == (49_634_500, 52_360_100, 59_440_000)
    cell = bands[(bands["year"] == 1982) & (bands["sex"] == "male") & (bands["age_from"] == 85)]
    assert cell["value"].tolist() == [128_300]


def test_children_add_up_to_regions_and_england(tables: Callable[[str], dict[str, Any]]) -> None:
    children = tables("dfe_children_0-17_population_2012_to_2024.csv")["age_group"]
    assert len(children) == 2132
    by_level = children.groupby(["year", "geography"], observed=True)["value"].sum().unstack()
    assert by_level.loc[2024, "National"] == 12_183_016
    # Bournemouth, Poole and Dorset have no number before 2019.
    short = by_level["National"] - by_level["Local authority"]
    assert (short[2012], short[2018], short[short.index >= 2019].abs().max()) == (138_664, 140_094, 0)
    inner_and_outer = children[children["area_code"].astype(str).str.startswith("E13")].groupby("year")["value"].sum()
    assert (by_level["Regional"] - inner_and_outer == by_level["National"]).all()
    holes = children[children["status"] == "not_available"]
    assert (len(holes), set(holes["area_name"])) == (21, {"Bournemouth", "Poole", "Dorset"})
    assert holes["value"].isna().all()


def test_deciles_of_deprivation_add_up_to_the_countries(tables: Callable[[str], dict[str, Any]]) -> None:
    table = tables("populationbyimdenglandandwales2020.xlsx")["by_deprivation"]
    assert len(table) == 2 * 10 * 2 * 91
    assert set(table["edition"]) == {2019}
    people = table.groupby("area_code", observed=True)["value"].sum().to_dict()
    assert people == {"E92000001": 56_550_138, "W92000004": 3_169_586}
    cells = table.set_index(["source_sheet", "source_row", "source_column"])["value"]
    assert cells["Table 1 - England", 5, "C"] == 39_737
    assert cells["Table 1 - England", 25, "CO"] == 10_450 or cells["Table 1 - England", 5, "CO"] == 10_450
    assert cells["Table 2 - Wales", 16, "D"] == 1_946


def test_births_deaths_and_migration_make_each_population_of_the_last(
    tables: Callable[[str], dict[str, Any]],
) -> None:
    (name,) = ("MYEB3_summary_components_of_change_series_UK_(2018_geog19).csv",)
    change = tables(name)["change"]
    assert len(change) == 382 * 188
    wide = change.pivot(index=["area_code", "year"], columns="component", values="value").sort_index()
    parts = wide[["natural_change", "internal_net", "international_net", "other_change"]].sum(axis=1)
    made = wide["population"].groupby("area_code", observed=True).shift() + parts
    residual = (wide["population"] - made).dropna()
    # Scottish figures are rounded.
    assert residual.abs().max() == 10
    assert residual[residual != 0].index.get_level_values(0).astype(str).str.startswith("S12").all()
    assert (wide["births"] - wide["deaths"]).dropna().eq(wide["natural_change"].dropna()).all()
    assert wide.loc[("E06000001", 2001), "population"] == 90_152
    assert wide.loc[("E06000001", 2018), "other_change"] == 19
    assert wide.loc[("W06000023", 2003), "internal_in"] == 5_936


def test_an_answer_of_nomis_has_its_two_areas_by_name(tables: Callable[[str], dict[str, Any]]) -> None:
    answer = tables("nomis_web_download_northants_2019.csv")["age_group"]
    assert answer.set_index("area_code")["value"].to_dict() == {"E06000061": 348_228, "E06000062": 405_050}


def test_deaths_by_cause_have_their_region_and_year(tables: Callable[[str], dict[str, Any]]) -> None:
    table = tables("nomis_web_download_mortality_2020.xlsx")["death"]
    assert (len(table), set(table["year"]), set(table["sex"])) == (14 * 10, {2020}, {"persons"})
    assert table[table["is_total"]]["value"].sum() == 607_099
    cells = table.astype({"cause_code": str, "area_code": str}).set_index(["cause_code", "area_code"])["value"]
    assert cells["A00-R99,U00-Y89", "E12000001"] == 32_228
    assert cells["U07.1", "W92000004"] == 4_047
    assert cells["LC02m", "E12000006"] == cells["C33-C34", "E12000006"] == 2_820


def test_every_file_is_known_and_no_other_sources(population: Path, sources: Catalogue) -> None:
    for path in population.rglob("*.*"):
        expected = () if path.name == "NOTES.md" else ("ons_population",)
        assert recognise(LooseFile(path), sources).source_ids == expected, path.name
