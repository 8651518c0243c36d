"""Reads five indicators of the Sustainable Development Goals, a row a figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError
from sources.reading import Figures, PublishedFile, periods
from sources.reading.long import LongTable, of_grid, required, whole_grid
from sources.reading.periods import Period

#: The columns by which each indicator's files differ from the others', and whether its figures are of a survey.
_INDICATORS: dict[str, tuple[frozenset[str], bool]] = {
    "16-1-1": (frozenset({"age", "sex"}), False),
    "16-1-3": (frozenset({"series", "category", "age", "sex", "ethnic_group"}), True),
    "16-2-2": (frozenset({"series", "age", "sex"}), False),
    "5-2-1": (frozenset({"series", "category", "subcategory", "age", "ethnic_group"}), True),
    "5-2-2": (frozenset({"category", "subcategory", "relationship", "age"}), True),
}
_TELLING = frozenset({"series", "category", "subcategory", "relationship", "age", "sex", "ethnic_group"})
_NOT_GROUPS = frozenset(
    {"year", "series", "value", "unit", "unit_multiplier", "published_status", "area_code", "area_name"}
)
_SAID = {
    "normal value": "observed",
    "undefined": "observed",
    "missing value": "missing",
    "missing data": "missing",
    "missing value; suppressed": "suppressed",
    "missing data; suppressed": "suppressed",
}


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table, a row a record.

    Figures that stand twice for the same group and year are set aside, both of them, and so is one whose row says that
    it is missing. Raises HeaderError for a column
    that is not known, LayoutError where the indicator cannot be told from the file's name and columns, ReadError where
    the file was cut short.
    """
    of_table = contract.tables["indicator_value"]
    table = of_grid(whole_grid(file), of_table)
    indicator, is_survey = _indicator(file, table)
    groups = [n for n, c in of_table.columns.items() if c.published_as and n not in _NOT_GROUPS and n in table]
    figures = table.figures("value", contract, of_table.columns["value"])

    def status(said: str, value: str) -> str:
        found = _SAID.get(said.casefold())
        if found is None:
            raise ValueError(f"[{said}] is not known of a figure")
        if (found == "observed") != bool(value):
            raise ValueError(f"[{said}] stands {'without' if not value else 'beside'} a figure")
        return "estimated" if found == "observed" and is_survey else found

    def day(part: str) -> np.ndarray:
        known = [text for text in table.text("year") if isinstance(text, str) and _is_one_year(text)]
        days = {text: getattr(_one_year(text), part) for text in set(known)}
        return np.array([np.datetime64(days.get(text, "NaT"), "s") for text in table.text("year")], "datetime64[s]")

    frame = pd.DataFrame(
        {
            "indicator": table.same(indicator),
            "year": table.text("year"),
            "period_type": table.text("year", _period_type),
            "period_start": day("start"),
            "period_end": day("end"),
            "series": table.text("series"),
            **{
                name: table.text(name, (lambda text: text or "all") if name in groups else None)
                for name, column in of_table.columns.items()
                if column.published_as and name not in _NOT_GROUPS
            },
            "area_name": table.text("area_name"),
            "area_code": table.text("area_code", _area_code),
            "is_total": table.flags(lambda *cells: not any(cells), *groups, *_present(table, "area_name")),
            "value": figures["value"],
            "status": table.made(status, "published_status", "value"),
            "unit": table.text("unit", required("unit")),
            "unit_multiplier": table.text("unit_multiplier", _multiplier),
            "published_status": table.text("published_status"),
            **table.provenance("value"),
        }
    )
    twice = frame.duplicated(list(of_table.grain), keep=False).to_numpy()
    table.refuse(twice, "another figure stands under the same year and group", "value")
    kept, quarantined = table.split(frame, "value")
    yield Figures("indicator_value", kept, rows_in=len(table), quarantined=quarantined)


def _indicator(file: PublishedFile, table: LongTable) -> tuple[str, bool]:
    """The indicator that the file's name says, whose columns it has to have; and whether it is of a survey."""
    found = re.search(r"(?<![\d-])(\d{1,2}-\d{1,2}-\d{1,2})(?![\d-])", Path(file.name).stem)
    telling = frozenset(_present(table, *sorted(_TELLING)))
    if found is None or found[1] not in _INDICATORS or _INDICATORS[found[1]][0] != telling:
        by_columns = [name for name, (columns, _) in _INDICATORS.items() if columns == telling]
        raise LayoutError(
            "which indicator it is cannot be told",
            file=file.name,
            expected="a name with 16-1-1, 16-1-3, 16-2-2, 5-2-1 or 5-2-2, and the columns of that indicator",
            found=f"the name [{file.name}] and the columns of {by_columns[0] if by_columns else 'none of them'}",
            advice="Keep the name that the publisher gave the file, such as indicator_16-1-1.csv",
        )
    return found[1], _INDICATORS[found[1]][1]


def _present(table: LongTable, *names: str) -> list[str]:
    return [name for name in names if name in table]


def _one_year(text: str) -> Period:
    return periods.financial_year(text) if "/" in text else periods.calendar_year(text)


def _is_one_year(text: str) -> bool:
    try:
        _one_year(text)
    except ValueError:
        return False
    return True


def _period_type(text: str) -> str:
    if found := re.fullmatch(r"((?:19|20)\d\d) to ((?:19|20)\d\d)", text):
        if date(int(found[1]), 1, 1) < date(int(found[2]), 1, 1):
            return "multi_year"
        raise ValueError(f"[{text}] is not several years")
    return _one_year(text).type


def _area_code(text: str) -> str | None:
    if text and not re.fullmatch(r"[EW]\d{8}", text):
        raise ValueError(f"[{text}] is no area's code")
    return text or None


def _multiplier(text: str) -> str:
    if text != "Units":
        raise ValueError(f"[{text}] is a multiplier that is not known")
    return text
