"""The real files of Explore local statistics, against cells that a person can find in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE, TABLE = "ons_local_indicators", "ons_local_indicators__indicator_value"


def test_both_files_land_whole_and_cells_are_those_of_the_files(
    published: Path, intake: TakeIn, landed: Callable[[Home, str], Any], sources: Catalogue
) -> None:
    files = [published / "health" / "ons_local_indicators" / name for name in ("cigarette-smokers.csv",)]
    files.append(files[0].with_name("healthy-life-expectancy.csv"))
    for file in files:
        assert recognise(LooseFile(file), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, *files)
    assert (result.problems, result.rows_in, result.rows_landed) == ([], 756 + 5814, 756 + 5814)
    frame = landed(home, TABLE)
    assert frame["source_file"].value_counts().to_dict() == {files[0].name: 756, files[1].name: 5814}
    at = frame.set_index(["source_file", "source_row"])
    smokers, years = files[0].name, files[1].name
    columns = ["area_code", "indicator", "value", "lower_95", "upper_95", "unit", "status"]
    assert at.loc[(smokers, 2), columns].tolist() == [
        *["K02000001", "Cigarette smokers", 11.8, 11.6, 11.9, "%", "estimated"]
    ]
    assert at.loc[(smokers, 6), columns].tolist() == [
        *["E06000047", "Cigarette smokers", 12.9, 11.6, 14.2, "%", "estimated"]
    ]
    assert at.loc[(years, 3), columns].tolist() == [
        *["K02000001", "Male healthy life expectancy", 60.7, 60.5, 60.9, "yrs", "estimated"]
    ]
    assert str(at.loc[(years, 3), "period_start"])[:10] == "2022-01-01"
    assert str(at.loc[(years, 3), "period_end"])[:10] == "2024-12-31"
    assert frame["note"].str.startswith("Obsolete code", na=False).sum() == 38
    assert not frame.duplicated(["indicator", "area_code", "geography", "period"]).any()
