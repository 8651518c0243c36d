"""Records on their way from a text file to Parquet: everything lands, or just the row that cannot is set aside."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.archive import sha256_of
from sources.catalogue import Source
from sources.contract import Contract
from sources.contract import load as load_contract
from sources.errors import HeaderError, ReadError
from sources.home import Home
from sources.landing import Arrival, Landed, Landing
from sources.reading import PublishedFile, Records, delimited

CONTRACT = """
title: Made-up records
description: Records that no publisher has published.
publisher: Nobody
licence: OGL-UK-3.0
attribution: Nobody
landing_page: https://publisher.example/
level: national
cadence: {every: month, usual_lag_days: 1, warn_after_days: 2, fail_after_days: 3, reason: made up}
coverage: nowhere
area_levels: [country]
recipients: [nobody]
weaknesses: []
disclosure:
  rule: none
recognise: {name: ['.*']}
discovery: {kind: nowhere}
markers:
  - {text: '-1', status: not_available, meaning: no figure, columns: [figure]}
  - {text: '..', status: missing, meaning: no figure}
tested_on: {evidence: layout only, periods: none}
tables:
  event:
    description: A row a record.
    kind: events
    grain: []
    grain_reason: made up
    columns:
      name: {type: text, description: A name., published_as: [Name]}
      longitude: {type: number, description: A number., published_as: [Longitude]}
      note: {type: text, description: A note., published_as: [Note]}
  figure:
    description: A row a record, with figures.
    kind: figures
    grain: [name]
    columns:
      name: {type: text, description: A name., published_as: [Name]}
      figure: {type: number, description: A figure., published_as: [Figure]}
      other: {type: number, description: Another figure., published_as: [Other]}
      whole: {type: integer, description: A whole number., published_as: [Whole], is_required: false}
