"""The extract of outcomes of prison inspections, against figures that a person can find in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE, TABLE = "hmi_prisons_outcomes", "hmi_prisons_outcomes__outcome"


def test_every_figure_of_the_extract_is_landed(
    published: Path, intake: TakeIn, landed: Callable[[Home, str], pd.DataFrame], sources: Catalogue
) -> None:
    folder = published / "justice" / "hmpps_performance_and_inspection"
    path = folder / "hmi_prisons_healthy_prison_percent_good_or_reasonably_good.csv"
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, path)
    assert result.problems == [] and (result.rows_in, result.rows_quarantined) == (60, 0)
    frame = landed(home, TABLE)
    at = frame.set_index(["healthy_prison_test", "financial_year"]).value
    assert at["safety", "2008/09"] == 72 and at["safety", "2017/18"] == 36
    assert at["purposeful_activity", "2022/23"] == 7 and at["preparation_for_release", "2023/24"] == 56
    # Years with a dash and years with a hyphen are one kind of year.
    assert set(frame.groupby("healthy_prison_test").financial_year.nunique()) == {15}
    assert "2020/21" not in set(frame.financial_year)


def test_the_other_files_of_the_folder_are_not_taken_for_it(published: Path, sources: Catalogue) -> None:
    folder = published / "justice" / "hmpps_performance_and_inspection"
    for name in ("prison_officers_and_population.csv", "prison_performance_ratings_counts.csv"):
        assert SOURCE not in recognise(LooseFile(folder / name), sources).source_ids
