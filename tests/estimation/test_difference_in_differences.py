"""Difference-in-differences: against published examples, against regression, and on made-up panels."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from estimation.effects import difference_in_differences, two_way_effect, two_way_regression
from estimation.windows import Break, Start
from tests.estimation.conftest import made_up_panel, periods, start_of

PLACE = "E23000000"


def test_card_and_krueger_found_that_employment_rose_by_2_76() -> None:
    # Card and Krueger 1994, Am Econ Rev 84:772, table 3: mean full-time equivalent employment a store, before and after
    # the minimum wage rose in New Jersey: there 20.44 and 21.03, in Pennsylvania 23.33 and 21.17. The table has 2.76,
    # of means that are not rounded.
    new_jersey, pennsylvania = np.array([20.44, 21.03]), np.array([[23.33, 21.17]])
    assert two_way_effect(new_jersey, pennsylvania, np.array([False, True])) == pytest.approx(2.76, abs=0.011)


def test_active_choice_in_california_lowered_registration_by_2_2_points_as_published(
    organ_donors: pd.DataFrame,
) -> None:
    # Huntington-Klein 2021, The Effect, chapter 18: -0.022, with an error clustered by state of 0.006.
    after = organ_donors["period_start"] >= pd.Timestamp("2011-07-01")
    panel = organ_donors.assign(is_treated=(organ_donors["area_code"] == "California") & after)
    effect, error = two_way_regression(panel)
    assert effect == pytest.approx(-0.022, abs=0.0005)
    # The book's software does not count the effects of states among the parameters: 162 rows, 27 states, 6 quarters.
    as_in_book = error * np.sqrt(((162 - 1) / (162 - 7)) / ((162 - 1) / (162 - 33)))
    assert as_in_book == pytest.approx(0.006, abs=0.0005)


def test_the_method_has_the_regression_s_effect_on_all_comparison_places(organ_donors: pd.DataFrame) -> None:
    start = Start.of(date(2011, 7, 1))
    found = difference_in_differences(organ_donors, "California", start, neighbours=25, min_before=3, min_after=3)
    kept = organ_donors[organ_donors["area_code"].isin([*found.places, "California"])]
    after = kept["period_start"] >= pd.Timestamp("2011-07-01")
    effect, error = two_way_regression(kept.assign(is_treated=(kept["area_code"] == "California") & after))
    assert found.effects[0].estimate == pytest.approx(effect)
    # One state is treated. An error clustered by state calls this beyond chance; 26 states that did nothing do not.
    assert abs(effect / error) > 3
    assert found.effects[0].p_value > 0.05


@pytest.fixture(scope="module")
def known() -> pd.DataFrame:
    return made_up_panel(np.random.default_rng(1), effect=6.0)


@pytest.fixture(scope="module")
def start() -> Start:
    return Start.of(start_of(periods(1, 10), 6))


@pytest.mark.slow
def test_a_known_effect_is_recovered_within_its_limits(start: Start) -> None:
    rng, covered, found = np.random.default_rng(2), 0, []
    for _ in range(60):
        effect = difference_in_differences(made_up_panel(rng, effect=3.0), PLACE, start).effects[0]
        covered += effect.lower_95 <= 3 <= effect.upper_95
        found.append(effect.estimate)
    assert float(np.mean(found)) == pytest.approx(3, abs=0.65)  # three standard errors of the mean of sixty
    assert covered / 60 >= 0.88


@pytest.mark.slow
def test_with_no_effect_the_placebo_p_values_are_about_uniform(start: Start) -> None:
    rng = np.random.default_rng(3)
    p = np.array([difference_in_differences(made_up_panel(rng), PLACE, start).effects[0].p_value for _ in range(80)])
    for bar in (0.1, 0.25, 0.5, 0.75):
        assert np.mean(p <= bar) == pytest.approx(bar, abs=0.15)


def test_the_p_value_and_the_limits_agree(known: pd.DataFrame, start: Start) -> None:
    effect = difference_in_differences(known, PLACE, start).effects[0]
    assert effect.p_value < 0.05
    assert effect.lower_95 > 0
    assert effect.p_value == pytest.approx(round(effect.p_value * 42) / 42)


def test_a_place_that_was_drifting_away_is_flagged_and_not_trusted(start: Start) -> None:
    found = difference_in_differences(made_up_panel(np.random.default_rng(4), drift=3.0), PLACE, start)
    assert found.pre_trend_differs
    assert found.pre_trend is not None and found.pre_trend > 1
    assert found.pre_trend_p_value is not None and found.pre_trend_p_value < 0.1
    assert found.trust == "very_low"
    assert "already drifting away" in "; ".join(found.diagnostics)


def test_places_that_went_along_before_are_not_flagged(known: pd.DataFrame, start: Start) -> None:
    found = difference_in_differences(known, PLACE, start)
    assert found.pre_trend_differs is False
    assert found.trust == "moderate"


def test_the_pre_trend_is_the_coefficient_of_the_place_s_own_trend_in_a_regression(
    known: pd.DataFrame, start: Start
) -> None:
    import statsmodels.api as sm

    found = difference_in_differences(known, PLACE, start)
    kept = known[known["area_code"].isin([PLACE, *found.places]) & (known["period_start"] < pd.Timestamp("2016-01-01"))]
    years = kept["period_start"].dt.year.to_numpy(dtype=float)
    x = np.column_stack(
        [
            (kept["area_code"] == PLACE) * years,
            pd.get_dummies(kept["area_code"], dtype=float),
            pd.get_dummies(kept["period_start"], dtype=float).iloc[:, 1:],
        ]
    )
    assert found.pre_trend == pytest.approx(sm.OLS(kept["value"].to_numpy(), x).fit().params[0], abs=1e-6)


def test_the_comparison_is_the_nearest_in_level_slope_and_population(start: Start) -> None:
    panel = made_up_panel(np.random.default_rng(5))
    own = panel[panel["area_code"] == PLACE]
    twins = [own.assign(area_code=f"W1500000{i}", value=own["value"] + 0.01 * i) for i in range(1, 4)]
    found = difference_in_differences(pd.concat([panel, *twins]), PLACE, start, neighbours=3)
    assert found.places == ("W15000001", "W15000002", "W15000003")
    assert found.effects[0].estimate == pytest.approx(0, abs=1e-9)


def test_places_that_were_touched_too_are_not_compared_with(known: pd.DataFrame, start: Start) -> None:
    first = difference_in_differences(known, PLACE, start)
    second = difference_in_differences(known, PLACE, start, touched=[PLACE, *first.places])
    assert not set(first.places) & set(second.places)


def test_the_series_to_draw_has_the_comparison_moved_to_the_place_s_own_level(
    known: pd.DataFrame, start: Start
) -> None:
    found = difference_in_differences(known, PLACE, start)
    before = found.series[found.series["phase"] == "before"]
    after = found.series[found.series["phase"] == "after"]
    assert before["counterfactual"].mean() == pytest.approx(before["observed"].mean())
    assert (after["observed"] - after["counterfactual"]).mean() == pytest.approx(found.effects[0].estimate)


def test_too_few_places_are_not_estimated(start: Start) -> None:
    found = difference_in_differences(made_up_panel(np.random.default_rng(6), places=15), PLACE, start)
    assert found.reason == (
        "14 places without it have figures in every period; it takes 19 to tell an effect from chance"
    )


def test_too_few_periods_are_not_estimated(known: pd.DataFrame) -> None:
    found = difference_in_differences(known, PLACE, Start.of(date(2012, 1, 1)))
    assert found.reason == "too few periods: 2 before of at least 4, 8 after of at least 2"


def test_a_series_break_in_the_window_is_not_estimated_over(known: pd.DataFrame, start: Start) -> None:
    broken = Break(date(2014, 1, 1), "Counted in another way.", True)
    found = difference_in_differences(known, PLACE, start, breaks=[broken])
    assert found.reason and "a series break cuts the window" in found.reason


def test_a_place_with_suppressed_figures_is_no_comparison(known: pd.DataFrame, start: Start) -> None:
    first = difference_in_differences(known, PLACE, start)
    hidden = known.copy()
    hidden.loc[hidden["area_code"] == first.places[0], "status"] = "suppressed"
    assert first.places[0] not in difference_in_differences(hidden, PLACE, start).places
