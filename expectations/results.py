"""What came of one expectation, in plain values that Dagster, DuckDB and JSON can all hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from expectations.suites import Expectation, Severity, Suite

#: How many failing rows are shown; the count is always of all of them.
SAMPLE_ROWS = 10

Cell = str | int | float | bool | None


@dataclass(frozen=True)
class CheckResult:
    """One expectation of one table, and what was found.

    ``sample`` holds up to ten failing rows, every value of them JSON's; ``checked_at`` is in UTC.
    """

    suite: str
    table: str
    """With its schema, as in ``marts.indicator_value``; ``source.<source id>``, ``published.health_justice``."""
    expectation: str
    severity: Severity
    """Of what was found, where there is a soft and a hard limit; else the expectation's."""
    passed: bool
    observed: str
    expected: str
    unexpected_count: int
    sample: list[dict[str, Cell]]
    advice: str
    """What to do about it where it fails."""
    checked_at: datetime


def plain(value: Any) -> Cell:
    """A value as JSON can say it: dates in ISO form, NumPy's and decimal numbers as Python's, a NaN as None."""
    if hasattr(value, "item"):  # a NumPy scalar, booleans among them
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return number if math.isfinite(number) else None


def result(
    suite: Suite,
    expectation: Expectation,
    *,
    observed: str,
    unexpected_count: int,
    sample: list[dict[str, Cell]],
    passed: bool,
    checked_at: datetime,
    severity: Severity | None = None,
) -> CheckResult:
    """The result of one expectation of a suite, as bad as the expectation can be where no ``severity`` is given."""
    return CheckResult(
        suite=suite.name,
        table=suite.table,
        expectation=expectation.name,
        severity=severity or expectation.severity,
        passed=passed,
        observed=observed,
        expected=expectation.expected,
        unexpected_count=unexpected_count,
        sample=sample[:SAMPLE_ROWS],
        advice=expectation.advice,
        checked_at=checked_at,
    )
