"""Segmented regression: against a published example, against formulas, and on made-up series with a known effect."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from estimation.effects import design_matrix, interrupted_time_series, newey_west_lags
from estimation.windows import Break, Start, window_of
from tests.estimation.conftest import counted, periods, start_of

BAN = Start.of(date(2005, 1, 1))


def test_the_smoking_ban_in_sicily_cut_coronary_events_by_eleven_per_cent_as_published(sicily: pd.DataFrame) -> None:
    # A step in a quasi-Poisson model with two pairs of harmonics: 0.885 (0.839 to 0.933). The paper's limits are of the
    # normal distribution, these of Student's t with 52 degrees of freedom, which is a little wider.
    found = interrupted_time_series(sicily, BAN, has_slope=False, errors="model")
    (step,) = found.effects
    assert step.unit == "rate ratio"
    assert step.estimate == pytest.approx(0.885, abs=0.0005)
    assert step.lower_95 == pytest.approx(0.839, abs=0.0015)
    assert step.upper_95 == pytest.approx(0.933, abs=0.0015)
    assert step.p_value < 0.001
    assert (found.before, found.after) == (36, 23)


def test_a_change_of_slope_after_the_ban_is_not_seen_as_in_the_paper(sicily: pd.DataFrame) -> None:
    step, slope = interrupted_time_series(sicily, BAN).effects
    assert step.estimate < 1 and step.upper_95 < 1
    assert slope.lower_95 < 1 < slope.upper_95


def test_the_larger_of_the_two_errors_is_taken(sicily: pd.DataFrame) -> None:
    found = {kind: interrupted_time_series(sicily, BAN, errors=kind) for kind in ("larger", "newey_west", "model")}
    for at in (0, 1):
        width = {kind: f.effects[at].upper_95 - f.effects[at].lower_95 for kind, f in found.items()}
        assert width["larger"] == pytest.approx(max(width["newey_west"], width["model"]))


def test_the_counterfactual_is_the_fit_without_the_step(sicily: pd.DataFrame) -> None:
    found = interrupted_time_series(sicily, BAN, has_slope=False)
    drawn = found.series.set_index("period_start")
    assert (drawn.loc["2005":, "phase"] == "after").all()
    # Over the months after, what was seen is to the expected as the rate ratio says.
    after = drawn[drawn["phase"] == "after"]
    assert after["observed"].sum() / after["counterfactual"].sum() == pytest.approx(found.effects[0].estimate, abs=0.01)


@pytest.fixture
def values() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    n = 30
    value = 20 + 0.4 * np.arange(n) + rng.normal(size=n)
    value[18:] -= 3 + 0.5 * np.arange(12)
    return periods(1, n, "1990-01-01").assign(value=value)


def _textbook(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weighted least squares, its own standard errors, and those of Newey and West 1987 with Bartlett weights."""
    xw, yw = x * np.sqrt(w)[:, None], y * np.sqrt(w)
    inverse = np.linalg.inv(xw.T @ xw)
    beta = inverse @ xw.T @ yw
    residual = yw - xw @ beta
    n, k = x.shape
    own = np.sqrt(np.diag(inverse) * (residual @ residual) / (n - k))
    score, lags = xw * residual[:, None], newey_west_lags(n)
    middle = score.T @ score
    for lag in range(1, lags + 1):
        moved = score[lag:].T @ score[:-lag]
        middle += (1 - lag / (lags + 1)) * (moved + moved.T)
    robust = np.sqrt(np.diag(inverse @ middle @ inverse) * n / (n - k))
    return beta, own, robust


