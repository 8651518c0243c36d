"""The Local Authority Interactive Tool: the real store, dictionary and extract, against what they were made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.reading import PublishedFile
from sources.recognise import LooseFile, recognise

pytestmark = pytest.mark.slow

SOURCE = "dfe_lait"
STORE, EXTRACT = "dfe_lait_bds_long_0.parquet", "DERIVED_dfe_lait_youth_justice_subset.csv"
DICTIONARY = "dfe_lait_data_dictionary.csv"
#: A file as read: ``Figures``, of whose frame columns are asked by name.
Read = Callable[[str, str], Any]


@pytest.fixture(scope="module")
def read(published: Path, sources: Catalogue) -> Read:
    def read_one(source_id: str, name: str) -> Any:
        folder = "justice/moj_youth_justice" if source_id == SOURCE else "health/dfe_social_care"
        file = PublishedFile(published / folder / name, name, "0" * 64)
        (found,) = sources[source_id].reader.read(file, sources[source_id].contract)
        return found

    return read_one


@pytest.fixture(scope="module")
def store(read: Read) -> Any:
    return read(SOURCE, STORE)


def test_the_whole_store_lands_but_for_what_says_no_year_and_sums_of_rates(store: Any) -> None:
    assert (store.rows_in, len(store.frame), len(store.quarantined)) == (641_070, 640_891, 179)
    reasons = pd.Series([cell.reason for cell in store.quarantined]).value_counts().to_dict()
    assert reasons == {
        # CINPermExclusion is labelled 0 once, with a hyphen for every area.
        "the label is no year": 170,
        "a rate of England that lies outside the rates of its regions: it is their sum": 9,
    }
    sums = [cell.cell for cell in store.quarantined if "sum" in cell.reason]
    assert sums == ["3071", "2746", "2261", "1976", "1521", "1333", "1371", "1320", "1258"]
    # 93,883 cells of the store are a hyphen, 170 of which have no year.
    assert (store.frame.status == "not_available").sum() == 93_883 - 170
    assert store.frame.measure_code.nunique() == 434
    assert not store.frame.duplicated(["measure_code", "time_label", "la_number"]).any()


@pytest.mark.parametrize(
    ("row", "measure", "label", "code", "value"),
    [
        (2, "RTA", "2014-16", "E09000002", 12.13),
        (77_662, "FirstYJS", "2016", "E08000009", 236),
        (541_082, "ReoffYO15-17", "2016", "E08000009", 43.75),
        (580_862, "YJS_Caution-Sentence10-17_YO", "2024-25", "E08000009", 15),
    ],
)
def test_figures_are_those_of_the_rows_they_name(
    row: int, measure: str, label: str, code: str, value: float, store: Any
) -> None:
    cell = store.frame[store.frame.source_row == row].iloc[0]
    assert (cell.measure_code, cell.time_label, cell.area_code, cell.value) == (measure, label, code, value)
    assert cell.source_column == "E" and cell.status == "observed"


@pytest.mark.parametrize(
    ("measure", "breakdown", "both"),
    [
        ("LAC_Convictions", "Convicted", 499),
        ("LACSubstance", "Identified as", 640),
        ("LACHealth%", "Had their annual", 805),
        ("Emotional_LAC", "SDQ average", 807),
    ],
)
def test_measures_of_looked_after_children_are_those_first_published_to_the_figure(
    measure: str, breakdown: str, both: int, store: Any, read: Read
) -> None:
    here = store.frame[store.frame.measure_code == measure]
    first = read("dfe_social_care", "la_conviction_health_outcome_cla_2025.csv").frame
    indicator = "children_average_score" if measure == "Emotional_LAC" else "children_percent"
    first = first[first.breakdown.astype(str).str.startswith(breakdown) & (first.indicator == indicator)]
    keys = [
        rows.assign(code=rows.area_code.astype(str), year=rows[year].astype(str))[
            ["code", "year", "value", "period_end"]
        ]
        for rows, year in ((here, "time_label"), (first, "time_period"))
    ]
    joined = keys[0].merge(keys[1], on=["code", "year"], suffixes=("", "_first"))
    shown = joined[joined.value.notna()]
    assert len(joined) == 829 and len(shown) == both
    # Also the codes and the dates are the same, though the store has neither.
    assert (shown.value == shown.value_first).all() and joined.value_first[joined.value.isna()].isna().all()
    assert (joined.period_end == pd.to_datetime(joined.period_end_first)).all()


def test_the_extract_is_the_store_figure_for_figure(store: Any, read: Read) -> None:
    extract = read(SOURCE, EXTRACT)
    assert (extract.rows_in, len(extract.frame), len(extract.quarantined)) == (7820, 7811, 9)
    key = ["measure_code", "time_label", "la_number"]
    tables = [
        rows[[*key, "value"]].astype({"measure_code": str, "time_label": str}) for rows in (extract.frame, store.frame)
    ]
    joined = tables[0].merge(tables[1], on=key, suffixes=("", "_store"))
    assert len(joined) == 7811 and joined.value.fillna(-1).equals(joined.value_store.fillna(-1))


def test_the_dictionary_has_every_measure_of_the_store(store: Any, read: Read) -> None:
    found = read(SOURCE, DICTIONARY)
    assert (found.rows_in, len(found.frame), found.quarantined) == (448, 448, [])
    assert set(found.frame.measure_code) == set(store.frame.measure_code)
    entrants = found.frame.set_index("measure_code").loc["FirstYJS"]
    assert (entrants.measure_number, entrants.topic, entrants.year_type) == ("111", "Youth Offending", "Calendar Year")
    assert str(entrants.last_updated_on) == "2026-02-01" and "\r" not in "".join(found.frame.description.dropna())


def test_the_real_files_are_known_as_this_sources_only(published: Path, sources: Catalogue) -> None:
    folder = published / "justice" / "moj_youth_justice"
    for name in (STORE, EXTRACT, DICTIONARY):
        assert recognise(LooseFile(folder / name), sources).source_ids == (SOURCE,)
