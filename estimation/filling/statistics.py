"""What an empty cell could be, said without giving away what its publisher hides.

*Bounded from totals*: a suppressed count among the parts of a published total. Each hidden count has a negative
binomial distribution about its share of the total, cut off where the publisher's rule and the total say that it cannot
be, and the hidden counts together are what the total leaves: their distribution given their sum is exact, by
convolution. For the problem and its protection see Willenborg and de Waal 2001, Elements of Statistical Disclosure
Control, chapter 6; Dobra, Karr and Sanil 2003, Stat Comput 13:363, for the bounds.

*Apportioned*: the figure of an area, or what its known parts leave of it, over parts that have none, by population or
by need. How far parts differ from their share is estimated from parts that are known (a random effect on the log rate:
Rao and Molina 2015, Small Area Estimation, 2nd ed., chapters 5 and 9), and the interval comes from it. Need is a
log-linear term in deprivation, by Poisson regression with an intercept for each total (Cameron and Trivedi 2013,
Regression Analysis of Count Data, 2nd ed., 3.2 and 9.3).

Pure functions: arrays in, arrays out. A fill is of a period's own figures only: nothing here takes a series, so that no
observation can be carried forward.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Groups = np.ndarray[Any, np.dtype[np.int64]]

BOUNDED = "bounded_from_totals"
BY_POPULATION = "apportioned_by_population"
BY_NEED = "apportioned_by_need"
#: The share of a distribution that lies below the lower and above the upper limit.
TAIL = 0.025
#: So many draws an interval is read from.
DRAWS = 1000
#: Fewer degrees of freedom, and how far parts differ is not known.
FEWEST_FREEDOM = 5
#: Cells expected to hold fewer events say too little on the logarithm's scale.
FEW = 5.0
#: What totals leave beyond this is not convolved: it is no small number any more.
MOST_LEFT = 5_000
#: A need term is used where its slope is so many standard errors from nothing.
SURE_SLOPE = 2.0


# --- How far parts differ ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """How far the rates of parts lie from their whole's: a standard deviation of the logarithm."""

    sigma: float
    freedom: int
    """Degrees of freedom that it was estimated with."""

    @property
    def shape(self) -> float:
        """The shape of the gamma distribution with the same coefficient of variation."""
        return 1.0 / max(math.expm1(self.sigma**2), 1e-6)


def _sums(values: Array, group: Groups) -> Array:
    """For each cell, the sum over its group."""
    sums: Array = np.bincount(group, weights=values).astype(float)
    return sums[group]


def expected_counts(count: Array, exposure: Array, group: Groups) -> Array:
    """What each part would have at the rate of its group: the group's counts, shared by exposure."""
    return _sums(count, group) * exposure / _sums(exposure, group)


def spread_of(count: Array, expected: Array, group: Groups) -> Spread | None:
    """The spread of parts about what is expected of them, without what chance alone would give; None where too few.

    On the logarithm's scale where enough cells expect five events or more (the variance of the log ratios within
    groups less that of Poisson counts, 1/expected); else by the second moments of counts given their total, the
    Dirichlet-multinomial's (Mosimann 1962, Biometrika 49:65).
    """
    usable = expected > 0
    count, expected, group = count[usable], expected[usable], group[usable]
    large = expected >= FEW
    sets = len(np.unique(group[large]))
    freedom = int(large.sum()) - sets
    if freedom >= max(FEWEST_FREEDOM, 0.5 * (len(count) - len(np.unique(group)))):
        _, within = np.unique(group[large], return_inverse=True)
        ratio = np.log((count[large] + 0.5) / (expected[large] + 0.5))
        ratio -= _sums(ratio, within) / _sums(np.ones_like(ratio), within)
        variance = float((ratio**2).sum()) / freedom - float((1 / expected[large]).mean())
        return Spread(math.sqrt(max(variance, 0.0)), freedom)
    freedom = len(count) - len(np.unique(group))
    if freedom < FEWEST_FREEDOM:
        return None
    # Parts of a total are tied to it: each varies by as much less as its share is large.
    share = expected / _sums(expected, group)
    excess = ((count - expected) ** 2 - expected * (1 - share)).sum()
    excess /= max((expected * (1 - share) * (expected - share)).sum(), 1e-9)
    return Spread(math.sqrt(math.log1p(max(float(excess), 0.0))), freedom)


