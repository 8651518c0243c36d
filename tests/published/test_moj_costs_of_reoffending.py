"""Costs of reoffending: the real supplementary tables of July 2019 and the copy of the one-page table."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.catalogue import Catalogue
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.readings import Reading, read_files

SOURCE = "moj_costs_of_reoffending"
TABLES, SUMMARY = "costs-of-reoffending-supplementary-tables.ods", "costs-of-reoffending-by-type-of-reoffence.xlsx"


@pytest.fixture(scope="module")
def paths(published: Path) -> list[Path]:
    return [published / "justice" / "moj_reoffending" / name for name in (TABLES, SUMMARY)]


@pytest.fixture(scope="module")
def reading(paths: list[Path], sources: Catalogue) -> Reading:
    return read_files(sources[SOURCE], *paths)


def test_both_files_are_known_and_landed_whole(paths: list[Path], intake: TakeIn, sources: Catalogue) -> None:
    for path in paths:
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, _ = intake(SOURCE, *paths)
    assert result.problems == []
    rows = 108 + 216 + 1917 + 54
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (rows, rows, 0)


def test_the_one_page_table_is_the_sum_of_table_b(reading: Reading) -> None:
    costs = reading.tables["total_cost"]
    costs = costs[costs.method == "by_reoffence"]
    key = ["reoffence_group", "age_group"]
    summed = costs[costs.source_file == TABLES].groupby(key, observed=True).value.sum()
    exact = costs[(costs.source_file == SUMMARY) & (costs.unit == "pounds")].set_index(key).value
    assert len(summed) == 24 and len(exact) == 27
    assert max(abs(exact[pair] - cost) for pair, cost in summed.items()) < 0.01
    assert exact["all", "all"] == pytest.approx(summed.sum(), abs=0.01)
    assert exact["all", "adult"] == 16_665_397_378.4607
    rounded = costs[costs.unit == "thousand pounds"].set_index(key).value
    assert rounded["all", "all"] == 18_144_900 and rounded["Theft offences", "child"] == 531_800


def test_every_cost_is_a_unit_cost_times_its_reoffences(reading: Reading) -> None:
    units = reading.tables["unit_cost"].set_index(["reoffence_group", "cost_basket"]).value
    assert len(units) == 108 and units["Criminal damage and arson", "harm"] == 287.044686957352
    costs = reading.tables["total_cost"].dropna(subset="reoffences")
    assert len(costs) == 216 + 1917
    unit = [units[pair] for pair in zip(costs.reoffence_group, costs.cost_basket, strict=True)]
    assert (costs.value - costs.reoffences * unit).abs().max() < 0.001


def test_court_orders_are_the_sum_of_their_two_kinds_and_marked_so(reading: Reading) -> None:
    costs = reading.tables["total_cost"]
    costs = costs[(costs.method == "by_index_disposal") & (costs.age_group == "adult")]
    by = costs.groupby(["index_disposal", "is_part_of_another"], observed=True).value.sum()
    orders = by["Court Order - Community Order", True] + by["Court Order - Suspended Sentence Order", True]
    assert orders == pytest.approx(by["Court Order", False]) and round(by["Court Order", False]) == 6_469_430_167
    custody = costs[costs.index_disposal == "Custody"].groupby("sentence_length", observed=True).value.sum()
    assert custody["Less than or equal to 6 months"] < custody["Less than 12 months"]


def test_costs_are_modelled_for_the_cohort_of_2016(reading: Reading) -> None:
    for table in reading.tables.values():
        assert set(table.period_end.map(lambda day: str(day)[:10])) == {"2016-12-31"}
    costs = reading.tables["total_cost"]
    assert costs.status.value_counts().to_dict() == {"modelled": 216 + 1917 + 27, "rounded": 27}
    assert (costs.sentence_length == "not_applicable").sum() == 1269
