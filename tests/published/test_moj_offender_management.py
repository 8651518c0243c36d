"""Offender Management Statistics Quarterly: the real copies, against figures that a person can find in them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.readings import Reading, read_files

SOURCE = "moj_offender_management"
#: Files with the figures landed from each.
FILES = {
    "Cross-CJS_data_Police_Courts_Prisons.xlsx": 148,
    "justice_data_first_receptions_quarterly.csv": 58,
    "justice_data_releases_quarterly.csv": 38,
    "licence_recalls_quarterly.csv": 13,
    "population_composition_at_projection_base.csv": 63,
    "prison_population_by_age_2002_2024.csv": 138,
    "prison_population_remand_sentenced_quarterly.csv": 148,
    "prison_receptions_quarterly.csv": 112,
    "prison_releases_quarterly.csv": 28,
    "releases_recalls_annual.csv": 44,
    "sdg_16-3-2_remand_share_of_prison_population.csv": 498,
}


@pytest.fixture(scope="module")
def folder(published: Path) -> Path:
    return published / "justice" / "moj_omsq"


@pytest.fixture(scope="module")
def reading(folder: Path, sources: Catalogue) -> Reading:
    return read_files(sources[SOURCE], *(folder / name for name in FILES))


@pytest.fixture(scope="module")
def flow(reading: Reading) -> pd.DataFrame:
    return reading.tables["flow"]


@pytest.fixture(scope="module")
def population(reading: Reading) -> pd.DataFrame:
    return reading.tables["population"]


def test_every_copy_is_recognised_and_lands(folder: Path, sources: Catalogue, intake: TakeIn) -> None:
    of_source = {p.name for p in folder.iterdir() if SOURCE in recognise(LooseFile(p), sources).source_ids}
    assert of_source == set(FILES)
    result, _ = intake(SOURCE, *(folder / name for name in FILES))
    assert result.problems == [] and len(result.arrived) == len(FILES)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (1325, 1288, 37)


def test_every_copy_gives_all_its_figures(reading: Reading) -> None:
    counts = pd.concat([frame.source_file for frame in reading.tables.values()]).value_counts()
    assert counts.to_dict() == FILES and set(reading.tables) == {"flow", "population", "remand_share"}


def test_flows_are_those_of_the_cells_they_name(flow: pd.DataFrame) -> None:
    at = flow.set_index(["source_file", "source_row", "source_column"])
    # The cell as the copy has it.
    expected = {
        ("prison_receptions_quarterly.csv", 2, "B"): ("first_receptions", "2017-10-01", 19989),
        ("prison_receptions_quarterly.csv", 28, "E"): ("recall_admissions", "2024-04-01", 8974),
        ("prison_releases_quarterly.csv", 29, "B"): ("releases_from_sentence", "2024-07-01", 14920),
        ("justice_data_first_receptions_quarterly.csv", 8, "C"): ("first_receptions", "2010-01-01", 30242),
        ("justice_data_releases_quarterly.csv", 22, "A"): None,
        ("justice_data_releases_quarterly.csv", 22, "B"): ("releases_from_sentence", "2015-01-01", 17797),
        ("licence_recalls_quarterly.csv", 14, "B"): ("licence_recalls", "2026-01-01", 13193),
        ("releases_recalls_annual.csv", 11, "E"): ("mean_time_served", "2024-01-01", 16.65),
        ("releases_recalls_annual.csv", 12, "B"): ("licence_recalls", "2025-01-01", 48327),
    }
    for place, wanted in expected.items():
        if wanted is None:
            assert place not in at.index
            continue
        row = at.loc[place]
        assert (row.measure, str(row.period_start.date()), row.value) == wanted, place


def test_what_a_copy_leaves_blank_is_missing_and_all_else_is_observed(flow: pd.DataFrame) -> None:
    assert set(flow.status) == {"observed", "missing"}
    missing = flow[flow.status == "missing"]
    assert sorted(zip(missing.measure, missing.period_start.dt.date.map(str), strict=True)) == [
        ("first_receptions", "2014-04-01"),
        ("mean_sentence_length", "2025-01-01"),
        ("mean_time_served", "2025-01-01"),
        ("releases_from_sentence", "2025-01-01"),
    ]


def test_recalls_of_a_year_are_those_of_its_quarters(flow: pd.DataFrame) -> None:
    recalls = flow[flow.measure == "licence_recalls"]
    by_year = recalls[recalls.period_type == "calendar_year"].set_index("period_end").value
    quarters = recalls[recalls.period_type == "quarter"]
    sums = quarters.groupby(quarters.period_start.dt.year).value.agg(["sum", "count"])
    whole = sums[sums["count"] == 4]["sum"].to_dict()
    assert whole == {2023: 27820, 2024: 37573, 2025: 48327}
    assert whole == {year: by_year[pd.Timestamp(year, 12, 31)] for year in whole}


def test_two_copies_of_a_measure_agree_but_for_what_was_revised(flow: pd.DataFrame) -> None:
    quarters = flow[flow.period_type == "quarter"]
    for measure, changed in (("first_receptions", {}), ("releases_from_sentence", {"2019-01-01": 1})):
        wide = quarters[quarters.measure == measure].pivot_table(
            index="period_start", columns="series", values="value", aggfunc="sum"
        )
        both = wide.dropna()
        difference = (both.iloc[:, 1] - both.iloc[:, 0]).abs()
        assert both.shape == (27, 2)
        assert {str(day)[:10]: by for day, by in difference[difference != 0].items()} == changed


def test_home_detention_curfew_and_recalls_of_no_day_are_the_only_quarantined(reading: Reading) -> None:
    of_curfew = [cell.cell for cell in reading.quarantined if "home detention curfew" in cell.reason]
    of_no_day = [cell.cell for cell in reading.quarantined if "on which day" in cell.reason]
    assert (len(of_curfew), of_curfew[0], of_curfew[-1]) == (28, "14825", "3161")
    assert (len(of_no_day), of_no_day[0], of_no_day[-1]) == (9, "6390.0", "12657.0")
    assert len(reading.quarantined) == 28 + 9


def test_populations_are_those_of_the_cells_they_name(population: pd.DataFrame) -> None:
    at = population.set_index(["source_file", "source_row", "source_column"])
    expected = {
        ("prison_population_remand_sentenced_quarterly.csv", 12, "E"): ("remand", "all", "2015-09-30", 11390),
        ("prison_population_remand_sentenced_quarterly.csv", 48, "H"): ("all", "all", "2024-09-30", 86966),
        ("Cross-CJS_data_Police_Courts_Prisons.xlsx", 48, "F"): ("sentenced", "all", "2024-09-30", 68919),
        ("prison_population_by_age_2002_2024.csv", 2, "F"): ("all", "50+", "2002-06-30", 4824),
        ("prison_population_by_age_2002_2024.csv", 24, "G"): ("all", "all", "2024-03-31", 87869),
        ("population_composition_at_projection_base.csv", 4, "J"): ("fine_defaulter", "all", "2019-06-30", 58),
        ("population_composition_at_projection_base.csv", 10, "K"): ("fine_defaulter", "all", "2025-09-30", 24),
        ("population_composition_at_projection_base.csv", 10, "H"): ("recall", "all", "2025-09-30", 12657),
    }
    for place, wanted in expected.items():
        row = at.loc[place]
        assert (row.custody_type, row.age_band, str(row.period_end.date()), row.value) == wanted, place


def test_parts_add_up_to_the_publishers_totals_but_for_one_person_in_2002(population: pd.DataFrame) -> None:
    keys = ["source_file", "series", "period_end"]
    parts, totals = (
        population[population.is_total == is_total].groupby(keys).value.sum() for is_total in (False, True)
    )
    assert parts.index.equals(totals.index) and len(totals) == 2 * 37 + 23 + 9
    over = (parts - totals)[parts != totals]
    assert over.to_dict() == {
        ("prison_population_by_age_2002_2024.csv", "population_by_age", pd.Timestamp(2002, 6, 30)): 1.0
    }


def test_two_series_of_the_same_day_have_the_same_total_and_the_workbook_what_the_text_has(
    population: pd.DataFrame,
) -> None:
    totals = population[population.is_total & population.source_file.str.endswith(".csv")]
    wide = totals.pivot_table(index="period_end", columns="series", values="value", aggfunc="sum")
    shared = wide[["population_by_age", "population_by_custody_type"]].dropna()
    assert len(shared) == 9 and (shared.population_by_age == shared.population_by_custody_type).all()
    keys = ["period_end", "custody_type", "value", "status"]
    of_text, of_book = (
        population[(population.series == "population_by_custody_type") & population.source_file.str.endswith(ending)]
        for ending in (".csv", ".xlsx")
    )
    assert of_book[keys].sort_values(keys).to_numpy().tolist() == of_text[keys].sort_values(keys).to_numpy().tolist()


def test_shares_on_remand_are_those_of_the_population_by_custody_type(
    reading: Reading, population: pd.DataFrame
) -> None:
    share = reading.tables["remand_share"]
    counts = {"all": 453, "british": 15, "foreign": 15, "not_recorded": 15}
    assert share.groupby("nationality", observed=True).size().to_dict() == counts
    everybody = share[(share.sex == "all") & (share.age_band == "all") & (share.nationality == "all")]
    assert everybody.set_index(everybody.period_end.dt.year).value[2023] == 18.0813269501811
    counted = population[population.source_file.str.endswith("quarterly.csv")]
    wide = counted.pivot_table(index="period_end", columns="custody_type", values="value")
    expected = (100 * wide.remand / wide["all"]).rename("expected")
    joined = everybody.set_index("period_end").value.to_frame().join(expected, how="inner")
    assert len(joined) == 8 and (joined.value - joined.expected).abs().max() < 0.05
