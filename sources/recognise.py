"""Telling which source a loose file belongs to.

A contract that gives a fingerprint of the content (header texts, sheet names) is asked for that, so that a file
somebody renamed is still known; one that gives none is asked for the name, and so is every contract for a file that
has neither header lines nor sheets (JSON, a text document). A zip is known by its members.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, cached_property
from pathlib import Path

from sources.catalogue import Catalogue
from sources.contract import HeaderPatterns, Recognise
from sources.errors import ReadError
from sources.reading.delimited import encoding_of
from sources.reading.headers import normal, text_of
from sources.reading.long import parquet_columns
from sources.reading.workbook import Workbook

_HEAD = 1 << 16
_TEXT_KINDS = {".csv", ".tsv", ".txt", ""}
_WORKBOOK_KINDS = {".xlsx", ".xls", ".ods", ".xlsm"}


def kind_by_bytes(head: bytes) -> str:
    """What the first bytes say a file is: ``zip`` (xlsx and ods are zips), ``gzip``, ``xls``, ``html``, ``json``,
    ``pdf``, ``text``, or ``binary`` where they are none of these and no text either."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:512].lower()
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if head.startswith(b"%PDF"):
        return "pdf"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml version")) and b"<html" in head.lower():
        return "html"
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    if start.startswith((b'{"', b"[{")):
        return "json"
    return "binary" if b"\0" in head and encoding_of(head) != "utf-16" else "text"


def is_published(info: zipfile.ZipInfo) -> bool:
    """Whether a zip's member is a file that its sender meant to send: no folder, and nothing hidden (a Mac puts a
    ``__MACOSX/._name`` beside every file)."""
    parts = Path(info.filename).parts
    return not info.is_dir() and not any(part.startswith(".") or part == "__MACOSX" for part in parts)


class LooseFile:
    """A file of unknown origin; looks into it only as far as it is asked."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.name = name or path.name
        self._is_packed = self.name.lower().endswith(".gz")
        self.suffix = Path(self.name.lower().removesuffix(".gz")).suffix

    @cached_property
    def head(self) -> bytes:
        """The first bytes; of a text packed with gzip, those that are in it."""
        with self.path.open("rb") as stream:
            if not self._is_packed:
                return stream.read(_HEAD)
            try:
                with gzip.open(stream) as packed:
                    return packed.read(_HEAD)
            except (OSError, EOFError, zlib.error):
                return b""

    @cached_property
    def header_sets(self) -> list[set[str]]:
        """The cells of each of the first 40 lines of a text file, or a Parquet file's columns, as comparable texts."""
        if self.suffix == ".parquet":
            try:
                return [{normal(name) for name in parquet_columns(self.path, self.name)}]
            except ReadError:
                return []
        if self.suffix not in _TEXT_KINDS or kind_by_bytes(self.head) != "text":
            return []
        text = self.head.decode(encoding_of(self.head), errors="replace").replace("\r\n", "\n").replace("\r", "\n")
        found = []
        try:
            delimiter = "\t" if self.suffix == ".tsv" else ","
            for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter)):
                if number == 40:
                    break
                found.append({normal(cell) for cell in cells})
        except csv.Error:
            pass
        return found

    @cached_property
    def _cells(self) -> str:
        """The distinct cells of those lines, a line each: for a search through all of them at once."""
        return "\n".join(sorted(set[str]().union(*self.header_sets)))

    def may_have(self, pattern: str) -> bool:
        """Whether some cell of some line may match a pattern; where it says no, none does."""
        if pattern not in self._known_patterns:
            found = re.search(f"^(?:{pattern})$", self._cells, re.IGNORECASE | re.MULTILINE)
            self._known_patterns[pattern] = found is not None
        return self._known_patterns[pattern]

    @cached_property
    def _known_patterns(self) -> dict[str, bool]:
        return {}

    @cached_property
    def sheet_names(self) -> list[str]:
        if self.suffix not in _WORKBOOK_KINDS:
            return []
        try:
            return [sheet.strip() for sheet in Workbook(self.path, self.name).sheet_names]
        except ReadError:
            return []

    @cached_property
    def title(self) -> str:
        """The first filled cell of a workbook that has one sheet; empty for any other file."""
        if len(self.sheet_names) != 1:
            return ""
        try:
            book = Workbook(self.path, self.name)
            rows = book.grid(book.sheet_names[0]).rows
        except ReadError:
            return ""
        return next((text for row in rows for cell in row if (text := text_of(cell))), "")

    @cached_property
    def members(self) -> list[str]:
        if self.suffix != ".zip":
            return []
        try:
            with zipfile.ZipFile(self.path) as archive:
                return [info.filename for info in archive.infolist() if is_published(info)]
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return []


