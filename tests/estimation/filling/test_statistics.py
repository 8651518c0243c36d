"""What an empty cell could be: arithmetic against reference libraries and enumeration, and the guard on any table."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from estimation.filling import statistics
from estimation.filling.statistics import Bounded, Hidden, Left, Rule, Spread, apportion, bound, given_sum, guard


def _exact(count: float) -> Left:
    return Left(count, count, count, 0.0, 0)


# --- How far parts differ ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sigma", "scale"), [(0.4, 500.0), (0.4, 30.0), (0.0, 100.0)])
def test_a_spread_is_found_again_without_what_chance_gives(sigma: float, scale: float) -> None:
    rng = np.random.default_rng(5)
    group = np.repeat(np.arange(60), 10)
    exposure = rng.uniform(0.5, 2, size=600) * scale
    count = rng.poisson(exposure * np.exp(sigma * rng.standard_normal(600))).astype(float)
    spread = statistics.spread_of(count, statistics.expected_counts(count, exposure, group), group)
    assert spread is not None and spread.freedom == 540
    assert spread.sigma == pytest.approx(sigma, abs=0.05)


def test_a_spread_of_rare_events_is_found_by_moments() -> None:
    rng = np.random.default_rng(6)
    group = np.repeat(np.arange(200), 10)
    exposure = rng.uniform(1, 3, size=2000)
    # Of a gamma distributed rate with shape 4 the squared coefficient of variation is 1/4.
    count = rng.poisson(exposure * rng.gamma(4, 1 / 4, size=2000)).astype(float)
    spread = statistics.spread_of(count, statistics.expected_counts(count, exposure, group), group)
    assert spread is not None
    assert spread.shape == pytest.approx(4, rel=0.3)


def test_too_few_parts_have_no_spread() -> None:
    count, group = np.array([4.0, 9.0, 7.0]), np.zeros(3, dtype=np.int64)
    assert statistics.spread_of(count, statistics.expected_counts(count, np.ones(3), group), group) is None


def test_the_slope_is_that_of_a_quasi_poisson_regression_with_an_intercept_for_each_group() -> None:
    import pandas as pd
    import statsmodels.api as sm

    rng = np.random.default_rng(7)
    group = np.repeat(np.arange(8), 12)
    need, exposure = rng.normal(2, 1, size=96), rng.uniform(50, 500, size=96)
    count = rng.poisson(exposure * np.exp(0.3 * need + 0.2 * rng.standard_normal(96))).astype(float)
    slope = statistics.slope_of(count, exposure, need, group)
    design = pd.get_dummies(group, dtype=float).assign(need=need)
    fit = sm.GLM(count, design, family=sm.families.Poisson(), offset=np.log(exposure)).fit(scale="X2")
    assert slope is not None and slope.is_sure
    assert slope.slope == pytest.approx(fit.params["need"], rel=1e-6)
    assert slope.error == pytest.approx(fit.bse["need"], rel=1e-6)


# --- Apportioning --------------------------------------------------------------------------------------------------


def test_a_total_is_shared_by_exposure_and_its_parts_make_it_up() -> None:
    total, group = np.repeat([100.0, 30.0], [3, 2]), np.repeat([0, 1], [3, 2])
    exposure = np.array([1.0, 2, 7, 4, 2])
    rng = np.random.default_rng(1)
    value, lower, upper = apportion(total, total, exposure, group, [Spread(0.3, 50)], rng)
    assert value == pytest.approx([10, 20, 70, 20, 10])
    assert (lower <= value).all() and (value <= upper).all()


def test_without_spread_a_share_is_binomial() -> None:
    from scipy import stats

    total = np.full(2, 200.0)
    rng = np.random.default_rng(1)
    _, lower, upper = apportion(total, total, np.array([1.0, 3.0]), np.zeros(2, dtype=np.int64), [Spread(0, 50)], rng)
    expected = stats.binom.ppf([0.025, 0.975], 200, [[0.25], [0.75]])
    assert np.column_stack([lower, upper]) == pytest.approx(expected, abs=4)


def test_the_limits_hold_what_is_made_with_the_same_spread_95_times_in_100() -> None:
    rng = np.random.default_rng(8)
    group = np.repeat(np.arange(300), 6)
    exposure = rng.uniform(1, 4, size=1800)
    rate = exposure * np.exp(0.5 * rng.standard_normal(1800))
    truth = np.concatenate([rng.multinomial(400, r / r.sum()) for r in rate.reshape(300, 6)])
    total = np.full(1800, 400.0)
    _, lower, upper = apportion(total, total, exposure, group, [Spread(0.5, 200)], rng)
    assert np.mean((lower <= truth) & (truth <= upper)) == pytest.approx(0.95, abs=0.02)


def test_more_that_is_not_known_makes_the_limits_wider() -> None:
    group, exposure, total = np.zeros(4, dtype=np.int64), np.arange(1.0, 5), np.full(4, 500.0)

    def width(spreads: list[Spread], low: float = 500, tilt: float = 0.0) -> float:
        steep = np.array([0, 0, 0, tilt])
        rng = np.random.default_rng(1)
        _, lower, upper = apportion(np.full(4, low), total, exposure, group, spreads, rng, steep)
        return float((upper - lower).mean())

    least = width([Spread(0.2, 100)])
    assert least < min(width([Spread(0.5, 100)]), width([Spread(0.2, 5)]), width([Spread(0.2, 100), Spread(1, 100)]))
    assert least < min(width([Spread(0.2, 100)], low=300), width([Spread(0.2, 100)], tilt=1.0))


# --- Bounding ------------------------------------------------------------------------------------------------------


def test_the_prior_is_the_negative_binomial_distribution() -> None:
    from scipy import stats

    mean, shape = 6.5, 1.7
    assert statistics.negative_binomial(mean, shape, 40) == pytest.approx(
        stats.nbinom.pmf(np.arange(41), shape, shape / (shape + mean))
    )


@pytest.mark.parametrize("left", [_exact(9), Left(9, 7, 11, 1.2, 1), Left(9, 5, 13, 1.6, 2)])
def test_what_cells_are_given_their_sum_is_what_counting_all_cases_gives(left: Left) -> None:
    priors = [statistics.negative_binomial(mean, 2.0, size) for mean, size in ((2, 6), (3, 8), (5, 13))]
    least, weight = left.weights()
    cases = [np.zeros(len(p)) for p in priors]
    for case in itertools.product(*(range(len(p)) for p in priors)):
        place = sum(case) - least
        if 0 <= place < len(weight):
            chance = math.prod(p[x] for p, x in zip(priors, case, strict=True)) * weight[place]
            for counted, x in zip(cases, case, strict=True):
                counted[x] += chance
    found = given_sum(priors, left)
    assert found is not None
    for one, counted in zip(found, cases, strict=True):
        assert one == pytest.approx(np.resize(counted / counted.sum(), len(one)))


def test_the_least_and_the_most_are_those_of_linear_programming() -> None:
    from scipy.optimize import linprog

    cells = [Hidden(3, 3, Rule(5), 4.0), Hidden(2, 2, Rule(5)), Hidden(9, 9, Rule(5, 0)), Hidden(4, 4, None, 6.0)]
    left = Left(17, 15, 19, 1, 1)
    limits = [(1, 4), (1, 19), (0, 19), (0, 6)]
    expected = []
    for i in range(4):
        one = np.eye(4)[i]
        ends = [
            linprog(sign * one, A_ub=[np.ones(4), -np.ones(4)], b_ub=[left.high, -left.low], bounds=limits).fun * sign
            for sign in (1, -1)
        ]
        expected.append((round(ends[0]), round(ends[1])))
    assert statistics._logical(cells, left) == expected  # pyright: ignore[reportPrivateUsage]


def test_cells_share_what_the_total_leaves() -> None:
    cells = [Hidden(2, 2, Rule(5), 4.0), Hidden(3, 3, Rule(5), 4.0), Hidden(1, 1, Rule(5), 4.0)]
    found = bound(cells, _exact(7), shape=3.0)
    assert found is not None
    assert sum(f.value for f in found if f) == pytest.approx(7)
    assert [(f.lower_95, f.upper_95) for f in found if f] == [(1, 4)] * 3


def test_a_cell_above_the_threshold_is_bounded_by_what_the_others_can_be() -> None:
    found = bound([Hidden(2, 2, Rule(5), 4.0), Hidden(30, 30, Rule(5))], _exact(33), shape=20.0)
    assert found is not None
    small, large = found
    assert small is not None and large is not None
    assert (small.lower_95, small.upper_95, small.is_guarded) == (1, 4, True)
    assert (large.lower_95, large.upper_95, large.is_guarded) == (29, 32, False)


def test_cells_that_cannot_make_up_the_total_are_not_bounded() -> None:
    assert bound([Hidden(2, 2, Rule(5), 4.0)], _exact(9), shape=3.0) is None
    assert bound([Hidden(2, 2, Rule(5), 4.0)] * 3, _exact(2), shape=3.0) is None


@pytest.mark.parametrize("below", [3, 5, 10])
def test_a_lone_hidden_cell_is_not_subtracted_from_its_total(below: int) -> None:
    said = [bound([Hidden(4, 2.5, Rule(below))], _exact(count), shape=2.0) for count in range(1, below)]
    assert all(s is not None for s in said)
    # Whatever the count is, the same is said: only that it is hidden. What the model knew stays inside.
    told = {(s[0].value, s[0].lower_95, s[0].upper_95) for s in said if s and s[0]}
    assert len(told) == 1
    value, lower, upper = told.pop()
    assert (lower, upper) == (1, below - 1) and 1 < value < below - 1


def test_a_lone_cell_that_protects_another_elsewhere_is_not_subtracted_either() -> None:
    assert bound([Hidden(30, 30, Rule(5))], _exact(27), shape=2.0) == [None]


@pytest.mark.parametrize(
    ("limits", "published"), [((2.0, 9.0), (1.0, 9.0)), ((2.0, 3.0), (1.0, 4.0)), ((5.0, 9.0), (5.0, 9.0))]
)
def test_limits_hold_the_whole_of_what_is_hidden_or_nothing_of_it(
    limits: tuple[float, float], published: tuple[float, float]
) -> None:
    said = guard(6, *limits, Rule(5), 3.0, 2.0)
    assert (said.lower_95, said.upper_95) == published
    assert (said.model_lower_95, said.model_upper_95) == limits


def test_no_limit_exceeds_what_a_cell_is_a_share_of() -> None:
    for rule in (None, Rule(5)):
        said = guard(6, 2.0, 9.0, rule, 3.0, 2.0, takes_value=False, most=3.0)
        assert (said.value, said.upper_95, said.model_upper_95) == (3, 3, 9)


@st.composite
def _tables(draw: st.DrawFn) -> tuple[list[int], list[bool], int, bool, int]:
    """A total's parts, which of them are hidden, below what, whether it is said which are small, and the rounding."""
    below = draw(st.integers(2, 8))
    counts = draw(st.lists(st.integers(0, 40), min_size=2, max_size=9))
    hidden = [1 <= c < below for c in counts]
    larger = [i for i, c in enumerate(counts) if c >= below]
    if sum(hidden) == 1 and larger and draw(st.booleans()):
        hidden[min(larger, key=lambda i: counts[i])] = True
    assume(any(hidden))
    return counts, hidden, below, draw(st.booleans()), draw(st.sampled_from([1, 5, 10]))


