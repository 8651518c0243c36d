"""Alcohol-specific admissions in Wales: the real table of 2023/24, against cells that a person can find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sources.home import Home
from tests.conftest import TakeIn

SOURCE, TABLE = "phw_alcohol_misuse", "phw_alcohol_misuse__admission"

Landed = Callable[[Home, str], pd.DataFrame]


def test_every_rate_and_change_of_the_table_is_landed(published: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake(SOURCE, published / "health" / "wales_health" / "alcohol_misuse_PHW_2023-24.xlsx")
    assert (result.problems, result.rows_in, result.rows_landed) == ([], 23 * 3, 23 * 3)
    frame = landed(home, TABLE)
    assert set(frame.financial_year) == {"2023/24"} and set(frame.status) == {"observed"}
    at = frame.set_index(["area_name", "measure", "compared_with"]).value
    assert at["Blaenau Gwent", "relative_change", "2018/19"] == -0.31
    assert at["The Vale of Glamorgan", "relative_change", "2022/23"] == 0.2
    rates = frame[frame.measure == "rate"].set_index("area_name")
    assert rates.value[["Merthyr Tydfil", "Powys", "Wales"]].tolist() == [397, 191, 258]
    assert rates.health_board_code["Bridgend"] == "W11000030" and rates.area_code["Bridgend"] == "W06000013"
    # Each authority's rate is between the extremes; Wales lies between its authorities.
    local = rates[~rates.is_total].value
    assert len(local) == 22 and local.min() < 258 < local.max()
