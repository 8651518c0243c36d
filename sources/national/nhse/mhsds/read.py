"""Reads the data files of the monthly mental health statistics: a record a breakdown, area or provider and measure."""

from __future__ import annotations

from collections.abc import Iterator

from sources.contract import Contract
from sources.landing import number, quote
from sources.reading import PublishedFile, Records, delimited, in_sql

_TABLE = "figure"
_ENGLAND = "E92000001"
#: What the first words of a breakdown say that the primary level is, as regular expressions.
_LEVELS = (
    ("^sub ?icb", "sub_icb"),
    ("^icb", "integrated_care_board"),
    ("^stp", "stp"),
    ("^ccg", "ccg"),
    ("^commissioning region", "commissioning_region"),
    ("^provider", "provider"),
    ("^(lad|local authority)", "local_authority"),
)
#: What is measured, by the first words of the measure's name.
_UNITS = (
    (r"\(days\)", "days"),
    (r"^(number|count) ", "count"),
    (r"^(proportion|percentage) ", "per cent"),
)


def read(file: PublishedFile, contract: Contract) -> Iterator[Records]:
    """One table, a row a record; a window that is no number of whole months and a value that is neither a number nor
    a marker put their record in quarantine.

    Raises HeaderError for other columns than the contract's, ReadError where the last line has no end.
    """
    delimited.require_line_end(file)
    records = delimited.records(file, _TABLE, contract.tables[_TABLE])
    cells = {name: quote(text) for name, text in records.columns.items()}
    start, end = in_sql.day(cells["period_start"]), in_sql.day(cells["period_end"])
    kind = in_sql.period_type(start, end)
    level = _area_level(cells["breakdown"], cells["org_code"])
    unit = _first(cells.get("measure_name", "null"), _UNITS)
    value = number(cells["value"])
    records.expressions = {
        "period_start": f"case when ({kind}) is not null then {start} end",
        "period_end": f"case when ({kind}) is not null then {end} end",
        "period_type": kind,
        "area_level": level,
        "area_code": (
            f"case {level} when 'country' then '{_ENGLAND}' when 'integrated_care_board' then"
            f" {in_sql.code_of_name('integrated_care_board', cells.get('org_name', 'null'))} end"
        ),
        "secondary_level": f"nullif({cells['secondary_level']}, 'NONE')",
        "unit": unit,
        "is_total": f"coalesce(lower(trim({cells['breakdown']})) = 'england', false)",
        "status": (
            f"case when {cells['value']} = '*' then 'suppressed' when ({value}) is null then 'missing'"
            f" when lower({cells['publication_status']}) = 'provisional' then 'provisional'"
            # Counts are rounded below the country, and proportions shown as whole numbers; of days nothing is said.
            f" when ({level}) = 'country' or ({unit}) = 'days' then 'observed'"
            f" when ({value}) = 0 and ({unit}) is distinct from 'per cent' then 'observed' else 'rounded' end"
        ),
    }
    if "secondary_level_name" in cells:
        records.expressions = {
            **records.expressions,
            "secondary_level_name": f"nullif({cells['secondary_level_name']}, 'NONE')",
        }
    yield records


def _area_level(breakdown: str, code: str) -> str:
    """SQL for what the primary level is; ``other`` where the breakdown's words are none that are known."""
    country = f"case when regexp_matches({breakdown}, '^england', 'i') and lower({code}) = 'england' then 'country' end"
    return f"coalesce({country}, {_first(breakdown, _LEVELS)}, 'other')"


def _first(cell: str, patterns: tuple[tuple[str, str], ...]) -> str:
    """SQL for what the first pattern that a cell matches stands for; null where it matches none."""
    whens = " ".join(f"when regexp_matches({cell}, '{pattern}', 'i') then '{meaning}'" for pattern, meaning in patterns)
    return f"case {whens} end"
