"""The statistical macros against SciPy and statsmodels: rendered with Jinja, run in DuckDB, no dbt and no warehouse.

What they give for published worked examples is tested in `dbt_project/tests/assert_*_published_examples.sql`.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson_2indep

from tests.dbt_project.macros import PROJECT, rendered, rows, values

pytestmark = pytest.mark.slow

STANDARD = pd.read_csv(PROJECT / "seeds/reference/european_standard_population.csv")
LEVELS = [(95, 0.05), (99.8, 0.002)]
SUFFIX = {95: "95", 99.8: "998"}
brief = settings(max_examples=25, deadline=None)


def near(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


# Limits ---------------------------------------------------------------------------------------------------------------


def test_any_other_level_than_95_and_99_8_stops_the_compilation() -> None:
    with pytest.raises(ValueError, match="not at 90"):
        rendered("select {{ wilson_lower('1', '2', 90) }}")


@pytest.mark.parametrize(("level", "alpha"), LEVELS)
def test_the_normal_quantile_is_scipys(level: float, alpha: float) -> None:
    assert values(f"{{{{ normal_quantile({level}) }}}}")[0] == pytest.approx(stats.norm.isf(alpha / 2), rel=1e-15)


@pytest.mark.parametrize(("level", "alpha"), LEVELS)
@given(counts=st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 10**8)), min_size=1, max_size=20))
@brief
def test_wilson_limits_are_statsmodels_and_lie_about_the_proportion(
    level: float, alpha: float, counts: list[tuple[int, int]]
) -> None:
    frame = pd.DataFrame([(min(c), max(c)) for c in counts if max(c) > 0], columns=["x", "n"])
    query = f"select x, n, {{{{ wilson_lower('x', 'n', {level}) }}}}, {{{{ wilson_upper('x', 'n', {level}) }}}} from t"
    for x, n, lower, upper in rows(query, t=frame):
        assert (lower, upper) == near(proportion_confint(x, n, alpha=alpha, method="wilson"))
        assert 0 <= lower <= x / n + 1e-15
        assert x / n - 1e-15 <= upper <= 1


def test_a_proportion_that_is_none_has_no_limits() -> None:
    assert (
        values(
            "{{ wilson_lower('3', '0') }}, {{ wilson_upper('null', '5') }}, {{ wilson_lower('6', '5') }}, "
            "{{ wilson_upper('-1', '5') }}, {{ wilson_lower('1', 'null') }}"
        )
        == (None,) * 5
    )
    assert values("{{ wilson_lower('0', '7', 99.8) }}, {{ wilson_upper('7', '7', 99.8) }}") == (0.0, 1.0)


def test_an_argument_may_be_any_expression_and_any_type_of_number() -> None:
    assert values("{{ wilson_lower('1 + 1', '2 + 8') }}") == near((proportion_confint(2, 10, method="wilson")[0],))
    assert values("{{ byar_lower('60 + 5', 'null') }}")[0] == near(50.163187710459443)
    sixty_million = "cast(60000000 as decimal(18, 3))"
    assert values(f"{{{{ wilson_upper('{sixty_million}', '70000000') }}}}")[0] == near(
        proportion_confint(60_000_000, 70_000_000, method="wilson")[1]
    )


@pytest.mark.parametrize(("level", "alpha"), LEVELS)
def test_limits_of_counts_below_ten_are_the_exact_poisson_ones_and_above_close_to_them(
    level: float, alpha: float
) -> None:
    counts = pd.DataFrame({"o": [*range(200), 1000, 50_000]})
    for o, lower, upper in rows(
        f"""
        select
            o,
            {{{{ byar_lower('o', 'lower_{SUFFIX[level]}', {level}) }}}},
            {{{{ byar_upper('o', 'upper_{SUFFIX[level]}', {level}) }}}}
        from t left join poisson_limit on o = observed
        """,
        t=counts,
    ):
        exact = (stats.chi2.ppf(alpha / 2, 2 * o) / 2 if o else 0.0, stats.chi2.isf(alpha / 2, 2 * o + 2) / 2)
        if o < 10:
            assert (lower, upper) == pytest.approx(exact, abs=1e-11)
        else:  # measured: 0.17% at ten for 95% limits, 1.5% for 99.8% limits
            assert (lower, upper) == pytest.approx(exact, rel=0.002 if level == 95 else 0.015)


def test_a_count_below_ten_that_is_no_whole_number_has_no_limits() -> None:
    assert values("{{ byar_lower('null', 'null') }}, {{ byar_upper('2.5', 'null') }}") == (None, None)


# Events that the same person can have many times ----------------------------------------------------------------------


def test_the_variance_of_repeat_events_is_poissons_for_one_each_and_the_sum_of_squares_of_geometric_numbers() -> None:
    assert values("{{ repeat_variance('40', '40') }}, {{ repeat_variance('0', '0') }}") == (40.0, 0.0)
    assert values("{{ repeat_variance('3', '4') }}, {{ repeat_variance('3', 'null') }}") == (None, None)
    mean = 2.5
    expected_square = stats.geom(1 / mean).moment(2)
    assert values("{{ repeat_variance('2500', '1000') }}")[0] == near(1000 * expected_square)


def test_limits_of_repeat_events_are_poissons_times_the_root_of_the_dispersion_and_never_below_nought() -> None:
    plain = values("{{ byar_lower('100', 'null') }}, {{ byar_upper('100', 'null') }}")
    wide = values("{{ repeat_lower('100', '400', 'null') }}, {{ repeat_upper('100', '400', 'null') }}")
    assert wide == near((100 + 2 * (plain[0] - 100), 100 + 2 * (plain[1] - 100)))
    assert values("{{ repeat_lower('100', '100', 'null') }}, {{ repeat_upper('100', '100', 'null') }}") == near(plain)
    assert values("{{ repeat_lower('3', '30', '0.6187') }}, {{ repeat_lower('0', '0', '0.0') }}") == (0.0, 0.0)
    assert values("{{ repeat_upper('0', '0', '3.7') }}, {{ repeat_lower('2.5', '5', 'null') }}") == (3.7, None)
    assert values("{{ repeat_lower('100', 'null', 'null') }}") == (None,)


# Standardised rates ---------------------------------------------------------------------------------------------------

DSR = """
select
    {{ dsr_value('x', 'n', 'w', 1000) }} as value,
    {{ dsr_variance('x', 'n', 'w', 1000) }} as variance,
    {{ dsr_variance('x', 'n', 'w', 1000, variance='squares') }} as of_repeats,
    {{ dobson_lower(dsr_value('x', 'n', 'w', 1000), dsr_variance('x', 'n', 'w', 1000), 'sum(x)', 99.8) }} as lower_998,
    {{ dobson_upper(dsr_value('x', 'n', 'w', 1000), dsr_variance('x', 'n', 'w', 1000), 'sum(x)', 99.8) }} as upper_998
