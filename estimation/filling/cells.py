"""The empty cells of one table, filled from its totals, or refused with the reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from estimation.filling import statistics
from estimation.filling.inputs import WHOLE, Column, Table, number
from estimation.filling.statistics import (
    BOUNDED,
    BY_NEED,
    BY_POPULATION,
    Array,
    Bounded,
    Hidden,
    Left,
    Rule,
    Slope,
    Spread,
)

#: An absent part must be in the total: what is left must be at least this share of what it would be expected to have.
LEAST_INCLUDED = 0.25


@dataclass(frozen=True)
class Cells:
    """The parts of some totals of one table, in arrays of one length; totals are numbered from 0."""

    columns: dict[str, Column]
    group: Any
    count: Array
    """NaN where empty."""
    low: Array
    high: Array
    exposure: Array
    """What each is counted among; NaN where a part of the same total has none."""
    basis: str
    """In words, what that is."""
    tilt: Array | None = None
    """The standard error of the logarithm of the exposure, where it is weighted by need."""

    @property
    def known(self) -> Any:
        """Which have a count."""
        return np.isfinite(self.count)

    @property
    def hidden(self) -> Any:
        """Which are suppressed."""
        return (self.columns["status"] == "suppressed") & ~self.known

    def tilt_at(self, at: Any) -> Array | None:
        """The tilt of some cells."""
        return None if self.tilt is None else self.tilt[at]

    def take(self, mask: Any) -> Cells:
        """Some of them; whole totals or parts of them."""
        return Cells(
            {name: column[mask] for name, column in self.columns.items()},
            number(self.group[mask]) if mask.any() else self.group[mask],
            self.count[mask],
            self.low[mask],
            self.high[mask],
            self.exposure[mask],
            self.basis,
            self.tilt_at(mask),
        )


def cells_of(table: Table, *, residents: bool = False) -> Cells:
    """A table's parts, by total, counted among ``residents`` if asked. What does not apply is nought there."""
    group = number(table["parent_code"])
    nil = (table["status"] == "not_applicable") & np.isnan(table["numerator"])
    count, low, high = (np.where(nil, 0.0, table[column]) for column in ("numerator", "low", "high"))
    bases = {
        **({} if residents else {"what each is a share of": np.where(nil, 0.0, table["denominator"])}),
        "residents of the ages and sex": table["aged_residents"],
        "residents": table["residents"],
    }
    for basis, exposure in bases.items():
        # One basis for the table, so that its totals can be compared.
        has = np.isfinite(exposure) & ((exposure > 0) | nil)
        whole = np.bincount(group, weights=~has) == 0
        if whole.mean() > 0.5:
            return Cells(table, group, count, low, high, np.where(whole[group], exposure, np.nan), basis)
    return Cells(table, group, count, low, high, np.full(len(count), np.nan), "residents")


def spread_among(cells: Cells) -> Spread | None:
    use = cells.known & np.isfinite(cells.exposure) & (cells.exposure > 0)
    if not use.any():
        return None
    count, group = cells.count[use], number(cells.group[use])
    return statistics.spread_of(count, statistics.expected_counts(count, cells.exposure[use], group), group)


def pooled(spreads: Iterable[Spread | None]) -> Spread | None:
    """One spread of several of the same indicator."""
    known = [s for s in spreads if s is not None]
    freedom = sum(s.freedom for s in known)
    if not freedom:
        return None
    return Spread(math.sqrt(sum(s.freedom * s.sigma**2 for s in known) / freedom), freedom)


def weighted_by_need(cells: Cells) -> Cells | None:
    """The same with residents weighted by need, where the table's known parts say that need matters."""
    need = cells.columns["need"]
    use = cells.known & np.isfinite(cells.exposure) & np.isfinite(need)
    if not use.any():
        return None
    slope = statistics.slope_of(cells.count[use], cells.exposure[use], need[use], number(cells.group[use]))
    return _weighted(cells, slope) if slope is not None and slope.is_sure else None


def _weighted(cells: Cells, slope: Slope) -> Cells:
    """The same with what parts are counted among weighted by need; NaN in a total with a part whose need is unknown."""
    need = cells.columns["need"] - np.nanmean(cells.columns["need"])
    whole = np.bincount(cells.group, weights=~np.isfinite(need)) == 0
    factor = np.where(whole[cells.group], np.exp(slope.slope * need), np.nan)
    basis = f"{cells.basis}, times exp({slope.slope:.3f}) for each ten points of deprivation"
    return replace(cells, exposure=cells.exposure * factor, basis=basis, tilt=slope.error * need)


