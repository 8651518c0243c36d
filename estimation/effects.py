"""What changed in a place's figures when something was begun there: two designs, with how far each can be trusted.

*Interrupted time series*: the place against its own past, by segmented regression. Wagner and others 2002, J Clin Pharm
Ther 27:299; Bernal, Cummins and Gasparrini 2017, Int J Epidemiol 46:348.

*Difference-in-differences*: the place against places like it where nothing was begun, by two-way fixed effects. One
place is treated, so that errors clustered by place are far too small; p-value and interval come from pretending, for
each of the other places, that it had been the one (Abadie, Diamond and Hainmueller 2010, J Am Stat Assoc 105:493;
Conley and Taber 2011, Rev Econ Stat 93:113).

Pure functions: frames in, estimates out. Frames have the columns of ``marts.indicator_value``.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from estimation.windows import USABLE, Break, Frame, Start, Window, window_of

ITS = "interrupted_time_series"
DID = "difference_in_differences"
#: How far an estimate can be trusted, from least to most; ``none`` is for what could not be estimated.
TRUST = ("very_low", "low", "moderate")
RATE_RATIO, RATE_RATIO_A_YEAR = "rate ratio", "rate ratio a year"
#: Fewer events in all than this, and a series of counts says nothing.
FEWEST_EVENTS = 20
#: With fewer places to pretend with, no placebo p-value can come below 0.05.
FEWEST_PLACES = 19
#: A test of the pre-trend misses much (Roth 2022, Am Econ Rev Insights 4:305): it is flagged at a lower bar than 0.05.
PRE_TREND_ALARM = 0.10
#: More untouched places than this share with as strong a change, and a time series is not believed.
PLACEBO_ALARM = 0.10
#: So many untouched places are looked at, evenly by code: each is a regression.
MOST_PLACEBOS = 50

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Effect:
    """One number that says what changed, with its 95% limits."""

    name: str
    """``level_change``, ``slope_change`` or ``average_change``."""
    estimate: float
    lower_95: float
    upper_95: float
    unit: str
    p_value: float


@dataclass(frozen=True)
class Estimate:
    """What one method makes of one indicator in one place."""

    method: str
    period_type: str | None = None
    before: int = 0
    after: int = 0
    effects: tuple[Effect, ...] = ()
    reason: str | None = None
    """Why it could not be estimated; None where it could."""
    pre_trend: float | None = None
    """Of the series itself (interrupted time series) or of the gap to the comparison, a year."""
    pre_trend_p_value: float | None = None
    pre_trend_differs: bool | None = None
    """Whether the place was drifting away from its comparison before; None where there is none."""
    places: tuple[str, ...] = ()
    diagnostics: tuple[str, ...] = ()
    trust: str = "none"
    series: pd.DataFrame = field(default_factory=pd.DataFrame)
    """``period_start``, ``period_end``, ``phase``, ``observed``, ``counterfactual``, ``comparison_mean``."""

    @property
    def is_estimable(self) -> bool:
        """Whether there is an estimate."""
        return self.reason is None


def _grade(best: str, lowered_by: int) -> str:
    return TRUST[max(0, TRUST.index(best) - lowered_by)]


def _not_estimable(method: str, window: Window, period_type: str | None, reason: str | None = None) -> Estimate:
    return Estimate(
        method,
        period_type=period_type,
        before=window.before,
        after=window.after,
        reason=reason or window.reason,
    )


def _period_type(frame: Frame) -> str | None:
    return str(frame["period_type"].iloc[0]) if len(frame) else None


# --- Interrupted time series ---------------------------------------------------------------------------------------


def newey_west_lags(n: int) -> int:
    """How many lags the errors allow for: the rule of Newey and West 1994, floor(4 (n/100)^(2/9))."""
    return math.floor(4 * (n / 100) ** (2 / 9))


def _seasons(frame: Frame, per_year: int) -> dict[str, Array]:
    """Terms for the time of year: two pairs of harmonics for months, each quarter's own level for quarters."""
    month = frame["period_start"].dt.month.to_numpy(dtype=float)
    if per_year == 12:
        angle = 2 * np.pi * month / 12
        return {f"{f.__name__}_{k}": f(k * angle) for k in (1, 2) for f in (np.sin, np.cos)}
    if per_year == 4:
        quarter = (month - 1) // 3
        present = sorted(set(quarter))[1:]
        return {f"quarter_{q:.0f}": (quarter == q).astype(float) for q in present}
    return {}


