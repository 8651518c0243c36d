"""Reads proven reoffending: for England and Wales from copies of the publisher's tables, by area from its CSV files.

Each file is one long table, known by its headings. A count stands in a column of its own where a row has several.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sources.contract import Contract, Table
from sources.errors import HeaderError, LayoutError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers, long, periods
from sources.reading.grid import Grid
from sources.reading.headers import normal
from sources.reading.periods import Period

_HEADER_ROWS = 40
_MEASURES = {
    "cohort": ("offenders", "people"),
    "reoffenders": ("reoffenders", "people"),
    "reoffences": ("reoffences", "reoffences"),
    "binary": ("reoffending_rate", "per cent"),
    "adjusted": ("adjusted_reoffending_rate", "per cent"),
    "ogrs4": ("ogrs4_score", "per cent"),
    "frequency": ("reoffences_per_reoffender", "reoffences per reoffender"),
}
_COUNTS = {"offenders": "people", "reoffenders": "people", "reoffences": "reoffences"}
_AGES = {
    "adult": "adult",
    "adults": "adult",
    "juvenile": "juvenile",
    "juveniles": "juvenile",
    "all": "all",
    "adult and juvenile": "all",
}
#: What a rate may differ from the counts behind it: it is published to one decimal place at the least.
_ROUNDING = 0.051
_LETTER = re.compile(r"[a-z]\.\s+", re.IGNORECASE)
_MONTH = re.compile(
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)[\s_.'-]*((?:19|20)\d\d)?",
    re.IGNORECASE,
)
_AREA_LEVELS = {
    "country": r"national|country|england( and|,)? wales|england|wales",
    "region": r"regions?|regional",
    "police_force_area": r"pfa|police force( area)?",
    "upper_tier_local_authority": r"utla|upper tier( local)? authority|upper[- ]tier local authority",
    "local_authority": r"la|lad|local authority|local authority district",
}
_CATEGORY = re.compile(
    "(?:" + "|".join(f"(?P<{level}>{words})" for level, words in _AREA_LEVELS.items()) + r")"
    r"(?: totals?| by index disposal)?",
    re.IGNORECASE,
)
#: The registers in which the names of a kind of area are looked up, the first that knows one deciding.
_REGISTERS = {
    "country": ("country",),
    "region": ("region", "country"),
    "police_force_area": ("police_force",),
    "upper_tier_local_authority": ("local_authority",),
    "local_authority": ("local_authority",),
}


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The one table that the file has: ``national``, ``rate``, ``breakdown`` or ``area``.

    Raises HeaderError where its headings are not those of the table that comes nearest, ReadError where it was cut.
    """
    grid = delimited.grid(file)
    name = _nearest(grid, contract.tables)
    if name == "national":
        yield _national(file, grid, contract)
        return
    if name == "rate":
        yield _rates(file, grid, contract)
        return
    yield _counts(long.whole_grid(file), contract, name)


def _headings(grid: Grid) -> set[str]:
    """The cells of the first lines, as comparable texts."""
    return {normal(cell) for row in grid.rows[:_HEADER_ROWS] for cell in row}


def _nearest(grid: Grid, tables: Mapping[str, Table]) -> str:
    hits = {
        name: max((len(headers.match(row, tables[name].columns).index) for row in grid.rows[:_HEADER_ROWS]), default=0)
        for name in ("area", "breakdown", "national", "rate")
    }
    return max(hits, key=lambda name: hits[name])


def _age_group(text: str) -> str:
    if text.lower() not in _AGES:
        raise ValueError(f"[{text}] is not an age group of the cohort")
    return _AGES[text.lower()]


def _plain(text: str) -> str:
    """A label without the letter that sorts it (``a. Custody``); a blank one is ``all``."""
    return _LETTER.sub("", text, count=1).strip() if _LETTER.match(text) else text or "all"


# ---- Cohorts for England and Wales, a row a figure ------------------------------------------------------------------


