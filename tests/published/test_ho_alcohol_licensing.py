"""Alcohol licensing: the real workbook of March 2022, against cells that a person can find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.home import Home
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

SOURCE, TABLE = "ho_alcohol_licensing", "ho_alcohol_licensing__figure"
KEYS = ["subject", "measure", "premises_scope", "financial_year"]
pytestmark = pytest.mark.slow

Landed = Callable[[Home, str], pd.DataFrame]


def test_every_figure_of_every_table_is_landed(published: Path, intake: TakeIn, landed: Landed) -> None:
    path = published / "health" / "home_office_alcohol_licensing" / "alcohol_late_night_licensing_tables_2022.ods"
    result, home = intake(SOURCE, path)
    assert result.problems == []
    assert (result.rows_in, result.rows_landed) == (240 + 379_010 + 4_885, 240 + 379_009 + 4_885)
    (cell,) = quarantined(home)
    assert (cell["cell"], cell["source_sheet"], cell["source_row"], cell["source_column"]) == (
        ":",
        "Table_8",
        2369,
        "K",
    )
    frame = landed(home, TABLE)
    assert frame.subject.nunique() == 18 and not frame.duplicated([*KEYS, "area_name"]).any()
    assert frame.status.value_counts().to_dict() == {
        "observed": 266_750,
        "not_available": 103_558,
        "not_applicable": 8_700,
        "missing": 1,
    }
    at = frame.set_index(["source_sheet", "source_column", "source_row"])
    columns = ["subject", "measure", "area_name", "area_code", "financial_year", "value"]
    late = "Late: Valid temporary event notices given to licensing authority"
    # The day or the year that a figure is of ends on the same 31 March.
    expected = {
        ("Table_2", "D", 9): ["fee_band", "Total Premises licences", "Total", "K04000001", "2011/12", 189592],
        ("Table_2", "X", 2450): [
            "fee_band",
            "Total Personal licences applicable",
            "York",
            "E06000014",
            "2021/22",
            3733,
        ],
        ("Table_11", "F", 13): ["review_action", "Operating hours modified", "Arun", "E07000224", "2011/12", 1],
        ("Table_17", "K", 2449): ["temporary_event_notice", late, "Wyre Forest", "E07000239", "2021/22", 24],
    }
    for place, figures in expected.items():
        assert at.loc[place, columns].tolist() == figures, place
    assert (frame.period_type == "point_in_time").sum() == 51_282 + 36_630 + 29_304 + 2_442 + 9
    assert frame[frame.area_level == "local_authority_district"].area_code.notna().all()
    assert set(frame[frame.area_code.isna()].area_name) == {"Inner Temple", "Middle Temple"}

    headline = landed(home, "ho_alcohol_licensing__headline").set_index(["measure", "financial_year"])
    assert headline.value["Personal licences", "2021/22"] == 817_100
    assert headline.value["Temporary event notices", "2016/17"] == 138_300
    assert headline.status["Premises licences", "2014/15"] == "not_available"
    assert headline.status.value_counts().to_dict() == {"estimated": 149, "not_available": 91}

    policy = landed(home, "ho_alcohol_licensing__policy")
    assert policy.answer.value_counts().to_dict() == {"no": 4_688, "not_known": 99, "yes": 39}
    _assert_totals(frame, policy)


def _assert_totals(frame: pd.DataFrame, policy: pd.DataFrame) -> None:
    """Authorities add up to England and Wales, but for what was not reported and a levy rounded to the pound."""
    totals = frame[frame.is_total & frame.value.notna()].set_index(KEYS).value
    said_yes = policy[policy.answer == "yes"].assign(premises_scope="all").groupby(KEYS).size()
    sums = frame[~frame.is_total].groupby(KEYS).value.sum().add(said_yes, fill_value=0)
    assert len(totals) == 850
    difference = (sums.reindex(totals.index, fill_value=0) - totals).round(2)
    other = difference[difference != 0]
    (levy,) = other.loc[["late_night_levy"]]
    assert levy == -0.4
    # The publisher counts what was not reported for the country, which authorities did not report.
    assert other[other.index.get_level_values("subject") != "late_night_levy"].groupby("subject").size().to_dict() == {
        "closure_notice": 1,
        "closure_notice_issuer": 2,
        "fee_band": 7,
        "licensable_activity": 9,
        "temporary_event_notice": 3,
        "twenty_four_hour_licence": 12,
    }
