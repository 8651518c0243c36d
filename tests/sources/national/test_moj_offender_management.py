"""Offender Management Statistics Quarterly: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, LayoutError, ReadError
from sources.recognise import LooseFile, recognise
from sources.writing import write_xlsx
from tests.conftest import TakeIn
from tests.sources.readings import Reading, read_files

SOURCE = "moj_offender_management"

Changed = Callable[[str, str, str], Path]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("offender_management")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.4)
    return folder


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Changed:
    """A file of the sample with one piece of its text changed: ``changed(name, old, new)``."""

    def change(name: str, old: str, new: str) -> Path:
        text = (sample / f"synthetic_{name}.csv").read_bytes().decode()
        assert old in text
        target = tmp_path / f"{name}.csv"
        target.write_bytes(text.replace(old, new, 1).encode())
        return target

    return change


def written(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def reading(sample: Path, sources: Catalogue) -> Reading:
    return read_files(sources[SOURCE], *sorted(sample.iterdir()))


def test_the_sample_lands_whole_and_each_file_is_recognised_as_its_own(
    intake: TakeIn, sample: Path, sources: Catalogue
) -> None:
    files = sorted(sample.iterdir())
    assert {recognise(LooseFile(path), sources).source_ids for path in files} == {(SOURCE,)}
    result, _ = intake(SOURCE, *files)
    assert result.problems == [] and len(result.arrived) == len(files) == 10
    assert (result.rows_in, result.rows_quarantined) == (result.rows_landed, 0)


def test_every_series_is_there_with_its_periods(reading: Reading) -> None:
    population, flow = reading.tables["population"], reading.tables["flow"]
    assert population.series.nunique() == 3 and flow.series.nunique() == 6
    assert set(population.period_type) == {"point_in_time"} and set(flow.period_type) == {"quarter", "calendar_year"}
    assert population.period_end.max() == pd.Timestamp(2026, 9, 30)
    assert flow.period_end.max() == pd.Timestamp(2026, 6, 30)


def test_parts_of_the_population_add_up_to_the_total_of_their_series_and_day(reading: Reading) -> None:
    frame = reading.tables["population"]
    parts, totals = (
        frame[frame.is_total == is_total].groupby(["series", "period_end"]).value.sum() for is_total in (False, True)
    )
    assert len(totals) == 8 + 2 + 2
    assert parts.equals(totals)


def test_markers_blanks_and_revised_figures_have_their_status(reading: Reading) -> None:
    flow, share = reading.tables["flow"], reading.tables["remand_share"]
    odd = flow[flow.status != "observed"].sort_values("status")
    assert odd[["status", "series", "measure"]].to_numpy().tolist() == [
        ["missing", "justice_data_first_receptions", "first_receptions"],
        ["not_available", "receptions_by_quarter", "recall_admissions"],
        ["revised", "justice_data_releases", "releases_from_sentence"],
    ]
    assert odd.value.isna().tolist() == [True, True, False]
    (suppressed,) = share[share.status == "suppressed"].itertuples()
    assert (suppressed.sex, suppressed.age_band, suppressed.period_end.year) == ("female", "15-17", 2026)


def test_a_file_without_headings_worth_the_name_is_read_by_its_quarters(tmp_path: Path, sources: Catalogue) -> None:
    path = written(tmp_path, "export.csv", ",0", "2025-10-01,14349", "2026-01-01,13193")
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    (first, second) = read_files(sources[SOURCE], path).tables["flow"].itertuples()
    assert (first.measure, first.value, first.period_end) == ("licence_recalls", 14349, pd.Timestamp(2025, 12, 31))
    assert second.period_start == pd.Timestamp(2026, 1, 1) and (second.source_row, second.source_column) == (3, "B")


def test_home_detention_curfew_and_recalls_of_no_day_are_quarantined_with_their_cells(
    tmp_path: Path, sources: Catalogue
) -> None:
    releases = written(
        tmp_path, "releases.csv", "Period,Releases from sentences,Home Detention Curfew", "Jan-Mar 2024,13289,1824"
    )
    by_year = written(
        tmp_path, "by_year.csv", ",recalls,releases,sentence_len,time_served,recall_stock", "2024,5,4,3.5,2,12579"
    )
    read = read_files(sources[SOURCE], releases, by_year)
    assert read.tables["flow"].value.tolist() == [13289, 5, 4, 3.5, 2]
    curfew, no_day = read.quarantined
    assert "home detention curfew" in curfew.reason and (curfew.cell, curfew.row, curfew.column) == ("1824", 2, "C")
    assert "on which day" in no_day.reason and (no_day.cell, no_day.row, no_day.column) == ("12579", 2, "F")


def test_the_population_by_age_is_of_30_june_but_for_the_copy_of_march_2024(tmp_path: Path, sources: Catalogue) -> None:
    header = "Year,Age_15_20,Age_21_29,Age_30_39,Age_40_49,Age_50+,Total"
    march = written(tmp_path, "march.csv", header, "2023,1,2,3,4,5,15", '2024,1,2,3,4,5,"87,869"')
    june = written(tmp_path, "june.csv", header, "2024,1,2,3,4,5,87726")
    frame = read_files(sources[SOURCE], march, june).tables["population"]
    totals = frame[frame.is_total].set_index("value").period_end.dt.date
    assert totals.to_dict() == {15: date(2023, 6, 30), 87_869: date(2024, 3, 31), 87_726: date(2024, 6, 30)}


def test_the_two_names_that_fine_defaulters_have_had_are_one_kind_of_custody(
    tmp_path: Path, sources: Catalogue
) -> None:
    header = "edition,scenario,ref_date,total,determinate,indeterminate,remand,recall,non-criminal,fine,fine_defaulters"
    path = written(
        tmp_path,
        "composition.csv",
        header,
        "2019-2024,actual,2019-06-30,200,100,20,40,30,9,1,",
        "2020-2026,actual,2020-09-30,200,100,20,40,30,8,,2",
    )
    read = read_files(sources[SOURCE], path)
    frame = read.tables["population"]
    fines = frame[frame.custody_type == "fine_defaulter"]
    assert fines[["value", "source_column"]].to_numpy().tolist() == [[1, "J"], [2, "K"]]
    assert (read.rows_in, read.quarantined) == (14, [])


def test_a_projection_is_not_taken_for_people_who_were_counted(
    sample: Path, changed: Changed, sources: Catalogue
) -> None:
    name = "population_composition_at_projection_base"
    read = read_files(sources[SOURCE], changed(name, "actual", "central projection"))
    assert {cell.reason for cell in read.quarantined} == {"the row's scenario is [central projection], not [actual]"}
    assert len(read.quarantined) == 7 and len(read.tables["population"]) == 7


def test_a_workbook_is_read_for_its_sheet_of_prisons_alone(sample: Path, tmp_path: Path, sources: Catalogue) -> None:
    text = sample / "synthetic_prison_population_remand_sentenced_quarterly.csv"
    with text.open(encoding="utf-8", newline="") as lines:
        prisons = [[int(cell) if cell.isdigit() else cell for cell in row] for row in csv.reader(lines)]
    other = [["Date", "Remand"], ["2020", 1]]
    book = tmp_path / "copy.xlsx"
    write_xlsx(book, {"Police & Crime": other, "Crown & Magistrates' Courts": other, "Prisons": prisons})
    assert recognise(LooseFile(book), sources).source_ids == (SOURCE,)
    of_book, of_text = (read_files(sources[SOURCE], path).tables["population"] for path in (book, text))
    assert set(of_book.source_sheet) == {"Prisons"}
    others = ["source_sheet", "source_file"]
    assert of_book.drop(columns=others).equals(of_text.drop(columns=others))


def test_a_figure_of_no_heading_is_quarantined_unless_it_is_the_sum_that_it_has_been(
    sample: Path, changed: Changed, sources: Catalogue
) -> None:
    name = "prison_population_remand_sentenced_quarterly"
    last = (sample / f"synthetic_{name}.csv").read_text(encoding="utf-8").splitlines()[-1]
    (cell,) = read_files(sources[SOURCE], changed(name, last, last.rsplit(",", 1)[0] + ",5")).quarantined
    assert (cell.cell, cell.column, cell.reason) == ("5", "I", "a figure below no heading")


def test_a_quarter_that_is_none_and_a_figure_that_is_none_are_quarantined(changed: Changed, sources: Catalogue) -> None:
    path = changed("prison_receptions_quarterly", "Jan-Mar 2025", "Feb-Apr 2025")
    path.write_text(path.read_text(encoding="utf-8").replace("[x]", "n/k"), encoding="utf-8")
    read = read_files(sources[SOURCE], path)
    reasons = [cell.reason for cell in read.quarantined]
    assert read.rows_in == 32 and len(reasons) == 5
    assert sum("[Feb-Apr 2025] is not a quarter of a calendar year" in reason for reason in reasons) == 4
    assert sum("[n/k] is neither a number nor a marker" in reason for reason in reasons) == 1


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("prison_receptions_quarterly", "Recall admissions", "Recalls", ["row 1", "[recall admissions]", "[recalls]"]),
        ("prison_population_by_age", "Age_50+", "Age_50_59", ["row 1", "[age_50+]", "[age_50_59]"]),
        ("prison_population_by_age", "Age_21_29", "Age_15_20", ["[age_21_29]"]),
        ("prison_population_by_age", "Prop_Age_15_20", "Age_15_20", ["row 1", "a heading stands twice"]),
        ("releases_recalls_annual", "time_served", "days_served", ["[time_served]", "[days_served]"]),
        ("licence_recalls_quarterly", ",0", ",recalls_in_thousands", ["no row of headings"]),
        ("sdg_16-3-2_remand_share_of_prison_population", "Nationality", "Citizenship", ["[Nationality]"]),
    ],
)
def test_headings_beyond_what_is_known_are_refused_with_their_place(
    name: str, old: str, new: str, words: list[str], changed: Changed, sources: Catalogue
) -> None:
    with pytest.raises((HeaderError, LayoutError)) as error:
        read_files(sources[SOURCE], changed(name, old, new))
    for word in [name, *words]:
        assert word in str(error.value)


def test_a_share_that_is_not_in_per_cent_is_quarantined(changed: Changed, sources: Catalogue) -> None:
    name = "sdg_16-3-2_remand_share_of_prison_population"
    (cell,) = read_files(sources[SOURCE], changed(name, "Percentage (%),Units", "Percentage (%),Thousands")).quarantined
    assert "[Thousands] is not the multiplier" in cell.reason


def test_a_file_that_is_cut_short_is_refused(sample: Path, tmp_path: Path, sources: Catalogue) -> None:
    path = tmp_path / "by_age.csv"
    path.write_bytes((sample / "synthetic_prison_population_by_age.csv").read_bytes()[:-40])
    with pytest.raises(ReadError, match=r"row 3: the record is not whole.*cut short"):
        read_files(sources[SOURCE], path)


def test_the_same_seed_writes_the_same_bytes_another_seed_others_and_a_scale_more_years(
    tmp_path: Path, sources: Catalogue
) -> None:
    contents = {}
    for name, seed, scale in (("first", 3, 0.2), ("again", 3, 0.2), ("other", 4, 0.2), ("longer", 3, 0.4)):
        (tmp_path / name).mkdir()
        sources[SOURCE].sample.write(tmp_path / name, seed=seed, scale=scale)
        contents[name] = b"".join(path.read_bytes() for path in sorted((tmp_path / name).iterdir()))
    assert contents["first"] == contents["again"] != contents["other"]
    assert len(contents["longer"]) > 1.4 * len(contents["first"])
    assert b"SYNTHETIC" in contents["first"]