def _left_of(total: Whole, low: Array, high: Array, count: Array) -> Left:
    """What a total leaves beside its known parts."""
    widths = np.append(high - low, total.high - total.low)
    return Left(
        total.count - float(count.sum()),
        total.low - float(high.sum()),
        total.high - float(low.sum()),
        math.sqrt(float((widths**2).sum()) / 12),
        int((widths > 0).sum()),
    )


@dataclass(frozen=True)
class Whole:
    """A total, and what it can be."""

    count: float
    low: float
    high: float


@dataclass(frozen=True)
class Fill:
    """What is said of one empty cell, or why nothing is."""

    at: int
    """Its place among the cells."""
    method: str | None = None
    said: Bounded | None = None
    basis: str | None = None
    spread: Spread | None = None
    reason: str | None = None


def _refused(at: Iterable[Any], reason: str) -> Iterator[Fill]:
    return (Fill(int(i), reason=reason) for i in at)


NO_SPREAD = "how far parts differ from their whole cannot be estimated: too few parts are known"
NO_EXPOSURE = "what the parts are counted among, or the residents of the period, are not known for all of them"
NO_RULE = "the publisher's threshold is neither stated nor seen in what it shows"
NOT_IN_TOTAL = "the total is that of the other parts: what is missing is not in it"
NO_AGREEMENT = "the total and its known parts do not agree"
NOT_ADDED = "the totals of this table are not the sums of their parts where all of these are known"
GIVEN_AWAY = "what protects a small count would be given away by its total"
TOO_MUCH = "what the total leaves is no small number: other parts are missing with those suppressed"
NO_TOTAL = "no count is published for an area that it is wholly a part of, with half of its parts"


def fill_table(
    cells: Cells,
    rules: list[Rule | None],
    rng: np.random.Generator,
    *,
    by_need: bool = True,
    otherwise: Spread | None = None,
) -> Iterator[Fill]:
    """Fill the empty cells of one table, total by total.

    ``rules`` is what the publisher hides, by cell: of a suppressed cell it says what it can be, of one that is empty
    for another reason what must not be given away. ``otherwise`` is how far parts differ in other tables of the same
    indicator, where this one has too few that are known.
    """
    hidden = cells.hidden
    empty = ~cells.known & ~hidden
    spread = spread_among(cells) or otherwise
    if spread is None:
        yield from _refused(np.flatnonzero(~cells.known), NO_SPREAD)
        return
    agreement = _agreement(cells)
    outside = _outside_rate(cells, rules)
    secondary = _secondary(cells, rules, outside, spread)
    shared: list[tuple[Any, Left]] = []
    for group in np.unique(cells.group[~cells.known]):
        at = np.flatnonzero(cells.group == group)
        at_hidden, at_empty, known = at[hidden[at]], at[empty[at]], at[cells.known[at]]
        reason = NO_EXPOSURE if not np.isfinite(cells.exposure[at]).all() else None
        if reason is None and any(rules[i] is None for i in at_hidden):
            reason = NO_RULE
        if reason is not None:
            yield from _refused((*at_hidden, *at_empty), reason)
            continue
        if len(at_hidden) and not agreement.is_sum:
            yield from _refused(at_hidden, NOT_ADDED)
            at_hidden = at_hidden[:0]
        total = agreement.corrected(Whole(*(float(cells.columns[c][at[0]]) for c in WHOLE)))
        left = _left_of(total, cells.low[known], cells.high[known], cells.count[known])
        of_the_known = cells.count[known].sum() / max(cells.exposure[known].sum(), 1e-9)
        if len(at_empty) and left.high < LEAST_INCLUDED * of_the_known * cells.exposure[at_empty].sum():
            yield from _refused(at_empty, NOT_IN_TOTAL)
            at_empty = at_empty[:0]
        if len(at_hidden):
            both = np.concatenate([at_hidden, at_empty])
            rate = total.count / cells.exposure[at].sum()
            asked = [_hidden_cell(cells, i, rate, outside, rules[i] if hidden[i] else None) for i in both]
            found = (
                statistics.bound(asked, left, spread.shape, secondary) if left.high <= statistics.MOST_LEFT else None
            )
            if found is None:
                yield from _refused(both, TOO_MUCH if left.high > statistics.MOST_LEFT else NO_AGREEMENT)
            else:
                for i, said in zip(both, found, strict=True):
                    yield Fill(int(i), BOUNDED, said, cells.basis, spread) if said else Fill(int(i), reason=GIVEN_AWAY)
        elif len(at_empty):
            if left.high < max(left.low, 0.0):
                yield from _refused(at_empty, NO_AGREEMENT)
            elif len(at_empty) == 1:
                # Nothing is shared out: it is what the total leaves.
                (i,), mean = at_empty, float(outside * cells.exposure[at_empty[0]])
                limits = max(left.low, 0.0), left.high
                said = statistics.guard(
                    max(left.middle, 0.0), *limits, rules[i], mean, spread.shape, most=_whole_of(cells, i)
                )
                yield Fill(int(i), BOUNDED, said, cells.basis, spread)
            else:
                shared.append((at_empty, left))
    if shared:
        yield from _shared_out(cells, shared, rules, outside, spread, rng, by_need=by_need)


