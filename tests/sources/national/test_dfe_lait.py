"""The Local Authority Interactive Tool: the bundled store and dictionary, and what is refused or held back."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, ReadError
from sources.reading import Figures, PublishedFile
from sources.reading.headers import letter
from sources.recognise import LooseFile, recognise
from sources.writing import write_csv
from tests.conftest import TakeIn

SOURCE = "dfe_lait"
STORE, DICTIONARY = "synthetic_lait_bds_long_0.parquet", "synthetic_lait_data_dictionary.csv"
Read = Callable[[Path], Figures]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=7, scale=1.0)
    return folder


@pytest.fixture
def read(sources: Catalogue) -> Read:
    source = sources[SOURCE]

    def read_one(path: Path) -> Figures:
        (found,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        return found

    return read_one


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Callable[[Callable[[pd.DataFrame], pd.DataFrame]], Path]:
    """The store with a change to its table."""

    def change_table(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Path:
        change(pd.read_parquet(sample / STORE)).to_parquet(tmp_path / STORE)
        return tmp_path / STORE

    return change_table


Changed = Callable[[Callable[[pd.DataFrame], pd.DataFrame]], Path]


def test_the_sample_is_taken_in_whole_and_known_as_its_own(sample: Path, intake: TakeIn, sources: Catalogue) -> None:
    files = sorted(sample.iterdir())
    assert [recognise(LooseFile(path), sources).source_ids for path in files] == [(SOURCE,)] * 2
    result, _ = intake(SOURCE, *files)
    assert result.problems == [] and result.rows_quarantined == 0
    assert result.rows_in == result.rows_landed == 16 * 165 + 12


def test_each_label_is_the_period_that_it_and_its_measure_say(sample: Path, read: Read) -> None:
    frame = read(sample / STORE).frame.drop_duplicates(["measure_code", "time_label"])
    periods = frame.set_index(["measure_code", "time_label"])[
        ["period_start", "period_end", "period_type", "last_year"]
    ]

    def of(measure: str, label: str) -> tuple[date, date, str, int]:
        start, end, kind, year = periods.loc[(measure, label)]
        return start.date(), end.date(), kind, year

    assert of("FirstYJS", "2024") == (date(2024, 1, 1), date(2024, 12, 31), "calendar_year", 2024)
    assert of("LAC_Convictions", "2024") == (date(2023, 4, 1), date(2024, 3, 31), "financial_year", 2024)
    assert of("YouthJusticeFinance", "2024-25 (OT)") == (date(2024, 4, 1), date(2025, 3, 31), "financial_year", 2025)
    assert of("Hosp_Adm_Alc_<18yrs", "2021/22-23/24") == (date(2021, 4, 1), date(2024, 3, 31), "multi_year", 2024)
    assert periods.loc[("ReoffYO15-17", "2024")].isna().tolist() == [True, True, True, False]


def test_a_stage_in_the_label_is_the_status(sample: Path, read: Read) -> None:
    frame = read(sample / STORE).frame
    phonics = frame[(frame.measure_code == "KS1P_all") & frame.value.notna()]
    assert set(phonics.stage) == {"provisional"} == set(phonics.status)
    assert set(frame[frame.stage == "outturn"].status) <= {"observed", "not_available"}


def test_areas_have_the_codes_of_their_numbers_and_time(sample: Path, read: Read, changed: Changed) -> None:
    frame = read(sample / STORE).frame
    at = frame.drop_duplicates("la_number").set_index("la_number")
    assert at.loc[970, ["area_code", "area_level"]].tolist() == ["E92000001", "country"]
    assert at.loc[987, ["area_code", "area_level"]].tolist() == ["E13000001", "sub_region"]
    assert at.loc[204, ["area_code", "area_level"]].tolist() == ["E09000012", "upper_tier_local_authority"]
    assert at.region_name.isna().sum() == 12
    earlier = read(changed(lambda table: table.assign(Years=table["Years"].replace("2024", "2023")))).frame
    somerset = earlier[(earlier.la_number == 933) & (earlier.measure_code == "LAC_Convictions")]
    assert somerset.set_index("time_label").area_code.to_dict() == {"2023": "E10000027", "2025": "E06000066"}


def test_a_rate_of_england_that_is_the_sum_of_its_regions_is_held_back(read: Read, changed: Changed) -> None:
    def add_up(table: pd.DataFrame) -> pd.DataFrame:
        is_england = (table["Short Desc"] == "FirstYJS") & (table["Years"] == "2024") & (table["LA Number"] == 970)
        return table.assign(Values=table["Values"].where(~is_england, "1258"))

    found = read(changed(add_up))
    assert [(cell.cell, cell.column) for cell in found.quarantined] == [("1258", "E")]
    assert "it is their sum" in found.quarantined[0].reason
    assert found.rows_in == len(found.frame) + 1


def test_what_is_no_year_no_authority_or_no_figure_is_quarantined(read: Read, changed: Changed) -> None:
    def spoil(table: pd.DataFrame) -> pd.DataFrame:
        table = table.copy()
        table.loc[0, "Years"], table.loc[1, "Values"] = "0", "n/k"
        table.loc[2, ["LA Number", "LA and Regions"]] = [999.0, "Atlantis"]
        table.loc[3, "Years"] = "2016-18/20"
        return table

    found = read(changed(spoil))
    assert [cell.row for cell in found.quarantined] == [2, 3, 4, 5]
    for cell, words in zip(found.quarantined, ["no year", "[n/k]", "[999]", "no year"], strict=True):
        assert words in cell.reason


def test_figures_in_scientific_notation_are_figures(read: Read, changed: Changed) -> None:
    found = read(changed(lambda table: table.assign(Values=table["Values"].mask(table.index == 0, "4.798E-2"))))
    assert found.frame.value.iloc[0] == 0.04798 and not found.quarantined


def test_an_area_under_two_names_is_refused(read: Read, changed: Changed) -> None:
    path = changed(
        lambda table: table.assign(**{"LA and Regions": table["LA and Regions"].mask(table.index == 5, "X")})
    )
    with pytest.raises(ReadError, match=r"number has more than one name.*\[X\]"):
        read(path)


def test_a_store_with_another_column_is_refused(read: Read, changed: Changed) -> None:
    with pytest.raises(HeaderError, match=r"\[Values\].*\[Figure\]"):
        read(changed(lambda table: table.rename(columns={"Values": "Figure"})))


def test_a_store_cut_in_half_is_refused(read: Read, sample: Path, tmp_path: Path) -> None:
    half = tmp_path / STORE
    half.write_bytes((sample / STORE).read_bytes()[:4000])
    with pytest.raises(ReadError, match=r"not a Parquet file that can be opened.*cut short"):
        read(half)


def test_an_extract_in_csv_has_the_same_figures_and_says_what_it_is(read: Read, sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "synthetic_lait_youth_justice_subset.csv"
    pd.read_parquet(sample / STORE).to_csv(path, index=False, na_rep="NA")
    extract, store = read(path).frame, read(sample / STORE).frame
    assert extract.is_extract.all() and not store.is_extract.any()
    columns = ["measure_code", "measure_name", "time_label", "area_code", "value", "status", "source_row"]
    assert extract[columns].astype(object).equals(store[columns].astype(object))


def test_the_dictionary_reads_day_numbers_and_cells_of_several_lines(sample: Path, read: Read) -> None:
    found = read(sample / DICTIONARY)
    first = found.frame.set_index("measure_code").loc["FirstYJS"]
    assert (first.last_updated_on, first.next_update, first.next_update_on) == (date(2026, 2, 1), "TBC", None)
    assert first.description.splitlines()[0].startswith("SYNTHETIC") and first.methodology.count("\n") == 1
    assert first.state_funded is None and first.year_type == "Calendar Year"


def test_a_word_for_the_number_of_decimal_places_sets_its_measure_aside(
    sample: Path, read: Read, tmp_path: Path
) -> None:
    rows = list(csv.reader((sample / DICTIONARY).open(encoding="utf-8", newline="")))
    place = rows[0].index("dps")
    rows[2][place] = "one"
    write_csv(tmp_path / DICTIONARY, rows)
    found = read(tmp_path / DICTIONARY)
    (cell,) = found.quarantined
    assert (cell.reason, cell.cell) == ("[one] is no number of decimal places", "one")
    assert (cell.row, cell.column) == (read(sample / DICTIONARY).frame.source_row[1], letter(place))
    assert len(found.frame) == found.rows_in - 1 == 11
