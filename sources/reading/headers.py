"""Matching a published header to a contract's columns."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sources.contract import Column, PublishedName, Table
from sources.errors import HeaderError

#: Notes at the end of a heading that can be nothing else.
_NOTE = re.compile(r"\s*(?:(?:\[(?:note )?\d{1,2}\]|[¹²³⁴⁵⁶⁷⁸⁹])[\s,]*)+$", re.IGNORECASE)


def text_of(cell: object) -> str:
    """A cell as stripped text, empty where it is blank; a whole number is without the decimal point that workbook
    readers give it, so that a year that heads a column is ``2019``."""
    if cell is None or cell != cell:
        return ""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def normal(text: object) -> str:
    """A header text for comparison: case, byte-order mark, outer space and runs of space do not count."""
    return re.sub(r"\s+", " ", text_of(text).replace("\ufeff", "").replace("\u00a0", " ")).strip().casefold()


def letter(index: int) -> str:
    """The spreadsheet letter of a 0-based column index: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters


@dataclass(frozen=True)
class Match:
    """Which header cell each contract column was found in (0-based), and what differs from the contract."""

    index: Mapping[str, int]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return not self.missing and not self.unknown


def _is_named(text: str, name: PublishedName) -> bool:
    if name.is_pattern:
        return re.fullmatch(name.name, text, re.IGNORECASE) is not None
    return text == normal(name.name)


def match(cells: Sequence[object], columns: Mapping[str, Column]) -> Match:
    """Match header cells to those columns that are published (not derived); never raises.

    A column takes the first cell that one of its published names matches; names are tried in the contract's
    order, the plain ones of every column before any pattern. What is left is tried again without the note that a
    publisher put behind it (``Rate [note 3]``, ``Rate²``). Blank cells are never unknown.
    """
    texts = [normal(cell) for cell in cells]
    plain_texts = [_NOTE.sub("", text) for text in texts]
    index: dict[str, int] = {}
    taken: set[int] = set()
    notes: list[str] = []
    published = {name: column for name, column in columns.items() if not column.is_derived}
    for candidates, is_pattern in itertools.product((texts, plain_texts), (False, True)):
        for name, column in published.items():
            for order, published_name in enumerate(column.published_as):
                if name in index or published_name.is_pattern != is_pattern:
                    continue
                position = next(
                    (
                        i
                        for i, text in enumerate(candidates)
                        if text and i not in taken and _is_named(text, published_name)
                    ),
                    None,
                )
                if position is not None:
                    index[name] = position
                    taken.add(position)
                    if (order and not is_pattern) or candidates[position] != texts[position]:
                        notes.append(f"[{name}] is headed [{str(cells[position]).strip()}]")
    missing = tuple(name for name, column in published.items() if column.is_required and name not in index)
    absent = [name for name, column in published.items() if not column.is_required and name not in index]
    notes += [f"[{name}] is not in this file" for name in absent]
    unknown = tuple(str(cells[i]).strip() for i, text in enumerate(texts) if text and i not in taken)
    return Match(index, missing, unknown, tuple(notes))


def require(
    cells: Sequence[object],
    table: Table,
    *,
    file: str,
    sheet: str | None = None,
    row: int | None = None,
    allow_unknown: bool = False,
) -> Match:
    """As ``match``, but raises HeaderError where a column is missing or (unless allowed) one is unknown."""
    found = match(cells, table.columns)
    if found.missing or (found.unknown and not allow_unknown):
        known = {n: [p.name for p in c.published_as] or [n] for n, c in table.columns.items()}
        raise HeaderError(
            file=file,
            sheet=sheet,
            row=row,
            missing=list(found.missing),
            unknown=list(found.unknown),
            known_names=known,
        )
    return found