@pytest.mark.parametrize("has_limits", [False, True])
def test_values_without_counts_are_least_squares_as_the_textbook_has_it(values: pd.DataFrame, has_limits: bool) -> None:
    width = np.linspace(0.5, 2, len(values)) if has_limits else np.ones(len(values))
    if has_limits:
        values = values.assign(lower_95=values["value"] - width, upper_95=values["value"] + width)
    start = Start.of(start_of(values, 18))
    window = window_of(values, start, min_before=8, min_after=4)
    x = design_matrix(window.frame, 1)
    assert list(x.columns) == ["constant", "time", "level", "slope"]
    beta, own, robust = _textbook(x.to_numpy(), values["value"].to_numpy(), width**-2.0)
    from scipy import stats

    t = stats.t.ppf(0.975, len(values) - 4)
    for kind, errors in (("model", own), ("newey_west", robust)):
        found = interrupted_time_series(values, start, errors=kind, unit="percent")
        for effect, at in zip(found.effects, (2, 3), strict=True):
            assert effect.estimate == pytest.approx(beta[at])
            assert effect.upper_95 - effect.estimate == pytest.approx(t * errors[at])
    assert [effect.unit for effect in found.effects] == ["percent", "percent a year"]
    assert found.pre_trend == pytest.approx(beta[1])


def test_quarters_have_a_level_of_their_own_and_slopes_are_a_year() -> None:
    season = np.tile([5.0, 0.0, -2.0, 1.0], 10)
    frame = periods(4, 40).assign(value=100 + season + np.arange(40) * 0.25 + np.where(np.arange(40) >= 20, 7.0, 0))
    frame["value"] += np.random.default_rng(0).normal(scale=1e-3, size=40)
    level, slope = interrupted_time_series(frame, Start.of(start_of(frame, 20))).effects
    assert level.estimate == pytest.approx(7, abs=0.01)
    assert slope.estimate == pytest.approx(0, abs=0.01)
    assert interrupted_time_series(frame, Start.of(start_of(frame, 20))).pre_trend == pytest.approx(1, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("per_year", "n", "before"), [(12, 72, 36), (4, 32, 16), (1, 14, 9)])
def test_a_known_effect_lies_within_the_limits_nineteen_times_in_twenty(per_year: int, n: int, before: int) -> None:
    rng = np.random.default_rng(11)
    frame, time = periods(per_year, n), np.arange(n)
    season = 0.1 * np.sin(2 * np.pi * frame["period_start"].dt.month / 12) if per_year > 1 else 0.0
    expected = 200 * np.exp(0.05 / per_year * time + season + np.where(time >= before, np.log(0.8), 0.0))
    start, times, covered, found = Start.of(start_of(frame, before)), 100, np.zeros(2), []
    for _ in range(times):
        level, slope = interrupted_time_series(counted(frame, expected, rng), start).effects
        covered += [level.lower_95 <= 0.8 <= level.upper_95, slope.lower_95 <= 1 <= slope.upper_95]
        found.append(level.estimate)
    assert float(np.median(found)) == pytest.approx(0.8, abs=0.02)
    assert (covered / times >= 0.9).all()


@pytest.mark.slow
def test_no_effect_is_found_significant_about_one_time_in_twenty() -> None:
    rng = np.random.default_rng(12)
    frame = periods(4, 32)
    expected = 200 * np.exp(0.02 * np.arange(32))
    p = [
        interrupted_time_series(counted(frame, expected, rng), Start.of(start_of(frame, 16))).effects[0].p_value
        for _ in range(120)
    ]
    assert np.mean(np.array(p) < 0.05) <= 0.1
    assert np.mean(np.array(p) < 0.5) == pytest.approx(0.5, abs=0.12)


def test_correlation_over_time_that_is_left_over_is_shown_and_lowers_trust() -> None:
    rng = np.random.default_rng(5)
    noise = np.zeros(60)
    for t in range(1, 60):
        noise[t] = 0.8 * noise[t - 1] + rng.normal()
    frame = periods(12, 60).assign(value=50 + noise)
    found = interrupted_time_series(frame, Start.of(start_of(frame, 36)))
    assert "what the model leaves is still correlated over time" in "; ".join(found.diagnostics)
    assert "Durbin-Watson" in "; ".join(found.diagnostics)
    assert found.trust == "very_low"


def test_a_time_series_alone_is_never_trusted_above_low() -> None:
    rng = np.random.default_rng(8)
    frame = periods(12, 120).assign(value=50 + rng.normal(size=120))
    assert interrupted_time_series(frame, Start.of(start_of(frame, 60))).trust == "low"


