"""The prison population bulletins: the sample reads back in every format, and what may change is read or refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from sources.catalogue import Catalogue
from sources.errors import ReadError
from sources.home import Home
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.documents import WRITERS, Line, lines_of_rtf, write_rtf
from tests.sources.workbooks import Sheets, quarantined, rewrite, row_of

SOURCE = "moj_prison_population_monthly"
TABLES = ("establishment", "establishment_copy", "weekly", "sentenced_by_offence")
KEY = ["section", "is_total", "prison_name", "prison_code", "period_start", "measure", "value", "unit", "status"]
COUNTS = ["baseline_cna", "in_use_cna", "operational_capacity", "population"]

Read = Callable[[Path], Figures]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> dict[str, Path]:
    """The files of the sample by name."""
    folder = tmp_path_factory.mktemp("bulletins")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture(scope="session")
def workbook(sample: dict[str, Path]) -> Path:
    return sample["prison-pop-october-2026.ods"]


@pytest.fixture(scope="session")
def printed(sample: dict[str, Path]) -> Path:
    return sample["prison-pop-august-2026.rtf"]


@pytest.fixture
def lines(printed: Path) -> list[Line]:
    """The printed bulletin, line by line."""
    return lines_of_rtf(printed)


@pytest.fixture
def read(sources: Catalogue) -> Read:
    """The one table of a file."""
    source = sources[SOURCE]

    def one(path: Path) -> Figures:
        (found,) = source.reader.read(PublishedFile(path, path.name, ""), source.contract)
        assert found.rows_in == len(found.frame) + len(found.quarantined)
        return found

    return one


@pytest.fixture
def changed(workbook: Path, tmp_path: Path) -> Callable[[Callable[[list[list[Any]]], None]], Path]:
    """The workbook with a change to its sheet's cells."""

    def change_it(change: Callable[[list[list[Any]]], None]) -> Path:
        def change_sheet(sheets: Sheets) -> None:
            change(sheets["MonthlyBulletin"])

        return rewrite(workbook, tmp_path / "bulletin.xlsx", change_sheet)

    return change_it


def figures(frame: pd.DataFrame) -> list[tuple]:
    """What was read, without where it was read."""
    return sorted(tuple(map(str, row)) for row in frame[KEY].itertuples(index=False))


def line_of(lines: list[Line], label: str) -> int:
    return next(number for number, (text, _) in enumerate(lines) if text.split("\t")[0] == label)


def test_the_sample_lands_with_every_table_and_nothing_quarantined(
    intake: TakeIn, landed: Callable[[Home, str], pd.DataFrame], sample: dict[str, Path]
) -> None:
    result, home = intake(SOURCE, *sample.values())
    assert result.problems == [] and result.rows_quarantined == 0
    frames = {table: landed(home, f"{SOURCE}__{table}") for table in TABLES}
    assert result.rows_in == result.rows_landed == sum(map(len, frames.values()))
    assert set(frames["establishment"].period_start.dt.date) == {
        date(2026, 8, 31),
        date(2026, 9, 28),
        date(2026, 10, 26),
    }
    assert (frames["establishment"].period_start == frames["establishment"].period_end).all()


def test_the_sample_is_this_sources_and_no_others(sample: dict[str, Path], sources: Catalogue) -> None:
    assert {recognise(LooseFile(path), sources).source_ids for path in sample.values()} == {(SOURCE,)}


def test_the_published_totals_are_the_sums_of_their_parts(read: Read, workbook: Path, printed: Path) -> None:
    for path in (workbook, printed):
        frame = read(path).frame
        parts = frame[~frame.is_total & frame.measure.isin(COUNTS)]
        totals = frame[frame.is_total & (frame.section == "all")].set_index("measure").value
        sums = parts.groupby("measure").value.sum()
        for measure in ("baseline_cna", "in_use_cna", "population"):
            assert totals[measure] == sums[measure]
        assert totals["useable_operational_capacity"] == sums["operational_capacity"] - 1640
        assert "operational_capacity" not in totals
    # The printed one has sub-totals of its two parts besides.
    sub = frame[frame.is_total & (frame.section != "all") & frame.measure.isin(COUNTS)]
    of_parts = parts.groupby(["section", "measure"]).value.sum()
    assert len(sub) == 8
    assert sub.set_index(["section", "measure"]).value.sort_index().to_dict() == of_parts.to_dict()


