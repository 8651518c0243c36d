"""Suicides by local authority: the bundled workbook, how the layout moves, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from sources.catalogue import Catalogue
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.sources.workbooks import Sheets, rewrite

Read = Callable[[Path], Figures]
SOURCE = "ons_suicides"
WORKBOOK = "synthetic-suicidesbylocalauthority2025.xlsx"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=5, scale=1)
    return folder / WORKBOOK


@pytest.fixture(scope="module")
def short(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled workbook with a few areas, to be moved about."""

    def shorten(sheets: Sheets) -> None:
        del sheets["Table_1"][14:], sheets["Table_2"][14:]

    return rewrite(sample, tmp_path_factory.mktemp("short") / WORKBOOK, shorten)


@pytest.fixture(scope="module")
def read(sources: Catalogue) -> Read:
    def read_one(path: Path) -> Figures:
        (found,) = sources[SOURCE].reader.read(PublishedFile(path, path.name, "0" * 64), sources[SOURCE].contract)
        assert len(found.frame) + len(found.quarantined) == found.rows_in
        return found

    return read_one


def cells(found: Figures) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    frame = found.frame.astype(object)
    keys = zip(*(frame[name] for name in ("area_code", "area_name", "measure", "period_end")), strict=True)
    says = zip(*(frame[name].where(frame[name].notna(), None) for name in ("value", "status", "upper_95")), strict=True)
    return dict(zip(keys, says, strict=True))


def test_the_bundled_workbook_is_known_and_lands_whole(
    sample: Path, sources: Catalogue, intake: Any, landed: Any
) -> None:
    assert recognise(LooseFile(sample), sources).source_ids == (SOURCE,)
    assert "SYNTHETIC" in str(CalamineWorkbook.from_path(str(sample)).get_sheet_by_name("Cover_sheet").to_python())
    result, home = intake(SOURCE, sample)
    assert (result.problems, result.rows_quarantined, result.rows_landed) == ([], 0, 1645)
    frame = landed(home, f"{SOURCE}__local_authority")
    assert frame["area_level"].notna().all()
    assert set(frame["status"]) == {"observed", "low_reliability", "not_available"}


def test_the_deaths_of_three_years_are_those_of_each_and_areas_add_up(sample: Path, read: Read) -> None:
    frame = read(sample).frame
    deaths = frame[frame["measure"] == "deaths"]
    by_period = deaths.groupby(["area_code", "period_type"], observed=True)["value"].sum().unstack()
    assert (by_period["calendar_year"] == by_period["multi_year"]).all()
    pooled = deaths[deaths["period_type"] == "multi_year"].astype({"area_level": object})
    by_level = pooled.groupby("area_level")["value"].sum()
    assert by_level["country"] == by_level.drop(["country", "region"]).sum()


def test_years_above_deaths_rates_and_limits_are_read_as_in_the_older_workbooks(
    short: Path, tmp_path: Path, read: Read
) -> None:
    def part(sheets: Sheets) -> None:
        rows = sheets["Table_2"]
        rows[5][:9] = ["Area Codes", "Area Names", "", "", "Deaths", "Rate", "", "LCL", "UCL"]
        rows[4:5] = [["", "", "", "", "2023-25", "", "", "", ""]]
        for row in rows[6:]:
            row[6] = "u" if row[6] == "[u]" else row[6]

    assert cells(read(rewrite(short, tmp_path / WORKBOOK, part))) == cells(read(short))


def test_other_notes_spaces_and_sheet_names_do_not_matter(short: Path, tmp_path: Path, read: Read) -> None:
    def move(sheets: Sheets) -> None:
        sheets["Table 7"] = sheets.pop("Table_2")
        for rows in (sheets["Table_1"], sheets["Table 7"]):
            for column, cell in enumerate(rows[5]):
                if isinstance(cell, str):
                    rows[5][column] = cell.replace("note 4", "note 11").replace(" \r\n", "\n")
            rows.append(["1. Deaths registered in each year."])

    assert cells(read(rewrite(short, tmp_path / WORKBOOK, move))) == cells(read(short))


@pytest.mark.parametrize(
    ("row", "column", "text", "expected"),
    [
        (5, 5, "2023 to 2025 Median delay", "years with deaths, a rate, its limits or its marker"),
        (5, 7, "2022 to 2024 Lower confidence limit", "one column of this kind to a rate of the same years"),
        (5, 5, "2023 to 2052 Rate", "years with deaths, a rate, its limits or its marker"),
        (5, 8, "", "a heading, as there are cells below it"),
        (0, 0, "Table 2: Alcohol-specific deaths by local authority", "a title of all suicides"),
        (0, 0, "Table 2: Suicides of males by local authority", "a title of all suicides"),
    ],
)
def test_what_is_not_known_stops_the_file(
    short: Path, tmp_path: Path, read: Read, row: int, column: int, text: str, expected: str
) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table_2"][row][column] = text

    with pytest.raises(LayoutError) as refused:
        read(rewrite(short, tmp_path / WORKBOOK, change))
    assert f"[{WORKBOOK}] sheet [Table_2]" in str(refused.value)
    assert f"expected {expected}" in str(refused.value)


def test_a_workbook_without_a_table_of_areas_is_refused(short: Path, tmp_path: Path, read: Read) -> None:
    def without(sheets: Sheets) -> None:
        del sheets["Table_1"], sheets["Table_2"]

    with pytest.raises(ReadError, match=r"no sheet has a table of areas; .*found \[Cover_sheet\]"):
        read(rewrite(short, tmp_path / WORKBOOK, without))


def test_a_row_of_figures_without_an_area_is_set_aside(short: Path, tmp_path: Path, read: Read) -> None:
    def add(sheets: Sheets) -> None:
        sheets["Table_1"].append(["", "Non-residents", "", "", 20, 21, 22])

    found = read(rewrite(short, tmp_path / WORKBOOK, add))
    assert [(cell.row, cell.column, cell.cell) for cell in found.quarantined] == [
        (15, "E", "20.0"),
        (15, "F", "21.0"),
        (15, "G", "22.0"),
    ]
    assert cells(found) == cells(read(short))
