"""Reads NHS Talking Therapies: the long table of the annual reports, monthly activity files, and records of columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from sources.contract import Contract
from sources.errors import ReadError
from sources.landing import number, quote
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, Records, delimited, headers, in_sql, long, periods

_ENGLAND = "E92000001"
_ICB, _STP = "integrated_care_board", "stp"
_ORG_TYPES = {
    "England": "country",
    "Commissioning Region": "commissioning_region",
    "STP": _STP,
    "ICB": _ICB,
    "CCG": "ccg",
    "Provider": "provider",
}
_UNITS = {"count": "referrals", "percentage": "per cent"}
#: What a monthly row is of, by its group type's letters, as regular expressions.
_GROUP_TYPES = (
    ("^england$", "country"),
    ("provider$", "provider"),
    ("^commissioningregion", "commissioning_region"),
    ("^(icb|integratedcareboard)", _ICB),
    ("^subicb", "sub_icb"),
    ("^stp", _STP),
    ("^ccg", "ccg"),
)
_NONE = "NULL"


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures | Records]:
    """One table: that whose columns the file has.

    Raises HeaderError where it lacks some or has others, ReadError where it cannot be read or was cut short.
    """
    if Path(file.name).suffix.lower() == ".parquet":
        yield _annual(file, contract)
        return
    header = _header(file)
    found = {
        name: len(headers.match(header, contract.tables[name].columns).index)
        for name in ("monthly_figure", "published_column")
    }
    if found["monthly_figure"] > found["published_column"]:
        yield _monthly(file, contract)
    else:
        yield _published_columns(file, contract)


def _header(file: PublishedFile) -> list[str]:
    """The first line that is not blank, as cells."""
    with file.path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        return next((cells for cells in csv.reader(text) if any(map(str.strip, cells))), [])


# The annual reports


def _annual(file: PublishedFile, contract: Contract) -> Figures:
    contract_table = contract.tables["annual_figure"]
    table = long.of_parquet(file, contract_table)
    if not len(table):
        raise ReadError("there is no record below the header", file=file.name)
    figures = table.figures("value", contract, contract_table.columns["value"])
    level = table.made(_level, "org_type")
    frame = pd.DataFrame(
        {
            "reporting_period": table.text("reporting_period"),
            "period_start": table.days(_first_day, "reporting_period", "period_start"),
            "period_end": table.days(_last_day, "reporting_period", "period_end"),
            "period_type": table.same("financial_year"),
            "org_type": table.text("org_type"),
            "area_level": level,
            "area_code": table.made(_area_code, "org_type", "org_code", "org_name"),
            "org_code": table.text("org_code", long.required("code of an organisation")),
            "org_name": table.text("org_name"),
            "variable_type": table.text("variable_type", long.required("kind of group")),
            "variable_a": table.text("variable_a", _or_none),
            "variable_b": table.text("variable_b", _or_none),
            "measure_name": table.text("measure_name", long.required("measure")),
            "measure_statistic": table.text("measure_statistic"),
            "unit": table.made(_unit, "measure_statistic"),
            "is_total": table.flags(lambda kind: kind == "Total", "variable_type"),
            "value": figures["value"],
            "status": _rounded_below_country(pd.Series(figures["status"]), pd.Series(level)),
            **table.provenance("value"),
        }
    )
    frame, quarantined = table.split(frame, "value")
    return Figures("annual_figure", frame, rows_in=len(table), quarantined=quarantined)


def _rounded_below_country(status: pd.Series, level: pd.Series) -> pd.Series:
    """Statuses with ``rounded`` for what is shown of another area than the country."""
    known = status.cat.add_categories([name for name in ("observed", "rounded") if name not in status.cat.categories])
    return known.mask((known == "observed") & (level != "country"), "rounded")


@cache
def _year(text: str) -> periods.Period:
    return periods.financial_year(text)


def _first_day(year: str, day: str) -> date:
    span = _year(year)
    if day != span.start.isoformat():
        raise ValueError(f"the first day [{day}] is not that of {year}")
    return span.start


def _last_day(year: str, day: str) -> date:
    span = _year(year)
    if day != span.end.isoformat():
        raise ValueError(f"the last day [{day}] is not that of {year}")
    return span.end


def _level(org_type: str) -> str:
    if org_type not in _ORG_TYPES:
        raise ValueError(f"[{org_type}] is no kind of organisation that is known")
    return _ORG_TYPES[org_type]


def _area_code(org_type: str, code: str, name: str) -> str | None:
    """The ONS code of the country, of a board by its name, of a partnership where its code is one.

    A partnership's name is not resolved: the board that took its name over has another area and code.
    """
    if org_type == "England":
        return _ENGLAND
    if org_type == "STP" and re.fullmatch(r"E54\d{6}", code):
        return code
    if org_type == "ICB":
        try:
            return register(_ICB).resolve(name)
        except UnknownNameError:
            return None
    return None


def _or_none(text: str) -> str | None:
    return None if text in {"", _NONE} else text


def _unit(statistic: str) -> str:
    if statistic not in _UNITS:
        raise ValueError(f"[{statistic}] is no statistic that is known")
    return _UNITS[statistic]


# Monthly activity


def _monthly(file: PublishedFile, contract: Contract) -> Records:
    delimited.require_line_end(file)
    records = delimited.records(file, "monthly_figure", contract.tables["monthly_figure"])
    cells = {name: quote(text) for name, text in records.columns.items()}
    start, end = in_sql.day(cells["period_start"]), in_sql.day(cells["period_end"])
    is_month = f"({in_sql.period_type(start, end)}) = 'month'"
    letters = f"regexp_replace(lower({cells['group_type']}), '[^a-z]', '', 'g')"
    whens = " ".join(f"when regexp_matches({letters}, '{form}') then '{level}'" for form, level in _GROUP_TYPES)
    level = f"case {whens} else 'other' end"
    statistic = f"nullif(lower(regexp_extract({cells['measure_name']}, '^([A-Za-z]+)_', 1)), '')"
    unit = f"case {statistic} when 'count' then 'count' when 'percentage' then 'per cent' end"
    value = number(cells["value"])
    records.expressions = {
        "period_start": f"case when {is_month} then {start} end",
        "period_end": f"case when {is_month} then {end} end",
        "period_type": "'month'",
        "area_level": level,
        "area_code": (
            f"case {level} when 'country' then '{_ENGLAND}' when '{_ICB}' then"
            f" {in_sql.code_of_name(_ICB, cells['commissioner_name'])} end"
        ),
        "commissioner_code": f"nullif({cells['commissioner_code']}, 'all')",
        "provider_code": f"nullif({cells['provider_code']}, 'all')",
        "measure_statistic": statistic,
        "unit": unit,
        "is_total": f"coalesce(({level}) = 'country', false)",
        "status": (
            f"case when {cells['value']} = '*' then 'suppressed' when {cells['value']} = '{_NONE}' then"
            f" 'not_applicable' when ({value}) is null then 'missing' when ({level}) = 'country' or ({unit}) is null"
            " then 'observed' else 'rounded' end"
        ),
    }
    return records


# Records of the columns that releases had


def _published_columns(file: PublishedFile, contract: Contract) -> Figures:
    contract_table = contract.tables["published_column"]
    table = long.of_grid(long.whole_grid(file), contract_table)
    # 2011-12 could be either: only the records of annual reports name a file.
    span = periods.financial_year if "csv_file" in table else periods.month
    frame = pd.DataFrame(
        {
            "period": table.text("period"),
            "period_start": table.days(lambda text: span(text).start, "period"),
            "period_end": table.days(lambda text: span(text).end, "period"),
            "period_type": table.text("period", lambda text: span(text).type),
            "dataset": table.text("dataset", long.required("data set")),
            "csv_file": table.text("csv_file"),
            "column_name": table.text("column_name", long.required("column")),
            **table.provenance("column_name"),
        }
    )
    frame, quarantined = table.split(frame, "column_name")
    return Figures("published_column", frame, rows_in=len(table), quarantined=quarantined)
