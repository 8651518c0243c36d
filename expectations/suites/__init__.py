"""What a suite is made of; nothing here runs anything.

A suite belongs to one table. An expectation is a rule with a stable name, a severity with its reason, what is
expected in words, and what to do where it fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sources.contract import STATUSES

Severity = Literal["error", "warn"]
"""``error`` blocks publication; ``warn`` is shown and does not."""

#: Statuses that say there is no figure.
WITHOUT_VALUE = ("suppressed", "not_applicable", "not_available", "missing")
#: Statuses that a published marker may stand for in place of a figure, or that may qualify a figure that is there.
WITH_OR_WITHOUT_VALUE = ("rounded", "low_reliability")
#: Statuses that say there is a figure.
WITH_VALUE = tuple(s for s in STATUSES if s not in WITHOUT_VALUE and s not in WITH_OR_WITHOUT_VALUE)


@dataclass(frozen=True)
class NoRows:
    """No row comes of ``query``, a DuckDB ``select`` over ``checked`` (the suite's table) and any other table."""

    query: str


@dataclass(frozen=True)
class Unique:
    """No two rows share a value of ``column``; nulls are not compared."""

    column: str


@dataclass(frozen=True)
class InSet:
    """Every value of ``column`` that is not null is one of ``values``."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ColumnSet:
    """The table has these columns in any order and, where ``is_exact``, no others."""

    columns: tuple[str, ...]
    is_exact: bool


Rule = NoRows | Unique | InSet | ColumnSet


@dataclass(frozen=True)
class Expectation:
    """One thing that has to hold of a table."""

    name: str
    """Stable: Dagster's history of a check hangs on it."""
    rule: Rule
    severity: Severity
    reason: str
    """Why this severity."""
    expected: str
    advice: str

    @property
    def asks_the_ledger(self) -> bool:
        """Whether it is asked of the ledger rather than of the table's rows."""
        return isinstance(self.rule, NoRows) and "ledger." in self.rule.query


@dataclass(frozen=True)
class Suite:
    """Everything that has to hold of one table."""

    name: str
    table: str
    """With its schema, as in ``landing.police_uk_street__crime``."""
    expectations: tuple[Expectation, ...]


def text_list(values: tuple[str, ...]) -> str:
    """Values as an SQL list of text literals, without brackets."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)