def _said(
    counts: list[int], hidden: list[bool], below: int, is_named: bool, base: int
) -> tuple[list[int], list[Hidden], Left, list[Bounded | None]]:
    """Fill a table as the fills do: the total rounded, small cells with their range where the publisher names them."""
    known = sum(c for c, h in zip(counts, hidden, strict=True) if not h)
    total = base * round(sum(counts) / base)
    left = (
        _exact(total - known)
        if base == 1
        else Left(total - known, total - base / 2 - known, total + base / 2 - known, base / math.sqrt(12))
    )
    at = [i for i, h in enumerate(hidden) if h]
    cells = [Hidden(4.0 + i, 3.0, Rule(below), below - 1.0 if is_named and counts[i] < below else math.inf) for i in at]
    found = bound(cells, left, shape=2.0)
    assert found is not None, "a table that agrees is filled"
    return at, cells, left, found


@settings(max_examples=300, deadline=None)
@given(_tables())
def test_no_fill_says_more_of_a_small_count_than_that_it_is_hidden(
    table: tuple[list[int], list[bool], int, bool, int],
) -> None:
    counts, hidden, below, is_named, base = table
    at, cells, left, found = _said(*table)
    for said in (f for f in found if f):
        assert (said.lower_95 <= 1 and said.upper_95 >= below - 1) or said.lower_95 >= below
        assert said.lower_95 <= said.value <= said.upper_95
    # Nor can it be worked out from what is said of the others, further than the publisher's own table gives it away.
    logical = statistics._logical(cells, left)  # pyright: ignore[reportPrivateUsage]
    low = [f.lower_95 if f else 0.0 for f in found]
    high = [f.upper_95 if f else math.inf for f in found]
    for place, (said, (least, most)) in enumerate(zip(found, logical, strict=True)):
        if said and said.is_guarded:
            assert left.low - sum(high[:place] + high[place + 1 :]) <= max(1, least)
            assert left.high - sum(low[:place] + low[place + 1 :]) >= min(below - 1, most)
        # Of what protects a small count as much is hidden as of the small count.
        assert said is None or said.is_guarded or most - least >= below - 2
    # A small count that stands alone can be any other small count, and nothing that is said changes.
    if len(at) == 1 and counts[at[0]] < below and base == 1:
        for other in range(1, below):
            changed = [other if i == at[0] else c for i, c in enumerate(counts)]
            *_, again = _said(changed, hidden, below, is_named, base)
            assert [_public(f) for f in again] == [_public(f) for f in found]


def _public(said: Bounded | None) -> Bounded | None:
    return said and replace(said, model_lower_95=0, model_upper_95=0)