@dataclass(frozen=True)
class Slope:
    """How the logarithm of a rate goes with a covariate, within groups."""

    slope: float
    error: float

    @property
    def is_sure(self) -> bool:
        """Whether it is told from nothing."""
        return abs(self.slope) > SURE_SLOPE * self.error


def slope_of(count: Array, exposure: Array, covariate: Array, group: Groups) -> Slope | None:
    """The slope of a quasi-Poisson regression with an intercept for each group; None where it is not estimable.

    The intercepts are the groups' totals, so that one slope is left to find: counts given their total are multinomial.
    """
    usable = (exposure > 0) & np.isfinite(covariate) & (_sums(count, group) > 0)
    count, exposure, covariate = count[usable], exposure[usable], covariate[usable]
    _, group = np.unique(group[usable], return_inverse=True)
    freedom = len(count) - (int(group.max()) + 1 if len(group) else 0) - 1
    if freedom < FEWEST_FREEDOM:
        return None
    slope, information = 0.0, 0.0
    fitted = count
    for _ in range(50):
        fitted = expected_counts(count, exposure * np.exp(slope * covariate), group)
        centred = covariate - _sums(fitted * covariate, group) / _sums(fitted, group)
        information = float((fitted * centred**2).sum())
        if information <= 0:
            return None
        step = float(((count - fitted) * covariate).sum()) / information
        slope += max(-1.0, min(1.0, step))
        if abs(step) < 1e-9:
            break
    else:
        return None
    dispersion = float(((count - fitted) ** 2 / fitted).sum()) / freedom
    return Slope(slope, math.sqrt(max(dispersion, 1.0) / information))


# --- Apportioning --------------------------------------------------------------------------------------------------


