"""Text files: encodings, line ends, quotes, and the header of a large file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.contract import Column, PublishedName, Table
from sources.errors import HeaderError, ReadError
from sources.reading import PublishedFile, delimited


def _column(name: str) -> Column:
    return Column(type="text", description="A column.", published_as=(PublishedName(name=name),))


_TABLE = Table(
    description="Dragons.",
    kind="events",
    grain=(),
    grain_reason="Dragons are not numbered.",
    columns={"area": _column("Area"), "seen": _column("Dragons")},
)
Write = Callable[..., PublishedFile]

_TEXT = "Area,Dragons\nYnys Môn,7\nYork,8\n"
_ROWS = [["Area", "Dragons"], ["Ynys Môn", "7"], ["York", "8"]]


@pytest.fixture
def text_file(tmp_path: Path) -> Write:
    def write(content: bytes, name: str = "dragons.csv") -> PublishedFile:
        path = tmp_path / name
        path.write_bytes(content)
        return PublishedFile(path, name, "0" * 64)

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_small_file_is_the_same_in_every_encoding_and_with_every_line_end(
    text_file: Write, encoding: str, line_end: str
) -> None:
    raw = _TEXT.replace("\n", line_end)
    mark = "\ufeff" if encoding in {"utf-16-le", "utf-16-be"} else ""
    assert delimited.grid(text_file((mark + raw).encode(encoding))).rows == _ROWS


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"", "utf-8"),
        (b"plain", "utf-8"),
        ("Môn".encode(), "utf-8"),
        ("Môn".encode()[:2], "utf-8"),
        ("Môn".encode("cp1252"), "cp1252"),
        ("Môn".encode("utf-8-sig"), "utf-8-sig"),
        ("Môn".encode("utf-16"), "utf-16"),
    ],
)
def test_the_encoding_is_told_from_the_bytes_and_a_letter_cut_in_half_is_no_other(head: bytes, encoding: str) -> None:
    assert delimited.encoding_of(head) == encoding


def test_bytes_of_no_encoding_are_refused_with_the_file_named(text_file: Write) -> None:
    for raw in (b"Area\x81\n", b"\xff\xfeA\x00r"):
        with pytest.raises(ReadError, match=r"\[dragons\.csv\]: the text is in no encoding that is read here"):
            delimited.grid(text_file(raw))


def test_an_empty_file_is_an_empty_grid(text_file: Write) -> None:
    assert len(delimited.grid(text_file(b""))) == 0
    assert len(delimited.grid(text_file(b"\xef\xbb\xbf"))) == 0


def test_a_quoted_cell_may_hold_commas_quotes_and_line_ends(text_file: Write) -> None:
    raw = b'Area,Dragons\r\n"York, North","7 ""big""\r\nones"\r\n'
    assert delimited.grid(text_file(raw)).rows[1] == ["York, North", '7 "big"\nones']


@pytest.mark.parametrize("raw", [b'Area,Dragons\nYork,"7\n', b'Area,Dragons\n"York" x,7\n'])
def test_broken_quotes_in_a_small_file_are_refused_with_the_line(text_file: Write, raw: bytes) -> None:
    with pytest.raises(ReadError, match=r"row [23]: the quoting is broken"):
        delimited.grid(text_file(raw))


def test_another_delimiter_is_read_where_it_is_said(text_file: Write) -> None:
    grid = delimited.grid(text_file(_TEXT.replace(",", "\t").encode(), "dragons.tsv"), delimiter="\t")
    assert grid.rows == _ROWS


# The header of a large file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_header_of_a_large_file_is_found_in_every_encoding_with_every_line_end(
    text_file: Write, encoding: str, line_end: str
) -> None:
    found = delimited.records(text_file(_TEXT.replace("\n", line_end).encode(encoding)), "sighting", _TABLE)
    assert (found.header, found.columns) == (["Area", "Dragons"], {"area": "Area", "seen": "Dragons"})
    assert found.skip_lines == 1
    assert found.encoding == ("utf-16" if encoding == "utf-16" else "utf-8-sig")


def test_columns_may_move_and_one_without_a_heading_gets_a_name_of_its_own(text_file: Write) -> None:
    found = delimited.records(text_file(b"Dragons,,Area\n7,x,York\n"), "sighting", _TABLE)
    assert found.header == ["Dragons", "unnamed 2", "Area"]
    assert found.columns == {"seen": "Dragons", "area": "Area"}


def test_blank_lines_above_the_header_are_passed_over_and_counted(text_file: Write) -> None:
    found = delimited.records(text_file(b"\xef\xbb\xbf\r\n,,\r\nArea,Dragons\r\nYork,7\r\n"), "sighting", _TABLE)
    assert (found.skip_lines, found.header) == (3, ["Area", "Dragons"])


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b" , \n"])
def test_a_large_file_without_anything_in_it_is_empty(text_file: Write, raw: bytes) -> None:
    with pytest.raises(ReadError, match=r"\[dragons\.csv\]: the file is empty; expected a header line"):
        delimited.records(text_file(raw), "sighting", _TABLE)


def test_a_large_file_with_another_header_is_refused_at_its_line(text_file: Write) -> None:
    with pytest.raises(HeaderError, match=r"row 2: .*\[Dragons\] \(closest: \[Dragon\]\)"):
        delimited.records(text_file(b"\nArea,Dragon\nYork,7\n"), "sighting", _TABLE)


# Counting records


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        (b"", 0),
        (b"a,b", 1),
        (b"a,b\n1,2\n", 2),
        (b"a,b\r\n1,2", 2),
        (b'a,b\n"1\n\n1",2\n', 2),
        (b'a,b\n"1 ""x""",""\n\n\n', 2),
        (b"\xef\xbb\xbfa,b\n1,2\n", 2),
        (b"a,b\n1,2\r\n", None),
        (b"a,b\r1,2\r", None),
        (b'a,b\n1,"2\n', None),
        (b'a,b\n1,2"\n', None),
        (b'a,b\n1,"2"x\n', None),
        (b"a,b\n1,\xf4\n", None),
    ],
)
def test_records_are_counted_from_the_bytes_or_the_file_is_not_plain(
    text_file: Write, raw: bytes, count: int | None
) -> None:
    assert delimited.count_records(text_file(raw).path) == count


@given(
    rows=st.lists(
        st.lists(st.text(st.sampled_from('ab",\n é'), max_size=6), min_size=2, max_size=4), min_size=1, max_size=8
    ),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_any_records_that_are_written_by_the_rules_are_counted(
    rows: list[list[str]], line_end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    path = tmp_path_factory.getbasetemp() / "counted.csv"
    path.write_bytes(text.getvalue().encode())
    assert delimited.count_records(path) == len(rows)
