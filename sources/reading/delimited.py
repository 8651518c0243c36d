"""Text files: what encoding and line ends they have, small ones as grids, large ones for DuckDB.

The dialect is always stated, never sniffed: a sniffer that looks at one file of many decides wrongly for the
others.
"""

from __future__ import annotations

import codecs
import csv
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sources.contract import Table
from sources.errors import ReadError
from sources.reading import PublishedFile, Records, headers
from sources.reading.grid import Grid

_BLOCK = 1 << 22


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


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if block.isascii():
                continue
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                return False
    return True


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


def _plain_copy(file: PublishedFile, encoding: str) -> Path:
    """The file again in UTF-8 with ``\\n`` line ends, in the system's temporary folder."""
    handle = tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", suffix=".csv", delete=False)
    with handle as target, file.path.open(encoding=encoding, newline=None) as original:
        try:
            while block := original.read(_BLOCK):
                target.write(block)
        except UnicodeDecodeError as error:
            raise ReadError(
                "the text is in no encoding that is read here",
                file=file.name,
                expected="UTF-8, UTF-16 with a byte-order mark, or Windows-1252",
                found=str(error),
            ) from error
    return Path(handle.name)


def records(
    file: PublishedFile,
    table_name: str,
    table: Table,
    *,
    delimiter: str = ",",
    constants: Mapping[str, object] | None = None,
    expressions: Mapping[str, str] | None = None,
) -> Records:
    """A large delimited file with its header in the first line, for DuckDB to read.

    The header is matched to the contract by name, so column order may move. Raises HeaderError beyond that.
    """
    path, notes = file.path, []
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    encoding = encoding_of(head)
    if encoding == "utf-8" and not _is_utf8(path):
        encoding = "cp1252"
    has_only_cr = b"\n" not in head and b"\r" in head
    if encoding not in {"utf-8", "utf-8-sig"} or has_only_cr:
        notes.append(f"read as {encoding}" + (" with CR line ends" if has_only_cr else ""))
        path = _plain_copy(file, encoding)
    with path.open(encoding="utf-8-sig", newline="") as text:
        cells = next(csv.reader(text, delimiter=delimiter), [])
    if not cells:
        raise ReadError("the file is empty", file=file.name, expected="a header line")
    found = headers.require(cells, table, file=file.name, row=1)
    return Records(
        table=table_name,
        path=path,
        header=[cell or f"unnamed {number}" for number, cell in enumerate(cells, start=1)],
        columns={name: cells[index] or f"unnamed {index + 1}" for name, index in found.index.items()},
        delimiter=delimiter,
        constants=constants or {},
        expressions=expressions or {},
        notes=[*notes, *found.notes],
    )