def design_matrix(frame: Frame, per_year: int, *, has_slope: bool = True) -> pd.DataFrame:
    """The segmented regression's columns: ``constant``, ``time``, ``level``, ``slope`` and the season where 3 years are
    spanned.

    Time is in periods. ``slope`` is 0 in the first period after, so that ``level`` is the jump in that period.
    """
    time = frame["position"].to_numpy(dtype=float)
    after = frame["is_after"].to_numpy(dtype=float)
    columns: dict[str, Array] = {"constant": np.ones(len(frame)), "time": time, "level": after}
    if has_slope:
        columns["slope"] = after * (time - time[after == 1].min())
    if per_year > 1 and time.max() + 1 >= 3 * per_year:
        columns |= _seasons(frame, per_year)
    return pd.DataFrame(columns)


def _multiplier(frame: Frame) -> float | None:
    """What counts are multiplied by to give the value; None where the value is not the plain quotient."""
    if frame["numerator"].isna().any():
        return None
    below = frame["denominator"]
    if below.isna().all():
        below = pd.Series(1.0, index=frame.index)
    if below.isna().any() or (below <= 0).any():
        return None
    known = frame["value"].notna() & (frame["numerator"] > 0)
    if not known.any():
        return 1.0
    ratio = (frame["value"] * below / frame["numerator"])[known]
    middle = float(ratio.median())
    # Standardised rates come with counts too, and are not their quotient; rounding to a tenth is let pass.
    tolerance = 0.02 * middle + 0.06 * float((below / frame["numerator"])[known].median())
    return middle if middle > 0 and bool(((ratio - middle).abs() <= tolerance).all()) else None


@dataclass(frozen=True)
class _Fit:
    """A fitted segmented regression: coefficients, their errors by both ways, and what is needed to draw it."""

    names: list[str]
    coefficients: Array
    model_errors: Array
    newey_west_errors: Array
    residuals: Array
    fitted_without: Array
    freedom: int


def _fit_counts(x: Frame, counts: Array, below: Array) -> _Fit:
    import statsmodels.api as sm

    model = sm.GLM(counts, x, family=sm.families.Poisson(), offset=np.log(below))
    plain: Any = model.fit(scale="X2")
    robust: Any = model.fit(cov_type="HAC", cov_kwds={"maxlags": newey_west_lags(len(counts)), "use_correction": True})
    untouched = x.assign(**{name: 0.0 for name in ("level", "slope") if name in x})
    return _Fit(
        list(x.columns),
        np.asarray(plain.params),
        np.asarray(plain.bse),
        np.asarray(robust.bse),
        np.asarray(plain.resid_deviance),
        np.exp(untouched.to_numpy() @ np.asarray(plain.params)),
        len(counts) - x.shape[1],
    )


def _fit_values(x: Frame, values: Array, weights: Array | None) -> _Fit:
    import statsmodels.api as sm

    weighted: Any = np.ones(len(values)) if weights is None else weights / weights.mean()
    model = sm.WLS(values, x, weights=weighted)
    plain: Any = model.fit()
    robust: Any = model.fit(cov_type="HAC", cov_kwds={"maxlags": newey_west_lags(len(values)), "use_correction": True})
    untouched = x.assign(**{name: 0.0 for name in ("level", "slope") if name in x})
    return _Fit(
        list(x.columns),
        np.asarray(plain.params),
        np.asarray(plain.bse),
        np.asarray(robust.bse),
        np.asarray(plain.wresid),
        untouched.to_numpy() @ np.asarray(plain.params),
        len(values) - x.shape[1],
    )


class _NotEstimableError(Exception):
    """Why a series cannot be fitted, in words."""


