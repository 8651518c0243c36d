"""Published words for time as periods with dates.

Ends are inclusive. A mid-year estimate is a point in time: its start and its end are 30 June.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

PeriodType = Literal[
    "month",
    "quarter",
    "half_year",
    "calendar_year",
    "financial_year",
    "academic_year",
    "rolling_year",
    "multi_year",
    "point_in_time",
]

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ],
        start=1,
    )
    for name in names.split()
}


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of time: its first and last day and what kind of stretch it is."""

    start: date
    end: date
    type: PeriodType


def _century(two_digits: int) -> int:
    return (2000 if two_digits < 70 else 1900) + two_digits


def month(text: object) -> Period:
    """A calendar month from a date cell or from text: ``2021-08``, ``Aug 2021``, ``August-21``, ``01/08/2021``.

    Raises ValueError for anything else; a date that is not the first of its month is refused, because it may be
    a point in time.
    """
    if isinstance(text, datetime):
        text = text.date()
    if isinstance(text, date):
        if text.day != 1:
            raise ValueError(f"[{text}] is a day, not a month")
        year, number = text.year, text.month
    else:
        plain = re.sub(r"\s+", " ", str(text)).strip()
        if found := re.fullmatch(r"(\d{4})[-/](\d{1,2})", plain):
            year, number = int(found[1]), int(found[2])
        elif found := re.fullmatch(r"01/(\d{2})/(\d{4})", plain):
            year, number = int(found[2]), int(found[1])
        elif (found := re.fullmatch(r"([A-Za-z]+)[ \-'.]*(\d{4}|\d{2})", plain)) and found[1].lower() in _MONTHS:
            year = int(found[2]) if len(found[2]) == 4 else _century(int(found[2]))
            number = _MONTHS[found[1].lower()]
        else:
            raise ValueError(f"[{plain}] is not a month")
        if not 1 <= number <= 12:
            raise ValueError(f"[{plain}] is not a month")
    return Period(date(year, number, 1), date(year, number, monthrange(year, number)[1]), "month")


def financial_year(text: object) -> Period:
    """A financial year, April to March, from ``2004/05``, ``04/05``, ``2004-05`` or ``2004/2005``.

    Raises ValueError where the text is something else or its two years do not follow each other.
    """
    found = re.fullmatch(r"(\d{4}|\d{2})\s*[/\-–]\s*(\d{4}|\d{2})", str(text).strip())
    if not found:
        raise ValueError(f"[{text}] is not a financial year")
    first = int(found[1]) if len(found[1]) == 4 else _century(int(found[1]))
    if int(found[2]) != (first + 1 if len(found[2]) == 4 else (first + 1) % 100):
        raise ValueError(f"[{text}] is not a financial year: {found[2]} does not follow {found[1]}")
    return Period(date(first, 4, 1), date(first + 1, 3, 31), "financial_year")


def calendar_year(text: object) -> Period:
    """A calendar year from ``2019`` or a whole number; raises ValueError for anything else."""
    plain = str(int(text)) if isinstance(text, float) and text.is_integer() else str(text).strip()
    if not re.fullmatch(r"(19|20)\d{2}", plain):
        raise ValueError(f"[{text}] is not a calendar year")
    return Period(date(int(plain), 1, 1), date(int(plain), 12, 31), "calendar_year")


def mid_year(year: int) -> Period:
    """The mid-year point of an ONS population estimate: 30 June."""
    return Period(date(year, 6, 30), date(year, 6, 30), "point_in_time")


def quarter(year: int, number: int) -> Period:
    """A quarter of a calendar year, 1 to 4 (January to March is 1). Raises ValueError for another number."""
    if not 1 <= number <= 4:
        raise ValueError(f"[{number}] is not the number of a quarter")
    last = 3 * number
    return Period(date(year, last - 2, 1), date(year, last, monthrange(year, last)[1]), "quarter")


def financial_quarter(first_year: int, number: int) -> Period:
    """A quarter of the financial year that starts in April of ``first_year``: 1 is April to June, 4 the next
    January to March. Raises ValueError for a number outside 1 to 4."""
    return quarter(first_year + 1, 1) if number == 4 else quarter(first_year, number + 1 if number < 4 else number)


def financial_quarter_of(year: object, number: object) -> Period:
    """A quarter from the texts of a year and a number (``2018/19`` and ``1`` or ``Q1``, April to June).

    Raises ValueError for anything else.
    """
    first = financial_year(year).start.year
    found = re.fullmatch(r"[Qq]?([1-4])", str(number).strip())
    if not found:
        raise ValueError(f"[{number}] is not a quarter of a financial year")
    return financial_quarter(first, int(found[1]))


def financial_year_name(day: date) -> str:
    """The financial year that a day is in, as ``2018/19``."""
    first = day.year if day.month > 3 else day.year - 1
    return f"{first}/{(first + 1) % 100:02}"


def year_ending(end: date) -> Period:
    """The twelve months that end on a day: a calendar year ending 31 December, a financial year ending 31 March, an
    academic year ending 31 August, otherwise a rolling year. Raises ValueError where the day is not a month's last."""
    if end.day != monthrange(end.year, end.month)[1]:
        raise ValueError(f"[{end}] is not the last day of a month")
    start = date(end.year, 1, 1) if end.month == 12 else date(end.year - 1, end.month + 1, 1)
    kinds: dict[int, PeriodType] = {12: "calendar_year", 3: "financial_year", 8: "academic_year"}
    return Period(start, end, kinds.get(end.month, "rolling_year"))


def point_in_time(on: date) -> Period:
    """A day on which something was counted: its start and its end."""
    return Period(on, on, "point_in_time")