def test_a_blank_cell_is_a_missing_figure_and_not_a_nought(read: Read, workbook: Path, printed: Path) -> None:
    for path in (workbook, printed):
        frame = read(path).frame
        empty = frame[frame.prison_name == "Dartmoor"].set_index("measure")
        assert empty.status["population"] == "missing" and pd.isna(empty.value["population"])
        assert empty.value[["in_use_cna", "operational_capacity"]].tolist() == [0, 0]
        assert set(frame[frame.prison_name != "Dartmoor"].status) == {"observed"}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_bulletin_gives_the_same_rows_in_every_format(
    kind: str, read: Read, printed: Path, lines: list[Line], tmp_path: Path
) -> None:
    path = tmp_path / f"prison-pop-august-2026.{kind}"
    WRITERS[kind](path, lines)
    assert figures(read(path).frame) == figures(read(printed).frame)


def test_a_printed_bulletin_and_a_workbook_of_the_same_figures_give_the_same_rows(
    read: Read, printed: Path, tmp_path: Path
) -> None:
    frame = read(printed).frame.query("unit != 'per cent'")
    with xlsxwriter.Workbook(str(tmp_path / "bulletin.xlsx")) as book:
        sheet = book.add_worksheet("MonthlyBulletin")
        heads = ["Prison Name", "Baseline CNA", "In Use CNA", "Operational Capacity", "Population *"]
        rows = [["Monthly Bulletin - August 2026"], ["Report Date : 31/08/2026"], [], heads]
        for section, of_section in frame.groupby("section", sort=False):
            if section == "immigration_removal_centre":
                rows += [[], ["HMPPS Operated Immigration Removal Centres (IRCs)"]]
            for name, place in of_section.groupby("prison_name", sort=False):
                order = [*COUNTS[:2], place.measure[place.measure.str.contains("operational")].item(), "population"]
                rows.append([name, *place.set_index("measure").value[order].astype(object).where(pd.notna, None)])
        rows += [[], ["** Useable Operational Capacity is the sum less 1640 places."]]
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell)
    found = read(tmp_path / "bulletin.xlsx")
    assert found.notes == []
    assert figures(found.frame) == figures(frame)


def test_rows_and_columns_that_move_and_notes_that_change_give_the_same_figures(
    read: Read, workbook: Path, changed: Callable[[Callable[[list[list[Any]]], None]], Path]
) -> None:
    def move(rows: list[list[Any]]) -> None:
        header = row_of(rows, "Prison Name")
        rows[header][4] = "Population [note 2]"
        rows[header][1] = " BASELINE  cna"
        rows[header + 1][0] += " ***"
        rows[header + 2][3] = f"{rows[header + 2][3]:,.0f}"
        for row in rows[header:]:
            row[1], row[3] = row[3], row[1]
            row.insert(0, "")
        rows.insert(0, ["Some words before"])
        rows.insert(header, [])

    assert figures(read(changed(move)).frame) == figures(read(workbook).frame)


def _with_a_renamed_heading(rows: list[list[Any]]) -> None:
    rows[3][2] = "Available CNA"


def _without_a_heading(rows: list[list[Any]]) -> None:
    rows[3][4] = ""


def _without_a_total(rows: list[list[Any]]) -> None:
    del rows[row_of(rows, "Total") :]


def _with_another_month_in_the_title(rows: list[list[Any]]) -> None:
    rows[0][0] = "Monthly Bulletin - November 2026"


def _without_a_date(rows: list[list[Any]]) -> None:
    rows[1][0] = "Report Date : 31/09/2026"


def _with_an_establishment_twice(rows: list[list[Any]]) -> None:
    rows.insert(9, rows[8])


def _with_a_figure_below_no_heading(rows: list[list[Any]]) -> None:
    rows[8].append(12)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_with_a_renamed_heading, r"row 4: the header is not one .* found \[Available CNA\] in C, no \[in_use_cna\]"),
        (_without_a_heading, r"row 4: the header is not one .* no \[population\]"),
        (_without_a_total, r"the list ends without its total; expected a row \[Total\]"),
        (_with_another_month_in_the_title, r"the title and the report date differ; .* found 2026-10-26"),
        (_without_a_date, r"row 2: the report date is no date; found \[Report Date : 31/09/2026\]"),
        (_with_an_establishment_twice, r"row 10: an establishment is there twice; found \[Bedford\]"),
        (_with_a_figure_below_no_heading, r"row 9: a row that is neither an establishment nor a total"),
    ],
)
def test_a_workbook_whose_meaning_moved_is_refused_with_its_place(
    change: Callable[[list[list[Any]]], None],
    words: str,
    read: Read,
    changed: Callable[[Callable[[list[list[Any]]], None]], Path],
) -> None:
    with pytest.raises(ReadError, match=rf"^\[bulletin\.xlsx\] sheet \[MonthlyBulletin\].*{words}"):
        read(changed(change))


