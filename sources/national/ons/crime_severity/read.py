"""Reads the Crime Severity Score: scores by police force area and year, scores by district, and the weights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

import pandas as pd

from sources.contract import Contract
from sources.errors import ReadError
from sources.reading import Figures, PublishedFile, headers, long, periods

#: Which table a file is, by columns that no other has; the weights have come under two headers.
_TABLES = (
    ("score", {"severity_score", "year_ending"}),
    ("district_score", {"crime_severity_score"}),
    ("weight", {"code_severity"}),
    ("weight", {"ons_severity_code"}),
)
#: A spreadsheet has turned some of these codes into days (43833 was 3/1), so that none of them can be trusted.
_SPOILT = ("police_uk_cat_map_code",)
_LEVELS = {"K04": "country", "E92": "country", "W92": "country", "E12": "region"}
_ALL = "total recorded crime"


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The one table that the file has.

    Raises HeaderError where columns are not known, ReadError where it is none of the tables.
    """
    grid = long.whole_grid(file)
    tops = [{headers.normal(cell) for cell in row} for row in grid.rows[:60]]
    name = next((name for name, columns in _TABLES if any(columns <= top for top in tops)), None)
    if name is None:
        raise ReadError(
            "none of the tables of this source",
            file=file.name,
            expected="a header with " + ", or with ".join(f"[{', '.join(sorted(c))}]" for _, c in _TABLES),
            found=f"[{', '.join(grid.text(0, column) for column in range(len(grid.rows[0])))[:160]}]"
            if grid.rows
            else "",
        )
    table = long.of_grid(grid, contract.tables[name], leave_out=_SPOILT)
    columns = {"score": _score, "district_score": _district_score, "weight": _weight}[name](table)
    figures = table.figures("value", contract, contract.tables[name].columns["value"])
    frame = pd.DataFrame(
        {
            **columns,
            "value": figures["value"].to_numpy(),
            "status": figures["status"],
            **table.provenance("value"),
        }
    )
    landed, quarantined = table.split(frame, "value")
    yield Figures(name, landed, rows_in=len(table), quarantined=quarantined)


def _score(table: long.LongTable) -> dict[str, object]:
    @cache
    def year(ending: str, label: str) -> periods.Period:
        return _year(ending, label)

    time = ("year_ending", "year_label")
    return {
        "offence_group": table.text("offence_group", _required),
        "area_level": table.text("area_code", _level),
        "area_code": table.text("area_code"),
        "area_name": table.text("area_name", _required),
        "year_label": table.text("year_label"),
        "year_ending": table.days(_day, "year_ending"),
        "period_start": table.days(lambda *texts: year(*texts).start, *time),
        "period_end": table.days(lambda *texts: year(*texts).end, *time),
        "is_total": table.flags(lambda group: group.casefold() == _ALL, "offence_group"),
    }


def _district_score(table: long.LongTable) -> dict[str, object]:
    return {"area_code": table.text("area_code", _district)}


def _weight(table: long.LongTable) -> dict[str, object]:
    required = ("offence_code", "offence_description", "severity_code", "severity_offence")
    others = ("offence_group", "severity_category", "police_uk_category", "police_uk_subclass", "police_uk_offence")
    return {name: table.text(name, _required if name in required else None) for name in (*required, *others)}


def _required(text: str) -> str:
    if not text:
        raise ValueError("a cell that identifies the row is blank")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"[{text}] is not a day such as 2026-03-31") from error


def _year(ending: str, label: str) -> periods.Period:
    """The twelve months to a day; the label (``Apr '02 to Mar '03...4``, a number behind) has to be of the same."""
    period = periods.year_ending(_day(ending))
    words = re.sub(r"\s+", " ", label)
    found = re.fullmatch(r"([A-Za-z]{3}) '(\d\d) to ([A-Za-z]{3}) '(\d\d)(?:\.\.\.\d+)?", words)
    if not found:
        raise ValueError(f"[{words}] is not a stretch of months")
    first, last = periods.month(f"{found[1]} {found[2]}"), periods.month(f"{found[3]} {found[4]}")
    if (first.start, last.end) != (period.start, period.end):
        raise ValueError(f"[{words}] is not the year that ends on {ending}")
    return period


def _level(code: str) -> str:
    if re.fullmatch(r"E23\d{6}|W15\d{6}", code):
        return "police_force_area"
    if not re.fullmatch(r"[EKW]\d{8}", code) or code[:3] not in _LEVELS:
        raise ValueError(f"[{code}] is the code of no country, region or police force area")
    return _LEVELS[code[:3]]


def _district(code: str) -> str:
    if not re.fullmatch(r"(E0[6-9]|W06)\d{6}", code):
        raise ValueError(f"[{code}] is not the code of a district")
    return code
