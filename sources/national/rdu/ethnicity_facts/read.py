"""Reads three downloads of Ethnicity facts and figures: stops and searches, custody, and sentence lengths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from sources.contract import Contract
from sources.errors import ReadError
from sources.places.names import register
from sources.reading import Figures, PublishedFile, Quarantined, long, periods
from sources.reading.grid import Grid
from sources.reading.headers import normal
from sources.reading.long import LongTable
from sources.reading.measured import by_measure
from sources.reading.repeated import refuse_repeated

_NUMBER, _PER_CENT = "number", "per cent"
_SEARCH_COLUMNS = {
    "searches": ["Number of stop and searches"],
    "searches_ethnicity_reported": [
        "Total number of stop and search carried out in this year in this area (excluding cases where the ethnicity"
        " was unreported)"
    ],
    "population": ["Population by ethnicity"],
    "rate_per_1000": ["Rate per 1,000 population by ethnicity"],
    "share": ["Proportion of total stop and searches of this ethnicity in the financial year (excludes unreported)"],
}
_CUSTODY_COLUMNS = {
    "sentenced": ["all sentenced"],
    "immediate_custody": ["Immediate Custody"],
    "custody_rate": ["Value"],
}
_LENGTH_COLUMNS = {"average_sentence": ["ACSL (in months)"]}
_UNITS = {"rate_per_1000": "per 1,000 population", "share": _PER_CENT, "custody_rate": _PER_CENT}
_BTP, _WITHOUT_BTP, _WITH_BTP = "british transport police", "all - excluding btp", "all - including btp"
_FIRST_LINES = 40

Columns = dict[str, object]


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The table that the header says: ``stop_and_search``, ``custody_rate`` or ``average_sentence``.

    Raises HeaderError for another header, ReadError where the file is cut short or is none of the three.
    """
    grid = long.whole_grid(file)
    for name, names, columns in (
        ("stop_and_search", _SEARCH_COLUMNS, _of_searches),
        ("custody_rate", _CUSTODY_COLUMNS, _of_custody),
        ("average_sentence", _LENGTH_COLUMNS, _of_lengths),
    ):
        first = normal(next(iter(names.values()))[0])
        if any(first in map(normal, row) for row in grid.rows[:_FIRST_LINES]):
            yield _read(file, grid, contract, name, names, columns)
            return
    raise ReadError(
        "no header of a download that is known was found",
        file=file.name,
        expected="a line with [Number of stop and searches], [all sentenced] or [ACSL (in months)]",
        found=f"none in the first {_FIRST_LINES} lines",
    )


def _read(
    file: PublishedFile,
    grid: Grid,
    contract: Contract,
    name: str,
    names: Mapping[str, Sequence[str]],
    columns: Callable[[LongTable, str], Columns],
) -> Figures:
    table = contract.tables[name]
    frames, quarantined, rows_in = list[pd.DataFrame](), list[Quarantined](), 0
    for measure, rows in by_measure(grid, table, names):
        unit = _UNITS.get(measure, _NUMBER)
        # A per cent sign in a column of counts is not read past.
        value = table.columns["value"].model_copy(update={"unit": unit})
        read = rows.figures("value", contract, value)
        if measure == "share":
            rows.made(_has_sign(tuple(marker.text for marker in contract.markers)), "value")
        frame = pd.DataFrame(
            {
                **columns(rows, measure),
                "value": read["value"],
                "status": read["status"],
                **rows.provenance("value"),
            }
        )
        kept, rejected = rows.split(frame, "value")
        frames.append(kept)
        quarantined += rejected
        rows_in += len(rows)
    frame = long.stacked(frames)
    refuse_repeated(frame, table.grain, file=file.name)
    return Figures(name, frame, rows_in, quarantined)


def _has_sign(markers: tuple[str, ...]) -> Callable[[str], str]:
    """Refuses a share without its per cent sign, which may be a share of 1."""

    def share(text: str) -> str:
        if text and text not in markers and not text.endswith("%"):
            raise ValueError(f"[{text}] has no per cent sign")
        return text

    return share


