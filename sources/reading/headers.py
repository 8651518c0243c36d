"""Matching a published header to a contract's columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sources.contract import Column, Table
from sources.errors import HeaderError


def normal(text: object) -> str:
    """A header text for comparison: case, byte-order mark, outer space and runs of space do not count."""
    return re.sub(r"\s+", " ", str(text).replace("\ufeff", "").replace("\u00a0", " ")).strip().casefold()


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


def match(cells: Sequence[object], columns: Mapping[str, Column]) -> Match:
    """Match header cells to those columns that are published (not derived); never raises.

    A column takes the first cell that one of its published names matches; names are tried in the contract's
    order, plain before pattern. Blank cells are never unknown.
    """
    texts = [normal(cell) for cell in cells]
    index: dict[str, int] = {}
    taken: set[int] = set()
    notes: list[str] = []
    published = {name: column for name, column in columns.items() if not column.is_derived}
    for name, column in published.items():
        names = sorted(column.published_as, key=lambda published_name: published_name.is_pattern)
        for order, published_name in enumerate(names):
            wanted = normal(published_name.name)
            position = next(
                (
                    i
                    for i, text in enumerate(texts)
                    if i not in taken
                    and (
                        re.fullmatch(published_name.name, text, re.IGNORECASE)
                        if published_name.is_pattern
                        else text == wanted
                    )
                ),
                None,
            )
            if position is not None:
                index[name] = position
                taken.add(position)
                if order and not published_name.is_pattern:
                    notes.append(f"[{name}] is headed [{str(cells[position]).strip()}]")
                break
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