def _fitted(frame: Frame, x: Frame, multiplier: float | None) -> tuple[_Fit, Frame, Frame]:
    """The fit, and what was observed and expected in the indicator's unit."""
    try:
        if multiplier is None:
            if frame["value"].isna().any():
                raise _NotEstimableError("some periods have counts and no value")
            if frame["value"].nunique() == 1:
                raise _NotEstimableError("the figure is the same in every period")
            fit = _fit_values(x, frame["value"].to_numpy(dtype=float), _weights(frame))
            return fit, frame["value"], fit.fitted_without
        counts = frame["numerator"].to_numpy(dtype=float)
        below = frame["denominator"].fillna(1.0).to_numpy(dtype=float)
        before, after = (counts[frame["is_after"] == side].sum() for side in (False, True))
        if before + after < FEWEST_EVENTS or min(before, after) == 0:
            raise _NotEstimableError(f"too few events: {before:,.0f} before and {after:,.0f} after")
        fit = _fit_counts(x, counts, below)
        return fit, frame["value"].fillna(frame["numerator"] / below * multiplier), fit.fitted_without * multiplier
    except (np.linalg.LinAlgError, ValueError, ArithmeticError) as error:
        raise _NotEstimableError(f"the regression fails ({error})") from error


def _weights(frame: Frame) -> Array | None:
    """One over the squared error of each figure, where every figure has its limits."""
    width = (frame["upper_95"] - frame["lower_95"]).to_numpy(dtype=float)
    return None if np.isnan(width).any() or (width <= 0).any() else (2 * 1.959964 / width) ** 2


