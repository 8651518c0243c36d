"""Reads the Mental Health Act statistics' main data file: uses of the Act by measure, group and organisation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from sources.contract import Column, Contract, Table
from sources.errors import ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, Quarantined, long, periods
from sources.reading.grid import Grid
from sources.reading.workbook import open_workbook

_TABLE = "figure"
_ENGLAND = "E92000001"
_SHEET = re.compile(r"mha_annual_suppressed_\d{4}[-_]\d{2}", re.IGNORECASE)
_ALL, _ALL_PROVIDERS = "All", "All prov"
_COUNTS = {"mhsds_count": "MHSDS_Count", "acute_count": "Acute_Count", "total_count": "Total_Count"}
_RATES = {
    "crude_rate": "CrudeRate",
    "standardised_rate": "StdRate",
    "standardised_rate_interval": "Confidence_interval",
}
_KINDS = _COUNTS | _RATES
_ORGANISATIONS = {
    "all submissions": "country",
    "icb": "integrated_care_board",
    "sub icb": "sub_icb",
    "stp": "stp",
    "ccg": "ccg",
    "nhs trust": "provider",
    "independent health provider": "provider",
}
_DEMOGRAPHICS = {"all": "all", "age": "age", "ethnicity": "ethnicity", "gender": "gender", "imd": "deprivation"}
#: The NHS data dictionary's codes, which stand for the words in some editions.
_GENDERS = {"1": "Male", "2": "Female", "3": "Non-binary", "4": "Other (not listed)", "9": "Indeterminate"}
_ON_A_DAY = re.compile(r"on 31st March$", re.IGNORECASE)


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table, a row a figure; six figures a record.

    Raises HeaderError for other columns than are known, ReadError for a workbook without the sheet, or a text file
    whose last line has no end.
    """
    table = contract.tables[_TABLE]
    grid, as_published = _grid(file), _with_figures(table)
    described = long.of_grid(grid, as_published)
    found = _described(described)
    frames: list[pd.DataFrame] = []
    quarantined: list[Quarantined] = []
    for kind in _KINDS:
        of_kind = long.of_grid(grid, as_published)
        of_kind.share_problems(described)
        figures = of_kind.figures(kind, contract, table.columns["value"])
        frame = pd.DataFrame(
            {
                **found,
                "figure_type": of_kind.same(kind),
                "unit": of_kind.made(_unit, "measure") if kind in _COUNTS else of_kind.same("per 100,000 people"),
                "value": figures["value"],
                "status": _status(figures, kind, found["area_level"]),
                **of_kind.provenance(kind),
            }
        )
        kept, refused = of_kind.split(frame, kind)
        frames.append(kept)
        quarantined += refused
    yield Figures(_TABLE, long.stacked(frames), rows_in=len(described) * len(_KINDS), quarantined=quarantined)


def _grid(file: PublishedFile) -> Grid:
    if Path(file.name).suffix.lower() not in {".xlsx", ".xls", ".ods", ".xlsm"}:
        return long.whole_grid(file)
    workbook = open_workbook(file)
    sheets = [name for name in workbook.sheet_names if _SHEET.fullmatch(name.strip())]
    if len(sheets) != 1:
        raise ReadError(
            "the sheet of the data file was not found",
            file=file.name,
            expected="one sheet such as [mha_annual_suppressed_2023_24]",
            found=", ".join(f"[{name}]" for name in workbook.sheet_names),
        )
    return workbook.grid(sheets[0])


def _with_figures(table: Table) -> Table:
    """The table as it is published: with a column for each of the six figures."""
    figures = {
        kind: Column.model_validate({"type": "number", "description": kind, "published_as": [{"name": name}]})
        for kind, name in _KINDS.items()
    }
    return table.model_copy(update={"columns": {**table.columns, **figures}})


def _described(table: long.LongTable) -> dict[str, pd.Series | pd.Categorical | np.ndarray | object]:
    """When, of what, of whom and where each record is."""
    area = ("organisation_breakdown", "org_code", "org_name")
    return {
        "year": table.text("year"),
        "period_start": table.days(lambda year, measure: _span(year, measure).start, "year", "measure"),
        "period_end": table.days(lambda year, measure: _span(year, measure).end, "year", "measure"),
        "period_type": table.made(lambda year, measure: _span(year, measure).type, "year", "measure"),
        "measure": table.text("measure", long.required("measure")),
        "measure_subcategory": table.text("measure_subcategory", long.required("subcategory of its measure")),
        "demographic": table.text("demographic", _demographic),
        "demographic_group": table.made(_group, "demographic", "demographic_group"),
        "organisation_breakdown": table.text("organisation_breakdown"),
        "area_level": table.made(_level, *area[:2]),
        "area_code": table.made(_area_code, *area),
        "org_code": table.text("org_code", long.required("code of an organisation")),
        "org_name": table.text("org_name"),
        "data_source": table.text("data_source"),
        "is_total": table.flags(_is_total, "measure_subcategory", "demographic_group", *area[:2]),
    }


@cache
def _span(year: str, measure: str) -> periods.Period:
    span = periods.financial_year(year.replace("_", "/"))
    return periods.point_in_time(date(span.end.year, 3, 31)) if _ON_A_DAY.search(measure) else span


def _demographic(text: str) -> str:
    if text.lower() not in _DEMOGRAPHICS:
        raise ValueError(f"[{text}] is no kind of group that is known")
    return _DEMOGRAPHICS[text.lower()]


def _group(demographic: str, group: str) -> str:
    if not group:
        raise ValueError("the row has no group of people")
    return _GENDERS.get(group, group) if demographic.lower() == "gender" else group


def _level(breakdown: str, code: str) -> str:
    """What kind of area a record is of; of all providers of a kind it is the country."""
    level = _ORGANISATIONS.get(breakdown.lower())
    if level is None:
        raise ValueError(f"[{breakdown}] is no kind of organisation that is known")
    if level == "country" and code != _ALL_PROVIDERS:
        raise ValueError(f"[{code}] stands where all submissions have [{_ALL_PROVIDERS}]")
    return "country" if code == _ALL_PROVIDERS else level


def _area_code(breakdown: str, code: str, name: str) -> str | None:
    level = _level(breakdown, code)
    if level == "country":
        return _ENGLAND
    if level != "integrated_care_board":
        return None
    try:
        return register(level).resolve(name)
    except UnknownNameError:
        return None


def _is_total(subcategory: str, group: str, breakdown: str, code: str) -> bool:
    return subcategory == group == _ALL and breakdown.lower() == "all submissions" and code == _ALL_PROVIDERS


def _unit(measure: str) -> str:
    if measure.startswith("People "):
        return "people"
    return "discharges" if measure.startswith("Discharges ") else "uses of the Act"


def _status(figures: pd.DataFrame, kind: str, level: object) -> np.ndarray:
    """Statuses as read, but for counts below the country: those shown are rounded (but a 0), and a blank stands where
    one is suppressed, in files that went through a spreadsheet. A blank rate is one that was not worked out."""
    status = figures["status"].astype(object).to_numpy()
    if kind in _RATES:
        return np.where(status == "missing", "not_available", status)
    is_below = np.asarray(level) != "country"
    status = np.where(is_below & (status == "missing"), "suppressed", status)
    return np.where(is_below & (status == "observed") & (figures["value"].to_numpy() != 0), "rounded", status)
