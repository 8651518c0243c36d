"""Adult lifestyles in Wales: the real table of 2021-22 and 2022-23, against cells that a person can find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.home import Home
from tests.conftest import TakeIn

SOURCE, TABLE = "statswales_adult_lifestyle", "statswales_adult_lifestyle__lifestyle"

Landed = Callable[[Home, str], pd.DataFrame]


def test_every_estimate_of_the_table_is_landed_and_exclusive_parts_make_100(
    published: Path, intake: TakeIn, landed: Landed
) -> None:
    result, home = intake(SOURCE, published / "health" / "wales_health" / "adult_lifestyle_statswales.csv")
    assert (result.problems, result.rows_in, result.rows_landed) == ([], 23 * 30, 23 * 30)
    frame = landed(home, TABLE)
    assert frame.groupby("topic").category.nunique().to_dict() == {
        "Smoking & e-cigarette use": 4,
        "Alcohol": 6,
        "Fruit & vegetables": 3,
        "Physical activity": 3,
        "Body mass index": 5,
        "Combined healthy lifestyles": 2,
    }
    at = frame.set_index(["area_name", "category"]).value
    assert at["Wales", "Smoker"] == 12.804476
    assert at["Newport", "BMI 30+ (obese)"] == pytest.approx(28.399188)
    assert at["Newport", "Average annual alcohol consumption (units) - drinkers only"] == 345.786083
    # Powys is a health board and an authority, with one figure.
    assert at["Powys", "Smoker"] == at["Powys Teaching Health Board", "Smoker"] == 9.790505
    assert {str(day)[:10] for day in [*frame.period_start, *frame.period_end]} == {"2021-04-01", "2023-03-31"}
    wide = frame.pivot_table(index="area_code", columns="category", values="value", sort=False)
    alcohol = [name for name in wide if name.startswith("Average weekly")]
    for parts in (
        ["Smoker", "Ex-smoker", "Never smoked"],
        [name for name in alcohol if "above 14" not in name],
        [name for name in wide if name.startswith("Ate ")],
        [name for name in wide if name.startswith("Active ")],
        [name for name in wide if name.startswith("BMI") and "25+" not in name],
        ["Fewer than 2 healthy behaviours", "2 or more healthy behaviours"],
    ):
        assert len(parts) >= 2 and (wide[parts].sum(axis=1) - 100).abs().max() < 1e-4
