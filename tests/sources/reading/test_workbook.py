"""Workbooks as grids."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from sources.errors import ReadError
from sources.reading import PublishedFile
from sources.reading.workbook import Workbook, open_workbook


def _write(folder: Path, suffix: str) -> Path:
    """A workbook of two sheets, the first with its table from cell B3 on."""
    path = folder / f"dragons{suffix}"
    if suffix == ".xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Table 1 ")
            sheet.write_row(2, 1, ["Area", 2024])
            sheet.write_row(3, 1, ["York", "*"])
            book.add_worksheet("Notes")
    elif suffix == ".xls":
        old = xlwt.Workbook()
        page = old.add_sheet("Table 1 ")
        for row, cells in ((2, ["Area", 2024]), (3, ["York", "*"])):
            for column, cell in enumerate(cells, start=1):
                page.write(row, column, cell)
        old.add_sheet("Notes")
        old.save(str(path))
    else:
        document = OpenDocumentSpreadsheet()
        for name, rows in (("Table 1 ", [[], [], ["", "Area", 2024], ["", "York", "*"]]), ("Notes", [[]])):
            table = Table(name=name)
            for cells in rows:
                line = TableRow()
                for cell in cells or [""]:
                    kind = {"valuetype": "float", "value": cell} if isinstance(cell, int) else {"valuetype": "string"}
                    element = TableCell(**kind)
                    element.addElement(P(text=str(cell)))
                    line.addElement(element)
                table.addElement(line)
            document.spreadsheet.addElement(table)
        document.save(str(path))
    return path


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods"])
def test_every_kind_of_workbook_gives_cells_where_the_spreadsheet_has_them(tmp_path: Path, suffix: str) -> None:
    path = _write(tmp_path, suffix)
    book = open_workbook(PublishedFile(path, path.name, "0" * 64))
    assert book.sheet_names == ["Table 1 ", "Notes"]
    grid = book.grid("Table 1 ")
    assert (grid.file, grid.sheet) == (path.name, "Table 1 ")
    assert [grid.text(2, column) for column in range(3)] == ["", "Area", "2024"]
    assert (grid.cell(2, 2), grid.cell(3, 2)) == (2024.0, "*")
    assert len(book.grid("Notes")) <= 1


def test_dates_are_dates_and_truths_are_truths(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_datetime(0, 0, datetime.datetime(2024, 7, 1), book.add_format({"num_format": "mmm yyyy"}))  # noqa: DTZ001
        sheet.write_boolean(0, 1, True)
    assert list(Workbook(path, "a.xlsx").grid("Sheet1").rows[0]) == [datetime.date(2024, 7, 1), True]


def test_sheets_are_matched_whole_without_case_or_outer_space(tmp_path: Path) -> None:
    book = Workbook(_write(tmp_path, ".xlsx"), "dragons.xlsx")
    assert [(sheet, found[1]) for sheet, found in book.matching(r"TABLE (\d+)")] == [("Table 1 ", "1")]
    assert list(book.matching("Table")) == []
    assert book.require(r"table \d", "the dragons") == "Table 1 "


def test_a_sheet_that_is_not_there_once_is_refused_with_the_sheets_that_are(tmp_path: Path) -> None:
    book = Workbook(_write(tmp_path, ".xlsx"), "dragons.xlsx")
    with pytest.raises(ReadError, match=r"the griffins was not found once.*found 0 among \[Table 1 \], \[Notes\]"):
        book.require("griffins", "the griffins")
    with pytest.raises(ReadError, match="found 2 among"):
        book.require(".*", "everything")
    with pytest.raises(ReadError, match=r"sheet \[Griffins\]: the sheet cannot be read"):
        book.grid("Griffins")


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods"])
def test_a_workbook_cut_short_anywhere_is_an_error_with_its_name_and_never_the_end_of_the_run(
    tmp_path: Path, suffix: str
) -> None:
    whole = _write(tmp_path, suffix).read_bytes()
    cut = tmp_path / f"cut{suffix}"
    refused = 0
    for length in range(0, len(whole) - 1, max(1, len(whole) // 60)):
        cut.write_bytes(whole[:length])
        try:
            book = Workbook(cut, cut.name)
            for sheet in book.sheet_names:
                book.grid(sheet)
        except ReadError as error:
            refused += 1
            assert str(error).startswith(f"[{cut.name}]")
    assert refused > 50


@pytest.mark.parametrize("raw", [b"", b"<!DOCTYPE html><html></html>", b"Area,Dragons\n", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_workbook_is_refused_with_advice(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(raw)
    with pytest.raises(ReadError, match=r"\[a\.xlsx\]: not a workbook that can be opened.*an error page saved"):
        Workbook(path, "a.xlsx")


def test_a_workbook_that_is_not_there_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"\[gone\.xlsx\]"):
        Workbook(tmp_path / "gone.xlsx", "gone.xlsx")


def test_stopping_the_program_is_not_taken_for_a_broken_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(tmp_path, ".xlsx")

    def stop(_: Path) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "read_bytes", stop)
    with pytest.raises(KeyboardInterrupt):
        Workbook(path, "dragons.xlsx")
