"""Telling which source a loose file belongs to.

A contract that gives a fingerprint of the content (header texts, sheet names) is asked for that, so that a file
somebody renamed is still known; one that gives none is asked for the name. A zip is known by its members.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from sources.catalogue import Catalogue
from sources.contract import Recognise
from sources.reading.delimited import encoding_of
from sources.reading.headers import normal

_HEAD = 1 << 16
_TEXT_KINDS = {".csv", ".tsv", ".txt", ""}
_WORKBOOK_KINDS = {".xlsx", ".xls", ".ods", ".xlsm"}


def kind_by_bytes(head: bytes) -> str:
    """What the first bytes say a file is: ``zip`` (xlsx and ods are zips), ``xls``, ``html``, ``json``, ``pdf``
    or ``text``."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:512].lower()
    if head.startswith(b"PK\x03\x04"):
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
    return "text"


class LooseFile:
    """A file of unknown origin; looks into it only as far as it is asked."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.path = path
        self.name = name or path.name

    @cached_property
    def head(self) -> bytes:
        with self.path.open("rb") as stream:
            return stream.read(_HEAD)

    @cached_property
    def header_sets(self) -> list[set[str]]:
        """The cells of each of the first 40 lines of a text file, as comparable texts."""
        if self.path.suffix.lower() not in _TEXT_KINDS or kind_by_bytes(self.head) != "text":
            return []
        text = self.head.decode(encoding_of(self.head), errors="replace").replace("\r\n", "\n").replace("\r", "\n")
        found = []
        try:
            for number, cells in enumerate(csv.reader(io.StringIO(text))):
                if number == 40:
                    break
                found.append({normal(cell) for cell in cells})
        except csv.Error:
            pass
        return found

    @cached_property
    def sheet_names(self) -> list[str]:
        if self.path.suffix.lower() not in _WORKBOOK_KINDS:
            return []
        try:
            return [s.strip() for s in CalamineWorkbook.from_path(str(self.path)).sheet_names]
        except (CalamineError, OSError, ValueError):
            return []

    @cached_property
    def members(self) -> list[str]:
        if self.path.suffix.lower() != ".zip":
            return []
        try:
            with zipfile.ZipFile(self.path) as archive:
                return [info.filename for info in archive.infolist() if not info.is_dir()]
        except (zipfile.BadZipFile, OSError):
            return []


@dataclass(frozen=True)
class Recognition:
    """The sources that a file belongs to (a zip may serve several), or the one it comes nearest to and why not."""

    source_ids: tuple[str, ...]
    nearest: str | None = None


def _matches_any(patterns: tuple[str, ...], text: str) -> bool:
    return any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in patterns)


def _is_of(file: LooseFile, how: Recognise) -> bool:
    if _matches_any(how.exclude, file.name):
        return False
    if file.members:
        return any(_matches_any(how.member, member) for member in file.members)
    if how.header and any(
        {normal(text) for text in wanted} <= cells for wanted in how.header for cells in file.header_sets
    ):
        return True
    if how.sheets and any(
        all(any(re.fullmatch(p, sheet, re.IGNORECASE) for sheet in file.sheet_names) for p in wanted)
        for wanted in how.sheets
    ):
        return True
    return not (how.header or how.sheets) and _matches_any(how.name, file.name)


def _nearest(file: LooseFile, catalogue: Catalogue) -> str | None:
    best: tuple[float, str] | None = None
    for source in catalogue.values():
        how = source.contract.recognise
        score, why = 0.0, ""
        for wanted in how.header:
            texts = {normal(text) for text in wanted}
            share = max((len(texts & cells) / len(texts) for cells in file.header_sets), default=0.0)
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
    return Recognition(ids) if ids else Recognition((), _nearest(file, catalogue))


def catalogue_fingerprint(catalogue: Catalogue) -> str:
    """Changes when any contract's way of recognising does."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for source in catalogue.values():
        digest.update(source.id.encode() + source.contract.recognise.model_dump_json().encode())
    return digest.hexdigest()[:16]
