"""Known cells, hidden as a publisher would, filled and compared: how well each way of filling does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from estimation.filling.cells import Cells, Fill, cells_of, donors_of, fill_from_whole, fill_table, pair_of
from estimation.filling.inputs import ASKED, TRIED, WHOLE, Table
from estimation.filling.statistics import BY_NEED, Array, Rule, Spread
from estimation.windows import Frame

#: The threshold that is tried on tables whose publisher hides nothing.
TRIED_BELOW = 5
#: Fewer hidden cells in a validated table, and its shares say nothing.
FEWEST_HIDDEN = 20
#: So often another fifth of a table's parts is hidden.
ROUNDS = 4
#: So many totals of a table are tried, evenly by code.
MOST_TOTALS = 25


@dataclass(frozen=True)
class Trial:
    """Known cells of a table that were hidden, and what was said of them."""

    design: str
    """``small_counts``, ``some_parts`` or ``all_parts``."""
    method: str
    table_id: int
    child_level: str
    parent_level: str
    totals: int
    truth: Array
    fills: list[Fill]

    @property
    def errors(self) -> Frame:
        """One row a hidden cell: what it is, how far off the value, whether the limits hold it, how wide they are."""
        said = [f.said for f in self.fills if f.said is not None]
        value, lower, upper, model_lower, model_upper = np.array(
            [(s.value, s.lower_95, s.upper_95, s.model_lower_95, s.model_upper_95) for s in said]
        ).T
        return pd.DataFrame(
            {
                "truth": self.truth,
                "error": np.abs(value - self.truth),
                "is_held": (lower <= self.truth) & (self.truth <= upper),
                "is_held_by_model": (model_lower <= self.truth) & (self.truth <= model_upper),
                "width": upper - lower,
            }
        )


def small_and_protecting(count: Array, group: Any, below: int) -> Any:
    """The cells that a publisher hides: counts from 1 up to the threshold, and where a total has only one, the next
    larger with it, so that it cannot be worked out."""
    small = (count >= 1) & (count < below)
    hidden = small.copy()
    for alone in np.flatnonzero(np.bincount(group, weights=small) == 1):
        others = np.flatnonzero((group == alone) & (count >= below))
        if len(others):
            hidden[others[np.argmin(count[others])]] = True
    return hidden


def _some(group: Any, rng: np.random.Generator) -> Any:
    """A fifth of the parts of each total, two at least, of totals with four or more."""
    rank = pd.Series(rng.random(len(group))).groupby(group).rank().to_numpy()
    size = np.bincount(group)[group]
    # One total in three stays whole, for from these it is seen whether totals are sums.
    return (rank <= np.maximum(2, size // 5)) & (size >= 4) & ((group % 3 < 2) | (group.max() < 3))


def _emptied(cells: Cells, mask: Any, status: str) -> Cells:
    """The same with some cells empty."""
    count, low, high = (np.where(mask, np.nan, column) for column in (cells.count, cells.low, cells.high))
    columns = cells.columns | {"status": np.where(mask, status, cells.columns["status"])}
    return replace(cells, columns=columns, count=count, low=low, high=high)


def _totalled(cells: Cells) -> Cells:
    """The same, the total of its parts where the whole has no figure of its own."""
    columns = dict(cells.columns)
    for column, part in zip(WHOLE, (cells.count, cells.low, cells.high), strict=True):
        sums = np.bincount(cells.group, weights=part)[cells.group]
        columns[column] = np.where(np.isfinite(columns[column]), columns[column], sums)
    return replace(cells, columns=columns)


def _evenly(cells: Cells) -> Cells:
    totals = int(cells.group.max()) + 1
    chosen = np.unique(np.linspace(0, totals - 1, min(totals, MOST_TOTALS)).round())
    return cells.take(np.isin(cells.group, chosen))


def trials(tables: list[Table], rules: dict[str, Rule], rng: np.random.Generator) -> Iterator[Trial]:
    """Hide and fill what is known of each table, by every method that applies to it."""
    ranks = {pair: rank for rank, pair in enumerate(TRIED)}
    tables = sorted(tables, key=lambda table: ranks[pair_of(table)])
    donors = donors_of(tables)
    tried: set[str] = set()
    seen: set[tuple[str, float]] = set()
    for table in tables:
        indicator, pair = str(table["indicator_id"][0]), pair_of(table)
        same = str(table["source_id"][0]), float(table["numerator"].sum())
        # What is hidden is the publisher's own figure, not a sum of ours.
        if table["is_published"].mean() < 0.8 or same in seen:
            continue
        seen.add(same)
        if indicator not in tried:
            done = list(_trials_of_parts(table, rules, rng))
            if done:
                tried.add(indicator)
            yield from done
        if pair in ASKED:
            yield from _trials_of_whole(table, donors.others(*pair, indicator), rng)


def _trials(design: str, table: Table, known: Cells, group: Any, fills: Iterable[Fill]) -> Iterator[Trial]:
    """What was said of hidden cells, by method."""
    done = [f for f in fills if f.method is not None]
    for method in sorted({str(f.method) for f in done}):
        mine = [f for f in done if f.method == method]
        at = np.array([f.at for f in mine])
        totals = len(np.unique(group[at]))
        yield Trial(design, method, int(table["table_id"][0]), *pair_of(table), totals, known.count[at], mine)


def _usable(table: Table, *, residents: bool = False) -> Cells | None:
    cells = cells_of(table, residents=residents)
    cells = cells.take(np.isfinite(cells.exposure))
    return _totalled(_evenly(cells)) if len(cells.count) >= FEWEST_HIDDEN else None


def _trials_of_parts(table: Table, rules: dict[str, Rule], rng: np.random.Generator) -> Iterator[Trial]:
    cells = _usable(table)
    if cells is None:
        return
    none: list[Rule | None] = [None] * len(cells.count)
    if (cells.low == cells.high).all() and (cells.count == cells.count.round()).all():
        rule = Rule(rules.get(str(table["source_id"][0]), Rule(TRIED_BELOW)).below)
        hidden = _emptied(cells, small_and_protecting(cells.count, cells.group, rule.below), "suppressed")
        if (~hidden.known).sum() >= FEWEST_HIDDEN:
            yield from _trials("small_counts", table, cells, cells.group, fill_table(hidden, [rule] * len(none), rng))
    rounds = [_emptied(cells, _some(cells.group, rng), "not_available") for _ in range(ROUNDS)]
    if sum((~hidden.known).sum() for hidden in rounds) >= FEWEST_HIDDEN:
        by_population = (f for hidden in rounds for f in fill_table(hidden, none, rng, by_need=False))
        yield from _trials("some_parts", table, cells, cells.group, by_population)
        by_need = (f for hidden in rounds for f in fill_table(hidden, none, rng) if f.method == BY_NEED)
        yield from _trials("some_parts", table, cells, cells.group, by_need)


def _trials_of_whole(table: Table, donors: list[Spread], rng: np.random.Generator) -> Iterator[Trial]:
    cells = _usable(table, residents=True) if table["denominator_kind"][0] == "population" else None
    if cells is None:
        return
    none: list[Rule | None] = [None] * len(cells.count)
    by_population = fill_from_whole(cells, none, donors, rng, by_need=False)
    yield from _trials("all_parts", table, cells, cells.group, by_population)
    by_need = (f for f in fill_from_whole(cells, none, donors, rng) if f.method == BY_NEED)
    yield from _trials("all_parts", table, cells, cells.group, by_need)
