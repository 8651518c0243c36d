"""Proven reoffending: the real copies, against figures that a person can find in them and in the bulletin."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.readings import Reading, read_files

SOURCE = "moj_proven_reoffending"
NATIONAL, UNDATED = "proven_reoffending_data.csv", "reoffending_percent_by_sentence_type.csv"
RATES = "reoffending-rates-data.csv.gz"


@pytest.fixture(scope="module")
def files(published: Path) -> dict[str, Path]:
    folder = published / "justice" / "moj_proven_reoffending"
    return {
        NATIONAL: folder / NATIONAL,
        UNDATED: folder / UNDATED,
        RATES: published / "justice" / "moj_reoffending" / RATES,
    }


@pytest.fixture(scope="module")
def reading(files: dict[str, Path], sources: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    unpacked = tmp_path_factory.mktemp("rates") / "reoffending-rates-data.csv"
    unpacked.write_bytes(gzip.decompress(files[RATES].read_bytes()))
    return read_files(sources[SOURCE], files[NATIONAL], unpacked)


def test_every_file_is_known_and_every_row_accounted_for(
    files: dict[str, Path], intake: TakeIn, sources: Catalogue
) -> None:
    for path in files.values():
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, _ = intake(SOURCE, *files.values())
    assert result.problems == []
    # Set aside: two cohorts that contradict their totals, 15 figures each, and three rates that say no year.
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (1368 + 308 + 3, 1338 + 308, 33)


def test_the_cohorts_of_the_old_method_in_2005_are_set_aside_for_their_totals(reading: Reading) -> None:
    assert len(reading.quarantined) == 30
    assert {one.reason.split("cohort, ")[1] for one in reading.quarantined} == {
        "545,392 (adult) and 166,471 (juvenile), do not add up to 693,284",
        "529,739 (adult) and 163,545 (juvenile), do not add up to 711,863",
    }


@pytest.mark.parametrize(
    ("method", "kind", "start", "age", "figures"),
    [
        # As in the bulletin of April 2013 to March 2014: 25.2% of 468,134 adults, 38.0% of 42,299 juveniles.
        ("old", "financial_year", "2013-04-01", "adult", (468_134, 117_864, 367_605, 25.2, 3.1)),
        ("old", "financial_year", "2013-04-01", "juvenile", (42_299, 16_083, 50_184, 38.0, 3.1)),
        ("old", "calendar_year", "2002-01-01", "all", (632_065, 182_485, 641_321, 28.9, 3.5)),
        ("new", "quarter", "2014-01-01", "adult", (136_558, 40_143, 145_224, 29.39630047, 3.617666841)),
        ("new", "financial_year", "2013-04-01", "all", (598_848, 186_406, 663_266, 31.12743133, 3.558179458)),
    ],
)
def test_a_cohorts_figures_are_those_of_the_copy(
    reading: Reading, method: str, kind: str, start: str, age: str, figures: tuple[float, ...]
) -> None:
    frame = reading.tables["national"]
    of = frame[(frame.method == method) & (frame.period_type == kind) & (frame.period_start == start)]
    at = of[of.age_group == age].set_index("measure").value
    names = ["offenders", "reoffenders", "reoffences", "reoffending_rate", "reoffences_per_reoffender"]
    assert tuple(at[names]) == figures


def test_adults_and_juveniles_make_every_cohort_and_its_rates(reading: Reading) -> None:
    frame = reading.tables["national"].dropna(subset="value")
    key = ["method", "period_type", "period_start"]
    by_age = frame.set_index([*key, "measure", "age_group"]).value.unstack()
    counts = by_age[by_age.index.get_level_values("measure").isin(["offenders", "reoffenders", "reoffences"])]
    assert len(counts) == 3 * (53 + 12 + 11) and (counts.adult + counts.juvenile == counts["all"]).all()
    of = frame.set_index([*key, "age_group", "measure"]).value.unstack()
    assert (of.reoffending_rate - 100 * of.reoffenders / of.offenders).abs().max() < 0.0501
    assert (of.reoffences_per_reoffender - of.reoffences / of.reoffenders).abs().max() < 0.0501


def test_the_quarters_of_2001_are_missing(reading: Reading) -> None:
    frame = reading.tables["national"]
    missing = frame[frame.status == "missing"]
    assert len(missing) == 4 * 17 and set(pd.to_datetime(missing.period_start).dt.year) == {2001}
    assert set(frame[frame.status != "missing"].status) == {"observed"}


def test_rates_by_index_offence_are_those_of_the_copy(reading: Reading) -> None:
    rates = reading.tables["rate"]
    assert rates.groupby(["period_end", "age_group"], observed=True).size().eq(14).all() and len(rates) == 308
    assert rates.status.value_counts().to_dict() == {"observed": 292, "not_available": 16}
    at = rates.set_index(["period_end", "age_group", "group_name"]).value
    assert at[pd.Timestamp("2007-03-31"), "adult", "robbery"] == 0.38582070382738304
    assert at[pd.Timestamp("2007-03-31"), "adult", "all"] == 0.28694978898950596
    # A total lies between the least and the greatest of its parts.
    for (_, _), group in rates.groupby(["period_end", "age_group"], observed=True):
        parts, (total,) = group[~group.is_total].value, group[group.is_total].value
        assert parts.min() < total < parts.max()
