"""Series and panels to estimate on: made up with a known effect, or published worked examples."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

HERE = Path(__file__).parent
KIND = {12: "month", 4: "quarter", 1: "calendar_year"}


def periods(per_year: int, n: int, first: str = "2010-01-01") -> pd.DataFrame:
    """The frame of ``n`` periods of one place, without figures."""
    months = 12 // per_year
    starts = [pd.Timestamp(first) + pd.DateOffset(months=months * i) for i in range(n + 1)]
    return pd.DataFrame(
        {
            "area_code": "E23000001",
            "period_type": KIND[per_year],
            "period_start": starts[:-1],
            "period_end": [start - pd.Timedelta(days=1) for start in starts[1:]],
            "value": np.nan,
            "lower_95": np.nan,
            "upper_95": np.nan,
            "numerator": np.nan,
            "denominator": np.nan,
            "status": "observed",
        }
    )


def counted(frame: pd.DataFrame, expected: Any, rng: np.random.Generator) -> pd.DataFrame:
    """The frame with Poisson counts of a population of 100,000."""
    counts = rng.poisson(expected).astype(float)
    return frame.assign(numerator=counts, denominator=1e5, value=counts)


def start_of(frame: pd.DataFrame, at: int) -> date:
    """The first day of a period, by its position."""
    return pd.Timestamp(frame["period_start"].iloc[at]).date()  # pyright: ignore[reportReturnType]


def made_up_panel(
    rng: np.random.Generator,
    *,
    effect: float = 0.0,
    drift: float = 0.0,
    places: int = 42,
    n: int = 10,
    before: int = 6,
) -> pd.DataFrame:
    """Years of ``places`` places with levels and trends of their own, common shocks, and correlated noise; the first
    place has the effect from ``before`` on, and drifts away by ``drift`` a year."""
    frame, common, rows = periods(1, n), rng.normal(scale=2, size=n), []
    for place in range(places):
        noise = rng.normal(size=n)
        for t in range(1, n):
            noise[t] += 0.5 * noise[t - 1]
        value = 50 + rng.normal(scale=8) + common + rng.normal(scale=0.3) * np.arange(n) + noise
        if place == 0:
            value = value + effect * (np.arange(n) >= before) + drift * np.arange(n)
        rows.append(frame.assign(area_code=f"E23{place:06d}", value=value, denominator=np.exp(rng.normal(loc=12))))
    return pd.concat(rows, ignore_index=True)


@pytest.fixture(scope="session")
def sicily() -> pd.DataFrame:
    """Hospital admissions for acute coronary events in Sicily by month, ages 0 to 69, with the age-standardised
    population: the worked example of Lopez Bernal, Cummins and Gasparrini 2017, Int J Epidemiol 46:348,
    doi:10.1093/ije/dyw098 (github.com/gasparrini/2017_lopezbernal_IJE_codedata). Smoking in public places was banned
    in January 2005."""
    read = pd.read_csv(HERE / "sicily.csv")
    counts, people = read["acute_coronary_events"].astype(float), read["standardised_population"]
    frame = periods(12, len(read), "2002-01-01")
    assert (frame["period_start"] == pd.to_datetime(read["month"])).all()
    return frame.assign(numerator=counts, denominator=people, value=counts / people * 1e5)


@pytest.fixture(scope="session")
def organ_donors() -> pd.DataFrame:
    """Registered organ donors, as a share of people with a driving licence or identity card, by American state and
    quarter: Kessler and Roth 2014, NBER working paper 20378, as in Huntington-Klein 2021, The Effect, chapter 18
    (package causaldata). California began to ask with active choice in the third quarter of 2011."""
    read = pd.read_csv(HERE / "organ_donors.csv", parse_dates=["quarter"])
    return pd.DataFrame(
        {
            "area_code": read["state"],
            "period_type": "quarter",
            "period_start": read["quarter"],
            "period_end": read["quarter"] + pd.offsets.QuarterEnd(0),
            "value": read["rate"],
            "numerator": np.nan,
            "denominator": np.nan,
            "status": "observed",
        }
    )
