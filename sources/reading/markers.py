"""A published cell to a value and a status."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sources.contract import Column, Contract
from sources.reading.grid import Cell, is_blank

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+")
_NUMBER_AND_NOTE = re.compile(rf"({_NUMBER.pattern})\s*([^\d\s.,%()+-][^\d]{{0,6}}|\(\d\)|\[[^\]]{{1,12}}\])")


@dataclass(frozen=True)
class Figure:
    """A value with its status; ``note`` is the footnote mark that was glued to it, where there was one."""

    value: float | None
    status: str
    note: str | None = None


class UnreadableCellError(ValueError):
    """A cell that is neither a number nor a marker that the contract knows."""


def figure(cell: Cell, contract: Contract, column: Column) -> Figure:
    """Read one published figure.

    A number (also as text, with thousands separators) is ``observed``; a marker of the contract has its status
    and no value; a blank is ``missing`` unless the contract gives the blank a meaning. Footnote marks are split
    off only where the column carries them. A per cent sign is read only where the column's unit is per cent.
    Raises UnreadableCellError for anything else.
    """
    if isinstance(cell, bool):
        raise UnreadableCellError(f"[{cell}] is not a figure")
    if isinstance(cell, int | float):
        return Figure(float(cell), "observed")
    text = "" if is_blank(cell) else str(cell).strip()
    for marker in contract.markers:
        if text == marker.text:
            return Figure(None, marker.status)
    if not text:
        return Figure(None, "missing")
    if column.unit and "per cent" in column.unit:
        text = text.removesuffix("%").rstrip()
    if _NUMBER.fullmatch(text):
        return Figure(float(text.replace(",", "")), "observed")
    if column.carries_notes and (found := _NUMBER_AND_NOTE.fullmatch(text)):
        return Figure(float(found[1].replace(",", "")), "observed", found[2].strip())
    raise UnreadableCellError(f"[{text}] is neither a number nor a marker that the contract knows")


def split_note(text: str) -> tuple[str, str | None]:
    """A label and the footnote marks at its end (``Other^``, ``15/16*``); None where it has none."""
    found = re.fullmatch(r"(.*?[\w)&.])\s*([*^~\"'†‡#]+)", text.strip())
    return (found[1], found[2]) if found else (text.strip(), None)