def apportion(
    low: Array,
    high: Array,
    exposure: Array,
    group: Groups,
    spreads: list[Spread],
    rng: np.random.Generator,
    tilt: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Shares of each group's total: the value, and the limits that hold 95 of 100 draws.

    The total of a cell's group is anything from ``low`` to ``high``. Rates are ``exposure`` times a log-normal factor
    with one of the ``spreads`` (in each draw another where there are several, for which of them holds is not known),
    heavier in the tails the fewer cells a spread was estimated from; counts are binomial given their share. ``tilt`` is
    the standard error of the logarithm of each exposure that comes from one slope common to all.
    """
    value = (low + high) / 2 * exposure / _sums(exposure, group)
    chosen = rng.integers(len(spreads), size=DRAWS)
    sigma = np.array([s.sigma for s in spreads])[chosen]
    freedom = np.array([s.freedom for s in spreads], dtype=float)[chosen]
    sigma = sigma * np.sqrt(freedom / rng.chisquare(freedom))
    common = rng.standard_normal(DRAWS)
    lower, upper = np.empty_like(value), np.empty_like(value)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    # Some thousand cells at a time: each is a thousand draws.
    for first, last in _chunks(starts, len(order), 4_000):
        cells = order[first:last]
        at = np.flatnonzero(np.diff(group[cells], prepend=-1))
        sizes = np.diff(np.append(at, len(cells)))
        log_factor = sigma[:, None] * rng.standard_normal((DRAWS, len(cells)))
        if tilt is not None:
            log_factor += common[:, None] * tilt[cells]
        rate = exposure[cells] * np.exp(np.minimum(log_factor, 50))
        share = rate / np.repeat(np.add.reduceat(rate, at, axis=1), sizes, axis=1)
        anywhere = np.repeat(rng.random((DRAWS, len(at))), sizes, axis=1)
        total = np.rint(low[cells] + anywhere * (high[cells] - low[cells])).astype(np.int64)
        drawn = rng.binomial(np.maximum(total, 0), np.clip(share, 0, 1))
        lower[cells], upper[cells] = np.quantile(drawn, [TAIL, 1 - TAIL], axis=0, method="inverted_cdf")
    return value, np.minimum(lower, value), np.maximum(upper, value)


def _chunks(starts: Groups, end: int, size: int) -> list[tuple[int, int]]:
    """Runs of whole groups of about ``size`` cells."""
    edges, first = [], 0
    for start in [*starts[1:].tolist(), end]:
        if start - first >= size or start == end:
            edges.append((first, int(start)))
            first = int(start)
    return edges


# --- Bounding ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """What a publisher hides: counts from ``least`` up to but not including ``below``."""

    below: int
    least: int = 1
    """0 where noughts are hidden too."""


@dataclass(frozen=True)
class Left:
    """What the known parts of a total leave for the others, as far as rounding lets it be known."""

    middle: float
    low: float
    high: float
    deviation: float
    """0 where nothing is rounded."""
    terms: int = 1
    """How many rounded figures it is made of."""

    def weights(self) -> tuple[int, Array]:
        """The smallest whole number that it can be, and how likely each from there on is."""
        low, high = max(0, math.ceil(self.low - 1e-6)), math.floor(self.high + 1e-6)
        if high < low:
            return low, np.zeros(0)
        sums = np.arange(low, high + 1, dtype=float)
        if self.deviation == 0 or self.terms <= 1:
            return low, np.ones_like(sums)
        return low, np.exp(-0.5 * ((sums - self.middle) / self.deviation) ** 2)


def negative_binomial(mean: float, shape: float, size: int) -> Array:
    """The probabilities of 0 to ``size`` of a Poisson count whose mean is gamma distributed with this shape."""
    from scipy.special import gammaln, xlogy

    x = np.arange(size + 1, dtype=float)
    log = (
        gammaln(x + shape)
        - gammaln(shape)
        - gammaln(x + 1)
        - shape * math.log1p(mean / shape)
        + xlogy(x, mean / (mean + shape))
    )
    return np.exp(log)


def given_sum(priors: list[Array], left: Left) -> list[Array] | None:
    """What each hidden count is given that they are, together, what the total leaves; None where they cannot be.

    Exact: the distribution of the others' sum is convolved from both ends.
    """

    def convolved(a: Array, b: Array) -> Array:
        return np.convolve(a, b)[: least + len(weight)]

    least, weight = left.weights()
    if not len(weight):
        return None
    before = [np.ones(1)]
    for prior in priors[:-1]:
        before.append(convolved(before[-1], prior))
    after = [np.ones(1)]
    for prior in priors[:0:-1]:
        after.append(convolved(after[-1], prior))
    target = np.concatenate([np.zeros(least), weight])
    posteriors = []
    for prior, one, two in zip(priors, before, reversed(after), strict=True):
        others = convolved(one, two)
        # For each count x: how likely the others are the rest, over all that the rest can be.
        rest = np.convolve(target, others[::-1])[len(others) - 1 :]
        likely = prior[: len(rest)] * rest[: len(prior)]
        total = likely.sum()
        if not total > 1e-300:
            return None
        posteriors.append(likely / total)
    return posteriors


@dataclass(frozen=True)
class Hidden:
    """One empty cell below a total."""

    mean: float
    """What is expected of it at the rate of the whole."""
    outside_mean: float
    """The same at a rate that no figure of this total has part in."""
    rule: Rule | None
    """The publisher's rule; None where the cell is empty for another reason."""
    most: float = math.inf
    """What it cannot exceed: the publisher's range, or what it is a part of."""


@dataclass(frozen=True)
class Bounded:
    """What can be said of a hidden cell."""

    value: float
    lower_95: float
    upper_95: float
    model_lower_95: float
    """The limits before the guard: for validation on known cells only, never to be published."""
    model_upper_95: float
    is_guarded: bool
    """Whether the limits were widened to what the publisher hides."""


def _prior(cell: Hidden, shape: float, size: int, secondary: float) -> Array:
    """What a cell can be: below the threshold, or, seldom (``secondary``), hidden with one that is."""
    prior = negative_binomial(cell.mean, shape, min(size, math.floor(min(cell.most, size))))
    if cell.rule is not None:
        prior[: cell.rule.least] = 0
        prior[cell.rule.below :] *= secondary
    return prior


def _quantiles(probability: Array) -> tuple[float, float]:
    running = np.cumsum(probability)
    return float(np.searchsorted(running, TAIL)), float(np.searchsorted(running, (1 - TAIL) * running[-1]))


def _mean_within(mean: float, shape: float, low: float, high: float) -> float:
    """The mean of a negative binomial count that lies between two limits."""
    x = np.arange(int(low), int(high) + 1, dtype=float)
    probability = negative_binomial(max(mean, 1e-9), shape, int(high))[int(low) :]
    total = probability.sum()
    return float((x * probability).sum() / total) if total > 0 else (low + high) / 2


def _logical(cells: list[Hidden], left: Left) -> list[tuple[float, float]]:
    """The least and the most that each cell can be by the total and the publisher's rule alone."""
    low = np.array([0.0 if c.rule is None else float(c.rule.least) for c in cells])
    high = np.array([min(c.most, max(left.high, 0.0)) for c in cells])
    least = np.maximum(low, left.low - (high.sum() - high))
    most = np.minimum(high, left.high - (low.sum() - low))
    return [(math.ceil(a - 1e-6), math.floor(b + 1e-6)) for a, b in zip(least, most, strict=True)]


def bound(cells: list[Hidden], left: Left, shape: float, secondary: float = 0.1) -> list[Bounded | None] | None:
    """What each of the empty cells below one total could be; None where they and the total do not agree.

    The guard: a cell that could be below its publisher's threshold keeps the whole range that the publisher hides.
    Where the total alone would narrow that range, its value too is of the range and takes nothing from the total.
    Limits are widened as far as it takes for no other cell to be worked out from them; of a cell that is hidden to
    protect another nothing is said (None) where the total would narrow it further than what it protects.
    """
    size = max(0, math.floor(left.high + 1e-6))
    posteriors = given_sum([_prior(cell, shape, size, secondary) for cell in cells], left)
    logical = _logical(cells, left)
    if posteriors is None or any(a > b for a, b in logical):
        return None
    found = [
        _guarded(cell, posterior, ends, shape) for cell, posterior, ends in zip(cells, posteriors, logical, strict=True)
    ]
    return [
        said if said.is_guarded or cell.rule is None or most - least >= cell.rule.below - 1 - cell.rule.least else None
        for cell, said, (least, most) in zip(cells, _kept_apart(cells, found, left), logical, strict=True)
    ]


def _guarded(cell: Hidden, posterior: Array, logical: tuple[float, float], shape: float) -> Bounded:
    lower, upper = _quantiles(posterior)
    value = float((np.arange(len(posterior)) * posterior).sum())
    rule = cell.rule
    narrows = rule is not None and (logical[0] > rule.least or logical[1] < min(rule.below - 1, cell.most))
    return guard(value, lower, upper, rule, cell.outside_mean, shape, takes_value=narrows, most=cell.most)


def guard(
    value: float,
    lower: float,
    upper: float,
    rule: Rule | None,
    outside_mean: float,
    shape: float,
    *,
    takes_value: bool = True,
    most: float = math.inf,
) -> Bounded:
    """Limits that hold the whole of what a publisher hides, or none of it; and, where asked, a value from it alone.

    Nothing exceeds the ``most`` that a cell can be, which is published.
    """
    if rule is None or lower >= rule.below:
        return Bounded(min(value, most), min(lower, most), min(upper, most), lower, upper, is_guarded=False)
    low, high = min(lower, float(rule.least), most), min(max(upper, float(rule.below - 1)), most)
    # Where the total would narrow what is hidden, nothing of the total may be in what is said.
    said = _mean_within(outside_mean, shape, low, high) if takes_value else min(value, most)
    return Bounded(said, low, high, lower, upper, is_guarded=True)


def _kept_apart(cells: list[Hidden], found: list[Bounded], left: Left) -> list[Bounded]:
    """The same with wider limits where what is said of the others would narrow a cell below its threshold.

    Each is then as wide as the total allows given the limits of the others, so that these say no more of it than it
    says itself.
    """
    low, high = np.array([f.lower_95 for f in found]), np.array([f.upper_95 for f in found])
    at_risk = any(
        f.is_guarded
        and cell.rule is not None
        and (
            left.low - (high.sum() - f.upper_95) > cell.rule.least
            or left.high - (low.sum() - f.lower_95) < cell.rule.below - 1
        )
        for cell, f in zip(cells, found, strict=True)
    )
    if not at_risk:
        return found
    return [
        replace(
            f,
            lower_95=max(0.0, min(f.lower_95, math.ceil(left.low - (high.sum() - f.upper_95)))),
            upper_95=min(cell.most, max(f.upper_95, math.floor(left.high - (low.sum() - f.lower_95)))),
        )
        for cell, f in zip(cells, found, strict=True)
    ]