@pytest.mark.parametrize("before", [7, 27])
def test_too_few_points_are_not_estimated(before: int) -> None:
    frame = periods(1, 30).assign(value=np.arange(30.0))
    found = interrupted_time_series(frame, Start.of(start_of(frame, before)))
    assert not found.is_estimable
    assert found.reason and found.reason.startswith("too few periods")
    assert (found.effects, found.trust) == ((), "none")
    assert found.before == before


def test_a_series_break_in_the_window_is_not_estimated_over(values: pd.DataFrame) -> None:
    broken = Break(start_of(values, 14), "Counted in another way.", True)
    found = interrupted_time_series(values, Start.of(start_of(values, 18)), breaks=[broken])
    assert not found.is_estimable
    assert found.reason and "a series break cuts the window" in found.reason


def test_too_few_events_and_series_without_change_are_not_estimated() -> None:
    frame = periods(1, 20)
    rare = frame.assign(numerator=np.arange(20) % 2.0, denominator=1e5)
    found = interrupted_time_series(rare.assign(value=rare["numerator"]), Start.of(start_of(frame, 10)))
    assert found.reason and found.reason.startswith("too few events")
    flat = interrupted_time_series(frame.assign(value=3.0), Start.of(start_of(frame, 10)))
    assert flat.reason == "the figure is the same in every period"


def test_a_standardised_rate_is_not_taken_for_the_quotient_of_its_counts(values: pd.DataFrame) -> None:
    rng = np.random.default_rng(7)
    with_counts = values.assign(numerator=rng.poisson(50, len(values)) * 1.0, denominator=1e5)
    found = interrupted_time_series(with_counts, Start.of(start_of(values, 18)), unit="per 100000 people")
    assert found.effects[0].unit == "per 100000 people"


def test_a_regression_that_fails_is_a_reason_and_no_error(
    values: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise np.linalg.LinAlgError("SVD did not converge")

    monkeypatch.setattr("estimation.effects._fit_values", fails)
    found = interrupted_time_series(values, Start.of(start_of(values, 18)))
    assert found.reason == "the regression fails (SVD did not converge)"


def test_counts_with_some_periods_of_nothing_are_estimated() -> None:
    rng = np.random.default_rng(9)
    frame = counted(periods(12, 60), np.full(60, 1.5), rng)
    assert (frame["numerator"] == 0).any()
    assert interrupted_time_series(frame, Start.of(start_of(frame, 30))).is_estimable


def test_a_change_that_untouched_places_show_too_is_said_and_not_believed() -> None:
    rng = np.random.default_rng(10)
    frame, time = periods(1, 30, "1990-01-01"), np.arange(30)
    # Every place bends at the same time, for no cause of its own.
    bends = [
        frame.assign(area_code=f"E2300{i:04d}", value=50 + time + 2.0 * np.clip(time - 18, 0, None)) for i in range(25)
    ]
    bends = [place.assign(value=place["value"] + rng.normal(size=30)) for place in bends]
    start = Start.of(start_of(frame, 18))
    found = interrupted_time_series(bends.pop(5), start, others=pd.concat(bends))
    assert found.effects[1].p_value < 0.001
    words = "; ".join(found.diagnostics)
    assert "of 24 places where nothing was begun" in words and "as strong a slope change" in words
    assert "changes as strong are common where nothing was begun" in words
    assert found.trust == "very_low"


def test_a_change_that_untouched_places_do_not_show_is_said() -> None:
    rng = np.random.default_rng(11)
    frame, time = periods(1, 30, "1990-01-01"), np.arange(30)
    flat = [frame.assign(area_code=f"E2300{i:04d}", value=50 + rng.normal(size=30)) for i in range(80)]
    touched = flat[0].assign(value=flat[0]["value"] - 10.0 * (time >= 18), area_code="E23009999")
    start = Start.of(start_of(frame, 18))
    found = interrupted_time_series(touched, start, others=pd.concat(flat), has_slope=False)
    assert "of 50 places where nothing was begun 0 as strong a level change" in found.diagnostics
    assert found.trust == "low"
    none = interrupted_time_series(flat[0], start, others=pd.concat(flat[1:]), has_slope=False)
    assert none.effects[0].p_value > 0.05
    assert none.trust == "low"
    few = interrupted_time_series(touched, start, others=pd.concat(flat[:10]), has_slope=False)
    assert "nothing to compare with" in few.diagnostics