def test_a_printed_figure_in_the_wrong_column_is_caught_by_the_totals(
    read: Read, lines: list[Line], tmp_path: Path
) -> None:
    at = line_of(lines, "Dartmoor")
    text, stops = lines[at]
    # The same words, the stops of the two noughts being those of the columns beside theirs.
    lines[at] = (text.replace("\t0\t0\t", "\t9\t0\t"), (*stops[:2], stops[3], 5577, stops[4]))
    write_rtf(tmp_path / "bulletin.rtf", lines)
    with pytest.raises(ReadError, match=r"do not add up .* total of \[operational_capacity\] is -9 against its parts"):
        read(tmp_path / "bulletin.rtf")


def test_a_workbook_whose_total_is_not_the_sum_is_landed_with_a_note(
    read: Read, changed: Callable[[Callable[[list[list[Any]]], None]], Path]
) -> None:
    def slip(rows: list[list[Any]]) -> None:
        rows[row_of(rows, "Total")][1] += 5

    assert read(changed(slip)).notes == ["the [all] total of [baseline_cna] is +5 against its parts"]


def test_a_printed_line_with_a_figure_for_every_heading_needs_no_stops(
    read: Read, printed: Path, lines: list[Line], tmp_path: Path
) -> None:
    at = line_of(lines, "Leeds")
    lines[at] = (lines[at][0].replace("%\t", "% "), (90, 2600, 2650, 2700))
    write_rtf(tmp_path / "bulletin.rtf", lines)
    assert figures(read(tmp_path / "bulletin.rtf").frame) == figures(read(printed).frame)


def test_a_printed_line_that_lacks_a_figure_and_stops_is_refused(read: Read, lines: list[Line], tmp_path: Path) -> None:
    at = line_of(lines, "Dartmoor")
    lines[at] = (lines[at][0], ())
    write_rtf(tmp_path / "bulletin.rtf", lines)
    with pytest.raises(ReadError, match=rf"row {at + 1}: a row that is neither .* found \[Dartmoor"):
        read(tmp_path / "bulletin.rtf")


def test_the_totals_of_early_2011_are_a_block_of_lines_and_long_names_run_on(
    read: Read, printed: Path, lines: list[Line], tmp_path: Path
) -> None:
    frame = read(printed).frame
    total = frame[frame.is_total & (frame.section == "all")].set_index("measure").value.astype(int)
    end, centres = line_of(lines, "Total"), line_of(lines, "HMPPS Operated Immigration Removal Centres (IRCs)")
    sub = line_of(lines, "Sub total")
    stops, after = (90, 3400, 4400, 6700), lines[end + 1 :]
    block: list[Line] = [
        (f"Total Baseline CNA\t{total['baseline_cna']:,}\t% Population to In Use CNA\t106%", stops),
        (f"Total In Use CNA\t{total['in_use_cna']:,}\tTotal % Accommodation Available\t95%", stops),
        (f"Total Useable\t{total['useable_operational_capacity']:,}\tTotal Out of Use Accommodation\t1,234", stops),
        ("Operational Capacity\t**", (90, 2600)),
        (f"Total Population\t{total['population']:,}", (90, 3400)),
    ]
    lines = [*lines[:sub], *lines[centres + 1 : end - 1], *block, *after]
    at = line_of(lines, "Elmley (Sheppey)")
    lines[at] = (lines[at][0].replace(" (Sheppey)", ""), lines[at][1])
    lines.insert(at + 1, ("(Sheppey Cluster)", (90,)))
    write_rtf(tmp_path / "bulletin.rtf", lines)
    found = read(tmp_path / "bulletin.rtf").frame
    totals = found[found.is_total].set_index("measure").value
    assert totals.drop(
        ["out_of_use_accommodation", "population_to_in_use_cna", "accommodation_available"]
    ).to_dict() == (total.drop(["population_to_in_use_cna", "accommodation_available"]).to_dict())
    assert totals["out_of_use_accommodation"] == 1234
    assert found[found.prison_name == "Elmley (Sheppey Cluster)"].prison_code.unique().tolist() == ["EYI"]


def test_a_name_that_is_no_prisons_is_quarantined_with_the_nearest(
    intake: TakeIn, changed: Callable[[Callable[[list[list[Any]]], None]], Path]
) -> None:
    def rename(rows: list[list[Any]]) -> None:
        rows[row_of(rows, "Leeds")][0] = "Leedz"
        rows[row_of(rows, "Lewes")][2] = "n/k"

    result, home = intake(SOURCE, changed(rename))
    assert result.problems == [] and result.rows_in == result.rows_landed + 5
    cells = quarantined(home)
    assert [cell["source_column"] for cell in cells] == ["B", "C", "D", "E", "C"]
    assert all("[Leedz]; nearest: [Leeds] (LEI)" in cell["reason"] for cell in cells[:4])
    assert cells[4]["cell"] == "n/k" and "neither a number nor a marker" in cells[4]["reason"]


