"""A published cell to a value and a status."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sources.contract import Column, Contract
from sources.reading.grid import Cell, is_blank

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+|[-+]?\d(?:\.\d+)?[eE][-+]\d{1,3}")
_NUMBER_AND_NOTE = re.compile(rf"({_NUMBER.pattern})\s*([^\d\s.,%()+-][^\d]{{0,6}}|\(\d\)|\[[^\]]{{1,12}}\])")


@dataclass(frozen=True)
class Figure:
    """A value with its status; ``note`` is the footnote mark that was glued to it, where there was one."""

    value: float | None
    status: str
    note: str | None = None


class UnreadableCellError(ValueError):
    """A cell that is neither a number nor a marker that the contract knows."""


def _finite(cell: int | float | str) -> float:
    try:
        value = float(cell.replace(",", "") if isinstance(cell, str) else cell)
    except OverflowError:
        value = math.inf
    if math.isinf(value):
        raise UnreadableCellError(f"[{str(cell)[:40]}] is too large for a figure")
    return value


def figure(cell: Cell, contract: Contract, column: Column) -> Figure:
    """Read one published figure.

    A number (also as text, with thousands separators, or with an exponent as ``8.3E-2``) is ``observed``; a marker of
    the contract has its status and no value; a blank is ``missing`` unless the contract gives the blank a meaning.
    Footnote marks are split off only where the column carries them. A per cent sign is read only where the column's
    unit is per cent. Raises UnreadableCellError for anything else.
    """
    if isinstance(cell, bool):
        raise UnreadableCellError(f"[{cell}] is not a figure")
    if isinstance(cell, int | float) and not is_blank(cell):
        return Figure(_finite(cell), "observed")
    text = "" if is_blank(cell) else str(cell).strip()
    for marker in contract.markers:
        if text == marker.text and (not marker.columns or marker in contract.markers_of(column)):
            return Figure(None, marker.status)
    if not text:
        return Figure(None, "missing")
    if column.unit and "per cent" in column.unit:
        text = text.removesuffix("%").rstrip()
    if _NUMBER.fullmatch(text):
        return Figure(_finite(text), "observed")
    if column.carries_notes and (found := _NUMBER_AND_NOTE.fullmatch(text)):
        return Figure(_finite(found[1]), "observed", found[2].strip())
    raise UnreadableCellError(f"[{text}] is neither a number nor a marker that the contract knows")


def figures(cells: Sequence[Cell] | np.ndarray, contract: Contract, column: Column) -> pd.DataFrame:
    """Many published figures, each as ``figure`` reads it, a row a cell; each distinct cell is read once.

    Columns: ``value`` (NaN where there is none), ``status``, ``note`` and ``problem``, which says why a cell cannot
    be read and is null where it can; ``status`` is null then.
    """
    codes, distinct = _distinct(cells)
    values = np.full(len(distinct), np.nan)
    texts: dict[str, list[str | None]] = {"status": [], "note": [], "problem": []}
    for number, cell in enumerate(distinct):
        try:
            read, problem = figure(cell, contract, column), None
        except UnreadableCellError as error:
            read, problem = None, str(error)
        if read and read.value is not None:
            values[number] = read.value
        texts["status"].append(read.status if read else None)
        texts["note"].append(read.note if read else None)
        texts["problem"].append(problem)
    # Categories keep a million statuses as small numbers.
    taken = {name: pd.Categorical(found).take(codes) for name, found in texts.items()}
    return pd.DataFrame({"value": values[codes], **taken})


def _distinct(cells: Sequence[Cell] | np.ndarray) -> tuple[np.ndarray, list[Cell]]:
    """A code for each cell and the cell of each code; True is not 1, though they are equal."""
    given = np.empty(len(cells), dtype=object)
    given[:] = cells
    is_bool = np.fromiter((isinstance(cell, bool) for cell in given), dtype=bool, count=len(given))
    is_true = is_bool & (given == True)  # noqa: E712 (of each cell)
    given[is_bool] = None
    codes, found = pd.factorize(given, use_na_sentinel=False)
    distinct = list[Cell](found)
    if is_bool.any():
        codes = np.where(is_bool, len(distinct) + is_true, codes)
        distinct += [False, True]
    return np.asarray(codes), distinct


#: Marks that publishers put on figures and labels: signs, superscript digits, and numbers in square brackets.
_MARK = r"(?:[*^~\"'†‡#¹²³⁴⁵⁶⁷⁸⁹]+|\[(?:note )?\d{1,2}\])"


def split_note(text: str) -> tuple[str, str | None]:
    """A label and the footnote marks at its end (``Other^``, ``15/16" **``); None where it has none."""
    found = re.fullmatch(rf"(.*?[\w)&.])\s*({_MARK}(?:\s*{_MARK})*)", text.strip(), re.IGNORECASE)
    return (found[1], found[2]) if found else (text.strip(), None)


def marks(note: str | None) -> list[str]:
    """Footnote marks one by one: ``" **`` is ``"`` and ``**``; a sign repeated is one mark."""
    return [found[0] for found in re.finditer(r"\[[^\]]*\]|\(\d+\)|([^\s\[(])\1*", note or "")]