def _hidden_cell(cells: Cells, i: int, rate: float, outside: float, rule: Rule | None) -> Hidden:
    most = cells.high[i] if np.isfinite(cells.high[i]) else math.inf
    return Hidden(
        float(rate * cells.exposure[i]), float(outside * cells.exposure[i]), rule, min(float(most), _whole_of(cells, i))
    )


def _whole_of(cells: Cells, i: int) -> float:
    """What a cell is a share of, and cannot exceed; infinite where it is no share or that is not known."""
    whole = float(cells.columns["denominator"][i])
    return whole if cells.columns["is_share"][i] and math.isfinite(whole) else math.inf


@dataclass(frozen=True)
class Agreement:
    """How totals stand to the sums of their parts where all of these are known."""

    beside: float = 0.0
    """By what share they exceed them, in the middle."""
    apart: float = 0.0
    """How far that share varies, 95 times in 100."""

    @property
    def is_sum(self) -> bool:
        """Whether they are the sums, but for rounding."""
        return self.beside == self.apart == 0

    def corrected(self, whole: Whole) -> Whole:
        """What the parts of a total are in all, as far as that is known."""
        lower, upper = 1 + self.beside - self.apart, 1 + self.beside + self.apart
        return Whole(whole.count / (1 + self.beside), whole.low / upper, whole.high / max(lower, 0.1))


def _agreement(cells: Cells) -> Agreement:
    """Of a table's totals: a force's crimes, say, are more than its partnerships', for some are put in no place."""
    complete = np.bincount(cells.group, weights=~cells.known) == 0
    if complete.sum() < 3:
        return Agreement()
    use = complete[cells.group]
    group = number(cells.group[use])
    first = np.flatnonzero(np.diff(group, prepend=-1))
    total, least, most = (cells.columns[c][use][first] for c in WHOLE)
    count, low, high = (np.bincount(group, weights=part[use]) for part in (cells.count, cells.low, cells.high))
    agrees = (least <= high + 1e-6) & (low <= most + 1e-6)
    if agrees.mean() >= 0.8 or not (count > 0).any():
        return Agreement()
    share = (total / np.maximum(count, 1e-9) - 1)[count > 0]
    middle = float(np.median(share))
    return Agreement(middle, float(np.quantile(np.abs(share - middle), 1 - 2 * statistics.TAIL)))


def _outside_rate(cells: Cells, rules: list[Rule | None]) -> float:
    """The rate of all parts of the table, each hidden one in the middle of what is hidden: no total has part in it."""
    hidden = cells.hidden
    middles = np.array(
        [0.0 if r is None or not h else (r.least + r.below - 1) / 2 for r, h in zip(rules, hidden, strict=True)]
    )
    counted = (cells.known | hidden) & np.isfinite(cells.exposure)
    counts = np.where(cells.known, cells.count, middles)[counted]
    return float(counts.sum() / max(cells.exposure[counted].sum(), 1e-9))


def _secondary(cells: Cells, rules: list[Rule | None], rate: float, spread: Spread) -> float:
    """How many of the parts above the threshold are hidden with one below: what is hidden beyond what is expected."""
    from scipy.special import betainc

    asked = [i for i in np.flatnonzero(cells.hidden) if rules[i] is not None and not np.isfinite(cells.high[i])]
    rule = rules[asked[0]] if asked else None
    if rule is None:
        return 0.1
    mean = np.maximum(rate * cells.exposure[np.isfinite(cells.exposure) & (cells.exposure > 0)], 1e-9)
    chance = spread.shape / (spread.shape + mean)
    # The distribution function of the negative binomial is an incomplete beta function.
    small = betainc(spread.shape, rule.below, chance) - (betainc(spread.shape, 1, chance) if rule.least else 0)
    beyond = max(len(asked) - float(small.sum()), 0.0)
    above = int((cells.count[cells.known] >= rule.below).sum())
    return min(max(beyond / max(above + beyond, 1), 0.02), 0.5)


