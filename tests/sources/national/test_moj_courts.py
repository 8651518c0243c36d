"""Criminal courts: the sample reads back, and what may change next is read, quarantined or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import LayoutError, ReadError
from sources.recognise import LooseFile, recognise
from sources.writing import write_csv
from tests.conftest import TakeIn
from tests.sources.readings import Reading, read_files
from tests.sources.workbooks import Sheets, rewrite

SOURCE = "moj_courts"
REMAND = "criminal-justice-statistics-overview-tables-SYNTHETIC.ods"
CASELOAD = "ccsq_receipts_disposals_outstanding_SYNTHETIC.csv"
CUSTODY = "immediate_custody_by_sentence_length_SYNTHETIC.csv"

Changed = Callable[[Callable[[Sheets], None]], Path]
Edited = Callable[[str, str, str], Path]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("courts")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.5)
    return folder


@pytest.fixture(scope="module")
def reading(sample: Path, sources: Catalogue) -> Reading:
    return read_files(sources[SOURCE], *sorted(sample.iterdir()))


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Changed:
    """The workbook of remand status with a change to its cells."""
    return lambda change: rewrite(sample / REMAND, tmp_path / "overview-tables.xlsx", change)


@pytest.fixture
def edited(sample: Path, tmp_path: Path) -> Edited:
    """A copy in CSV with one piece of its text changed."""

    def edit(name: str, old: str, new: str) -> Path:
        text = (sample / name).read_bytes().decode()
        assert old in text
        path = tmp_path / name
        path.write_bytes(text.replace(old, new, 1).encode())
        return path

    return edit


def plain(frame: pd.DataFrame, columns: list[str], order: list[str]) -> pd.DataFrame:
    """Some columns as plain texts, numbers and dates, in an order of rows that does not depend on their types."""
    texts = {name: str for name in columns if name not in {"value", "source_row", "period_end"}}
    found = pd.DataFrame(frame[columns]).astype(texts)
    return found.sort_values(order, ignore_index=True)


def test_the_sample_is_landed_whole_and_known_as_its_own_source(
    sample: Path, intake: TakeIn, sources: Catalogue
) -> None:
    paths = sorted(sample.iterdir())
    result, _ = intake(SOURCE, *paths)
    assert result.problems == [] and result.rows_quarantined == 0
    assert result.rows_in == result.rows_landed > 300
    assert {recognise(LooseFile(path), sources).source_ids for path in paths} == {(SOURCE,)}


def test_a_year_of_caseload_is_its_quarters_and_ends_with_the_last_ones_cases(reading: Reading) -> None:
    cases = reading.tables["caseload"]
    quarters = cases[cases.period_type == "quarter"].assign(year=lambda frame: frame.period_end.dt.year)
    years = cases[cases.period_type == "calendar_year"]
    assert len(years) == 6
    for year in years.itertuples():
        of = quarters[(quarters.court == year.court) & (quarters.measure == year.measure)]
        of = of[of.year == year.period_end.year].sort_values("period_end")
        assert len(of) == 4
        assert year.value == (of.value.iloc[-1] if year.measure == "outstanding" else of.value.sum())


def test_remand_statuses_and_offence_types_add_up_to_their_totals(reading: Reading) -> None:
    remand = reading.tables["remand"]
    counts = remand[remand.measure == "defendants"]
    for _, table in counts.groupby(["stage", "period_end"]):
        at = table.set_index(["offence_type", "remand_status"]).value
        offences = [name for name in at.index.unique(0) if name != "all"]
        statuses = [name for name in at.index.unique(1) if name != "all"]
        assert (len(offences), len(statuses)) == (5, 3)
        for offence in ("all", *offences):
            assert sum(at[offence, status] for status in statuses) == at[offence, "all"]
        for status in ("all", *statuses):
            assert sum(at[offence, status] for offence in offences) == at["all", status]
    assert set(remand.stage) == {"directed_to_appear", "proceeded_against", "crown_court"}
    parts = counts[~counts.is_total]
    assert parts.value.sum() == counts[(counts.offence_type == "all") & (counts.remand_status == "all")].value.sum()


def test_a_share_of_nobody_is_not_applicable(reading: Reading) -> None:
    remand = reading.tables["remand"]
    shares = remand[remand.measure == "share_of_offence_type"]
    assert set(shares[shares.offence_type == "Offence unknown"].status) == {"not_applicable"}
    assert set(shares[shares.offence_type != "Offence unknown"].status) == {"observed"}
    assert set(shares.unit) == {"proportion"} and shares.value.max() == 1


def test_sentence_lengths_add_up_and_the_mean_is_none_of_them(reading: Reading) -> None:
    custody = reading.tables["immediate_custody"]
    people = custody[custody.measure == "people_sentenced"]
    by_year = people.groupby(["period_end", "is_total"]).value.sum().unstack()
    assert (by_year[False] == by_year[True]).all() and len(by_year) == 2
    assert set(people.period_type) == {"financial_year"}
    assert set(custody[custody.measure == "mean_sentence_length"].unit) == {"months"}


def test_a_table_is_told_by_its_title_not_by_its_sheet(changed: Changed, sources: Catalogue, reading: Reading) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Q4_1"], sheets["Q4_2"] = sheets["Q4_2"], [["Corrected on 1 May"], [], *sheets["Q4_1"]]

    read = read_files(sources[SOURCE], changed(change)).tables["remand"]
    key = ["stage", "table_number", "offence_type", "remand_status", "measure", "period_end"]
    before, after = (plain(frame, [*key, "value"], key) for frame in (reading.tables["remand"], read))
    pd.testing.assert_frame_equal(after, before)


def test_a_sheet_saved_as_csv_reads_as_in_the_workbook(changed: Changed, sources: Catalogue, tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        write_csv(tmp_path / "q4_1.csv", sheets["Q4_1"])
        for name in ("Q4_2", "Q4_3"):
            sheets.pop(name)

    workbook = read_files(sources[SOURCE], changed(change)).tables["remand"]
    text = read_files(sources[SOURCE], tmp_path / "q4_1.csv").tables["remand"]
    columns = ["offence_type", "remand_status", "period_end", "value", "status", "source_row", "source_column"]
    pd.testing.assert_frame_equal(*(plain(frame, columns, columns[-2:]) for frame in (workbook, text)))


def test_a_title_without_a_known_stage_is_refused(changed: Changed, sources: Catalogue) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Q4_3"][0][0] = sheets["Q4_3"][0][0].replace("dealt with at the Crown Court", "sent for sentence")

    with pytest.raises(LayoutError, match=r"sheet \[Q4_3\].*does not say whose remand status it is"):
        read_files(sources[SOURCE], changed(change))


def test_a_heading_that_is_no_year_of_numbers_or_shares_is_refused(changed: Changed, sources: Catalogue) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Q4_1"][4][3] = "Number of offences 2026"

    with pytest.raises(LayoutError, match=r"sheet \[Q4_1\] row 5: \[number of offences 2026\] is not a heading"):
        read_files(sources[SOURCE], changed(change))


def test_years_that_end_in_another_month_are_rolling_years(changed: Changed, sources: Catalogue) -> None:
    def change(sheets: Sheets) -> None:
        for name in ("Q4_1", "Q4_2", "Q4_3"):
            sheets[name][0][0] = sheets[name][0][0].replace("March", "June")

    read = read_files(sources[SOURCE], changed(change)).tables["remand"]
    assert set(read.period_type) == {"rolling_year"} and str(read.period_end.max())[:10] == "2026-06-30"


def test_a_caseload_whose_courts_are_not_named_is_refused(edited: Edited, sources: Catalogue) -> None:
    path = edited(CASELOAD, "All cases: outstanding CROWN", "All cases: outstanding")
    with pytest.raises(LayoutError, match=r"row 1: the headings are not those of the courts' caseload"):
        read_files(sources[SOURCE], path)


def test_a_quarter_or_length_that_is_not_known_is_set_aside(edited: Edited, sources: Catalogue) -> None:
    caseload = read_files(sources[SOURCE], edited(CASELOAD, "2025,Q1,", "2025,Spring,"))
    assert [one.reason for one in caseload.quarantined] == ["[Spring] is neither a quarter nor [All]"] * 3
    custody = read_files(sources[SOURCE], edited(CUSTODY, "| Life", "| Per cent suspended"))
    assert len(custody.quarantined) == 2
    assert "is not a type of offence and a sentence length" in custody.quarantined[0].reason


def test_a_copy_cut_short_is_refused(sample: Path, sources: Catalogue, tmp_path: Path) -> None:
    for name in (CASELOAD, CUSTODY):
        whole = (sample / name).read_bytes()
        for end in (len(whole) - 3, len(whole) - 8):
            path = tmp_path / name
            path.write_bytes(whole[:end])
            with pytest.raises(ReadError, match="may have been cut short"):
                read_files(sources[SOURCE], path)