from t
"""


def test_the_european_standard_population_is_100000_people() -> None:
    assert STANDARD["standard_population"].sum() == 100_000
    assert (STANDARD["age_from"].iloc[1:].to_numpy() == STANDARD["age_to"].iloc[:-1].to_numpy() + 1).all()
    assert (STANDARD["age_band"].iloc[0], STANDARD["age_band"].iloc[-1], len(STANDARD)) == ("0-4", "90+", 19)


def test_the_variance_of_a_standardised_rate_gives_the_gamma_limits_that_fay_and_feuer_published() -> None:
    # Down's syndrome, Michigan 1950-64, mothers of five or more: Fay MP, Feuer EJ. Stat Med 1997;16:791-801, table II;
    # 75.52901 (67.70212 to 188.30017) per 100,000 in the vignette of the R package dsrTest 1.0.0. Their limits need
    # nothing but the rate, its variance and the largest weight.
    frame = pd.DataFrame(
        {
            "x": [0, 8, 63, 112, 262, 295],
            "n": [327, 30666, 123419, 149919, 104088, 34392],
            "w": [319933, 931318, 786511, 488235, 237863, 61313],
        }
    )
    ((value, variance),) = rows(
        "select {{ dsr_value('x', 'n', 'w') }}, {{ dsr_variance('x', 'n', 'w') }} from t", t=frame
    )
    largest = 1e5 * (frame["w"] / frame["n"]).max() / frame["w"].sum()
    lower = variance / (2 * value) * stats.chi2.ppf(0.025, 2 * value**2 / variance)
    above, spread = value + largest, variance + largest**2
    upper = spread / (2 * above) * stats.chi2.ppf(0.975, 2 * above**2 / spread)
    assert (value, lower, upper) == pytest.approx((75.52901, 67.70212, 188.30017), abs=5e-6)


@given(
    bands=st.lists(
        st.tuples(st.integers(0, 500), st.integers(1, 100_000), st.integers(1, 9000), st.integers(1, 4)),
        min_size=2,
        max_size=19,
    )
)
@brief
def test_directly_standardised_rates_and_dobsons_limits_are_those_of_the_formula(
    bands: list[tuple[int, int, int, int]],
) -> None:
    frame = pd.DataFrame(bands, columns=["x", "n", "w", "m"])
    frame["squares"] = frame["x"] * frame["m"]
    (found,) = rows(DSR, t=frame)
    x, n, w = (frame[c].to_numpy(float) for c in "xnw")
    if x.sum() < 10:
        assert found == (None,) * 5
        return
    share = 1000 * w / w.sum()
    value, variance = float((share * x / n).sum()), float((share**2 * x / n**2).sum())
    total, z = x.sum(), stats.norm.isf(0.001)
    lower = total * (1 - 1 / (9 * total) - z / (3 * math.sqrt(total))) ** 3
    upper = (total + 1) * (1 - 1 / (9 * (total + 1)) + z / (3 * math.sqrt(total + 1))) ** 3
    scale = math.sqrt(variance / total)
    assert found == near(
        (
            value,
            variance,
            float((share**2 * frame["squares"] / n**2).sum()),
            value + scale * (lower - total),
            value + scale * (upper - total),
        )
    )


@pytest.mark.parametrize("gap", [{"x": None}, {"n": None}, {"n": 0}, {"w": None}])
def test_a_rate_with_a_gap_in_a_band_is_not_given(gap: dict[str, Any]) -> None:
    frame = pd.DataFrame([{"x": 20, "n": 900, "w": 5}, {"x": 30, "n": 800, "w": 6} | gap]).assign(squares=50)
    assert rows(DSR, t=frame) == [(None,) * 5]


def test_of_one_band_a_standardised_rate_has_the_limits_of_the_crude_rate() -> None:
    frame = pd.DataFrame({"x": [64], "n": [5000], "w": [100], "squares": [64]})
    (found,) = rows(DSR, t=frame)
    crude = values("{{ byar_lower('64', 'null', 99.8) }} / 5, {{ byar_upper('64', 'null', 99.8) }} / 5")
    assert (found[0], *found[3:]) == near((12.8, *crude))


def test_indirectly_standardised_ratios_are_observed_over_expected_with_the_limits_of_the_observed() -> None:
    frame = pd.DataFrame({"n": [1000, 2000], "events": [10, 40], "people": [10_000, 10_000]})
    assert rows("select {{ expected_events('n', 'events', 'people') }} from t", t=frame) == [(9.0,)]
    frame.loc[0, "people"] = 0
    assert rows("select {{ expected_events('n', 'events', 'people') }} from t", t=frame) == [(None,)]
    found = values(
        "{{ indirect_value('18', '9.0') }}, {{ indirect_lower('18', '9.0', 'null') }}, "
        "{{ indirect_upper('18', '9.0', 'null') }}, {{ indirect_value('18', '9.0', multiplier='250.0') }}"
    )
    lower, upper = values("{{ byar_lower('18', 'null') }}, {{ byar_upper('18', 'null') }}")
    assert found == near((200, 100 * lower / 9, 100 * upper / 9, 500))
    assert values("{{ indirect_value('3', '0') }}, {{ indirect_lower('3', '0', '1') }}") == (None, None)


# Differences and ratios -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "alpha"), LEVELS)
@given(
    first=st.tuples(st.integers(0, 900), st.integers(1, 900)),
    second=st.tuples(st.integers(0, 900), st.integers(1, 900)),
)
@brief
def test_newcombes_limits_are_statsmodels(
    level: float, alpha: float, first: tuple[int, int], second: tuple[int, int]
) -> None:
    (x1, n1), (x2, n2) = sorted(first), sorted(second)
    arguments = f"'{x1}', '{n1}', '{x2}', '{n2}', {level}"
    found = values(f"{{{{ newcombe_lower({arguments}) }}}}, {{{{ newcombe_upper({arguments}) }}}}")
    assert found == near(confint_proportions_2indep(x1, n1, x2, n2, method="newcomb", compare="diff", alpha=alpha))


def test_a_difference_of_proportions_of_which_one_is_none_has_no_limits() -> None:
    assert values("{{ newcombe_lower('1', '0', '2', '5') }}, {{ newcombe_upper('1', '4', 'null', '5') }}") == (
        None,
        None,
    )


def test_a_ratio_of_rates_has_the_limits_of_statsmodels_and_none_for_no_events() -> None:
    # Breast cancer after fluoroscopy: Boice JD, Monson RR. J Natl Cancer Inst 1977;59:823-32.
    found = values(
        "{{ rate_ratio_lower('(41 / 28010.0) / (15 / 19017.0)', '41', '15') }}, "
        "{{ rate_ratio_upper('(41 / 28010.0) / (15 / 19017.0)', '41', '15') }}"
    )
    ratio, error = (41 / 28010) / (15 / 19017), math.sqrt(1 / 41 + 1 / 15)
    assert found == near(tuple(ratio * math.exp(s * stats.norm.isf(0.025) * error) for s in (-1, 1)))
    # statsmodels has score limits, which are near.
    assert found == pytest.approx(
        confint_poisson_2indep(41, 28010, 15, 19017, compare="ratio", method="score"), rel=0.02
    )
    assert values("{{ rate_ratio_lower('0', '0', '15') }}") == (None,)


def test_a_ratio_of_two_rates_from_their_limits_is_that_from_their_counts_where_those_are_large() -> None:
    from_limits, from_counts = values(
        """
        {{ ratio_lower(
            '20.0', byar_lower('2000', 'null') ~ '/ 100', byar_upper('2000', 'null') ~ ' / 100',
            '10.0', byar_lower('1000', 'null') ~ '/ 100', byar_upper('1000', 'null') ~ ' / 100'
        ) }},
        {{ rate_ratio_lower('2.0', '2000', '1000') }}
        """
    )
    assert from_limits == pytest.approx(from_counts, rel=1e-3)
    assert values(
        "{{ ratio_lower('2', '0', '3', '2', '1', '3') }}, {{ ratio_upper('2', '1', '3', '2', 'null', '3') }}"
    ) == (
        None,
        None,
    )


def test_a_difference_between_two_changes_has_the_root_of_the_four_squared_errors() -> None:
    assert values("{{ change_difference_error('1', '2', '3', '4') }}")[0] == near(math.sqrt(30))
    assert values("{{ standard_error('8', '12') }}, {{ standard_error('8', '12', 99.8) }}") == near(
        (2 / stats.norm.isf(0.025), 2 / stats.norm.isf(0.001))
    )


# Comparison with a benchmark ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("benchmark", "polarity", "expected"),
    [
        ("3", "higher_is_better", "better"),
        ("3", "lower_is_better", "worse"),
        ("3", "not_judged", "higher"),
        ("9", "higher_is_better", "worse"),
        ("9", "lower_is_better", "better"),
        ("9", "not_judged", "lower"),
        ("4", "lower_is_better", "similar"),
        ("5", "not_judged", "similar"),
        ("8", "higher_is_better", "similar"),
        ("null", "not_judged", "not_compared"),
    ],
)
def test_a_place_of_4_to_8_is_compared_with_a_benchmark_by_its_polarity(
    benchmark: str, polarity: str, expected: str
) -> None:
    call = f"{{{{ compared_with_benchmark('{benchmark}', '4', '8', \"'{polarity}'\") }}}}"
    assert values(call) == (expected,)


def test_a_benchmark_with_limits_of_its_own_takes_more_to_differ_from() -> None:
    call = "{{ compared_with_estimate('10', '8', '12', %s, \"'lower_is_better'\") }}"
    assert values(call % "'13', '13', '13'") == ("better",)
    assert values(call % "'13', '10', '16'") == ("similar",)
    assert values(call % "'4', '3', '5'") == ("worse",)
    # The intervals overlap, the difference is significant all the same.
    assert values(call % "'13.5', '11.5', '15.5'") == ("better",)
    assert values(call % "'13', 'null', '16'") == ("not_compared",)


# Funnels --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [95, 99.8])
@given(
    benchmark=st.floats(0.01, 0.99),
    counts=st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 5000)), min_size=1, max_size=20),
)
@brief
def test_a_place_is_beyond_the_line_of_a_funnel_of_proportions_where_its_own_limits_leave_the_benchmark_out(
    level: float, benchmark: float, counts: list[tuple[int, int]]
) -> None:
    frame = pd.DataFrame([sorted(c) for c in counts], columns=["x", "n"])
    query = f"""
        select
            x / n - {{{{ funnel_proportion_upper('{benchmark!r}', 'n', {level}) }}}},
            {{{{ wilson_lower('x', 'n', {level}) }}}} - {benchmark!r},
            {{{{ funnel_proportion_lower('{benchmark!r}', 'n', {level}) }}}} - x / n,
            {benchmark!r} - {{{{ wilson_upper('x', 'n', {level}) }}}}
        from t
    """
    for above, over, below, under in rows(query, t=frame):
        assert (above > 0) == (over > 0) or abs(over) < 1e-9
        assert (below > 0) == (under > 0) or abs(under) < 1e-9


def test_a_funnel_of_rates_by_population_is_an_event_or_two_off_the_exact_poisson_quantiles() -> None:
    frame = pd.DataFrame({"n": np.geomspace(1000, 10_000_000, 60)})  # five to 50,000 events
    for level, alpha in LEVELS:
        query = f"""
            select
                n,
                n / 1000 * {{{{ funnel_population_lower('5.0', 'n', '1000', {level}) }}}},
                n / 1000 * {{{{ funnel_population_upper('5.0', 'n', '1000', {level}) }}}}
            from t
        """
        for n, lower, upper in rows(query, t=frame):
            exact = stats.poisson(5 * n / 1000).ppf([alpha / 2, 1 - alpha / 2])
            assert (lower, upper) == pytest.approx(tuple(exact), abs=2.25 if level == 99.8 else 1)


def test_a_place_stands_in_the_funnel_by_its_own_limits() -> None:
    call = "{{ funnel_position('%s', '4', '8', '3', '10') }}"
    found = [values(call % b)[0] for b in ("2", "3.5", "4", "6", "9", "11", "null")]
    assert found == ["above_998", "above_95", "within", "within", "below_95", "below_998", "not_compared"]
    assert values("{{ funnel_rate_upper('10', '0', '0.0') }}, {{ funnel_rate_lower('10', '0', '3.69') }}") == (
        None,
        0.0,
    )


# Trends ---------------------------------------------------------------------------------------------------------------

TREND = """
{{ recent_trend('t', ['series'], 'year', value='value', lower='low', upper='high', numerator='x', denominator='n',
   is_proportion='is_share') }}