def _shared_out(
    cells: Cells,
    shared: list[tuple[Any, Left]],
    rules: list[Rule | None],
    outside: float,
    spread: Spread,
    rng: np.random.Generator,
    *,
    by_need: bool,
) -> Iterator[Fill]:
    """What totals leave, shared over the parts that have no figure: by need where it matters and is known of all."""
    need = weighted_by_need(cells) if by_need else None
    need_spread = spread_among(need) if need is not None else None

    def is_needed(at: Any) -> bool:
        return need is not None and need_spread is not None and bool(np.isfinite(need.exposure[at]).all())

    for method, by, how_far in ((BY_NEED, need, need_spread), (BY_POPULATION, cells, spread)):
        chosen = [(at, left) for at, left in shared if is_needed(at) == (method == BY_NEED)]
        if by is None or how_far is None or not chosen:
            continue
        at = np.concatenate([at for at, _ in chosen])
        sizes = [len(at) for at, _ in chosen]
        low = np.repeat([max(left.low, 0.0) for _, left in chosen], sizes)
        high = np.repeat([left.high for _, left in chosen], sizes)
        group = np.repeat(np.arange(len(sizes)), sizes)
        drawn = statistics.apportion(low, high, by.exposure[at], group, [how_far], rng, by.tilt_at(at))
        for i, value, lower, upper in zip(at, *drawn, strict=True):
            mean = float(outside * cells.exposure[i])
            limits = float(value), float(lower), float(upper)
            said = statistics.guard(*limits, rules[i], mean, how_far.shape, takes_value=False, most=_whole_of(cells, i))
            yield Fill(int(i), method, said, by.basis, how_far)


def fill_from_whole(
    cells: Cells, rules: list[Rule | None], donors: list[Spread], rng: np.random.Generator, *, by_need: bool = True
) -> Iterator[Fill]:
    """Share out the totals of one table of whose parts nothing is known.

    How far parts differ comes from the parts of other indicators in the same kinds of area (``donors``), any of which
    may be the right one; need, from how the totals themselves go with deprivation.
    """
    usable = np.isfinite(cells.exposure)
    yield from _refused(np.flatnonzero(~usable), NO_EXPOSURE)
    if not donors or not usable.any():
        yield from _refused(np.flatnonzero(usable), NO_SPREAD)
        return
    weighted = weighted_by_need_of_totals(cells) if by_need else None
    is_needed = usable & np.isfinite(weighted.exposure) if weighted is not None else np.zeros(len(usable), dtype=bool)
    typical = sorted(donors, key=lambda s: s.sigma)[len(donors) // 2]
    for method, chosen, by in ((BY_NEED, is_needed, weighted), (BY_POPULATION, usable & ~is_needed, cells)):
        at = np.flatnonzero(chosen)
        if by is None or not len(at):
            continue
        low, high = cells.columns["total_low"][at], cells.columns["total_high"][at]
        drawn = statistics.apportion(low, high, by.exposure[at], number(cells.group[at]), donors, rng, by.tilt_at(at))
        for i, value, lower, upper in zip(at, *drawn, strict=True):
            # A share of a published total takes nothing from any part: its value gives nothing away.
            limits = float(value), float(lower), float(upper)
            said = statistics.guard(*limits, rules[i], float(value), typical.shape, takes_value=False)
            yield Fill(int(i), method, said, by.basis)


def weighted_by_need_of_totals(cells: Cells) -> Cells | None:
    """The same weighted by need, by the slope of the totals themselves."""
    use = np.isfinite(cells.exposure)
    if not use.any():
        return None
    group = number(cells.group[use])
    exposure, need = cells.exposure[use], cells.columns["need"][use]
    among: Array = np.bincount(group, weights=exposure).astype(float)
    average = np.bincount(group, weights=exposure * need) / among
    total = cells.columns["total"][use][np.flatnonzero(np.diff(group, prepend=-1))]
    slope = statistics.slope_of(total, among, average, np.zeros(len(total), dtype=np.int64))
    return _weighted(cells, slope) if slope is not None and slope.is_sure else None


def pair_of(table: Table) -> tuple[str, str]:
    return str(table["child_level"][0]), str(table["parent_level"][0])


@dataclass(frozen=True)
class Donors:
    """How far the parts of each indicator lie from their whole, by kind of part and whole."""

    spreads: dict[tuple[str, str], dict[str, Spread]]

    def others(self, child_level: str, parent_level: str, indicator_id: str) -> list[Spread]:
        """Those of all indicators but one."""
        return [s for i, s in self.spreads.get((child_level, parent_level), {}).items() if i != indicator_id]


def donors_of(tables: Iterable[Table]) -> Donors:
    """The spreads among residents of the tables whose parts are counts of residents, one of indicators that count the
    same."""
    spreads: dict[tuple[str, str], dict[str, Spread]] = {}
    seen: set[tuple[str, str, float]] = set()
    for table in tables:
        pair = str(table["child_level"][0]), str(table["parent_level"][0])
        same = (*pair, float(table["numerator"].sum()))
        if table["denominator_kind"][0] != "population" or same in seen:
            continue
        spread = spread_among(cells_of(table, residents=True))
        if spread is not None:
            seen.add(same)
            spreads.setdefault(pair, {})[str(table["indicator_id"][0])] = spread
    return Donors(spreads)
