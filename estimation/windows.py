"""Which periods of a series stand before an intervention and which after, and why a series cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

#: A frame or a column whose type is not checked: what pandas itself infers is a union that no call fits.
Frame = Any

#: Statuses of figures that an estimate may rest on.
USABLE = frozenset({"observed", "provisional", "revised", "rounded"})
#: Periods a year, of the kinds of period that say so themselves.
PER_YEAR = {
    "month": 12,
    "quarter": 4,
    "financial_quarter": 4,
    "cohort_quarter": 4,
    "calendar_year": 1,
    "financial_year": 1,
    "academic_year": 1,
    "cohort_year": 1,
}
#: More of the window than this without a figure, and there is no series.
MOST_MISSING = 0.2
#: An intervention that took longer than this to come in has no one before and after.
LONGEST_TRANSITION = timedelta(days=731)


@dataclass(frozen=True)
class Start:
    """When an intervention began, as precisely as that is known."""

    earliest: date
    """The first day on which it can have begun: periods before are untouched."""
    settled: date
    """The first day by which it had begun: periods from here on are touched in full."""
    ended: date | None = None
    """Its last day; None where it goes on or that is not known."""

    @classmethod
    def of(
        cls,
        started_on: date,
        precision: str = "day",
        fully_in_place_on: date | None = None,
        ended_on: date | None = None,
    ) -> Start:
        """A start known to the ``day``, ``month`` or ``year``, phased in until a day where one is given."""
        if precision == "year":
            earliest, settled = date(started_on.year, 1, 1), date(started_on.year + 1, 1, 1)
        elif precision == "month":
            earliest = started_on.replace(day=1)
            settled = (earliest + timedelta(days=32)).replace(day=1)
        else:
            earliest = settled = started_on
        return cls(earliest, max(settled, fully_in_place_on or settled), ended_on)

    @property
    def is_phased(self) -> bool:
        """Whether it took so long to come in that no day divides before from after."""
        return self.settled - self.earliest > LONGEST_TRANSITION

    @property
    def why_phased(self) -> str:
        """The same in words."""
        years = (self.settled - self.earliest).days / 365.25
        return f"it came in over {years:.0f} years, so no day divides before from after"


@dataclass(frozen=True)
class Break:
    """A day from which figures do not mean what they meant before."""

    since: date
    what: str
    forbids: bool
    """Whether figures before and after must not be compared; else they may, with care."""


@dataclass(frozen=True)
class Window:
    """The periods of one series that an estimate may use; ``reason`` says why there are none that would do."""

    frame: Frame
    """Sorted by period, with ``position`` (whole periods since the first) and ``is_after``."""
    per_year: int = 1
    cautions: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def before(self) -> int:
        """How many periods stand before."""
        return int((~self.frame["is_after"]).sum()) if "is_after" in self.frame else 0

    @property
    def after(self) -> int:
        """How many periods stand after."""
        return int(self.frame["is_after"].sum()) if "is_after" in self.frame else 0


def _per_year(frame: Frame) -> int:
    known = PER_YEAR.get(str(frame["period_type"].iloc[0]))
    if known:
        return known
    steps = frame["period_start"].diff().dt.days.dropna()
    return max(1, round(365.25 / float(steps.median()))) if len(steps) else 1


def _positions(frame: Frame, per_year: int) -> Frame:
    """Whole periods since the first, so that a gap in the series is a gap in time."""
    if 12 % per_year == 0:
        months = frame["period_start"].dt.year * 12 + frame["period_start"].dt.month
        return (months - months.iloc[0]) // (12 // per_year)
    elapsed = (frame["period_start"] - frame["period_start"].iloc[0]).dt.days
    return (elapsed * per_year / 365.25).round().astype(int)


def _in_words(breaks: Sequence[Break]) -> str:
    return "; ".join(f"{b.since.isoformat()}: {b.what}" for b in breaks)


def window_of(
    series: pd.DataFrame, start: Start, breaks: Sequence[Break] = (), *, min_before: int, min_after: int
) -> Window:
    """The window of one place's series of one kind of period, or the reason why it has none.

    ``series`` has the columns of ``marts.indicator_value``. Periods in which the intervention may or may not have been
    at work are left out, and so is everything beyond a break across which figures must not be compared.
    """
    empty = Window(series.iloc[:0])
    if start.is_phased:
        return replace(empty, reason=start.why_phased)
    if series.empty:
        return replace(empty, reason="there are no figures of this indicator for this place")
    frame: Frame = series.copy()
    for column in ("period_start", "period_end"):
        frame[column] = pd.to_datetime(frame[column])
    frame = frame.sort_values("period_start").reset_index(drop=True)
    if (frame["period_start"] <= frame["period_end"].shift()).any():
        return replace(empty, reason="its periods overlap, so that one event is counted in several of them")
    earliest, settled = pd.Timestamp(start.earliest), pd.Timestamp(start.settled)
    frame["is_after"] = frame["period_start"] >= settled
    frame = frame[frame["is_after"] | (frame["period_end"] < earliest)]
    if start.ended:
        frame = frame[frame["period_end"] <= pd.Timestamp(start.ended)]
    forbidding = [b for b in breaks if b.forbids]
    for broken in forbidding:
        since = pd.Timestamp(broken.since)
        if since <= settled:
            frame = frame[frame["is_after"] | (frame["period_start"] >= since)]
        else:
            frame = frame[frame["period_end"] < since]
    has_value = frame["value"].notna() | frame["numerator"].notna()
    usable = frame[has_value & frame["status"].isin(USABLE)].reset_index(drop=True)
    hidden = int((frame["status"] == "suppressed").sum())
    before, after = int((~usable["is_after"]).sum()), int(usable["is_after"].sum())
    if before < min_before or after < min_after:
        cut = f" (a series break cuts the window; {_in_words(forbidding)})" if forbidding else ""
        lost = f", {hidden} suppressed" if hidden else ""
        return Window(
            usable,
            reason=f"too few periods: {before} before of at least {min_before}, {after} after of at least"
            f" {min_after}{lost}{cut}",
        )
    for column, what in (("unit", "unit"), ("method", "method"), ("source_id", "source")):
        if column in usable and usable[column].nunique() > 1:
            return Window(usable, reason=f"its definition changes in the window: more than one {what}")
    per_year = _per_year(usable)
    usable["position"] = _positions(usable, per_year)
    sides = [usable.loc[usable["is_after"] == side, "position"] for side in (False, True)]
    spanned = sum(int(side.max() - side.min()) + 1 for side in sides)
    missing = 1 - len(usable) / spanned
    if missing > MOST_MISSING:
        lost = f", of which {hidden} suppressed" if hidden else ""
        return Window(usable, reason=f"{missing:.0%} of the window's periods have no usable figure{lost}")
    cautions = []
    if missing > 0:
        cautions.append(f"{missing:.0%} of the window's periods have no usable figure")
    first, last = usable["period_start"].iloc[0], usable["period_end"].iloc[-1]
    partly = [b for b in breaks if not b.forbids and first < pd.Timestamp(b.since) <= last]
    if partly:
        cautions.append(f"figures are only partly comparable within the window ({_in_words(partly)})")
    if "as_published_area_code" in usable and (usable["as_published_area_code"] != usable["area_code"]).any():
        cautions.append("the place's boundary changed within the window and earlier figures were carried over")
    return Window(usable, per_year, tuple(cautions))