order by series
"""


def _fitted(y: np.ndarray, t: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    fit = sm.WLS(y, sm.add_constant(t), weights=weights).fit()
    return float(fit.params[1]), float(fit.params[1] ** 2 / fit.normalized_cov_params[1, 1])


def _expected(series: pd.DataFrame) -> tuple[float, float, str]:
    """Slope, chi-squared and trend by statsmodels, fitting six times."""
    t = np.arange(5.0)
    if series["is_share"].iloc[0]:
        x, n = series["x"].to_numpy(float), series["n"].to_numpy(float)
        p = x.sum() / n.sum()
        y, weights = np.log(x / (n - x)), np.ones(5)
        chi = _fitted(x / n, t, n / (p * (1 - p)))[1]
    else:
        y = series["value"].to_numpy(float)
        weights = (2 * stats.norm.isf(0.025) / (series["high"] - series["low"]).to_numpy(float)) ** 2
        chi = _fitted(y, t, weights)[1]
    slope = _fitted(y, t, weights)[0]
    rest = [np.arange(5) != out for out in range(5)]
    one_sign = all(_fitted(y[keep], t[keep], weights[keep])[0] * slope > 0 for keep in rest)
    if chi > stats.chi2.isf(0.002, 1) and one_sign:
        return slope, chi, "increasing" if slope > 0 else "decreasing"
    return slope, chi, "no_significant_change"


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_trends_are_those_of_statsmodels_fitted_anew_without_each_point(seed: int) -> None:
    random = np.random.default_rng(seed)
    parts = []
    for series in range(24):
        share = series % 2 == 0
        level = np.linspace(0, random.normal(0, 0.5), 7) + random.normal(0, 0.1, 7)
        n = random.integers(200, 3000, 7)
        x = np.clip(random.binomial(n, 1 / (1 + np.exp(-level))), 1, n - 1)
        value, width = 100 * np.exp(level), random.uniform(2, 25, 7)
        parts.append(
            pd.DataFrame(
                {"series": series, "year": range(2018, 2025), "is_share": share, "x": x, "n": n}
                | {"value": value, "low": value - width, "high": value + 1.3 * width}
            )
        )
    frame = pd.concat(parts).sample(frac=1, random_state=seed)
    found = rows(TREND, t=frame)
    assert len(found) == 24
    for series, points, first, last, slope, chi, trend in found:
        assert (points, first, last) == (5, 2020, 2024)
        mine = frame[(frame["series"] == series) & (frame["year"] >= 2020)].sort_values("year")
        expected = _expected(mine)
        assert (slope, chi) == pytest.approx(expected[:2], rel=1e-9, abs=1e-9)
        assert trend == expected[2]


def test_a_trend_is_said_only_of_five_points_that_all_have_what_it_takes() -> None:
    years = pd.DataFrame({"year": range(2020, 2025), "is_share": False, "x": np.nan, "n": np.nan})
    whole = years.assign(value=[10.0, 20, 30, 40, 50], low=lambda f: f["value"] - 1, high=lambda f: f["value"] + 1)
    share = years.assign(is_share=True, x=[10, 20, 30, 40, 50], n=100, value=np.nan, low=np.nan, high=np.nan)
    nothing = share.assign(x=[0, 20, 30, 40, 50])
    all_of_it = share.assign(x=[10, 20, 30, 40, 100])
    frame = pd.concat(
        [
            whole.assign(series="a whole"),
            whole.iloc[1:].assign(series="b four"),
            whole.assign(high=[11, 21, np.nan, 41, 51], series="c no limit"),
            whole.assign(high=[11, 21, 29, 41, 51], series="d no width"),
            share.assign(series="e share"),
            nothing.assign(series="f nought"),
            all_of_it.assign(series="g all"),
            # The last year alone makes the trend: without it the rest falls.
            whole.assign(value=[14.0, 13, 12, 11, 60], series="h one point"),
        ]
    )
    assert [row[-1] for row in rows(TREND, t=frame)] == [
        "increasing",
        "cannot_be_calculated",
        "cannot_be_calculated",
        "cannot_be_calculated",
        "increasing",
        "cannot_be_calculated",
        "cannot_be_calculated",
        "no_significant_change",
    ]


def test_a_series_may_be_told_by_columns_of_any_name() -> None:
    names = ["age", "x", "y", "t", "c", "d", "w", "point", "value", "people", "share", "mean"]
    years = pd.DataFrame({"year": range(2020, 2025), "v": [1.0, 2, 3, 4, 5]} | {name: name for name in names})
    columns = ", ".join(f"'{name}'" for name in names)
    call = f"{{{{ recent_trend('t', [{columns}], 'year', value='v', lower='v - 0.1', upper='v + 0.1') }}}}"
    assert rows(call, t=years)[0] == (
        *names,
        5,
        2020,
        2024,
        near(1.0),
        near(10 / 0.1**2 * stats.chi2.isf(0.05, 1)),
        "increasing",
    )
    call = f"{{{{ slope_index('t', [{columns}], rank='year', value='v', population='100', standard_error='1') }}}}"
    assert rows(call, t=years)[0][: len(names) + 1] == (*names, 5)


def test_a_missing_year_counts_where_the_time_is_given() -> None:
    frame = pd.DataFrame({"series": 1, "year": [2016, 2021, 2022, 2023, 2024], "value": [10.0, 19, 22, 24, 26]})
    frame = frame.assign(low=frame["value"] - 1, high=frame["value"] + 1)
    call = "{{ recent_trend('t', ['series'], 'year', value='value', lower='low', upper='high'%s) }}"
    by_year, by_order = rows(call % ", time='year'", t=frame)[0], rows(call % "", t=frame)[0]
    weights = np.ones(5)
    assert by_year[4] == near(_fitted(frame["value"].to_numpy(), frame["year"].to_numpy(float), weights)[0])
    assert by_order[4] == near(_fitted(frame["value"].to_numpy(), np.arange(5.0), weights)[0])


@pytest.mark.parametrize(
    ("trend", "polarity", "expected"),
    [
        ("increasing", "higher_is_better", "getting_better"),
        ("increasing", "lower_is_better", "getting_worse"),
        ("decreasing", "higher_is_better", "getting_worse"),
        ("decreasing", "lower_is_better", "getting_better"),
        ("decreasing", "not_judged", "decreasing"),
        ("no_significant_change", "lower_is_better", "no_significant_change"),
        ("cannot_be_calculated", "higher_is_better", "cannot_be_calculated"),
    ],
)
def test_a_trend_is_judged_by_the_polarity(trend: str, polarity: str, expected: str) -> None:
    assert values(f"{{{{ judged_trend(\"'{trend}'\", \"'{polarity}'\") }}}}") == (expected,)


# Inequality -----------------------------------------------------------------------------------------------------------

SLOPE = """
{{ slope_index('t', ['area'], rank='decile', value='value', population='people', standard_error='se') }} order by area
"""


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_the_slope_index_is_that_of_statsmodels_with_the_limits_of_a_weighted_sum(seed: int) -> None:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "area": np.repeat(np.arange(6), 10),
            "decile": np.tile(np.arange(1, 11), 6),
            "people": random.integers(100, 50_000, 60),
            "value": random.uniform(20, 90, 60),
            "se": random.uniform(0, 3, 60),
        }
    )
    for area, count, most, least, slope, low, high, low_998, high_998, ratio, *ratio_limits in rows(SLOPE, t=frame):
        mine = frame[frame["area"] == area]
        share = mine["people"].to_numpy() / mine["people"].sum()
        design = sm.add_constant(share.cumsum() - share / 2)
        value, se = mine["value"].to_numpy(), mine["se"].to_numpy()
        intercept, gradient = sm.WLS(value, design, weights=share).fit().params
        weighted = design.T * share
        coefficients = np.linalg.solve(weighted @ design, weighted)  # fitted parameters are these times the values
        error = math.sqrt((coefficients[1] ** 2 * se**2).sum())
        assert (count, most, least, slope) == near((10, intercept, intercept + gradient, gradient))
        for (below, above), alpha in zip([(low, high), (low_998, high_998)], [0.05, 0.002], strict=True):
            assert (below, above) == near(tuple(gradient + s * stats.norm.isf(alpha / 2) * error for s in (-1, 1)))
        ends = (coefficients[0] + coefficients[1]) / (intercept + gradient) - coefficients[0] / intercept
        relative_error = math.sqrt((ends**2 * se**2).sum())
        expected = [
            (intercept + gradient) / intercept * math.exp(s * stats.norm.isf(a / 2) * relative_error)
            for a in (0.05, 0.002)
            for s in (-1, 1)
        ]
        assert (ratio, *ratio_limits) == near(((intercept + gradient) / intercept, *expected))


def test_the_limits_of_the_slope_index_are_those_that_simulation_tends_to() -> None:
    # As phe_sii does it for figures with normal errors, with 200,000 draws.
    random = np.random.default_rng(1)
    people = np.array([7291, 7997, 6105, 7666, 5790, 6934, 5918, 5974, 7147, 7534])
    value = np.array([75.9, 78.3, 83.8, 83.6, 80.5, 81.1, 81.7, 84.2, 80.6, 86.3])
    se = np.array([1.64, 1.58, 1.51, 1.78, 1.70, 1.56, 1.37, 1.40, 2.43, 1.57])
    frame = pd.DataFrame({"area": 1, "decile": range(1, 11), "people": people, "value": value, "se": se})
    found = rows(SLOPE, t=frame)[0]
    share = people / people.sum()
    design = sm.add_constant(share.cumsum() - share / 2)
    weighted = design.T * share
    draws = np.linalg.solve(weighted @ design, weighted) @ random.normal(value, se, (200_000, 10)).T
    assert found[5:7] == pytest.approx(tuple(np.quantile(draws[1], [0.025, 0.975])), abs=0.05)
    assert found[10:12] == pytest.approx(tuple(np.quantile(1 + draws[1] / draws[0], [0.025, 0.975])), abs=0.001)


def test_there_is_no_slope_index_over_too_few_groups_or_with_a_gap_and_no_relative_one_below_nought() -> None:
    ten = pd.DataFrame({"decile": range(1, 11), "people": 100, "value": np.arange(10.0, 20), "se": 1.0})
    frame = pd.concat(
        [
            ten.iloc[:4].assign(area="a few"),
            ten.assign(area="b gap", value=[np.nan, *range(11, 20)]),
            ten.assign(area="c nobody", people=[0] + [100] * 9),
            ten.assign(area="d below", value=np.arange(-4.0, 6)),
        ]
    )
    few, gap, nobody, below = rows(SLOPE, t=frame)
    assert few[2:] == gap[2:] == nobody[2:] == (None,) * 12
    assert below[4] == near(10.0 * 1.0)
    assert below[9:] == (None,) * 5


# Correlation ----------------------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_correlations_and_their_intervals_are_scipys(seed: int) -> None:
    random = np.random.default_rng(seed)
    x = random.integers(0, 12, 30).astype(float)  # with ties
    y = random.normal(0.3 * x, 2).round(1)
    frame = pd.DataFrame({"place": "a", "x": x, "y": y})
    ranked = """
        select {{ pearson('x', 'y') }}, {{ pearson('rank_x', 'rank_y') }}, {{ pearson('x', 'half') }}
        from (
            select
                x, y, case when y > 0 then null else null end as half,
                {{ average_rank('x', ['place']) }} as rank_x, {{ average_rank('y') }} as rank_y
            from t
        )
    """
    ((r, rho, none),) = rows(ranked, t=frame)
    expected = stats.pearsonr(x, y)
    assert (r, rho, none) == near((expected.statistic, stats.spearmanr(x, y).statistic, None))
    for level, alpha in LEVELS:
        limits = values(
            f"{{{{ pearson_lower('{r!r}', '30', {level}) }}}}, {{{{ pearson_upper('{r!r}', '30', {level}) }}}}"
        )
        assert limits == near(tuple(expected.confidence_interval(1 - alpha)))
        half = stats.norm.isf(alpha / 2) * math.sqrt((1 + rho**2 / 2) / 27)
        of_ranks = values(
            f"{{{{ spearman_lower('{rho!r}', '30', {level}) }}}}, {{{{ spearman_upper('{rho!r}', '30', {level}) }}}}"
        )
        assert of_ranks == near((math.tanh(math.atanh(rho) - half), math.tanh(math.atanh(rho) + half)))


def test_a_correlation_needs_three_pairs_that_differ_and_its_limits_four() -> None:
    pairs = pd.DataFrame({"x": [1.0, 2, 3, np.nan], "y": [5.0, 5, 5, 9]})
    assert rows("select {{ pearson('x', 'y') }} from t", t=pairs) == [(None,)]
    assert rows("select {{ pearson('x', 'x') }} from t limit 1", t=pairs.iloc[:2]) == [(None,)]
    assert rows("select {{ pearson('x', 'x') }} from t", t=pairs)[0][0] == near(1.0)
    assert values("{{ pearson_lower('0.5', '3') }}, {{ pearson_upper('1.0', '9') }}") == (None, 1.0)


# Suppressed and rounded counts ----------------------------------------------------------------------------------------


@given(
    low=st.integers(0, 60),
    more=st.integers(0, 10),
    people=st.integers(1, 200),
    less=st.integers(0, 10),
    share=st.data(),
)
@brief
def test_whatever_the_counts_are_value_and_limits_lie_within_the_possible_ones(
    low: int, more: int, people: int, less: int, share: st.DataObject
) -> None:
    x = share.draw(st.integers(low, low + more))
    n = share.draw(st.integers(max(1, people - less), people))
    if x > n:
        return
    bounds = {"low": low, "high": low + more, "least": max(1, people - less), "most": people, "x": x, "n": n}
    found = rows(
        """
        select
            {{ possible_low('low', 'most', 100) }}, 100 * x / n, {{ possible_high('high', 'least', 100, true) }},
            {{ possible_wilson_lower('least(low, most)', 'most') }}, {{ wilson_lower('x', 'n') }},
            {{ wilson_upper('x', 'n') }}, {{ possible_wilson_upper('high', 'least') }},
            {{ possible_rate_lower('low', 'most', 'below.lower_95') }}, {{ byar_lower('x', 'mine.lower_95') }} / n,
            {{ byar_upper('x', 'mine.upper_95') }} / n, {{ possible_rate_upper('high', 'least', 'above.upper_95') }}
        from t
        left join poisson_limit as below on low = below.observed
        left join poisson_limit as mine on x = mine.observed
        left join poisson_limit as above on high = above.observed
        """,
        t=pd.DataFrame([bounds]),
    )[0]
    for group in (found[:3], found[3:5], found[5:7], found[7:9], found[9:11]):
        assert all(a <= b + 1e-12 for a, b in itertools.pairwise(group)), group


def test_a_share_cannot_be_above_the_whole_and_needs_a_denominator() -> None:
    assert values(
        "{{ possible_high('9', '8', 100, true) }}, {{ possible_high('9', '8', 100) }}, {{ possible_low('1', '0') }}, "
        "{{ possible_wilson_upper('9', '8') }}, {{ possible_wilson_upper('4', '0') }}"
    ) == (100.0, 112.5, None, 1.0, None)