@dataclass(frozen=True)
class Recognition:
    """The sources that a file belongs to (a zip may serve several), or the one it comes nearest to and why not."""

    source_ids: tuple[str, ...]
    nearest: str | None = None


def _matches_any(patterns: tuple[str, ...], text: str) -> bool:
    return any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in patterns)


@cache
def _normal_texts(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(normal(text) for text in texts)


def _found_patterns(wanted: HeaderPatterns, cells: set[str]) -> tuple[int, int]:
    """How many of the patterns match a cell of a line, and how many cells there are that may not be there."""
    hits = [next((cell for cell in sorted(cells) if _matches_any((pattern,), cell)), None) for pattern in wanted.has]
    found = {cell for cell in hits if cell is not None}
    left = 0
    if wanted.others is not None:
        left = sum(bool(cell) and not _matches_any((wanted.others,), cell) for cell in cells - found)
    return sum(cell is not None for cell in hits), left


def _is_of(file: LooseFile, how: Recognise) -> bool:
    if _matches_any(how.exclude, file.name):
        return False
    if file.members:
        return any(_matches_any(how.member, member) for member in file.members)
    if any(_normal_texts(wanted) <= cells for wanted in how.header for cells in file.header_sets):
        return True
    for wanted in how.header_patterns:
        if not all(map(file.may_have, wanted.has)):
            continue
        for cells in file.header_sets:
            hits, left = _found_patterns(wanted, cells)
            if hits == len(wanted.has) and not left:
                return True
    if how.sheets and any(
        all(any(re.fullmatch(p, sheet, re.IGNORECASE) for sheet in file.sheet_names) for p in wanted)
        for wanted in how.sheets
    ):
        return True
    if how.title and file.title and _matches_any(how.title, file.title):
        return True
    has_fingerprint = bool(how.header or how.header_patterns or how.sheets or how.title)
    if has_fingerprint and file.suffix in _TEXT_KINDS | _WORKBOOK_KINDS | {".zip"}:
        return False
    return _matches_any(how.name, file.name)


def _nearest(file: LooseFile, catalogue: Catalogue) -> str | None:
    best: tuple[float, str] | None = None
    for source in catalogue.values():
        how = source.contract.recognise
        score, why = 0.0, ""
        for wanted in how.header:
            texts = _normal_texts(wanted)
            share = max((len(texts & cells) / len(texts) for cells in file.header_sets), default=0.0)
            if share > score:
                score, why = share, f"{share:.0%} of its header"
        for wanted in how.header_patterns:
            if sum(map(file.may_have, wanted.has)) / len(wanted.has) <= max(score, best[0] if best else 0.2):
                continue
            found = [_found_patterns(wanted, cells) for cells in file.header_sets]
            share = max((hits / (len(wanted.has) + left) for hits, left in found), default=0.0)
            if share > score:
                score, why = share, f"{share:.0%} of its header"
        for wanted in how.sheets:
            hits = [any(re.fullmatch(p, s, re.IGNORECASE) for s in file.sheet_names) for p in wanted]
            share = sum(hits) / len(hits)
            if share > score:
                score, why = share, f"{share:.0%} of its sheets"
        if _matches_any(how.name, file.name) and score < 1:
            score, why = max(score, 0.5), (why + " and its name").removeprefix(" and ")
        likeness = SequenceMatcher(None, source.id.replace("_", " "), file.name.lower()).ratio()
        if score == 0 and likeness > 0.6:
            score, why = likeness / 2, "a name like it"
        if score > 0.2 and (best is None or score > best[0]):
            best = (score, f"{source.id} ({why})")
    return best[1] if best else None


def recognise(file: LooseFile, catalogue: Catalogue) -> Recognition:
    """Which sources a file belongs to; where none, the nearest and how near it came."""
    ids = tuple(source.id for source in catalogue.values() if _is_of(file, source.contract.recognise))
    if ids:
        return Recognition(ids)
    nearest, flaw = _nearest(file, catalogue), _flaw(file)
    if flaw:
        nearest = f"{nearest or 'none'}, but {flaw}"
    return Recognition((), nearest)


def _flaw(file: LooseFile) -> str | None:
    """What is wrong with a file whichever source it is for."""
    kind = kind_by_bytes(file.head)
    if not file.head:
        return "it is empty"
    if kind == "html":
        return "it is a web page"
    if file.suffix == ".zip" and not file.members:
        return "it cannot be opened as a zip (it may have been cut short), or holds no file"
    if file.suffix in _WORKBOOK_KINDS and not file.sheet_names:
        return "it cannot be opened as a workbook (it may have been cut short)"
    return None


def catalogue_fingerprint(catalogue: Catalogue) -> str:
    """Changes when any contract's way of recognising does."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for source in catalogue.values():
        digest.update(source.id.encode() + source.contract.recognise.model_dump_json().encode())
    return digest.hexdigest()[:16]
