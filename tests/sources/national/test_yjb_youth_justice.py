"""Youth justice statistics: the bundled open data and copies, how they may change, and what is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, LayoutError, ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import Sheets, rewrite

SOURCE = "yjb_youth_justice"
ENTRANTS = "synthetic_fte_22to25.csv"
Read = Callable[[Path], Figures]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=7, scale=1.0)
    return folder


@pytest.fixture(scope="module")
def children(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of children, out of its zip."""
    folder = tmp_path_factory.mktemp("zip")
    with zipfile.ZipFile(next(sample.glob("*.zip"))) as packed:
        return Path(packed.extract("Children_Table.ods", folder))


@pytest.fixture
def read(sources: Catalogue) -> Read:
    source = sources[SOURCE]

    def read_one(path: Path) -> Figures:
        (found,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        return found

    return read_one


def text_file(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def test_the_sample_is_taken_in_whole_and_known_as_its_own(sample: Path, intake: TakeIn, sources: Catalogue) -> None:
    files = sorted(sample.iterdir())
    assert [recognise(LooseFile(path), sources).source_ids for path in files] == [(SOURCE,)] * 9
    result, _ = intake(SOURCE, *files)
    assert result.problems == [] and result.rows_quarantined == 0
    assert result.rows_in == result.rows_landed == 3 * 154 + 4 * 154 + 12 + 16 + 12 + 4 + 8 + 24 + 64 + 80


def test_a_service_of_one_authority_has_its_code_and_a_joint_one_has_none(children: Path, read: Read) -> None:
    frame = read(children).frame
    newest = frame[frame.period_end == date(2025, 3, 31)].set_index("area_name")
    assert newest.loc["Birmingham", ["area_code", "area_level"]].tolist() == ["E08000025", "upper_tier_local_authority"]
    assert newest.loc["Swansea", "area_code"] == "W06000011"
    joint = newest[newest.area_level == "youth_justice_service"]
    assert len(joint) == 14 and joint.area_code.isna().all()
    assert {"Bury and Rochdale", "West Mercia", "South Tees", "Cwm Taf"} <= set(joint.index)
    assert newest[newest.area_level != "youth_justice_service"].area_code.is_unique
    assert set(frame.measure) == {"children_cautioned_or_sentenced"} and not frame.is_derived_copy.any()


def test_a_service_that_nobody_knows_is_quarantined_with_the_nearest_names(
    children: Path, read: Read, tmp_path: Path
) -> None:
    def rename(sheets: Sheets) -> None:
        sheets["Data"][4][2] = "Birmingam"

    found = read(rewrite(children, tmp_path / "Children_Table.xlsx", rename))
    (cell,) = found.quarantined
    assert "[Birmingam]" in cell.reason and "[Birmingham] (E08000025)" in cell.reason
    assert (cell.sheet, cell.row, cell.column) == ("Data", 5, "D")
    assert found.rows_in == len(found.frame) + 1


def test_the_table_is_found_wherever_it_stands_and_with_its_groups(children: Path, read: Read, tmp_path: Path) -> None:
    def move(sheets: Sheets) -> None:
        rows = sheets.pop("Data")
        header, *body = rows
        sheets["Table 1"] = [["A note"], [], [*header, "Sex", "PCC"], *([*row, "Boys", "Kent"] for row in body)]

    frame = read(rewrite(children, tmp_path / "Children_Table.xlsx", move)).frame
    assert set(frame.sex) == {"male"} and set(frame.police_area_name) == {"Kent"} and len(frame) == 3 * 154
    assert frame.source_sheet.unique().tolist() == ["Table 1"] and frame.source_row.min() == 4


@pytest.mark.parametrize("name", ["level", "area_name"])
def test_the_table_is_known_by_any_name_that_its_areas_have_had(
    name: str, children: Path, read: Read, tmp_path: Path
) -> None:
    def rename(sheets: Sheets) -> None:
        header = sheets["Data"][0]
        header[header.index("YJS")] = name

    found = read(rewrite(children, tmp_path / "Children_Table.xlsx", rename))
    assert found.frame.value.tolist() == read(children).frame.value.tolist() and not found.quarantined


def test_a_group_that_is_not_known_is_refused(children: Path, read: Read, tmp_path: Path) -> None:
    def add(sheets: Sheets) -> None:
        for number, row in enumerate(sheets["Data"]):
            row.append("Religion" if number == 0 else "None")

    with pytest.raises(HeaderError, match=r"sheet \[Data\] row 1.*\[Religion\]"):
        read(rewrite(children, tmp_path / "Children_Table.xlsx", add))


def test_a_workbook_without_the_table_is_refused_with_its_sheets(children: Path, read: Read, tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"\[Financial_Year\] and one of .*\[YJS\].*\[Cover\], \[Notes\]"):
        read(rewrite(children, tmp_path / "Children_Table.xlsx", lambda sheets: sheets.__delitem__("Data")))


def test_two_figures_for_one_group_are_both_held_back(children: Path, read: Read, tmp_path: Path) -> None:
    def repeat(sheets: Sheets) -> None:
        sheets["Data"].append([*sheets["Data"][1][:3], 999])

    found = read(rewrite(children, tmp_path / "Children_Table.xlsx", repeat))
    assert [cell.row for cell in found.quarantined] == [2, 3 * 154 + 2]
    assert {cell.reason for cell in found.quarantined} == {"the same group stands in the file more than once"}


def test_a_copy_without_a_month_is_of_the_financial_year_only_where_its_tables_are(read: Read, tmp_path: Path) -> None:
    header = "end_period_year,end_period_month,period_length,level,disposal_type,disposal,count"
    found = read(text_file(tmp_path, "disposals_10to21.csv", header, "2010.0,Unknown,Year,England,Custody,Other,6.0"))
    row = found.frame.iloc[0]
    assert (row.period_start, row.period_end, row.period_type) == (
        date(2009, 4, 1),
        date(2010, 3, 31),
        "financial_year",
    )
    other = read(text_file(tmp_path, "fte_10to21.csv", header, "2010.0,Unknown,Year,England,Custody,Other,6.0"))
    assert [cell.reason for cell in other.quarantined] == ["[Unknown] is not the month in which a period ends"]


def test_remand_by_age_is_of_decisions_first_and_of_children_on_remand_since(read: Read, tmp_path: Path) -> None:
    lines = [
        "end_period_year,end_period_month,period_length,level,age,count",
        "2010.0,Unknown,Year,Eng/Wales,15,14767.0",
        "2011.0,Unknown,Year,Eng/Wales,15,66.25",
    ]
    frame = read(text_file(tmp_path, "remand_count_10to21_age.csv", *lines)).frame
    assert frame.measure.tolist() == ["remand_decisions", "average_children_on_remand"]
    assert frame.unit.tolist() == ["remand decisions", "children"]


def test_first_time_entrants_with_decimals_are_estimates(read: Read, tmp_path: Path) -> None:
    lines = [
        "end_period_year,level,count,end_period_month,period_length,gender",
        "2020.0,England,8774.0,December,Year,Girls",
        "2020.0,England,20986.63,December,Year,Boys",
        "2020.0,West Midlands,5690.0,December,Year,Boys",
    ]
    found = read(text_file(tmp_path, "fte_09to20.csv", *lines))
    assert found.frame.status.tolist() == ["observed", "estimated"] and found.frame.sex.tolist() == ["female", "male"]
    # A region and a police force area are called so; the copy does not say which it means.
    assert [cell.row for cell in found.quarantined] == [4]


def test_totals_of_other_disposals_are_marked(read: Read, tmp_path: Path) -> None:
    lines = [
        "disposal,measure,end_period_year,count,end_period_month,period_length",
        "First tier penalty,Number of reoffenders,2020.0,20.0,March,Year",
        "Youth fine,Number of reoffenders,2020.0,5.0,March,Year",
        "Youth fine,Number of friends,2020.0,5.0,March,Year",
    ]
    found = read(text_file(tmp_path, "reoffending_10to20_disposal.csv", *lines))
    assert found.frame.is_total.tolist() == [True, False] and set(found.frame.area_code) == {"K04000001"}
    assert [cell.reason for cell in found.quarantined] == ["[Number of friends] is no measure that is known"]


def test_a_copy_whose_name_says_nothing_is_refused(sample: Path, read: Read, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes((sample / ENTRANTS).read_bytes())
    with pytest.raises(LayoutError, match=r"name does not say what it is about.*\[fte_\].*\[table.csv\]"):
        read(path)


@pytest.mark.parametrize("cut", [2, 7, 60])
def test_a_copy_cut_short_is_refused(cut: int, sample: Path, read: Read, tmp_path: Path) -> None:
    short = tmp_path / ENTRANTS
    short.write_bytes((sample / ENTRANTS).read_bytes()[:-cut])
    with pytest.raises(ReadError, match="cut short"):
        read(short)
