"""Reads an indicator of Explore local statistics: one figure a row."""

from __future__ import annotations

from collections.abc import Iterator

from sources.contract import Contract
from sources.landing import literal, number, quote
from sources.reading import PublishedFile, Records, delimited

#: The first day and the length in years or months, of an interval that begins with a month.
_INTERVAL = r"(\d{4}-\d{2}-01)/P([1-9]\d?)([YM])"


def read(file: PublishedFile, contract: Contract) -> Iterator[Records]:
    """One table, a row a record; a period that is no such interval puts its record in quarantine.

    Raises HeaderError for other columns than the contract's.
    """
    records = delimited.records(file, "indicator_value", contract.tables["indicator_value"])
    period, value = quote(records.columns["period"]), quote(records.columns["value"])

    def part(group: int) -> str:
        return f"regexp_extract({period}, {literal(_INTERVAL)}, {group})"

    start = f"try_cast({part(1)} as date)"
    months = f"cast({part(2)} as integer) * case {part(3)} when 'Y' then 12 else 1 end"
    kind = (
        f"case when {months} > 12 then 'multi_year' when {months} = 12 then"
        f" case month({start}) when 1 then 'calendar_year' when 4 then 'financial_year' when 9 then 'academic_year'"
        f" else 'rolling_year' end when {months} = 6 then 'half_year' when {months} = 3 then 'quarter'"
        f" when {months} = 1 then 'month' end"
    )
    is_read = f"regexp_full_match({period}, {literal(_INTERVAL)}) and {start} is not null and ({kind}) is not null"
    records.expressions = {
        "period": f"case when {is_read} then {period} end",
        "period_type": kind,
        "period_start": start,
        "period_end": f"cast({start} + to_months({months}) as date) - 1",
        "status": f"case when ({number(value)}) is not null then 'estimated' else 'missing' end",
    }
    yield records
