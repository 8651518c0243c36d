"""Children's social care: the real downloads, against cells that a person can find and the publisher's own totals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.reading import PublishedFile
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

pytestmark = pytest.mark.slow

SOURCE, TABLE = "dfe_social_care", "dfe_social_care__figure"
#: Files with the figures of each: records by columns of figures.
FILES = {
    "b1_children_in_need_2013_to_2025.csv": 2132 * 8,
    "c3_factors_identified_at_end_of_assessment_2018_to_2023.csv": 982 * 40,
    "c3_factors_identified_at_end_of_assessment_2018_to_2025.csv": 1312 * 40,
    "cla_number_and_rate_per_10k_children.csv": 2505 * 3,
    "la_care_leavers_accommodation_suitability_2025.csv": 6680 * 2,
    "la_conviction_health_outcome_cla_2025.csv": 15030 * 2,
}
KEY = ["time_period", "population_group", "breakdown", "indicator"]
Frame = Callable[[str], Any]


@pytest.fixture
def folder(published: Path) -> Path:
    return published / "health" / "dfe_social_care"


@pytest.fixture
def frame(folder: Path, sources: Catalogue) -> Frame:
    """One file as read, texts as texts."""
    source = sources[SOURCE]

    def read(name: str) -> Any:
        (found,) = source.reader.read(PublishedFile(folder / name, name, "0" * 64), source.contract)
        categories = found.frame.select_dtypes("category").columns
        texts = {column: found.frame[column].astype(object).fillna("-") for column in categories}
        return found.frame.assign(**texts)

    return read


def test_every_figure_of_every_file_lands(
    folder: Path, intake: TakeIn, landed: Callable[[Home, str], pd.DataFrame], sources: Catalogue
) -> None:
    assert {path.name for path in folder.glob("*.csv")} == set(FILES)
    assert all(recognise(LooseFile(folder / name), sources).source_ids == (SOURCE,) for name in FILES)
    result, home = intake(SOURCE, *(folder / name for name in FILES))
    assert result.problems == [] and result.rows_quarantined == 0
    assert landed(home, TABLE).groupby("source_file").size().to_dict() == FILES


@pytest.mark.parametrize(
    ("name", "row", "column", "area", "indicator", "value", "status"),
    [
        ("b1_children_in_need_2013_to_2025.csv", 2, "M", "England", "Anypoint_child", 704430, "rounded"),
        ("b1_children_in_need_2013_to_2025.csv", 2103, "S", "Hackney", "awaiting_assessment", 183, "observed"),
        ("c3_factors_identified_at_end_of_assessment_2018_to_2023.csv", 2, "M", "England", "Alcohol_Misuse_child",
         12050, "rounded"),
        ("c3_factors_identified_at_end_of_assessment_2018_to_2025.csv", 1283, "P", "Hackney", "Drug_Misuse_child",
         114, "observed"),
        ("c3_factors_identified_at_end_of_assessment_2018_to_2025.csv", 1283, "AJ", "Hackney", "Trafficking",
         None, "suppressed"),
        ("c3_factors_identified_at_end_of_assessment_2018_to_2025.csv", 1283, "AX", "Hackney",
         "Child_criminal_exploitation", None, "not_available"),
        ("cla_number_and_rate_per_10k_children.csv", 405, "L", "City of London", "population_estimate", 847,
         "observed"),
        ("cla_number_and_rate_per_10k_children.csv", 405, "M", "City of London", "children_count", None, "suppressed"),
        ("la_care_leavers_accommodation_suitability_2025.csv", 2946, "N", "Manchester", "care_leaver_percent", 85,
         "observed"),
        ("la_conviction_health_outcome_cla_2025.csv", 1944, "M", "Hackney", "children_count", 8, "observed"),
        ("la_conviction_health_outcome_cla_2025.csv", 14197, "M", "England", "children_average_score", 14.9,
         "observed"),
    ],
)  # fmt: skip
def test_figures_are_those_of_the_cells_they_name(
    name: str, row: int, column: str, area: str, indicator: str, value: float | None, status: str, frame: Frame
) -> None:
    read = frame(name)
    cell = read[(read.source_row == row) & (read.source_column == column)].iloc[0]
    assert (cell.area_name, cell.indicator, cell.status) == (area, indicator, status)
    assert cell.value == value or (value is None and pd.isna(cell.value))


def test_markers_are_as_many_as_the_file_has(frame: Frame) -> None:
    # 2,852 cells are c, 264 are z and 13 are k.
    accommodation = frame("la_care_leavers_accommodation_suitability_2025.csv")
    assert (accommodation.status == "suppressed").sum() == 2852
    assert (accommodation.status == "not_applicable").sum() == 264
    assert ((accommodation.status == "rounded") & accommodation.value.isna()).sum() == 13
    factors = frame("c3_factors_identified_at_end_of_assessment_2018_to_2025.csv")
    assert (factors.status == "low_reliability").sum() == 2 * 40


@pytest.mark.parametrize("name", FILES)
def test_authorities_and_regions_add_up_to_england_as_far_as_rounding_lets_them(name: str, frame: Frame) -> None:
    read = frame(name)
    read = read[read.unit.isin(["children", "episodes", "care leavers"]) & read.value.notna()]
    by_level = {level: rows.groupby(KEY) for level, rows in read.groupby("area_level")}
    england = by_level["country"].value.first()
    regions = by_level["region"].value.agg(["sum", "size"])
    is_whole = regions["size"] == 9
    # Of the numbers of three factors one region's is suppressed.
    assert is_whole.sum() >= len(england) - 3
    # Nine numbers and their total, each rounded to 10.
    assert (regions["sum"] - england)[is_whole].abs().max() <= 50
    hiding = frame(name)[["area_level", "status", *KEY]]
    is_hidden = hiding.status.isin(["suppressed", "not_available", "low_reliability"])
    hidden = set(
        hiding[is_hidden & (hiding.area_level == "upper_tier_local_authority")][KEY].itertuples(index=False, name=None)
    )
    authorities = by_level["upper_tier_local_authority"].value.sum()
    shown = authorities[[key not in hidden for key in authorities.index]]
    assert len(shown) >= 6
    assert (shown - england[shown.index]).abs().max() <= 5


def test_nothing_of_the_factors_was_restated_from_2023_to_2025(frame: Frame) -> None:
    key = ["time_period", "area_level", "area_name", "indicator"]
    earlier, later = (frame(f"c3_factors_identified_at_end_of_assessment_2018_to_{year}.csv") for year in (2023, 2025))
    both = earlier.merge(later, on=key, suffixes=("", "_later"))
    assert len(both) == len(earlier)
    assert (both.status == both.status_later).all()
    assert both.value.fillna(-1).equals(both.value_later.fillna(-1))
