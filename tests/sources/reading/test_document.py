"""Text documents as grids: cells stand in the columns of their tab stops, whatever the format."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlwt

from sources.errors import ReadError
from sources.reading import PublishedFile, document
from tests.sources.documents import WRITERS, Line

STOPS = (2611, 3534, 4499)
LINES: list[Line] = [
    ("\tBulletin of a made-up month", (4507,)),
    ("\tPlace\tBeds\tIn use\tPeople", (1072, *STOPS)),
    ("Altcourse\t794\t790\t1,147", (90, *STOPS)),
    ("Blantyre House\t122\t0%", (90, 2611, 4499)),
    ("Ford\t400\t7\t12", (90, *STOPS)),
    ("Made by a test (of documents)", (90,)),
]


def read(path: Path) -> list[list[object]]:
    return [list(row) for row in document.grid(PublishedFile(path, path.name, "")).rows]


def write_rtf(path: Path, body: str) -> Path:
    path.write_text(r"{\rtf1\ansi\ansicpg1252 " + body + "}", encoding="ascii")
    return path


@pytest.mark.parametrize("kind", WRITERS)
def test_a_cell_is_in_the_column_of_its_stop_and_a_blank_one_leaves_its_column_empty(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"list.{kind}"
    WRITERS[kind](path, LINES)
    rows = read(path)
    assert len(rows) == len(LINES)
    (heading,) = [row for row in rows if "In use" in row]
    beds, in_use, people = (heading.index(text) for text in ("Beds", "In use", "People"))
    at = {row[0]: row for row in rows}
    assert [at["Altcourse"][column] for column in (beds, in_use, people)] == ["794", "790", "1,147"]
    assert [at["Blantyre House"][column] for column in (beds, in_use, people)] == ["122", None, "0%"]
    assert "Made by a test (of documents)" in " ".join(str(cell) for cell in rows[-1] if cell)


@pytest.mark.parametrize("kind", WRITERS)
def test_a_document_cut_in_half_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"list.{kind}"
    WRITERS[kind](path, LINES * 40)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ReadError, match=rf"\[list\.{kind}\]: the document cannot be read.*cut short"):
        read(path)


@pytest.mark.parametrize("raw", [b"", b"<!DOCTYPE html><html>Sorry</html>", b"Altcourse\t794"])
def test_bytes_of_no_kind_of_document_are_refused(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "list.docx"
    path.write_bytes(raw)
    with pytest.raises(ReadError, match="of no kind of document"):
        read(path)


def test_a_workbook_under_a_documents_name_is_refused(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("Sheet 1").write(0, 0, "Altcourse")
    book.save(str(tmp_path / "list.doc"))
    with pytest.raises(ReadError, match="it is no Word document"):
        read(tmp_path / "list.doc")


def test_rtf_is_told_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    path = write_rtf(tmp_path / "list.doc", r"\pard\tx90\tx2611 Ford\tab 400\par")
    assert read(path) == [["Ford", "400"]]


def test_rtf_stops_hold_until_they_are_set_anew_and_end_with_their_group(tmp_path: Path) -> None:
    body = (
        r"\pard\tx90\tx2611\tx4499 A\tab 1\tab 2\par B\tab 3\tab 4\par{\pard\tx90\tx4499 C\tab 5\par}D\tab 6\tab 7\par"
    )
    rows = read(write_rtf(tmp_path / "list.rtf", body))
    assert rows == [["A", "1", "2"], ["B", "3", "4"], ["C", None, "5"], ["D", "6", "7"]]


def test_rtf_letters_beyond_ascii_are_read_and_what_is_no_text_is_left_out(tmp_path: Path) -> None:
    body = (
        r"{\fonttbl{\f0 Arial;}}{\header Page 1\par}{\*\company Nobody;}"
        r"{\pict 0a1b}\pard It\rquote s caf\'e9 \u8211?x\~y \{5\}\par"
    )
    assert read(write_rtf(tmp_path / "list.rtf", body)) == [["It’s café –x y {5}"]]


def test_a_line_with_more_cells_than_stops_is_left_whole(tmp_path: Path) -> None:
    path = write_rtf(
        tmp_path / "list.rtf", r"\pard\tx90\tx2611 Ford\tab 400\tab 7\tab 12\par\pard\tx90\tx2611 A\tab 1\par"
    )
    assert read(path) == [["Ford\t400\t7\t12", None], ["A", "1"]]


def test_a_line_with_two_cells_in_one_column_is_left_whole_unless_the_second_is_a_mark(tmp_path: Path) -> None:
    body = r"\pard\tx90\tx2611\tx2700 Ford\tab 400\tab 7\par\pard\tx90\tx2611\tx2800 Total\tab 400\tab **\par"
    assert read(write_rtf(tmp_path / "list.rtf", body)) == [["Ford\t400\t7", None], ["Total", "400 **"]]
