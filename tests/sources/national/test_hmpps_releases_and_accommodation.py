"""Accommodation outcomes: the sample reads back, and what may change next is read, quarantined or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sources.catalogue import Catalogue
from sources.errors import LayoutError, ReadError
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.readings import Reading, read_files
from tests.sources.workbooks import Sheets, rewrite

SOURCE = "hmpps_releases_and_accommodation"
HOUSED = "Housed_on_Release_from_Custody_Data_Tables_SYNTHETIC.ods"
SETTLED = "Settled_Accommodation_at_3_Months_Data_Tables_SYNTHETIC.ods"

Changed = Callable[[str, Callable[[Sheets], None]], Path]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("accommodation")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.5)
    return folder


@pytest.fixture(scope="module")
def reading(sample: Path, sources: Catalogue) -> Reading:
    return read_files(sources[SOURCE], *sorted(sample.iterdir()))


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Changed:
    """A workbook of the sample with a change to its cells."""
    return lambda name, change: rewrite(sample / name, tmp_path / Path(name).with_suffix(".xlsx").name, change)


def test_the_sample_is_landed_whole_and_known_as_its_own_source(
    sample: Path, intake: TakeIn, sources: Catalogue
) -> None:
    paths = sorted(sample.iterdir())
    result, _ = intake(SOURCE, *paths)
    assert result.problems == [] and result.rows_quarantined == 0
    assert result.rows_in == result.rows_landed > 80
    assert {recognise(LooseFile(path), sources).source_ids for path in paths} == {(SOURCE,)}


def test_releases_by_circumstance_add_up_to_their_total(reading: Reading) -> None:
    frame = reading.tables["outcome"]
    cases = frame[frame.unit == "cases"]
    sums = cases.groupby(["period_end", "is_total"]).value.sum().unstack()
    assert len(sums) == 2 and (sums[True] == sums[False]).all()
    assert set(cases[cases.is_total].circumstance) == {"all"}


def test_measures_are_told_by_titles_and_supervised_cases_apart(reading: Reading) -> None:
    frame = reading.tables["outcome"]
    found = frame.groupby(["measure", "is_supervised_only"]).period_start.agg(["min", "max"])
    days = {key: tuple(str(day)[:10] for day in row) for key, row in zip(found.index, found.to_numpy(), strict=True)}
    assert days == {
        ("housed_on_release", False): ("2024-04-01", "2025-04-01"),
        ("settled_3_months_after_release", False): ("2024-04-01", "2024-04-01"),
        ("settled_3_months_after_release", True): ("2024-05-01", "2025-04-01"),
    }


def test_periods_are_months_years_and_what_is_left_of_the_year_of_the_break(reading: Reading) -> None:
    frame = reading.tables["outcome"]
    ends = frame.groupby("period_type").period_end.max().map(lambda day: str(day)[:10]).to_dict()
    assert ends == {"month": "2024-04-30", "part_year": "2025-03-31", "financial_year": "2026-03-31"}


def test_twelve_regions_stand_beside_england_and_wales(reading: Reading) -> None:
    frame = reading.tables["outcome"]
    regions = frame[frame.breakdown == "probation_region"]
    assert regions[regions.area_level == "probation_region"].area_name.nunique() == 12
    assert set(regions[regions.is_total].area_name) == {"England and Wales"}
    assert set(frame[frame.breakdown != "probation_region"].area_level) == {"country"}


def test_a_marker_has_its_status_and_no_value(reading: Reading) -> None:
    frame = reading.tables["outcome"]
    (one,) = frame[frame.status != "observed"].itertuples()
    assert (one.status, one.breakdown, one.category) == ("suppressed", "sex", "Male") and one.value != one.value


def test_shares_of_one_are_proportions_and_shares_of_a_hundred_per_cent(
    changed: Changed, sources: Catalogue, reading: Reading
) -> None:
    def change(sheets: Sheets) -> None:
        for row in sheets["Table_2"][3:]:
            row[1:] = [cell / 100 for cell in row[1:]]

    frame = read_files(sources[SOURCE], changed(HOUSED, change)).tables["outcome"]
    units = frame.groupby("source_sheet").unit.unique().map(list).to_dict()
    assert units == {
        "Table_1": ["cases"],
        "Table_2": ["proportion"],
        "Table_3": ["per cent"],
        "Table_4": ["per cent"],
    }
    shares = reading.tables["outcome"]
    assert set(shares[shares.unit != "cases"].unit) == {"per cent"}


def test_a_title_that_measures_something_else_is_refused(changed: Changed, sources: Catalogue) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table_2"][0][0] = "Table 2: Percentage employed at 6 months post release, by probation region"

    with pytest.raises(LayoutError, match=r"sheet \[Table_2\].*the title does not say what the table measures"):
        read_files(sources[SOURCE], changed(HOUSED, change))


def test_a_heading_that_is_no_group_that_is_known_is_refused(changed: Changed, sources: Catalogue) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table_3"][2][0] = "Religion"

    with pytest.raises(LayoutError, match=r"sheet \[Table_3\] row 3: the heading \[religion\] is neither a period nor"):
        read_files(sources[SOURCE], changed(HOUSED, change))


def test_a_table_without_periods_is_refused_and_a_list_of_tables_is_none(changed: Changed, sources: Catalogue) -> None:
    def of_ages(sheets: Sheets) -> None:
        sheets["Table_4"][2][1:] = ["First year", "Second year"]

    with pytest.raises(LayoutError, match=r"sheet \[Table_4\].*no row of periods stands below the title"):
        read_files(sources[SOURCE], changed(HOUSED, of_ages))

    def with_contents(sheets: Sheets) -> None:
        sheets["Contents"] = [[rows[0][0]] for rows in sheets.values()]

    assert len(read_files(sources[SOURCE], changed(HOUSED, with_contents)).tables["outcome"]) == 56


def test_a_table_that_stands_twice_is_refused(changed: Changed, sources: Catalogue) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table_5"] = sheets["Table_3"]

    with pytest.raises(LayoutError, match=r"the same figure stands twice.*\[Table_3\], \[Table_5\]"):
        read_files(sources[SOURCE], changed(HOUSED, change))


def test_a_workbook_of_words_only_is_refused(changed: Changed, sources: Catalogue) -> None:
    def change(sheets: Sheets) -> None:
        for name in ("Table_1", "Table_2"):
            sheets.pop(name)

    with pytest.raises(ReadError, match=r"no table was found.*found \[Cover\]"):
        read_files(sources[SOURCE], changed(SETTLED, change))


def test_the_break_of_may_2024_is_said_of_settled_accommodation_only(sources: Catalogue) -> None:
    (at,) = sources[SOURCE].contract.breaks
    assert str(at.since) == "2024-05-01" and at.effect == "not_comparable"
    assert all(measure.startswith("settled_") for measure in at.where["measure"])
