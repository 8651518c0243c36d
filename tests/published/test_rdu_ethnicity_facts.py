"""Ethnicity facts and figures: the real downloads, against cells that a person can find and their own totals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE = "rdu_ethnicity_facts"
SEARCHES, CUSTODY, LENGTHS = (f"{SOURCE}__{t}" for t in ("stop_and_search", "custody_rate", "average_sentence"))

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture
def folder(published: Path) -> Path:
    return published / "justice" / "rdu_ethnicity_facts"


def test_every_file_is_of_this_source_only(folder: Path, sources: Catalogue) -> None:
    files = list(folder.glob("*.csv"))
    assert len(files) == 3
    for path in files:
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)


@pytest.mark.slow
def test_stops_and_searches_add_up_over_groups_and_over_forces(intake: TakeIn, landed: Landed, folder: Path) -> None:
    result, home = intake(SOURCE, folder / "stop-and-search.csv")
    assert (result.problems, result.rows_in, result.rows_quarantined) == ([], 5 * 13_104, 0)
    frame = landed(home, SEARCHES)
    assert frame.status.value_counts().to_dict() == {"observed": 59_430, "not_applicable": 5_838, "not_available": 252}
    counts = frame[frame.measure == "searches"]
    whole = counts[counts.ethnicity == "All"].set_index(["financial_year", "area_name"]).value
    assert len(whole) == 546
    for classification in ("ONS 2001 5+1", "ONS 2001 16+1"):
        of_kind = counts[counts.ethnicity_classification == classification]
        assert (of_kind.groupby(["financial_year", "area_name"]).value.sum() == whole.sort_index()).all()
    keys = ["financial_year", "ethnicity", "ethnicity_classification"]
    forces = counts[counts.area_level == "police_force_area"].groupby(keys).value.sum()
    every = counts[counts.area_level == "england_and_wales"].set_index(keys).value.sort_index()
    assert forces.index.equals(every.index) and (forces == every).all()


@pytest.mark.slow
def test_rates_and_shares_are_those_of_the_counts(intake: TakeIn, landed: Landed, folder: Path) -> None:
    _, home = intake(SOURCE, folder / "stop-and-search.csv")
    frame = landed(home, SEARCHES)
    by = frame.pivot(index="source_row", columns="measure", values="value")
    assert (1000 * by.searches / by.population - by.rate_per_1000).abs().max() < 0.0101
    assert (100 * by.searches / by.searches_ethnicity_reported - by.share).abs().max() < 0.501
    first = frame[frame.source_row == 2].set_index("measure")
    assert first.area_code.iloc[0] == "E23000036" and first.period_end.iloc[0] == pd.Timestamp(2007, 3, 31)
    # 15,018 | 9,050 | 1,599,555 | 9.39 | N/A
    assert first.value[["searches", "searches_ethnicity_reported", "population"]].tolist() == [15_018, 9_050, 1_599_555]
    assert first.value["rate_per_1000"] == 9.39 and first.status["share"] == "not_applicable"
    last = frame[frame.source_row == 13_105].set_index("measure").value
    # Wiltshire, White, 2017/18: 802 | 940 | 642,869 | 1.25 | 85%
    assert last.to_dict() == {
        "searches": 802,
        "searches_ethnicity_reported": 940,
        "population": 642_869,
        "rate_per_1000": 1.25,
        "share": 85,
    }
    dash = frame[(frame.source_row == 900) & (frame.measure == "searches")].iloc[0]
    assert (dash.area_name, dash.ethnicity, dash.status) == ("Surrey", "Any other Asian background", "not_available")


def test_sentences_add_up_over_offences_and_ages_and_custody_is_their_share(
    intake: TakeIn, landed: Landed, folder: Path
) -> None:
    result, home = intake(SOURCE, folder / "custody-rate.csv")
    assert (result.problems, result.rows_in, result.rows_quarantined) == ([], 3 * 864, 0)
    frame = landed(home, CUSTODY)
    keys = ["measure", "ethnicity", "period_end"]
    counts = frame[frame.measure != "custody_rate"]
    is_all = {name: counts[name] == "All" for name in ("sex", "age_group", "offence_group")}
    whole = counts[is_all["sex"] & is_all["age_group"] & is_all["offence_group"]].groupby(keys).value.sum()
    assert len(whole) == 2 * 6 * 9
    for name in ("age_group", "offence_group"):
        assert (counts[~is_all[name]].groupby(keys).value.sum() == whole).all()
    # The sex of some is not known.
    assert (counts[~is_all["sex"]].groupby(keys).value.sum() <= whole).all()
    by = frame.pivot(index="source_row", columns="measure", values="value")
    assert (100 * by.immediate_custody / by.sentenced - by.custody_rate).abs().max() < 0.0501
    # 2009, Asian, all: 3946 | 13615 | 29.0
    assert by.loc[2].to_dict() == {"custody_rate": 29.0, "immediate_custody": 3946, "sentenced": 13615}
    assert set(frame.ethnicity_classification) == {"ONS 2001 5+1"}


def test_average_sentences_are_those_of_the_file(intake: TakeIn, landed: Landed, folder: Path) -> None:
    result, home = intake(SOURCE, folder / "acsl-by-ethnicity-and-sex-2009-2017.csv")
    assert (result.problems, result.rows_in, result.rows_quarantined) == ([], 135, 0)
    frame = landed(home, LENGTHS).set_index("source_row")
    assert tuple(frame.loc[2, ["sex", "ethnicity", "value"]]) == ("Female", "Asian", 16.5)
    assert tuple(frame.loc[135, ["sex", "ethnicity", "value"]]) == ("Male", "White", 19.2)
    assert frame.loc[136, "period_end"] == pd.Timestamp(2017, 12, 31)
