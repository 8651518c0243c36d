"""Text files: what encoding and line ends they have, small ones as grids, large ones for DuckDB.

The dialect is always stated, never sniffed: a sniffer that looks at one file of many decides wrongly for the
others.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from sources.contract import Table
from sources.errors import ReadError
from sources.reading import PublishedFile, Quarantined, Records, headers
from sources.reading.grid import Grid

#: Small enough for its arrays to stay in the processor's cache: four times as much takes four times as long a byte.
_SCAN = 1 << 16
_LONGEST_LINE = 1 << 24
#: How much of a record that cannot be split is kept with the reason.
_KEPT_OF_LINE = 2_000


def encoding_of(head: bytes) -> str:
    """``utf-8-sig`` or ``utf-16`` by byte-order mark, ``utf-8`` where the bytes are that, else ``cp1252``."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def read_text(path: Path, name: str) -> str:
    """The whole of a small file as text with ``\\n`` line ends; raises ReadError where no encoding fits."""
    raw = path.read_bytes()
    try:
        text = raw.decode(encoding_of(raw))
    except UnicodeDecodeError as error:
        raise ReadError(
            "the text is in no encoding that is read here",
            file=name,
            expected="UTF-8, UTF-16 with a byte-order mark, or Windows-1252",
            found=str(error),
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def grid(file: PublishedFile, *, delimiter: str = ",") -> Grid:
    """A small delimited file as a grid: a row a record, cells as text."""
    reader = csv.reader(io.StringIO(read_text(file.path, file.name)), delimiter=delimiter, strict=True)
    try:
        return Grid(list(reader), file.name)
    except csv.Error as error:
        raise ReadError("the quoting is broken", file=file.name, row=reader.line_num, found=str(error)) from error


def header_row(grid: Grid) -> int:
    """The first row of a small text file that is not blank; raises ReadError where the file is empty."""
    row = next((row for row in range(len(grid)) if not grid.is_blank_row(row)), None)
    if row is None:
        raise ReadError("the file is empty", file=grid.file, expected="a header line")
    return row


def rows_below(file: PublishedFile, grid: Grid, header: int, *, may_lack_last_line_end: bool = False) -> list[int]:
    """The rows of a small text file's records below its header, blank lines left out.

    Raises ReadError where there is none, where a record has not as many cells as the header, and where the last
    line has no end, for the last cell may have been cut short then. Of a publisher that ends no file with a line end
    (``may_lack_last_line_end``), only a last cell shorter than the one above it is taken for cut short.
    """
    width = len(grid.rows[header])
    rows = [row for row in range(header + 1, len(grid)) if not grid.is_blank_row(row)]
    advice = "The file may have been cut short: get it again"
    if not rows:
        raise ReadError("there is no record below the header", file=file.name, row=header + 1, advice=advice)
    for row in rows:
        if len(grid.rows[row]) != width:
            raise ReadError(
                "a record has not the header's number of cells",
                file=file.name,
                row=row + 1,
                expected=f"{width} cells",
                found=f"{len(grid.rows[row])}",
                advice=advice,
            )
    with file.path.open("rb") as stream:
        stream.seek(max(0, file.path.stat().st_size - 4))
        is_ended = stream.read().rstrip(b"\0").endswith((b"\n", b"\r"))
    last_cell = grid.text(rows[-1], width - 1)
    above = grid.text(rows[-2], width - 1) if len(rows) > 1 else ""
    if not is_ended and not (may_lack_last_line_end and above and len(last_cell) >= len(above)):
        raise ReadError(
            "the last line has no end",
            file=file.name,
            row=rows[-1] + 1,
            expected="a line end after the last record",
            found=f"[{last_cell}] in its last cell",
            advice=advice,
        )
    return rows


def require_line_end(file: PublishedFile) -> None:
    """Refuse a delimited file whose last line has no end: its last cell may have been cut short there and still look
    like a figure. For large files, which are not read as a grid. Raises ReadError."""
    with file.path.open("rb") as stream:
        stream.seek(max(0, file.path.stat().st_size - 80))
        tail = stream.read().rstrip(b"\0")
    if not tail.endswith((b"\n", b"\r")):
        raise ReadError(
            "the last line has no end",
            file=file.name,
            expected="a line end after the last record",
            found=f"[{tail.decode('utf-8', 'backslashreplace').splitlines()[-1] if tail else ''}] at its end",
            advice="The file may have been cut short: get it again",
        )


def count_records(path: Path, *, delimiter: str = ",") -> int | None:
    """How many records a text file has, header counted, from its bytes in one pass; None where it is not plain.

    Plain is: UTF-8, line ends all LF or all CRLF, and quotes only where RFC 4180 has them (around a whole field,
    and doubled inside one). A plain file can be read in one way only. Blank lines at its end are not counted.
    """
    scan = _Scan(delimiter)
    buffer, held = bytearray(_SCAN), 0
    with path.open("rb", buffering=0) as stream:
        while True:
            got = stream.readinto(memoryview(buffer)[held:])
            filled = held + got
            # Cut after a line end, so that no quote is parted from what stands beside it.
            end = buffer.rfind(b"\n", 0, filled) + 1 if got else filled
            if end and not scan.take(bytes(memoryview(buffer)[:end])):
                return None
            if not got:
                return scan.records()
            held = filled - end
            if held == len(buffer):
                if held >= _LONGEST_LINE:
                    return None
                buffer.extend(bytes(held))
            buffer[:held] = buffer[end:filled]


class _Scan:
    """Counts the line ends of a file that is taken block by block, each block ending with one."""

    def __init__(self, delimiter: str) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._delimiter = ord(delimiter)
        self._line_ends = self._with_return = self._trailing_blank = 0
        self._is_in_quotes, self._is_ended, self._is_first = False, True, True

    def records(self) -> int | None:
        """Records in all; None where the line ends are of two kinds or a quote is not closed."""
        if self._is_in_quotes or self._with_return not in {0, self._line_ends}:
            return None
        return self._line_ends + (not self._is_ended) - self._trailing_blank

    def take(self, raw: bytes) -> bool:
        """Count a block; False where it is not plain."""
        if self._is_first:
            raw, self._is_first = raw.removeprefix(codecs.BOM_UTF8), False
            if not raw:
                return True
        if not raw.isascii():
            try:
                self._decoder.decode(raw, final=True)
            except UnicodeDecodeError:
                return False
        # Looking for a character is far quicker than counting it.
        with_return = raw.count(b"\r\n") if b"\r" in raw else 0
        if b"\r" in raw and with_return != raw.count(b"\r"):
            return False
        if self._is_in_quotes or b'"' in raw:
            outside = self._line_ends_outside_quotes(np.frombuffer(raw, dtype=np.uint8))
            if outside is None:
                return False
            line_ends, with_return = outside
        else:
            line_ends = raw.count(b"\n")
        self._line_ends += line_ends
        self._with_return += with_return
        self._is_ended = raw.endswith(b"\n") and not self._is_in_quotes
        tail = raw.rstrip(b"\r\n")
        blank = raw.count(b"\n", len(tail))
        # The first of the line ends at a block's end is that of its last record.
        self._trailing_blank = self._trailing_blank + blank if not tail else max(0, blank - 1)
        return True

    def _line_ends_outside_quotes(self, block: np.ndarray) -> tuple[int, int] | None:
        """Line ends outside quotes, and how many of them are CRLF; None where a quote is not where RFC 4180 has it.

        Works on where the quotes and the line ends are, which are few, and not on every byte.
        """
        places = np.flatnonzero(block == 34)
        ends = np.flatnonzero(block == 10)
        # Inside is where an odd number of quotes has come before.
        outside = ends[(np.searchsorted(places, ends) + self._is_in_quotes) % 2 == 0]
        if len(places):
            is_first = np.ones(len(places), dtype=bool)
            is_first[1:] = np.diff(places) > 1
            starts, stops = places[is_first], places[np.append(is_first[1:], True)]
            before = np.where(starts > 0, block[starts - 1], 10)
            after = np.where(stops < len(block) - 1, block[np.minimum(stops + 1, len(block) - 1)], 10)
            was_inside = (np.flatnonzero(is_first) + self._is_in_quotes) % 2 == 1
            begins_field = (before == self._delimiter) | (before == 10)
            ends_field = (after == self._delimiter) | (after == 10) | (after == 13)
            is_closing = was_inside == ((stops - starts) % 2 == 0)
            if not (np.all(begins_field[~was_inside]) and np.all(ends_field[is_closing])):
                return None
            self._is_in_quotes = bool((len(places) + self._is_in_quotes) % 2)
        return len(outside), int(np.count_nonzero(block[outside[outside > 0] - 1] == 13))


class _Lines:
    """Lines of a text, each as good as can be told from its bytes, some of which can be put back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._again = lines, list[str]()
        self.taken: list[str] = []
        self.count_cp1252 = 0
        self.has_undecoded = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._decoded(next(self._lines))
        self.taken.append(line)
        return line

    def put_back(self, lines: list[str]) -> None:
        self._again.extend(reversed(lines))

    def _decoded(self, line: str) -> str:
        if line.isascii():
            return line
        try:
            line.encode("utf-8")
        except UnicodeEncodeError:
            self.count_cp1252 += 1
            line = line.encode("utf-8", "surrogateescape").decode("cp1252", "surrogateescape")
            self.has_undecoded |= any("\udc80" <= letter <= "\udcff" for letter in line)
        return line


def _split(lines: _Lines, found: Records) -> Iterator[tuple[int, list[str] | None, str]]:
    """Each record with its number, its cells (None where it cannot be split into the header's) and its text.

    A record over several lines whose quotes do not match, or with records in it that are whole by themselves, is
    taken for one line with a quote too many: that line alone is given up, and reading goes on at the next.
    """
    width, least = len(found.header), len(found.header) - found.optional_at_end
    number = found.skip_lines

    def is_whole(cells: list[str]) -> bool:
        return len(cells) >= least and not any(cells[width:])

    def is_whole_line(line: str) -> bool:
        try:
            return is_whole(next(csv.reader([line], delimiter=found.delimiter, strict=True), []))
        except csv.Error:
            return False

    reader = csv.reader(lines, delimiter=found.delimiter, strict=True)
    while True:
        lines.taken.clear()
        cells: list[str] | None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        number += 1
        if cells is not None and _says_nothing(cells, width):
            continue
        text = lines.taken[0]
        if cells is None or (not is_whole(cells) and any(map(is_whole_line, lines.taken[1:]))):
            lines.put_back(lines.taken[1:])
            reader = csv.reader(lines, delimiter=found.delimiter, strict=True)
            yield number, None, text.rstrip("\r\n")
        elif not is_whole(cells):
            yield number, None, "".join(lines.taken).rstrip("\r\n")
        else:
            yield number, cells[:width] + [""] * (width - len(cells)), text


def _says_nothing(cells: list[str], width: int) -> bool:
    """Whether a record is a blank line, or cells that are all empty, as a spreadsheet saves below its last."""
    return not cells or (width > 1 and not (any(cells) if len(cells) > 1 else cells[0].strip()))


def write_plain(found: Records, target: Path) -> tuple[int, list[Quarantined], list[str]]:
    """Write the records of a file that is not plain as one that is, each led by its number, with no header.

    Returns how many there are in all, those that cannot be split (left out), and notes on what was done. Raises
    ReadError where the text is in no encoding that is read here.
    """
    rows, quarantined, notes = 0, list[Quarantined](), list[str]()
    width = len(found.header)
    # What is not UTF-8 is kept as it is, to be tried as Windows-1252 line by line.
    errors = "surrogateescape" if found.encoding.startswith("utf-8") else "strict"
    with (
        found.path.open(encoding=found.encoding, errors=errors, newline="") as text,
        target.open("w", encoding="utf-8", newline="") as plain,
    ):
        lines = _Lines(iter(text))
        # All in quotes, because the writer would leave a lone CR without.
        writer = csv.writer(plain, lineterminator="\n", quoting=csv.QUOTE_ALL)
        try:
            above = csv.reader(lines, delimiter=found.delimiter)
            for _ in range(found.skip_lines):
                next(above, None)
            for number, cells, line in _split(lines, found):
                rows += 1
                if cells is None:
                    reason = f"the record cannot be split into the {width} cells of the header"
                    quarantined.append(Quarantined(reason, _legible(line), row=number))
                elif lines.has_undecoded and (column := _undecoded(cells)) is not None:
                    reason = "the cell is in no encoding that is read here"
                    name = found.header[column]
                    quarantined.append(Quarantined(reason, _legible(cells[column]), row=number, column=name))
                else:
                    writer.writerow([number, *cells])
        except UnicodeError as error:
            raise ReadError(
                "the text is in no encoding that is read here",
                file=found.path.name,
                expected="UTF-8, UTF-16 with a byte-order mark, or Windows-1252",
                found=str(error),
            ) from error
    if lines.count_cp1252:
        notes.append(f"{lines.count_cp1252:,} lines were read as Windows-1252")
    if not found.encoding.startswith("utf-8"):
        notes.append(f"read as {found.encoding}")
    return rows, quarantined, notes


def _undecoded(cells: list[str]) -> int | None:
    return next((i for i, cell in enumerate(cells) if any("\udc80" <= letter <= "\udcff" for letter in cell)), None)


def _legible(text: str) -> str:
    return text[:_KEPT_OF_LINE].encode("utf-8", "backslashreplace").decode("utf-8")


def records(
    file: PublishedFile,
    table_name: str,
    table: Table,
    *,
    delimiter: str = ",",
    constants: Mapping[str, object] | None = None,
    expressions: Mapping[str, str] | None = None,
    optional_at_end: int = 0,
) -> Records:
    """A large delimited file with its header in the first line that is not blank, for DuckDB to read.

    The header is matched to the contract by name, so column order may move. Raises HeaderError beyond that.
    """
    with file.path.open("rb") as stream:
        head = stream.read(1 << 16)
    encoding = "utf-16" if encoding_of(head) == "utf-16" else "utf-8-sig"
    with file.path.open(encoding=encoding, errors="surrogateescape", newline="") as text:
        try:
            reader = csv.reader(_Lines(iter(text)), delimiter=delimiter)
            # Records and not lines, as DuckDB counts them: the header may have a line end in quotes.
            above, cells = next(
                (found for found in enumerate(reader, start=1) if any(cell.strip("\ufeff \t") for cell in found[1])),
                (0, []),
            )
        except (csv.Error, UnicodeError) as error:
            raise ReadError(
                "the header line cannot be read", file=file.name, row=1, expected="a header line", found=str(error)
            ) from error
    if not cells:
        raise ReadError("the file is empty", file=file.name, expected="a header line")
    found = headers.require(cells, table, file=file.name, row=reader.line_num)
    return Records(
        table=table_name,
        path=file.path,
        header=[cell or f"unnamed {number}" for number, cell in enumerate(cells, start=1)],
        columns={name: cells[index] or f"unnamed {index + 1}" for name, index in found.index.items()},
        delimiter=delimiter,
        skip_lines=above,
        encoding=encoding,
        optional_at_end=optional_at_end,
        constants=constants or {},
        expressions=expressions or {},
        notes=list(found.notes),
    )
