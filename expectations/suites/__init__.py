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


# What has a soft and a hard limit: beyond the soft one an expectation warns, beyond the hard one it is an error. What
# an exemption in force covers is shown and does not count.


@dataclass(frozen=True)
class SourceAnswered:
    """The fetch clock: a source answered whole when it was last asked (soft), and was not silent on ``incident_after``
    days in a row (hard)."""

    source_id: str
    incident_after: int


@dataclass(frozen=True)
class PublisherOnTime:
    """The release clock: no table of a source is late (soft) or very late (hard) by its own cadence and lag."""

    source_id: str


@dataclass(frozen=True)
class PeriodRecent:
    """The period clock: no table's newest period is old (soft) or very old (hard)."""

    source_id: str


@dataclass(frozen=True)
class MarkersKnown:
    """No cell of a source was put aside for a marker that its contract does not know (soft); where there are some, at
    most this share of their release's rows (hard)."""

    source_id: str
    fail_share: float


@dataclass(frozen=True)
class TotalsReconcile:
    """What a publisher computed agrees with its own counts: shares of an indicator's figures in a release that may
    not."""

    source_id: str
    warn_share: float
    fail_share: float


@dataclass(frozen=True)
class PartsWithinTotal:
    """Women and men are together no more than everybody: shares of an indicator's figures in a release that may not."""

    warn_share: float
    fail_share: float


@dataclass(frozen=True)
class NoUnexplainedRevision:
    """A figure published again is what it was or says why it is not: shares of an indicator's figures published again
    that may not."""

    source_id: str
    warn_share: float
    fail_share: float


@dataclass(frozen=True)
class CoverageComplete:
    """Of the cells of the grid that are due, no larger share than this is absent in a theme (soft), and no absent one
    is without a reason (hard)."""

    warn_share: float


@dataclass(frozen=True)
class NoDoubleCountAcrossAreas:
    """A larger area's count is that of the areas within it: a sum of ours exactly (hard), a published one no less
    than they come to, by more than rounding and ``tolerance`` of it (soft)."""

    totals: Literal["summed", "published"]
    tolerance: float


@dataclass(frozen=True)
class ExemptionsNeeded:
    """Every exemption has a reason, an owner and an end within ``longest_days`` (hard); one that has ended, or that no
    gap needs any longer, goes (soft)."""

    longest_days: int


Limited = (
    SourceAnswered
    | PublisherOnTime
    | PeriodRecent
    | MarkersKnown
    | TotalsReconcile
    | PartsWithinTotal
    | NoUnexplainedRevision
    | CoverageComplete
    | NoDoubleCountAcrossAreas
    | ExemptionsNeeded
)
Rule = NoRows | Unique | InSet | ColumnSet | Limited


@dataclass(frozen=True)
class Expectation:
    """One thing that has to hold of a table."""

    name: str
    """Stable: Dagster's history of a check hangs on it."""
    rule: Rule
    severity: Severity
    """The worst that it can come to: what has a soft limit warns between the two."""
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
    """Everything that has to hold of one table, of one source, or of the published file."""

    name: str
    table: str
    """With its schema, as in ``landing.police_uk_street__crime``; ``source.<source id>``;
    ``published.health_justice``."""
    expectations: tuple[Expectation, ...]
    checked: str = ""
    """The table that queries call ``checked``, where that is another."""

    @property
    def asked_of(self) -> str:
        """The table that is asked, with its schema."""
        return self.checked or self.table


def text_list(values: tuple[str, ...]) -> str:
    """Values as an SQL list of text literals, without brackets."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)