"""

Land = Callable[..., tuple[Landed, list[tuple]]]


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    path = tmp_path_factory.mktemp("contract") / "contract.yaml"
    path.write_text(CONTRACT, encoding="utf-8")
    return load_contract(path)


def _land(
    landing: Landing, contract: Contract, body: bytes, *, table: str = "event", columns: str = "name, longitude, note"
) -> tuple[Landed, list[tuple]]:
    path = landing.home.root / "records.csv"
    path.write_bytes(body)
    file = PublishedFile(path, path.name, sha256_of(path))
    source = Source("made_up", path.parent, contract)
    found = delimited.records(file, table, contract.tables[table])
    landed = landing.land(source, file, found, Arrival(file.sha256, "folder", path.name, None, "2026-01-01T00:00:00"))
    parquet = landing.folder(f"made_up__{table}") / landed.file_name
    return landed, duckdb.execute(f"select {columns} from read_parquet('{parquet}')").fetchall()


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    return Landing(Home(tmp_path_factory.mktemp("home"), "folder").make())


@pytest.fixture
def land(landing: Landing, contract: Contract) -> Land:
    """Lands bytes as records of a made-up source: what it came to, and the rows."""
    return lambda body, **options: _land(landing, contract, body, **options)


def _set_aside(landed: Landed) -> list[tuple[int | None, str | None, str | None]]:
    assert landed.rows_in == landed.rows_landed + len(landed.quarantined)
    return [(row.row, row.column, row.cell) for row in landed.quarantined]


def test_a_plain_file_lands_row_for_row_in_its_order(land: Land) -> None:
    body = b"Name,Longitude,Note\r\n" + b"".join(b"n%d,%d.5,x\r\n" % (i, i) for i in range(30_000))
    landed, rows = land(body)
    assert _set_aside(landed) == []
    assert rows == [(f"n{i}", i + 0.5, "x") for i in range(30_000)]


@pytest.mark.parametrize("line", [b"b,2", b"b,2,y,z"], ids=["too few", "too many"])
def test_a_row_with_the_wrong_number_of_cells_is_set_aside_alone(land: Land, line: bytes) -> None:
    landed, rows = land(b"Name,Longitude,Note\na,1,x\n" + line + b"\nc,3,z\n")
    assert _set_aside(landed) == [(3, None, line.decode())]
    assert rows == [("a", 1.0, "x"), ("c", 3.0, "z")]


def test_an_unreadable_longitude_is_set_aside_with_its_row_column_and_cell(land: Land) -> None:
    landed, rows = land(b'Name,Longitude,Note\na,1,"x\ny"\nb,1.2.3,y\nc,,z\n')
    assert _set_aside(landed) == [(3, "longitude", "1.2.3")]
    assert rows == [("a", 1.0, "x\ny"), ("c", None, "z")]


@pytest.mark.parametrize("cell", ["nan", "inf", "-Infinity", "0x1F", "1,23", "12%"])
def test_what_is_no_finite_number_is_not_landed_as_one(land: Land, cell: str) -> None:
    landed, rows = land(f'Name,Longitude,Note\na,"{cell}",x\nb,2,y\n'.encode())
    assert _set_aside(landed) == [(2, "longitude", cell)]
    assert rows == [("b", 2.0, "y")]


def test_a_row_that_cannot_be_split_does_not_shift_the_number_of_one_that_cannot_be_read(land: Land) -> None:
    landed, rows = land(b"Name,Longitude,Note\na,1\nb,x,y\nc,3,z\n")
    assert _set_aside(landed) == [(2, None, "a,1"), (3, "longitude", "x")]
    assert rows == [("c", 3.0, "z")]


def test_a_quote_that_is_never_closed_costs_its_own_row_only(land: Land) -> None:
    landed, rows = land(b'Name,Longitude,Note\na,1,x\n"b,2,y\nc,3,z\nd,4,w\n')
    assert _set_aside(landed) == [(3, None, '"b,2,y')]
    assert rows == [("a", 1.0, "x"), ("c", 3.0, "z"), ("d", 4.0, "w")]


def test_a_quote_closed_by_a_later_rows_quote_costs_its_own_row_only(land: Land) -> None:
    landed, rows = land(b'Name,Longitude,Note\na,1,"x\nb,2,y\n"c",3,z\n')
    assert _set_aside(landed) == [(2, None, 'a,1,"x')]
    assert rows == [("b", 2.0, "y"), ("c", 3.0, "z")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_blank_lines_are_no_rows_at_the_end_or_between(land: Land, end: bytes) -> None:
    for lines in ([b"a,1,x", b"b,2,y", b"", b"", b""], [b"a,1,x", b"", b"b,2,y", b"  "]):
        landed, rows = land(end.join([b"Name,Longitude,Note", *lines]))
        assert (landed.rows_in, _set_aside(landed)) == (2, [])
        assert rows == [("a", 1.0, "x"), ("b", 2.0, "y")]


def test_records_of_blank_cells_alone_are_no_rows_as_a_spreadsheet_saves_them_below_its_last(land: Land) -> None:
    for lines in ([b"a,1,x", b"b,2,y", b",,", b",,"], [b"a,1,x", b",,", b"b,2,y", b'"",,']):
        landed, rows = land(b"\n".join([b"Name,Longitude,Note", *lines, b""]))
        assert (landed.rows_in, _set_aside(landed)) == (2, [])
        assert rows == [("a", 1.0, "x"), ("b", 2.0, "y")]


def test_a_nul_byte_stays_in_its_cell(land: Land) -> None:
    landed, rows = land(b"Name,Longitude,Note\na\x00b,1,x\nc,2,y\n")
    assert _set_aside(landed) == []
    assert rows == [("a\x00b", 1.0, "x"), ("c", 2.0, "y")]


def test_lines_that_are_not_utf_8_are_read_as_windows_1252_and_the_others_left_alone(land: Land) -> None:
    landed, rows = land(b"Name,Longitude,Note\nYnys M\xf4n,1,x\nC\xc3\xb4r,2,y\nz\x96z,3,w\n")
    assert _set_aside(landed) == []
    assert rows == [("Ynys Môn", 1.0, "x"), ("Côr", 2.0, "y"), ("z–z", 3.0, "w")]
    assert landed.notes == ["2 lines were read as Windows-1252"]


def test_a_byte_that_no_encoding_has_costs_its_row_only(land: Land) -> None:
    landed, rows = land(b"Name,Longitude,Note\na,1,x\x81\nb,2,y\n")
    assert _set_aside(landed) == [(2, "Note", "x\\udc81")]
    assert rows == [("b", 2.0, "y")]


def test_a_utf_16_file_is_read(land: Land) -> None:
    landed, rows = land("Name,Longitude,Note\r\nMôn,1,x\r\n".encode("utf-16"))
    assert _set_aside(landed) == []
    assert rows == [("Môn", 1.0, "x")]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_every_kind_of_line_end_is_read(land: Land, end: str, mark: bytes) -> None:
    landed, rows = land(mark + end.join(["Name,Longitude,Note", 'a,1,"x,y"', "b,2,"]).encode())
    assert (landed.rows_in, _set_aside(landed)) == (2, [])
    assert rows == [("a", 1.0, "x,y"), ("b", 2.0, None)]


def test_line_ends_of_two_kinds_are_read(land: Land) -> None:
    landed, rows = land(b"Name,Longitude,Note\r\na,1,x\nb,2,y\r\nc,3,z\n")
    assert (landed.rows_in, _set_aside(landed)) == (3, [])
    assert rows == [("a", 1.0, "x"), ("b", 2.0, "y"), ("c", 3.0, "z")]


@pytest.mark.parametrize("body", [b"Name,Longitude,Note", b"Name,Longitude,Note\r\n"])
def test_a_file_of_only_a_header_lands_no_rows(land: Land, body: bytes) -> None:
    landed, rows = land(body)
    assert (landed.rows_in, landed.rows_landed, _set_aside(landed), rows) == (0, 0, [], [])


def test_an_empty_file_is_an_error_that_says_so(land: Land) -> None:
    with pytest.raises(ReadError, match="the file is empty"):
        land(b"")


def test_a_header_over_two_lines_is_one_header(land: Land) -> None:
    landed, rows = land(b'"Name\n",Longitude,Note\na,1,x\n')
    assert (landed.rows_in, _set_aside(landed), rows) == (1, [], [("a", 1.0, "x")])


def test_a_column_that_comes_twice_is_an_unknown_column(land: Land) -> None:
    with pytest.raises(HeaderError, match=r"unknown columns \[name\]"):
        land(b"Name,Longitude,Note,name\na,1,x,b\n")


def test_records_with_a_header_that_repeats_take_the_first_of_its_columns(
    tmp_path: Path, landing: Landing, contract: Contract
) -> None:
    path = tmp_path / "records.csv"
    path.write_bytes(b"Name,Longitude,Note,name\na,1,x,b\n")
    file = PublishedFile(path, path.name, sha256_of(path))
    columns = {"name": "Name", "longitude": "Longitude", "note": "Note"}
    found = Records("event", path, ["Name", "Longitude", "Note", "name"], columns)
    arrival = Arrival(file.sha256, "folder", path.name, None, "2026-01-01T00:00:00")
    landed = landing.land(Source("made_up", tmp_path, contract), file, found, arrival)
    parquet = landing.folder("made_up__event") / landed.file_name
    assert duckdb.execute(f"select name, note from read_parquet('{parquet}')").fetchall() == [("a", "x")]


def test_a_line_end_glued_to_a_quote_is_no_reason_to_lose_a_row(land: Land) -> None:
    # DuckDB alone drops the space and the quotes of the first cell; Python's csv module and a spreadsheet keep them.
    landed, rows = land(b'Name,Longitude,Note\n "a",1,5" pipe\nb,2,y\n')
    assert _set_aside(landed) == []
    assert rows == [(' "a"', 1.0, '5" pipe'), ("b", 2.0, "y")]


def test_figures_carry_the_row_that_they_were_read_from(land: Land) -> None:
    body = b'Name,Figure,Other,Whole\na,1,2,3\n"b\n",x,2,3\nc,"74,588",0.5,"1,000"\n'
    landed, rows = land(body, table="figure", columns="name, figure, other, whole, source_row, source_column")
    assert _set_aside(landed) == [(3, "figure", "x")]
    assert rows == [("a", 1.0, 2.0, 3, 2, None), ("c", 74588.0, 0.5, 1000, 4, None)]


def test_the_row_of_a_figure_is_kept_where_rows_above_it_cannot_be_split(land: Land) -> None:
    landed, rows = land(b"Name,Figure,Other\na\nb,2,3\n", table="figure", columns="name, source_row")
    assert _set_aside(landed) == [(2, None, "a")]
    assert rows == [("b", 3)]


def test_a_marker_is_no_value_and_only_where_the_contract_says_that_it_is_one(land: Land) -> None:
    landed, rows = land(b"Name,Figure,Other\na,-1,-1\nb,..,..\n", table="figure", columns="name, figure, other")
    assert _set_aside(landed) == []
    assert rows == [("a", None, -1.0), ("b", None, None)]


def test_a_whole_number_with_a_fraction_is_set_aside_and_not_rounded(land: Land) -> None:
    body = b"Name,Figure,Other,Whole\na,1,1,2.5\nb,1,1,2.0\nc,1,1,1e300\n"
    landed, rows = land(body, table="figure", columns="name, whole")
    assert _set_aside(landed) == [(2, "whole", "2.5"), (4, "whole", "1e300")]
    assert rows == [("b", 2)]


def test_a_file_of_nothing_but_unreadable_rows_is_an_error_and_leaves_nothing_half_written(
    land: Land, landing: Landing
) -> None:
    with pytest.raises(ReadError, match="100,001 records cannot be read"):
        land(b"Name,Longitude,Note\n" + b"a,x,y\n" * 100_001)
    assert not list(landing.home.root.rglob("*.writing"))
    assert not list(landing.home.work.iterdir())


def test_counting_gives_up_on_what_is_not_plain(tmp_path: Path) -> None:
    path = tmp_path / "text.csv"
    for body in (b"a\r\nb\n", b"a\rb\n", b'a"b\n', b' "a"\n', b'"a" \n', b'"a\n', b"caf\xe9\n", b'x ""\n'):
        path.write_bytes(body)
        assert delimited.count_records(path) is None, body


def test_counting_agrees_with_python_across_the_edges_of_its_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "text.csv"
    body = 'a,"b ""x""\r\n\r\n",ô\r\n"","c,",d\r\n' * 40 + "\r\n\r\n"
    path.write_text(body, encoding="utf-8", newline="")
    expected = sum(1 for row in csv.reader(io.StringIO(body, newline="")) if row)
    for block in (1, 2, 3, 7, 16, 61, 1 << 16):
        monkeypatch.setattr(delimited, "_SCAN", block)
        assert delimited.count_records(path) == expected


_LETTERS = st.sampled_from(['"', ",", "\n", "\r", " ", "a", "1", "-", ".", "é", "\x00", ";", "\t", "\\", "'", "#"])
_CELLS = st.text(_LETTERS, max_size=6)


def _by_python(text: str, *, end: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=end), strict=True))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(_CELLS, st.sampled_from(["", "1", "-2.5"]), _CELLS), max_size=8),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_stands_in_cells_lands_as_it_was_written(
    landing: Landing, contract: Contract, rows: Sequence[tuple[str, str, str]], quoting: int, end: str
) -> None:
    written = io.StringIO()
    # CRLF has to be known to the writer for it to quote a lone CR.
    writer = csv.writer(written, quoting=quoting, lineterminator="\r\n")  # type: ignore[arg-type]
    writer.writerow(["Name", "Longitude", "Note"])
    writer.writerows(rows)
    text = written.getvalue().replace("\r\n", end)
    expected = [
        (name or None, float(number) if number else None, note or None)
        for name, number, note in _by_python(text, end="")[1:]
        if name or number or note
    ]
    landed, found = _land(landing, contract, text.encode())
    assert _set_aside(landed) == []
    assert found == expected


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(_LETTERS, max_size=60))
def test_of_wild_text_every_row_lands_as_python_splits_it_or_is_set_aside(
    landing: Landing, contract: Contract, text: str
) -> None:
    body = "Name,Longitude,Note\n" + text
    landed, found = _land(landing, contract, body.encode())
    aside = _set_aside(landed)
    assert all(row is not None and row >= 2 for row, *_ in aside)
    try:
        expected = _by_python(body, end="")[1:]
    except csv.Error:
        # Python gives up at the first row that cannot be split; here at least one row has to be set aside.
        assert aside
        return
    whole = [row for row in expected if any(row) and not (len(row) == 1 and not row[0].strip())]
    if all(len(row) == 3 or (len(row) > 3 and not any(row[3:])) for row in whole):
        assert landed.rows_in == len(whole)
        unread = {row for row, column, _ in aside if column == "longitude"}
        assert len(unread) == len(aside)
        texts = [(row[0] or None, row[2] or None) for row in whole]
        landed_texts = [(name, note) for name, _, note in found]
        remaining = iter(texts)
        assert all(pair in remaining for pair in landed_texts)
    else:
        assert aside
