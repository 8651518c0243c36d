"""Sustainable Development Goals: the bundled files, how the layouts move, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, LayoutError, ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise

Read = Callable[[Path], Figures]
SOURCE = "ons_sdg"
HOMICIDE, VIOLENCE = "synthetic-indicator_16-1-1.csv", "synthetic-indicator_16-1-3.csv"
SMALL = "Year,Age,Sex,Unit measure,Unit multiplier,Observation status,Value\r\n"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=5, scale=1)
    return folder


@pytest.fixture(scope="module")
def read(sources: Catalogue) -> Read:
    def read_one(path: Path) -> Figures:
        (found,) = sources[SOURCE].reader.read(PublishedFile(path, path.name, "0" * 64), sources[SOURCE].contract)
        assert len(found.frame) + len(found.quarantined) == found.rows_in
        return found

    return read_one


@pytest.fixture
def homicide(tmp_path: Path, read: Read) -> Callable[..., Figures]:
    """Reads records of homicide, each as a line."""

    def read_lines(*lines: str) -> Figures:
        path = tmp_path / "indicator_16-1-1.csv"
        path.write_text(SMALL + "".join(f"{line}\r\n" for line in lines), newline="")
        return read(path)

    return read_lines


def test_the_bundled_files_are_known_and_land_whole(sample: Path, sources: Catalogue, intake: Any, landed: Any) -> None:
    paths = sorted(sample.iterdir())
    assert all("synthetic" in path.name for path in paths)
    assert all(recognise(LooseFile(path), sources).source_ids == (SOURCE,) for path in paths)
    result, home = intake(SOURCE, *paths)
    assert (result.problems, result.rows_quarantined, result.rows_landed) == ([], 0, 225)
    frame = landed(home, f"{SOURCE}__indicator_value")
    assert set(frame["indicator"]) == {"16-1-1", "16-1-3", "16-2-2", "5-2-1", "5-2-2"}
    assert frame.loc[frame["area_code"].notna(), "area_code"].nunique() == 9
    assert frame.groupby("indicator")["period_type"].first()["16-2-2"] == "calendar_year"


def test_a_blank_group_is_everybody_where_the_file_has_the_column(sample: Path, read: Read) -> None:
    frame = read(sample / HOMICIDE).frame.astype(object)
    assert frame["ethnicity"].isna().all()
    totals = frame[frame["is_total"].astype(bool)]
    assert set(zip(totals["age"], totals["sex"], strict=True)) == {("all", "all")}
    assert totals["year"].tolist() == ["2022/23", "2023/24", "2024/25"]
    violence = read(sample / VIOLENCE).frame.astype(object)
    assert violence.loc[violence["is_total"].astype(bool), "area_name"].isna().all()
    assert not violence.loc[violence["area_name"].notna(), "is_total"].any()


def test_a_survey_is_estimated_and_a_count_is_observed(sample: Path, read: Read) -> None:
    assert set(read(sample / HOMICIDE).frame["status"]) == {"observed", "suppressed"}
    assert set(read(sample / VIOLENCE).frame["status"]) == {"estimated", "suppressed"}


def test_a_period_is_a_financial_year_or_a_calendar_year_and_pooled_years_have_no_day(
    homicide: Callable[..., Figures],
) -> None:
    found = homicide(
        "2011/12,,,Rate,Units,Undefined,1.5", "2012,,,Rate,Units,Undefined,1.5", "2018 to 2020,,,Rate,Units,Undefined,1"
    ).frame
    assert found["period_type"].tolist() == ["financial_year", "calendar_year", "multi_year"]
    assert found["period_start"].dt.date.tolist()[:2] == [date(2011, 4, 1), date(2012, 1, 1)]
    assert found["period_end"].dt.date.tolist()[:2] == [date(2012, 3, 31), date(2012, 12, 31)]
    assert found["period_end"].isna().tolist() == [False, False, True]


def test_the_words_on_a_figure_are_read_in_any_case(homicide: Callable[..., Figures]) -> None:
    found = homicide(
        "2011/12,,Male,Rate,Units,NORMAL Value,1.5",
        "2011/12,,Female,Rate,Units,Missing data; suppressed,",
        "2011/12,,,Rate,Units,Missing value,",
    ).frame
    assert found["status"].tolist() == ["observed", "suppressed", "missing"]
    assert found["value"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("2011/12,,,Rate,Units,Undefined,", "F", "[Undefined] stands without a figure"),
        ("2011/12,,,Rate,Units,Missing data,0.5", "F", "[Missing data] stands beside a figure"),
        ("2011/12,,,Rate,Units,Withdrawn,0.5", "F", "[Withdrawn] is not known of a figure"),
        ("2011/12,,,Rate,Thousands,Undefined,0.5", "E", "[Thousands] is a multiplier that is not known"),
        ("2011/13,,,Rate,Units,Undefined,0.5", "A", "[2011/13] is not a financial year: 13 does not follow 2011"),
        ("2011/12,,,Rate,Units,Undefined,low", "G", "[low] is neither a number nor a marker that the contract knows"),
    ],
)
def test_what_contradicts_itself_or_is_not_known_is_set_aside(
    homicide: Callable[..., Figures], line: str, column: str, reason: str
) -> None:
    found = homicide("2010/11,,,Rate,Units,Undefined,0.5", line)
    assert len(found.frame) == 1
    assert [(cell.row, cell.column, cell.reason) for cell in found.quarantined] == [(3, column, reason)]


def test_two_figures_for_one_group_and_year_are_both_set_aside(homicide: Callable[..., Figures]) -> None:
    found = homicide(
        "2012/13,,,Rate,Units,Undefined,0.93",
        "2012/13,,Male,Rate,Units,Undefined,1.3",
        "2012/13,,,Rate,Units,Undefined,0.96",
    )
    assert found.frame["value"].tolist() == [1.3]
    assert [(cell.row, cell.cell) for cell in found.quarantined] == [(2, "0.93"), (4, "0.96")]


def test_columns_may_stand_in_any_order(sample: Path, tmp_path: Path, read: Read) -> None:
    lines = [line.split(",") for line in (sample / HOMICIDE).read_text().splitlines()]
    lines[0][3] = "UNIT  measure"
    path = tmp_path / HOMICIDE
    # The unit has a comma in it, and stands in quotes.
    lines[1:] = [[*line[:3], ",".join(line[3:-3]), *line[-3:]] for line in lines[1:]]
    path.write_text("".join(",".join(reversed(line)) + "\r\n" for line in lines), newline="")
    columns = ["year", "age", "sex", "value", "status", "unit"]
    before, after = read(sample / HOMICIDE).frame, read(path).frame
    assert before[columns].astype(str).to_numpy().tolist() == after[columns].astype(str).to_numpy().tolist()


def test_the_indicator_is_that_of_the_name_and_has_its_columns(sample: Path, tmp_path: Path, read: Read) -> None:
    for name in ("homicide.csv", "indicator_3-4-2.csv", "indicator_16-1-3.csv"):
        path = tmp_path / name
        path.write_bytes((sample / HOMICIDE).read_bytes())
        with pytest.raises(LayoutError, match=r"which indicator it is cannot be told.*the columns of 16-1-1"):
            read(path)


def test_files_of_other_indicators_and_unknown_columns_are_not_taken(
    sample: Path, tmp_path: Path, read: Read, sources: Catalogue
) -> None:
    path = tmp_path / "indicator_3-4-2.csv"
    path.write_text("Year,Sex,Age,Country,Region,Observation status,Unit multiplier,Unit measure,GeoCode,Value\r\n")
    assert SOURCE not in recognise(LooseFile(path), sources).source_ids
    path = tmp_path / VIOLENCE
    path.write_text((sample / VIOLENCE).read_text().replace("Country of birth", "Religion"))
    with pytest.raises(HeaderError, match=r"unknown columns \[Religion\]"):
        read(path)


def test_a_file_cut_short_is_refused(sample: Path, tmp_path: Path, read: Read) -> None:
    path = tmp_path / HOMICIDE
    path.write_bytes((sample / HOMICIDE).read_bytes()[:-5])
    with pytest.raises(ReadError, match="the last line has no end"):
        read(path)
