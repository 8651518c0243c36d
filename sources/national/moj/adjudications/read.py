"""Reads the data tool of adjudications: charges against prison rules, and what came of them, by establishment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import ReadError
from sources.places.names import register
from sources.reading import Figures, PublishedFile, delimited, long, periods
from sources.reading.periods import Period

_QUARTERS = (
    re.compile(r"Q(?P<quarter>[1-4])[ _-]*(?P<year>20\d{2})", re.IGNORECASE),
    re.compile(r"(?P<year>20\d{2})[ _-]*Q(?P<quarter>[1-4])", re.IGNORECASE),
)
_SEXES = {"m": "male", "f": "female", "male": "male", "female": "female"}


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The one table, ``adjudication``: a row a count, of a quarter that the file's name gives.

    Rows whose quarter is not the file's and rows of an establishment that the register does not know are quarantined.
    Raises HeaderError where columns are not known, ReadError where the name says no quarter.
    """
    period = _period(file.name)
    table = long.of_grid(delimited.grid(file), contract.tables["adjudication"])
    read = table.figures("value", contract, contract.tables["adjudication"].columns["value"])
    prisons = register("prison")

    number, year = period.end.month // 3, period.end.year

    def quarter_start(text: str) -> date:
        if text.lower() not in {f"q{number}", f"q{number} {year}", f"{year} q{number}"}:
            raise ValueError(f"[{text}] is not the quarter that the file's name gives")
        return period.start

    frame = pd.DataFrame(
        {
            "period_start": table.days(quarter_start, "period_start"),
            "period_end": np.datetime64(period.end, "s"),
            "prison_code": table.made(lambda name: prisons.resolve(name, on=period.end), "prison_name"),
            **{name: table.text(name) for name in ("prison_name", "establishment_function", "outcome", "adjudicator")},
            "sex": table.text("sex", _sex),
            "age_band": table.text("age_band", _age_band),
            "ethnicity": table.text("ethnicity", _without_prefix),
            "religion": table.text("religion", _without_prefix),
            "offence": table.text("offence"),
            "detailed_offence": table.text("detailed_offence"),
            "value": read["value"],
            "status": read["status"],
            **table.provenance("value"),
        }
    )
    frame, quarantined = table.split(frame, "value")
    yield Figures("adjudication", frame, len(table), quarantined)


def _period(name: str) -> Period:
    for pattern in _QUARTERS:
        if found := pattern.search(name):
            return periods.quarter(int(found["year"]), int(found["quarter"]))
    raise ReadError(
        "the file's name does not say its quarter, and the rows do not say its year",
        file=name,
        expected="a name like [AdjudicationsQ32022.csv]",
        found=f"[{name}]",
        advice="Give the file the name under which it was published",
    )


def _sex(text: str) -> str:
    if text.lower() not in _SEXES:
        raise ValueError(f"[{text}] is not a sex that is known")
    return _SEXES[text.lower()]


def _age_band(text: str) -> str:
    """``18 - 20`` as ``18-20``, ``70 and over`` as ``70+``."""
    if found := re.fullmatch(r"(\d+) ?[-–] ?(\d+)", text):
        return f"{found[1]}-{found[2]}"
    if found := re.fullmatch(r"(\d+) and over", text):
        return f"{found[1]}+"
    raise ValueError(f"[{text}] is not an age group")


def _without_prefix(text: str) -> str | None:
    """A label without the letter that the tool sorts by: ``e White`` is ``White``."""
    return re.sub(r"^[a-z] (?=[A-Z])", "", text) or None