def _cohort_from(unit: str, day: str) -> Period:
    """A quarter or a year (calendar or financial) from its first day."""
    try:
        first = date.fromisoformat(day)
    except ValueError as error:
        raise ValueError(f"[{day}] is not the first day of a cohort") from error
    if unit.lower() == "3-monthly":
        period = periods.quarter(first.year, (first.month + 2) // 3)
    elif unit.lower() == "annual" and first.month in {1, 4}:
        period = periods.year_ending(date(first.year + (first.month == 4), 12 if first.month == 1 else 3, 31))
    else:
        raise ValueError(f"[{unit}] from [{day}] is not the length of a cohort that is known")
    if period.start != first:
        raise ValueError(f"[{day}] is not the first day of a cohort")
    return period


def _method(text: str) -> str:
    if text.lower() not in {"old", "new"}:
        raise ValueError(f"[{text}] is not a way of measuring that is known")
    return text.lower()


def _measured(part: int) -> Callable[[str], str]:
    def meant(text: str) -> str:
        if text.lower() not in _MEASURES:
            raise ValueError(f"[{text}] is not a measure that is known")
        return _MEASURES[text.lower()][part]

    return meant


def _national(file: PublishedFile, grid: Grid, contract: Contract) -> Figures:
    table = long.of_grid(grid, contract.tables["national"])
    figures = table.figures("value", contract, contract.tables["national"].columns["value"])
    cohort = ("period_type", "period_start")
    frame = pd.DataFrame(
        {
            "method": table.text("method", _method),
            "period_type": table.made(lambda *texts: _cohort_from(*texts).type, *cohort),
            "period_start": table.days(lambda *texts: _cohort_from(*texts).start, *cohort),
            "period_end": table.days(lambda *texts: _cohort_from(*texts).end, *cohort),
            "age_group": table.text("age_group", _age_group),
            "measure": table.text("measure", _measured(0)),
            "value": figures["value"].to_numpy(),
            "unit": table.text("measure", _measured(1)),
            "status": figures["status"],
            **table.provenance("value"),
        }
    )
    for which, reason in _contradictions(frame):
        table.refuse(which, reason, "value")
    if not _ends_with_a_line_end(file) and (reason := _doubt_of_last(frame)):
        table.refuse(np.arange(len(frame)) == len(frame) - 1, reason, "value")
    frame, quarantined = table.split(frame, "value")
    return Figures("national", frame, len(table), quarantined)


def _contradictions(frame: pd.DataFrame) -> Iterator[tuple[np.ndarray, str]]:
    """Cohorts whose adults and juveniles do not add up to their total, where all three are there: which of them is
    wrong cannot be told, so that every figure of the cohort is named."""
    key = ["method", "period_type", "period_start"]
    plain = frame.astype(dict.fromkeys(["method", "period_type", "age_group", "measure"], object))
    counts = plain[plain.measure.isin(list(_COUNTS))]
    by_age = counts.pivot_table("value", [*key, "measure"], "age_group", aggfunc="first")
    if not {"adult", "juvenile", "all"} <= set(by_age.columns):
        return
    unequal = pd.DataFrame(by_age[(by_age.adult + by_age.juvenile - by_age["all"]).abs() > 0])
    rows = zip(unequal.index, unequal.adult, unequal.juvenile, unequal["all"], strict=True)
    for (method, kind, start, measure), adult, juvenile, everybody in rows:
        which = (plain.method == method) & (plain.period_type == kind) & (plain.period_start == start)
        yield (
            which.to_numpy(),
            f"the file contradicts itself: {measure} of the cohort, {adult:,.0f} (adult) and"
            f" {juvenile:,.0f} (juvenile), do not add up to {everybody:,.0f}",
        )


def _ends_with_a_line_end(file: PublishedFile) -> bool:
    with file.path.open("rb") as stream:
        stream.seek(max(0, file.path.stat().st_size - 1))
        return stream.read() in {b"\n", b"\r"}


def _doubt_of_last(frame: pd.DataFrame) -> str | None:
    """Why the last figure of a file without a last line end may have been cut; None where a rate above vouches for
    it: a copy that goes about is whole and has no line end."""
    last, cohort = frame.iloc[-1], ["method", "period_type", "period_start", "age_group"]
    same = np.logical_and.reduce([np.asarray(frame[name] == last[name]) for name in cohort])
    of = dict(zip(frame[same]["measure"], frame[same]["value"], strict=True))
    rates = {
        "reoffending_rate": ("reoffenders", "offenders", 100),
        "reoffences_per_reoffender": ("reoffences", "reoffenders", 1),
    }
    for rate, (above, below, times) in rates.items():
        known = [of.get(name) for name in (rate, above, below)]
        if last["measure"] in {above, below} and all(value is not None and value == value for value in known):
            share, numerator, denominator = (float(value or 0) for value in known)
            if denominator and abs(times * numerator / denominator - share) < _ROUNDING:
                return None
    return "the last line has no end, and no rate of the file vouches for its figure; it may have been cut short"


# ---- Rates by index offence -----------------------------------------------------------------------------------------


def _year(text: str) -> Period:
    if not text:
        raise ValueError("the file does not say of which year the rate is")
    try:
        return periods.year_ending(date.fromisoformat(text))
    except ValueError as error:
        raise ValueError(f"[{text}] is not the last day of a year") from error


def _rates(file: PublishedFile, grid: Grid, contract: Contract) -> Figures:
    """Rates by index offence; or by sentence type, which is undated (and has no last line end), so that none lands."""
    given = _headings(grid) & {"index_offence", "proportion", "year_ending", "age", "sentence", "percent"}
    if given not in ({"index_offence", "proportion", "year_ending", "age"}, {"sentence", "percent"}):
        raise LayoutError(
            "the headings of a table of rates do not belong together",
            file=file.name,
            expected="[year_ending], [age], [index_offence] and [proportion], or [sentence] and [percent]",
            found=", ".join(f"[{text}]" for text in sorted(given)),
        )
    is_by_offence = "index_offence" in given
    table = long.of_grid(long.whole_grid(file) if is_by_offence else grid, contract.tables["rate"])
    figures = table.figures("value", contract, contract.tables["rate"].columns["value"])
    frame = pd.DataFrame(
        {
            "breakdown": table.same("index_offence" if is_by_offence else "sentence_type"),
            "group_name": table.text("group_name", lambda text: "all" if _is_all(text) else text),
            "is_total": table.flags(_is_all, "group_name"),
            "period_start": table.days(lambda text: _year(text).start, "period_start"),
            "period_end": table.days(lambda text: _year(text).end, "period_start"),
            "period_type": table.text("period_start", lambda text: _year(text).type),
            "age_group": table.text("age_group", _age_group),
            "value": figures["value"].to_numpy(),
            "unit": table.same("proportion" if is_by_offence else "per cent"),
            "status": figures["status"],
            **table.provenance("value"),
        }
    )
    frame, quarantined = table.split(frame, "value")
    return Figures("rate", frame, len(table), quarantined)


def _is_all(text: str) -> bool:
    if not text:
        raise ValueError("the row has no group")
    return re.fullmatch(r"all( (adult|juvenile))? offenders", text, re.IGNORECASE) is not None


# ---- Counts by group or area, a row three figures -------------------------------------------------------------------


def _cohort(text: str) -> Period:
    """A cohort of 12 or 3 months from its first and last month, which may run together: ``Apr 2020 to Mar 2021``,
    ``Apr2013-Mar2014``, ``Jan-Mar2016``."""
    months = [(found[1][:3], found[2]) for found in _MONTH.finditer(text)]
    left = re.sub(r"to|and|[\W_]", "", _MONTH.sub("", text), flags=re.IGNORECASE)
    if len(months) != 2 or not months[1][1] or left:
        raise ValueError(f"[{text}] is not a cohort's first and last month")
    last = periods.month(f"{months[1][0]} {months[1][1]}")
    first = periods.month(f"{months[0][0]} {months[0][1] or months[1][1]}")
    if not months[0][1] and first.start > last.start:
        first = periods.month(f"{months[0][0]} {last.start.year - 1}")
    length = 12 * (last.start.year - first.start.year) + last.start.month - first.start.month + 1
    if length == 12:
        return periods.year_ending(date(last.end.year, last.end.month, monthrange(last.end.year, last.end.month)[1]))
    if length == 3 and last.end.month % 3 == 0:
        return periods.quarter(last.end.year, last.end.month // 3)
    raise ValueError(f"[{text}] is a cohort of {length} months, not of 12 or of a quarter's 3")


def _counts(grid: Grid, contract: Contract, name: str) -> Figures:
    """Tables ``breakdown`` and ``area``: each count of a row is a row."""
    given = _headings(grid)
    measures = [measure for measure in _COUNTS if measure in given]
    needed = ["offenders", "reoffenders"] if name == "area" else list(_COUNTS)
    if missing := [measure for measure in needed if measure not in measures]:
        raise HeaderError(
            file=grid.file, missing=missing, unknown=[], known_names={measure: [measure] for measure in missing}
        )
    tables = {
        measure: long.of_grid(grid, contract.tables[name], leave_out=[other for other in measures if other != measure])
        for measure in measures
    }
    first = tables[measures[0]]
    frame = _areas(first) if name == "area" else _groups(first)
    for table in tables.values():
        table.share_problems(first)
    parts, quarantined = list[pd.DataFrame](), list[Quarantined]()
    for measure, table in tables.items():
        figures = table.figures("value", contract, contract.tables[name].columns["value"])
        landed, rejected = table.split(
            frame.assign(
                measure=table.same(measure),
                value=figures["value"].to_numpy(),
                unit=table.same(_COUNTS[measure]),
                status=figures["status"],
                **table.provenance("value"),
            ),
            "value",
        )
        parts.append(landed)
        quarantined += rejected
    return Figures(name, long.stacked(parts), rows_in=len(first) * len(measures), quarantined=quarantined)


def _time_and_age(table: long.LongTable) -> dict[str, Any]:
    return {
        "age_group": table.text("age_group", _age_group),
        "index_disposal": table.text("index_disposal", _plain),
        "period_start": table.days(lambda text: _cohort(text).start, "period_start"),
        "period_end": table.days(lambda text: _cohort(text).end, "period_start"),
        "period_type": table.text("period_start", lambda text: _cohort(text).type),
    }


def _groups(table: long.LongTable) -> pd.DataFrame:
    labels = ("category", "subcategory_1", "subcategory_2")
    return pd.DataFrame(_time_and_age(table) | {name: table.text(name, _plain) for name in labels})


def _areas(table: long.LongTable) -> pd.DataFrame:
    where = ("category", "area_name", "period_start")
    return pd.DataFrame(
        {
            **_time_and_age(table),
            "category": table.text("category", _plain),
            "area_level": table.text("category", _area_level),
            "area_name": table.text("area_name", long.required("area")),
            "area_code": table.made(_area_code, *where),
        }
    )


def _area_level(category: str) -> str:
    found = _CATEGORY.fullmatch(_plain(category))
    if not found or found.lastgroup is None:
        raise ValueError(f"[{category}] does not say what kind of area the row is of")
    return found.lastgroup


def _area_code(category: str, name: str, cohort: str) -> str:
    kinds = _REGISTERS[_area_level(category)]
    for kind in kinds[1:]:
        try:
            return register(kind).resolve(name, on=_cohort(cohort).end)
        except UnknownNameError:
            continue
    return register(kinds[0]).resolve(name, on=_cohort(cohort).end)
