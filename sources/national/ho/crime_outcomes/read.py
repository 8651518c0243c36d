"""Reads outcomes of recorded crime: a row an offence, outcome, force and quarter, with two counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import ReadError
from sources.places.names import register
from sources.reading import Figures, PublishedFile, Quarantined, long, periods, workbook
from sources.reading.grid import Grid

_YEAR_SHEET = r".*?((?:19|20)\d{2})[_\-/ ](\d{2}).*"
#: What is counted, and how the column of it is headed, in small letters.
_MEASURES = {
    "outcomes_for_offences_recorded_in_quarter": (
        "force_outcomes_for_offences_recorded_in_quarter",
        "force outcomes for offences recorded in quarter",
    ),
    "outcomes_recorded_in_quarter": ("force_outcomes_recorded_in_quarter", "force outcomes recorded in quarter"),
}


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table, a row a count: two of every row of the file.

    Raises HeaderError where columns are not known, ReadError where a workbook has no sheet of a year.
    """
    if Path(file.name).suffix.lower() in {".csv", ".txt", ""}:
        grids = [long.whole_grid(file)]
    else:
        book = workbook.open_workbook(file)
        grids = [book.grid(sheet) for sheet, _ in book.matching(_YEAR_SHEET)]
        if not grids:
            raise ReadError(
                "no sheet of a financial year was found",
                file=file.name,
                expected="sheets named like [2018_19]",
                found=", ".join(f"[{name}]" for name in book.sheet_names),
            )
    parts, quarantined, rows_in = [], list[Quarantined](), 0
    for grid in grids:
        tables = {measure: _table_of(grid, contract, measure) for measure in _MEASURES}
        first = tables[next(iter(_MEASURES))]
        frame = _dimensions(first)
        for table in tables.values():
            table.share_problems(first)
        for measure, table in tables.items():
            landed, rejected = table.split(frame.assign(**_counts(table, contract, measure)), "value")
            parts.append(landed)
            quarantined += rejected
            rows_in += len(table)
    yield Figures("outcome", long.stacked(parts), rows_in=rows_in, quarantined=quarantined)


def _table_of(grid: Grid, contract: Contract, measure: str) -> long.LongTable:
    """The rows with one of their counts, the other one's column left out."""
    others = [heading for other, headings in _MEASURES.items() if other != measure for heading in headings]
    return long.of_grid(grid, contract.tables["outcome"], leave_out=others)


def _counts(table: long.LongTable, contract: Contract, measure: str) -> dict[str, object]:
    counts = table.figures("value", contract, contract.tables["outcome"].columns["value"])
    table.refuse(np.asarray(counts["status"] == "missing"), "the row has no count", "value")
    return {
        "measure": table.same(measure),
        "value": counts["value"].to_numpy(),
        "status": counts["status"],
        **table.provenance("value"),
    }


def _dimensions(table: long.LongTable) -> pd.DataFrame:
    """All but the counts, a row a row of the file; what cannot be read is the row's problem."""
    time = ("financial_year", "financial_quarter")
    texts = ("offence_description", "offence_group", "offence_subgroup", "offence_code")
    texts += ("outcome_description", "outcome_group", "outcome_type")
    quarter = periods.financial_quarter_of
    return pd.DataFrame(
        {
            "financial_year": table.made(lambda *texts: periods.financial_year_name(quarter(*texts).start), *time),
            "financial_quarter": table.whole(lambda *texts: (quarter(*texts).start.month - 4) % 12 // 3 + 1, *time),
            "period_start": table.days(lambda *texts: quarter(*texts).start, *time),
            "period_end": table.days(lambda *texts: quarter(*texts).end, *time),
            "area_level": table.text("police_force_name", _level),
            "area_code": table.text("police_force_name", _code),
            "police_force_name": table.text("police_force_name", long.required("force")),
            **{name: table.text(name, long.required(name.replace("_", " "))) for name in texts},
            "is_offence_code_expired": table.flags(_flag, "is_offence_code_expired"),
        }
    )


def _level(force: str) -> str:
    return "transport_police" if force.casefold() == "british transport police" else "police_force_area"


def _code(force: str) -> str | None:
    return None if _level(force) == "transport_police" else register("police_force").resolve(force)


def _flag(text: str) -> bool | None:
    known = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False, "": None}
    if text.casefold() not in known:
        raise ValueError(f"[{text}] does not say whether the offence code has expired")
    return known[text.casefold()]