def _autocorrelation(residuals: Array) -> tuple[float, float, int]:
    """Durbin-Watson, and the p-value of Ljung-Box at some lags."""
    from statsmodels.stats.diagnostic import acorr_ljungbox
    from statsmodels.stats.stattools import durbin_watson

    lags = max(1, min(12, len(residuals) // 5))
    tested = acorr_ljungbox(residuals, lags=[lags])
    return float(durbin_watson(residuals)), float(tested["lb_pvalue"].iloc[0]), lags


def interrupted_time_series(
    series: pd.DataFrame,
    start: Start,
    *,
    unit: str = "the indicator's unit",
    breaks: Sequence[Break] = (),
    cautions: Sequence[str] = (),
    others: pd.DataFrame | None = None,
    has_slope: bool = True,
    errors: Literal["larger", "newey_west", "model"] = "larger",
    min_before: int = 8,
    min_after: int = 4,
) -> Estimate:
    """The change of level, and of slope, of one place's series when the intervention began.

    Counts are a quasi-Poisson regression with the logarithm of what is below the line as offset, and the effect is a
    rate ratio; values without counts are least squares, weighted where each has its limits, and the effect is in
    ``unit``. Newey and West's errors are too small in short series, so that the ``larger`` of theirs and the model's
    own is taken; limits and p-values are of Student's t.

    ``others`` are the series of places where nothing was begun. The same is done to them, and it is said how many show
    as strong a change: real series bend without any cause, and a straight line takes each bend for one.
    """
    from scipy import stats

    window = window_of(series, start, breaks, min_before=min_before, min_after=min_after)
    frame, kind = window.frame, _period_type(series)
    if window.reason:
        return _not_estimable(ITS, window, kind)
    multiplier = _multiplier(frame)
    x = design_matrix(frame, window.per_year, has_slope=has_slope)
    if len(frame) - x.shape[1] < 3:
        return _not_estimable(ITS, window, kind, f"{len(frame)} periods are too few for {x.shape[1]} terms")
    with warnings.catch_warnings():
        # What they warn of, perfect fits and the like, is looked for below and said in the reason.
        warnings.simplefilter("ignore")
        try:
            fit, observed, counterfactual = _fitted(frame, x, multiplier)
        except _NotEstimableError as refusal:
            return _not_estimable(ITS, window, kind, str(refusal))
        watson, ljung_box, lags = _autocorrelation(fit.residuals)
    error = {
        "larger": np.fmax(fit.model_errors, fit.newey_west_errors),
        "newey_west": fit.newey_west_errors,
        "model": fit.model_errors,
    }[errors]
    if not np.isfinite(fit.coefficients).all() or not (error > 0).all() or (error > 1e3 * abs(observed).max()).any():
        return _not_estimable(ITS, window, kind, "the regression does not settle on an answer")
    t = float(stats.t.ppf(0.975, fit.freedom))

    def of(name: str, a_year: int = 1) -> tuple[float, float, float, float]:
        at = fit.names.index(name)
        middle, half = fit.coefficients[at] * a_year, t * error[at] * a_year
        p = float(2 * stats.t.sf(abs(fit.coefficients[at] / error[at]), fit.freedom))
        bounds = (middle, middle - half, middle + half)
        if multiplier is not None:
            bounds = tuple(math.exp(min(b, 700)) for b in bounds)
        return (*(float(b) for b in bounds), p)  # pyright: ignore[reportReturnType]

    level, lower, upper, p = of("level")
    ratio = multiplier is not None
    effects = [Effect("level_change", level, lower, upper, RATE_RATIO if ratio else unit, p)]
    if has_slope:
        slope, lower, upper, p = of("slope", window.per_year)
        effects.append(Effect("slope_change", slope, lower, upper, RATE_RATIO_A_YEAR if ratio else f"{unit} a year", p))
    trend, _, _, trend_p = of("time", window.per_year)
    is_seasonal = len(x.columns) > (4 if has_slope else 3)
    lowered = [*cautions, *window.cautions]
    if ljung_box < 0.05:
        lowered.append(f"what the model leaves is still correlated over time (Ljung-Box p {ljung_box:.3f})")
    if len(frame) < 24:
        lowered.append(f"{len(frame)} periods are few")
    if window.per_year > 1 and not is_seasonal:
        lowered.append("less than three years: the time of year is not allowed for")
    shown = None
    if others is not None:
        shown = _as_strong(effects, others, start, has_slope=has_slope, breaks=breaks, like=frame)
        if shown and any(effect.p_value < 0.05 and shown.is_common(effect.name) for effect in effects):
            lowered.append("changes as strong are common where nothing was begun")
    said = [
        "quasi-Poisson regression of counts" if ratio else "least squares on values",
        "the time of year allowed for" if is_seasonal else "no terms for the time of year",
        f"Newey-West errors with {newey_west_lags(len(frame))} lags"
        + (", or the model's own where larger" if errors == "larger" else ""),
        f"Durbin-Watson {watson:.2f}, Ljung-Box p {ljung_box:.3f} at {lags} lags",
        *lowered,
        shown.in_words if shown else "nothing to compare with",
        "whatever else happened then is in it",
    ]
    drawn = pd.DataFrame(
        {
            "period_start": frame["period_start"],
            "period_end": frame["period_end"],
            "phase": np.where(frame["is_after"], "after", "before"),
            "observed": observed,
            "counterfactual": counterfactual,
            "comparison_mean": np.nan,
        }
    )
    return Estimate(
        ITS,
        period_type=kind,
        before=window.before,
        after=window.after,
        effects=tuple(effects),
        pre_trend=trend,
        pre_trend_p_value=trend_p,
        diagnostics=tuple(said),
        trust=_grade("low", len(lowered)),
        series=drawn,
    )


@dataclass(frozen=True)
class _Placebos:
    """How many untouched places show as strong a change, by effect."""

    places: int
    as_strong: dict[str, int]

    def is_common(self, effect: str) -> bool:
        """Whether as strong an effect is nothing unusual where nothing was begun."""
        return self.as_strong[effect] > PLACEBO_ALARM * self.places

    @property
    def in_words(self) -> str:
        """The same in words."""
        counts = ", ".join(f"{n} as strong a {name.replace('_', ' ')}" for name, n in self.as_strong.items())
        return f"of {self.places} places where nothing was begun {counts}"


def _as_strong(
    effects: Sequence[Effect],
    others: Frame,
    start: Start,
    *,
    has_slope: bool,
    breaks: Sequence[Break],
    like: Frame,
) -> _Placebos | None:
    """What the same regression finds in untouched places; None where fewer than 19 have a series of the same length."""
    codes = sorted(others["area_code"].unique())
    every = np.unique(np.linspace(0, len(codes) - 1, min(len(codes), MOST_PLACEBOS)).round().astype(int))
    found: list[Estimate] = []
    for at in every if codes else []:
        series = others[others["area_code"] == codes[at]]
        estimate = interrupted_time_series(series, start, has_slope=has_slope, breaks=breaks)
        if estimate.is_estimable and len(estimate.series) >= len(like) - 2:
            found.append(estimate)
    if len(found) < FEWEST_PLACES:
        return None
    return _Placebos(
        len(found),
        {
            own.name: sum(placebo.effects[i].p_value <= own.p_value for placebo in found)
            for i, own in enumerate(effects)
        },
    )


# --- Difference-in-differences -------------------------------------------------------------------------------------


def two_way_effect(treated: Array, others: Array, after: np.ndarray[Any, np.dtype[np.bool_]]) -> float:
    """The two-way fixed effects estimate of one treated place (periods) against others (places by periods).

    In a balanced panel with one start it is the difference of the differences of means.
    """
    gap = treated - others.mean(axis=0)
    return float(gap[after].mean() - gap[~after].mean())


def two_way_regression(panel: Frame) -> tuple[float, float]:
    """The same by regression on ``area_code``, ``period_start`` and ``is_treated``: the effect on ``value`` and its
    error, clustered by place."""
    import statsmodels.api as sm

    places, periods = pd.factorize(panel["area_code"])[0], pd.factorize(panel["period_start"])[0]
    x = np.column_stack(
        [
            panel["is_treated"].to_numpy(dtype=float),
            np.eye(places.max() + 1)[places],
            np.eye(periods.max() + 1)[periods][:, 1:],
        ]
    )
    fitted: Any = sm.OLS(panel["value"].to_numpy(dtype=float), x).fit(cov_type="cluster", cov_kwds={"groups": places})
    return float(fitted.params[0]), float(fitted.bse[0])


def _slopes(values: Array, position: Array) -> Array:
    """The least-squares slope of each row, a period."""
    centred = position - position.mean()
    return values @ centred / (centred @ centred)


def _features(values: Array, position: Array, people: Array | None) -> Array:
    """What places are matched on: level, slope and (logarithm of) population before, each in standard deviations."""
    columns = [values.mean(axis=1), _slopes(values, position)]
    if people is not None:
        columns.append(np.log(people))
    features = np.column_stack(columns)
    spread = features.std(axis=0)
    return features / np.where(spread > 0, spread, 1.0)


def _nearest(features: Array, at: int, allowed: np.ndarray[Any, np.dtype[np.bool_]], k: int) -> list[int]:
    distance = np.linalg.norm(features - features[at], axis=1)
    distance[~allowed] = np.inf
    distance[at] = np.inf
    order = np.argsort(distance, kind="stable")[:k]
    return [int(i) for i in order if np.isfinite(distance[i])]


def _matrix(panel: Frame, window: Window) -> tuple[Frame, Frame]:
    """Values and what is below the line, place by period, over the periods of the window; whole rows only."""
    frame: Frame = panel.copy()
    for column in ("period_start", "period_end"):
        frame[column] = pd.to_datetime(frame[column])
    # By both days: a kind of period may have years that begin on one day and end on several.
    frame = frame.merge(window.frame[["period_start", "period_end"]], on=["period_start", "period_end"])
    frame = frame[frame["value"].notna()]
    values = frame.pivot(index="area_code", columns="period_start", values="value").dropna()
    below = frame.pivot(index="area_code", columns="period_start", values="denominator").reindex(values.index)
    return values, below


def difference_in_differences(
    panel: pd.DataFrame,
    area_code: str,
    start: Start,
    *,
    unit: str = "the indicator's unit",
    breaks: Sequence[Break] = (),
    cautions: Sequence[str] = (),
    touched: Collection[str] = (),
    neighbours: int = 10,
    min_before: int = 4,
    min_after: int = 2,
    min_places: int = FEWEST_PLACES,
) -> Estimate:
    """The change in a place beyond that of the places most like it before.

    ``panel`` is one indicator and kind of period of all places of the place's own level. ``touched`` are places that
    had something of the kind too and cannot be compared with. The comparison is the ``neighbours`` nearest in level,
    slope and population before the start. The p-value is the rank of the effect among those found when each other place
    is taken for the treated one and matched in the same way; the limits are the effects that such a test would not
    reject.
    """
    everywhere: Frame = panel
    own = everywhere[everywhere["area_code"] == area_code]
    window = window_of(own, start, breaks, min_before=min_before, min_after=min_after)
    kind = _period_type(own)
    if window.reason:
        return _not_estimable(DID, window, kind)
    if window.frame["value"].isna().any():
        return _not_estimable(DID, window, kind, "some periods have counts and no value")
    values, below = _matrix(everywhere[everywhere["status"].isin(USABLE)], window)
    donors = [code for code in values.index if code != area_code and code not in set(touched)]
    if len(donors) < min_places:
        return _not_estimable(
            DID,
            window,
            kind,
            f"{len(donors)} places without it have figures in every period; it takes {min_places} to tell an effect"
            " from chance",
        )
    order = [area_code, *donors]
    y = values.loc[order].to_numpy(dtype=float)
    after = window.frame["is_after"].to_numpy(dtype=bool)
    position = window.frame["position"].to_numpy(dtype=float)
    people = below.loc[order].to_numpy(dtype=float)[:, ~after]
    known = bool(np.isfinite(people).all() and (people > 0).all())
    features = _features(y[:, ~after], position[~after], people.mean(axis=1) if known else None)
    is_donor = np.arange(len(order)) > 0
    k = min(neighbours, len(donors) - 1)
    matched = _nearest(features, 0, is_donor, k)
    effect = two_way_effect(y[0], y[matched], after)
    drift = _gap_slope(y, 0, matched, position, after)
    placebo_effects, placebo_drifts = [], []
    for at in range(1, len(order)):
        alike = _nearest(features, at, is_donor, k)
        placebo_effects.append(two_way_effect(y[at], y[alike], after))
        placebo_drifts.append(_gap_slope(y, at, alike, position, after))
    if not np.ptp(placebo_effects) > 0:
        return _not_estimable(DID, window, kind, "nothing varies between the places")
    p, half = _by_rank(effect, np.array(placebo_effects))
    drift_p, _ = _by_rank(drift, np.array(placebo_drifts))
    differs = drift_p < PRE_TREND_ALARM
    places = tuple(sorted(order[i] for i in matched))
    long = values.loc[[area_code, *places]].reset_index().melt("area_code", value_name="value")
    treated_from = window.frame.loc[window.frame["is_after"], "period_start"].min()
    long["is_treated"] = (long["area_code"] == area_code) & (long["period_start"] >= treated_from)
    _, clustered = two_way_regression(long)
    carried = drift * float(position[after].mean() - position[~after].mean())
    lowered = [*cautions, *window.cautions]
    said = [
        f"two-way fixed effects against the {len(places)} nearest of {len(donors)} places in level, slope"
        + (" and population before" if known else " before"),
        f"p-value and limits from {len(donors)} placebos; error clustered by place {clustered:.3g}, which is too small"
        " with one place treated",
        f"were the gap to go on as before, {carried:.3g} {unit} of the effect would be that",
        *lowered,
    ]
    if differs:
        said.append("the place was already drifting away from its comparison: the estimate cannot be told from that")
    comparison = y[matched].mean(axis=0)
    drawn = pd.DataFrame(
        {
            "period_start": window.frame["period_start"],
            "period_end": window.frame["period_end"],
            "phase": np.where(after, "after", "before"),
            "observed": y[0],
            "counterfactual": comparison + (y[0] - comparison)[~after].mean(),
            "comparison_mean": comparison,
        }
    )
    return Estimate(
        DID,
        period_type=kind,
        before=window.before,
        after=window.after,
        effects=(Effect("average_change", effect, effect - half, effect + half, unit, p),),
        pre_trend=drift * window.per_year,
        pre_trend_p_value=drift_p,
        pre_trend_differs=differs,
        places=places,
        diagnostics=tuple(said),
        trust="very_low" if differs else _grade("moderate", len(lowered)),
        series=drawn,
    )


def _gap_slope(
    y: Array, at: int, matched: list[int], position: Array, after: np.ndarray[Any, np.dtype[np.bool_]]
) -> float:
    """How much faster a place changed than its comparison before, a period: the coefficient of the place's own trend in
    a regression with place and period effects."""
    gap = y[at] - y[matched].mean(axis=0)
    return float(_slopes(gap[None, ~after], position[~after])[0])


def _by_rank(effect: float, placebos: Array) -> tuple[float, float]:
    """The two-sided p-value by rank among placebos, and half the width of the interval that the test does not reject.

    With fewer than 19 placebos no interval is had and the half width is infinite.
    """
    sizes = np.sort(np.abs(placebos))
    n = len(sizes)
    p = (1 + int((sizes >= abs(effect) - 1e-12).sum())) / (n + 1)
    at = math.ceil(0.95 * (n + 1) - 1e-9)
    return p, float(sizes[at - 1]) if at <= n else math.inf