# --- what a record says of its figures ------------------------------------------------------------------------------


def _of_searches(rows: LongTable, measure: str) -> Columns:
    return {
        "definition": rows.text("definition"),
        "measure": rows.same(measure),
        "area_code": rows.text("area_name", _area_code),
        "area_name": rows.text("area_name", long.required("area")),
        "area_level": rows.made(_area_level, "area_name", "area_level"),
        "ethnicity": rows.text("ethnicity", long.required("ethnic group")),
        "ethnicity_classification": rows.text("ethnicity_classification", _classification),
        "is_total": rows.flags(_is_total, "area_name", "ethnicity"),
        "financial_year": rows.text("financial_year"),
        "period_start": rows.days(lambda year: periods.financial_year(year).start, "financial_year"),
        "period_end": rows.days(lambda year: periods.financial_year(year).end, "financial_year"),
        "period_type": rows.text("period_type", _financial_year),
        "unit": rows.same(_UNITS.get(measure, _NUMBER)),
        "note": rows.text("note"),
    }


def _of_custody(rows: LongTable, measure: str) -> Columns:
    # Asked for its refusals alone: the file gives the unit of the share, which is not that of the counts.
    rows.text("unit", _per_cent)
    return {
        "definition": rows.text("definition"),
        "measure": rows.same(measure),
        "ethnicity_classification": rows.text("ethnicity_classification", _five_groups),
        "offence_group": rows.text("offence_group", long.required("offence group")),
        "unit": rows.same(_UNITS.get(measure, _NUMBER)),
        **_of_people(rows),
    }


def _of_lengths(rows: LongTable, measure: str) -> Columns:
    return _of_people(rows)


def _of_people(rows: LongTable) -> Columns:
    return {
        "ethnicity": rows.text("ethnicity", long.required("ethnic group")),
        "sex": rows.text("sex", long.required("sex")),
        "age_group": rows.text("age_group", long.required("age group")),
        "period_start": rows.days(lambda year: periods.calendar_year(year).start, "period_end"),
        "period_end": rows.days(lambda year: periods.calendar_year(year).end, "period_end"),
        "period_type": rows.same("calendar_year"),
    }


def _area_code(name: str) -> str | None:
    if normal(name) == _WITHOUT_BTP:
        return "K04000001"
    return None if normal(name) in {_BTP, _WITH_BTP} else register("police_force").resolve(name)


def _area_level(name: str, kind: str) -> str:
    if normal(kind) != "police force area":
        raise ValueError(f"[{kind}] is not the kind of area that is known")
    totals = {_WITHOUT_BTP: "england_and_wales", _WITH_BTP: "england_and_wales_with_btp"}
    return {_BTP: "british_transport_police", **totals}.get(normal(name), "police_force_area")


def _is_total(area: str, ethnicity: str) -> bool:
    return normal(area) in {_WITHOUT_BTP, _WITH_BTP} or normal(ethnicity) == "all"


def _classification(text: str) -> str:
    if text not in {"All", "ONS 2001 16+1", "ONS 2001 5+1"}:
        raise ValueError(f"[{text}] is not a classification that is known")
    return text


def _five_groups(text: str) -> str:
    """The file counts [ONS 2001 5+1] up from row to row, as a spreadsheet does when a cell is dragged down."""
    if not re.fullmatch(r"ONS 2001 5\+\d+", text):
        raise ValueError(f"[{text}] is not a classification that is known")
    return "ONS 2001 5+1"


def _financial_year(text: str) -> str:
    if normal(text) != "financial year":
        raise ValueError(f"[{text}] is not the kind of year that is known")
    return "financial_year"


def _per_cent(text: str) -> str:
    if text != "%":
        raise ValueError(f"[{text}] is not the unit that is known")
    return text
