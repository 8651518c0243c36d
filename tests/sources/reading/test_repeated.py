"""Two figures of the same thing are refused with the places of both."""

from __future__ import annotations

import pandas as pd
import pytest

from sources.errors import LayoutError
from sources.reading.repeated import refuse_repeated


def _frame(areas: list[str | None]) -> pd.DataFrame:
    count = len(areas)
    places = {"source_sheet": ["T1"] * count, "source_row": range(5, 5 + count), "source_column": ["B"] * count}
    return pd.DataFrame({"area": areas, "year": ["2020"] * count, **places})


def test_figures_of_different_things_pass() -> None:
    refuse_repeated(_frame(["Kent", "Essex", None]), ["area", "year"], file="a.ods")
    refuse_repeated(pd.DataFrame(), ["area"], file="a.ods")


@pytest.mark.parametrize("area", ["Kent", None])
def test_two_figures_of_one_thing_are_refused_with_the_places_of_both(area: str | None) -> None:
    with pytest.raises(LayoutError) as error:
        refuse_repeated(_frame([area, "Essex", area]), ["area", "year"], file="a.ods")
    for words in ("[a.ods]", "sheet [T1]", "row 5", "area, year", "B5, B7"):
        assert words in str(error.value)
