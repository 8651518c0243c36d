"""Which periods stand before and after, and why some series cannot be used."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from estimation.windows import Break, Start, Window, window_of
from tests.estimation.conftest import periods


def window(frame: pd.DataFrame, start: Start, *breaks: Break) -> Window:
    return window_of(frame, start, breaks, min_before=8, min_after=4)


@pytest.fixture
def years() -> pd.DataFrame:
    return periods(1, 20, "2000-01-01").assign(value=np.arange(20.0))


def test_a_start_known_to_the_year_leaves_that_year_out(years: pd.DataFrame) -> None:
    found = window(years, Start.of(date(2010, 1, 1), "year"))
    assert found.reason is None
    assert (found.before, found.after) == (10, 9)
    assert 2010 not in set(found.frame["period_start"].dt.year)


def test_a_start_known_to_the_day_splits_at_it(years: pd.DataFrame) -> None:
    assert window(years, Start.of(date(2010, 1, 1))).before == 10
    within = window(years, Start.of(date(2010, 6, 1)))
    assert (within.before, within.after) == (10, 9)


def test_a_start_known_to_the_month_leaves_that_month_out() -> None:
    months = periods(12, 24).assign(value=np.arange(24.0))
    found = window(months, Start.of(date(2011, 3, 1), "month"))
    assert (found.before, found.after) == (14, 9)


def test_periods_after_its_end_are_left_out(years: pd.DataFrame) -> None:
    assert window(years, Start.of(date(2010, 1, 1), ended_on=date(2015, 12, 31))).after == 6


def test_what_came_in_over_many_years_has_no_before_and_after(years: pd.DataFrame) -> None:
    found = window(years, Start.of(date(2008, 1, 1), "year", date(2015, 3, 31)))
    assert found.reason == "it came in over 7 years, so no day divides before from after"


def test_too_few_periods_are_counted_in_the_reason(years: pd.DataFrame) -> None:
    found = window(years, Start.of(date(2005, 1, 1)))
    assert found.reason == "too few periods: 5 before of at least 8, 15 after of at least 4"


def test_no_figures_at_all_is_said(years: pd.DataFrame) -> None:
    assert window(years.iloc[:0], Start.of(date(2005, 1, 1))).reason


def test_a_break_that_forbids_comparison_cuts_the_window_and_is_named(years: pd.DataFrame) -> None:
    broken = Break(date(2006, 1, 1), "Cohorts became shorter.", True)
    found = window(years, Start.of(date(2010, 1, 1)), broken)
    assert found.reason and "4 before" in found.reason
    assert "a series break cuts the window; 2006-01-01: Cohorts became shorter." in found.reason


def test_a_break_on_the_day_of_the_start_leaves_nothing_before(years: pd.DataFrame) -> None:
    found = window(years, Start.of(date(2010, 1, 1)), Break(date(2010, 1, 1), "Counted anew.", True))
    assert found.reason and "0 before" in found.reason


def test_a_break_with_enough_on_its_near_side_shortens_the_window(years: pd.DataFrame) -> None:
    found = window(years, Start.of(date(2010, 1, 1)), Break(date(2015, 1, 1), "Counted anew.", True))
    assert found.reason is None
    assert (found.before, found.after) == (10, 5)


def test_a_break_that_allows_comparison_with_care_is_a_caution(years: pd.DataFrame) -> None:
    found = window(years, Start.of(date(2010, 1, 1)), Break(date(2012, 1, 1), "Recording improved.", False))
    assert found.reason is None
    assert found.cautions == ("figures are only partly comparable within the window (2012-01-01: Recording improved.)",)


def test_suppressed_figures_are_not_used_and_are_counted(years: pd.DataFrame) -> None:
    years.loc[2:9, "status"], years.loc[2:9, "value"] = "suppressed", np.nan
    found = window(years, Start.of(date(2010, 1, 1)))
    assert found.reason == "too few periods: 2 before of at least 8, 10 after of at least 4, 8 suppressed"


def test_a_series_with_many_gaps_is_refused() -> None:
    months = periods(12, 60).assign(value=1.0)
    found = window(months.iloc[::2], Start.of(date(2012, 6, 1)))
    assert found.reason and "of the window's periods have no usable figure" in found.reason


def test_a_gap_in_the_series_is_a_gap_in_time() -> None:
    months = periods(12, 60).assign(value=1.0).drop(index=[20, 21])
    found = window(months, Start.of(date(2012, 6, 1)))
    assert found.reason is None
    assert list(found.frame["position"].iloc[19:21]) == [19, 22]
    assert found.cautions == ("3% of the window's periods have no usable figure",)


def test_periods_that_overlap_are_refused() -> None:
    rolling = periods(4, 30)
    rolling["period_end"] = rolling["period_start"] + pd.DateOffset(years=1) - pd.Timedelta(days=1)
    found = window(rolling.assign(value=1.0), Start.of(date(2014, 1, 1)))
    assert found.reason == "its periods overlap, so that one event is counted in several of them"


@pytest.mark.parametrize("column", ["unit", "method", "source_id"])
def test_a_definition_that_changes_in_the_window_is_refused(years: pd.DataFrame, column: str) -> None:
    years[column] = ["old"] * 12 + ["new"] * 8
    found = window(years, Start.of(date(2010, 1, 1)))
    assert found.reason and found.reason.startswith("its definition changes in the window")


def test_a_boundary_that_moved_is_a_caution(years: pd.DataFrame) -> None:
    years["as_published_area_code"] = ["E07000001"] * 5 + ["E23000001"] * 15
    found = window(years, Start.of(date(2010, 1, 1)))
    assert found.cautions == ("the place's boundary changed within the window and earlier figures were carried over",)


def test_stocks_on_a_day_are_spaced_by_their_dates() -> None:
    days = periods(4, 30).assign(value=1.0, period_type="day")
    days["period_end"] = days["period_start"]
    found = window(days, Start.of(date(2014, 1, 1)))
    assert (found.reason, found.per_year) == (None, 4)
