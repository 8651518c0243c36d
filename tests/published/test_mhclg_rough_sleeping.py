"""The rough sleeping snapshot read from files as they were issued or copied, against cells that a person can find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE = "mhclg_rough_sleeping"
TABLE = f"{SOURCE}__snapshot"

Landed = Callable[[Home, str], pd.DataFrame]
ReadAs = Callable[[str, int], tuple[pd.DataFrame, Home]]


@pytest.fixture
def read_as(intake: TakeIn, landed: Landed, published: Path, sources: Catalogue) -> ReadAs:
    """A file of the folder, recognised and taken in whole: its figures, of which there have to be so many."""

    def found(name: str, rows: int) -> tuple[pd.DataFrame, Home]:
        path = published / "health" / "mhclg_homelessness" / name
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
        result, home = intake(SOURCE, path)
        assert result.problems == [] and (result.rows_in, result.rows_quarantined) == (rows, 0)
        return landed(home, TABLE), home

    return found


def test_the_workbook_of_2016(read_as: ReadAs) -> None:
    frame, _ = read_as("Rough_Sleeping_Autumn_2016_Final_Tables.xls", 3_948)
    at = frame.set_index(["breakdown", "category", "year", "area_name"]).value
    assert at["all", "total", 2010, "England"] == 1_768 and at["all", "total", 2016, "England"] == 4_134
    assert at["all", "total", 2016, "Aylesbury Vale"] == 26 and at["sex", "female", 2016, "Arun"] == 5
    assert at["age_group", "under_25", 2016, "England"] == 288 and at["nationality", "eu", 2016, "England"] == 714
    # The name has a footnote number stuck to it in one of the tables.
    assert (
        at["sex", "total", 2016, "Bath and North East Somerset"]
        == at["all", "total", 2016, "Bath and North East Somerset"]
    )
    assert frame.query("area_level == 'local_authority_district'").area_code.nunique() == 326


def test_table_1_of_2016_saved_from_r_has_the_figures_of_the_workbook(read_as: ReadAs) -> None:
    frame, _ = read_as("roughsleeping2010_16_cleaned.csv", 2_303)
    at = frame.set_index(["year", "area_name"]).value
    assert at[2010, "London"] == 415 and at[2014, "Aylesbury Vale"] == 17 and at[2016, "Rest of England"] == 3_170
    assert set(frame.breakdown) == {"all"} and frame.year.nunique() == 7


@pytest.mark.slow
def test_the_workbook_of_2022_and_its_table_by_sex_as_tidy_csv(
    read_as: ReadAs, landed: Landed, intake: TakeIn, published: Path
) -> None:
    frame, home = read_as("Rough_sleeping_snapshot_autumn_2022.xlsx", 31_040 + 4_342)
    at = frame.set_index(["breakdown", "category", "year", "area_name"]).value
    assert at["all", "total", 2022, "England"] == 3_069 and at["all", "total", 2010, "West Midlands"] == 182
    assert at["sex", "female", 2017, "England"] == 653 and at["age_group", "under_18", 2019, "England"] == 6
    # Column V is headed [Non-EU, Non-UK 2021] and stands among the groups of 2020.
    assert at["nationality", "non_eu", 2020, "England"] == 128
    for level in ("local_authority_district", "region"):
        sums = frame[frame.area_level == level].groupby(["year", "breakdown", "category"]).value.sum()
        england = frame[frame.area_level == "country"].groupby(["year", "breakdown", "category"]).value.sum()
        assert sums.equals(england) and len(england) == 13 + 6 * (4 + 5 + 5)
    approach = landed(home, f"{SOURCE}__approach").set_index(["area_name", "year"]).approach
    assert approach["Adur", 2018] == "count" and approach["Adur", 2022] == "estimate_with_spotlight"
    result, home = intake(SOURCE, published / "health" / "mhclg_homelessness" / "rough_sleeping_gender_csvw_tidy.csv")
    assert result.problems == [] and result.rows_in == 7_680
    both = landed(home, TABLE)
    tidy = both.query("source_file.str.endswith('.csv') and area_code.notna()")
    by_sex = both.query("not source_file.str.endswith('.csv') and area_code.notna() and breakdown == 'sex'")
    joined = tidy.merge(by_sex, on=["year", "category", "area_level", "area_code", "area_name"])
    assert len(joined) == len(tidy) == 7_680 - 6 * 4
    assert (joined.value_x == joined.value_y).all()
