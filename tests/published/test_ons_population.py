"""Population estimates read from the files that the publisher issued."""

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
TABLE = "ons_population__estimate"


@pytest.fixture
def population(published: Path) -> Path:
    return published / "health" / "ons_population"


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


def test_other_files_about_population_are_not_taken_for_estimates(population: Path, sources: Catalogue) -> None:
    found = {
        path.name
        for path in population.rglob("*.*")
        if "ons_population" in recognise(LooseFile(path), sources).source_ids
    }
    assert found == {
        "la_pop_estimates_sya_1997-2020.csv",
        "mye22final.xlsx",
        "ukpopestimatesmid2021on2021geographyfinal.xls",
    }
