"""Costs of reoffending: the sample reads back, and what may change next is read, quarantined or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, LayoutError
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.readings import Reading, read_files
from tests.sources.workbooks import Sheets, rewrite, row_of

SOURCE = "moj_costs_of_reoffending"
TABLES, SUMMARY = "costs-of-reoffending-supplementary-tables.ods", "costs-of-reoffending-by-type-of-reoffence.xlsx"

Changed = Callable[[str, Callable[[Sheets], None]], Path]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("costs")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.5)
    return folder


@pytest.fixture(scope="module")
def reading(sample: Path, sources: Catalogue) -> Reading:
    return read_files(sources[SOURCE], *sorted(sample.iterdir()))


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Changed:
    """A workbook of the sample with a change to its cells."""
    return lambda name, change: rewrite(sample / name, tmp_path / Path(name).with_suffix(".xlsx").name, change)


def test_the_sample_is_landed_whole_and_known_as_its_own_source(
    sample: Path, intake: TakeIn, sources: Catalogue
) -> None:
    paths = sorted(sample.iterdir())
    result, _ = intake(SOURCE, *paths)
    assert result.problems == [] and result.rows_quarantined == 0
    assert result.rows_in == result.rows_landed > 150
    assert {recognise(LooseFile(path), sources).source_ids for path in paths} == {(SOURCE,)}


def test_the_one_page_table_is_the_sum_of_the_supplementary_one(reading: Reading) -> None:
    costs = reading.tables["total_cost"]
    costs = costs[costs.method == "by_reoffence"]
    is_summary = costs.source_file == SUMMARY
    key = ["reoffence_group", "age_group"]
    summed = costs[~is_summary].groupby(key, observed=True).value.sum()
    exact = costs[is_summary & (costs.unit == "pounds")].set_index(key).value
    assert len(summed) == 24 and len(exact) == 27
    for pair, cost in summed.items():
        assert exact[pair] == pytest.approx(cost)
    assert exact["all", "all"] == pytest.approx(summed.sum())
    rounded = costs[is_summary & (costs.unit == "thousand pounds")].set_index(key)
    assert set(rounded.status) == {"rounded"} and (rounded.value % 100 == 0).all()
    assert (rounded.value - exact / 1000).abs().max() <= 50


def test_costs_are_unit_costs_times_reoffences_and_modelled(reading: Reading) -> None:
    units = reading.tables["unit_cost"].set_index(["reoffence_group", "cost_basket"])
    assert set(units.status) == {"modelled"} and len(units) == 36
    costs = reading.tables["total_cost"].dropna(subset="reoffences")
    for row in costs.itertuples():
        assert row.value == pytest.approx(units.value[row.reoffence_group, row.cost_basket] * row.reoffences)


def test_disposals_within_others_are_marked_and_a_dash_is_no_length(reading: Reading) -> None:
    costs = reading.tables["total_cost"]
    costs = costs[costs.method == "by_index_disposal"]
    parts = costs[costs.is_part_of_another][["index_disposal", "sentence_length"]].drop_duplicates()
    assert set(parts.itertuples(index=False, name=None)) == {
        ("Court Order - Community Order", "not_applicable"),
        ("Court Order - Suspended Sentence Order", "not_applicable"),
        ("Custody", "Less than or equal to 6 months"),
    }


def test_the_year_of_the_cohort_is_what_the_cover_says(reading: Reading) -> None:
    for table in reading.tables.values():
        assert set(table.period_start.map(str)) == {"2016-01-01 00:00:00"}
        assert set(table.period_end.map(str)) == {"2016-12-31 00:00:00"}


def test_a_file_that_does_not_say_the_year_of_its_cohort_is_refused(changed: Changed, sources: Catalogue) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Sheet1"][1][0] = "England and Wales"

    with pytest.raises(LayoutError, match=r"does not say of which one year the offender cohort is.*found none"):
        read_files(sources[SOURCE], changed(SUMMARY, change))


def test_tables_are_known_by_their_headings_whatever_their_sheets_are_called(
    changed: Changed, sources: Catalogue, reading: Reading
) -> None:
    def change(sheets: Sheets) -> None:
        renamed = {"Table_A": "Table_B", "Table_B": "Table_C", "Table_C": "Table_A"}
        moved = {renamed.get(name, name): [["A correction"], [], *rows] for name, rows in sheets.items()}
        sheets.clear()
        sheets.update(moved)

    read = read_files(sources[SOURCE], changed(TABLES, change))
    for name, table in read.tables.items():
        before = reading.tables[name]
        before = before[before.source_file == TABLES]
        assert sorted(table.value) == pytest.approx(sorted(before.value)) and len(table) == len(before)


def test_a_renamed_column_is_refused_with_its_name(changed: Changed, sources: Catalogue) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table_B"][0][4] = "total_costs_of_all"

    message = r"\[Table_B\] row 1.*missing columns \[total_cost\] \(closest: \[total_costs_of_all\]\)"
    with pytest.raises(HeaderError, match=message):
        read_files(sources[SOURCE], changed(TABLES, change))


def test_a_workbook_without_one_of_its_tables_is_refused(changed: Changed, sources: Catalogue) -> None:
    with pytest.raises(LayoutError, match=r"not there once each.*C in \[\]"):
        read_files(sources[SOURCE], changed(TABLES, lambda sheets: sheets.pop("Table_C") and None))


def test_an_unrounded_cost_that_does_not_come_to_the_rounded_one_is_set_aside(
    changed: Changed, sources: Catalogue
) -> None:
    def change(sheets: Sheets) -> None:
        rows = sheets["Sheet1"]
        row = rows[row_of(rows, "Robbery")]
        row[3] += 10_000_000

    read = read_files(sources[SOURCE], changed(SUMMARY, change))
    (one,) = read.quarantined
    assert (one.sheet, one.column) == ("Sheet1", "D") and "does not come to" in one.reason
    assert len(read.tables["total_cost"]) == 53


def test_a_dash_is_not_applicable_and_an_unknown_word_is_set_aside(changed: Changed, sources: Catalogue) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table_A"][1][2], sheets["Table_A"][2][2] = "-", "about 7"

    read = read_files(sources[SOURCE], changed(TABLES, change))
    assert next(iter(read.tables["unit_cost"].status)) == "not_applicable"
    (one,) = read.quarantined
    assert (one.sheet, one.row, one.column, one.cell) == ("Table_A", 3, "C", "about 7")