def test_a_percentage_is_no_count(read: Read, changed: Callable[[Callable[[list[list[Any]]], None]], Path]) -> None:
    def mark(rows: list[list[Any]]) -> None:
        rows[row_of(rows, "Lewes")][4] = "97%"

    (cell,) = read(changed(mark)).quarantined
    assert (cell.cell, cell.reason) == ("97%", "[97%] is no figure in people")


def copy_of(path: Path, target: Path, *changes: tuple[str, str]) -> Path:
    text = path.read_text(encoding="utf-8")
    for pattern, by in changes:
        text, count = re.subn(pattern, by, text, count=1, flags=re.MULTILINE)
        assert count == 1, pattern
    target.write_text(text, encoding="utf-8", newline="")
    return target


def test_a_derived_copy_is_a_table_of_its_own_without_rows_that_name_no_one_prison(
    read: Read, sample: dict[str, Path], tmp_path: Path
) -> None:
    path = sample["combined_prison_data_synthetic.csv"]
    whole = read(path)
    assert whole.table == "establishment_copy" and not whole.frame.is_total.any()
    found = read(copy_of(path, tmp_path / path.name, ("Bedford", "Bed"), ("Ashfield", "Aylesbury")))
    assert len(found.frame) == len(whole.frame) - 12
    reasons = {cell.reason.split(";")[0] for cell in found.quarantined}
    assert reasons == {"no prison is known by the name [Bed]", "two rows have this name and this day"}


def test_a_copied_population_that_may_be_a_printed_percentage_is_quarantined(read: Read, tmp_path: Path) -> None:
    header = "Operational Capacity,In Use CNA,Prison Name,Report_Date,Baseline CNA,Population *\n"
    rows = (
        "135.0,135.0,Reading,{on},190,71.0\n0.0,0.0,Downview,{on},355,0.0\n100.0,98.0,East Sutton Park,{on},98,99.0\n"
    )
    for on, cells in (("2013-11-29", [("71.0", 2, "F")]), ("2018-11-30", [])):
        path = tmp_path / "copy.csv"
        path.write_text(header + rows.format(on=on), encoding="utf-8")
        assert [(cell.cell, cell.row, cell.column) for cell in read(path).quarantined] == cells


def test_copied_totals_are_the_estates(read: Read, sample: dict[str, Path]) -> None:
    frame = read(sample["estate_totals_synthetic.csv"]).frame.set_index("measure")
    assert frame.is_total.all() and frame.prison_code.isna().all()
    assert frame.value["establishments"] == 120
    value = frame.value
    assert value["useable_operational_capacity"] == value["operational_capacity"] - value["operating_margin"]


def test_a_week_without_a_figure_is_missing_and_a_day_that_is_no_friday_is_refused(
    read: Read, sample: dict[str, Path], tmp_path: Path
) -> None:
    path = sample["weekly_prison_population_synthetic.csv"]
    frame = read(path).frame
    assert (frame.status == "missing").sum() == 1 and frame.value.isna().sum() == 1
    with pytest.raises(ReadError, match=r"row 27: a day that is no Friday; .* found Saturday 31 October 2026"):
        read(copy_of(path, tmp_path / path.name, ("2026-10-30", "2026-10-31")))


@pytest.mark.parametrize(
    "name", ["combined_prison_data", "estate_totals", "weekly_prison_population", "prisoner_types"]
)
def test_a_text_file_cut_short_is_refused(name: str, read: Read, sample: dict[str, Path], tmp_path: Path) -> None:
    path = sample[f"{name}_synthetic.csv"]
    short = tmp_path / path.name
    text = path.read_text(encoding="utf-8")
    short.write_text(text[: text.rstrip().rindex(",") - 3].rpartition(",")[0], encoding="utf-8", newline="")
    with pytest.raises(ReadError, match=r"another width|no date"):
        read(short)


def test_a_copy_with_another_header_is_refused(read: Read, sample: dict[str, Path], tmp_path: Path) -> None:
    path = sample["combined_prison_data_synthetic.csv"]
    with pytest.raises(ReadError, match=r"row 1: .* found \[unlock\], no \[Population \*\]"):
        read(copy_of(path, tmp_path / path.name, (r"Population \*", "Unlock")))
