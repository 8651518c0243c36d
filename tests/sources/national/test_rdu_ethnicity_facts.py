"""Ethnicity facts and figures: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

SOURCE = "rdu_ethnicity_facts"
SEARCHES, CUSTODY, LENGTHS = (f"{SOURCE}__{t}" for t in ("stop_and_search", "custody_rate", "average_sentence"))

Landed = Callable[[Home, str], pd.DataFrame]
Changed = Callable[..., Path]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("ethnicity_facts")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return folder


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Changed:
    """A file of the sample with a text in it changed: ``changed(name, old, new, count=-1)``."""

    def write(name: str, old: str, new: str, count: int = -1) -> Path:
        text = (sample / name).read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / name
        path.write_text(text.replace(old, new, count), encoding="utf-8", newline="")
        return path

    return write


def test_the_sample_reads_back_whole_and_is_of_this_source_only(
    intake: TakeIn, landed: Landed, sample: Path, sources: Catalogue
) -> None:
    files = sorted(sample.iterdir())
    for file in files:
        assert recognise(LooseFile(file), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, *files)
    assert (result.problems, result.rows_quarantined) == ([], 0)
    frames = [landed(home, table) for table in (SEARCHES, CUSTODY, LENGTHS)]
    assert [len(frame) for frame in frames] == [46 * 7 * 5, 2 * 6 * 5 * 3, 3 * 5 * 3]
    assert frames[0][frames[0].area_level == "police_force_area"].area_code.nunique() == 43
    assert set(frames[1].ethnicity_classification) == {"ONS 2001 5+1"}


def test_forces_and_ethnic_groups_add_up_to_the_totals(intake: TakeIn, landed: Landed, sample: Path) -> None:
    _, home = intake(SOURCE, sample / "stop-and-search.csv")
    frame = landed(home, SEARCHES)
    counts = frame[frame.measure == "searches"]
    groups = counts[counts.ethnicity_classification == "ONS 2001 5+1"].groupby("area_name").value.sum()
    assert (groups == counts[counts.ethnicity == "All"].set_index("area_name").value[groups.index]).all()
    forces = counts[counts.area_level == "police_force_area"].groupby("ethnicity").value.sum()
    whole = counts[counts.area_level == "england_and_wales"].set_index("ethnicity")
    assert set(whole.area_code) == {"K04000001"} and whole.is_total.all()
    assert (forces == whole.value[forces.index]).all()


def test_each_measure_has_its_unit_and_each_marker_its_status(intake: TakeIn, landed: Landed, sample: Path) -> None:
    _, home = intake(SOURCE, sample / "stop-and-search.csv")
    frame = landed(home, SEARCHES)
    assert frame.groupby("measure").unit.agg(set).to_dict() == {
        "searches": {"number"},
        "searches_ethnicity_reported": {"number"},
        "population": {"number"},
        "rate_per_1000": {"per 1,000 population"},
        "share": {"per cent"},
    }
    at = frame.set_index(["area_name", "ethnicity", "measure"])
    dash = at.loc[("London, City of", "Other", "searches")]
    assert (dash.status, pd.isna(dash.value)) == ("not_available", True)
    assert at.loc[("British Transport Police", "White", "rate_per_1000")].status == "not_applicable"
    assert at.loc[("Kent", "Unreported", "share")].status == "not_applicable"


def test_counts_have_their_thousands_and_shares_their_sign_taken_off(
    intake: TakeIn, landed: Landed, changed: Changed
) -> None:
    path = changed("stop-and-search.csv", "Kent,Police Force Area", "Kent,Police Force Area")
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if ",White,ONS 2001 5+1,Kent," in line)
    start = lines[at].split("Police Force Area")[0]
    lines[at] = start + 'Police Force Area," 12,345 "," 20,000 ","1,500,000",8.23,62%,'
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    _, home = intake(SOURCE, path)
    frame = landed(home, SEARCHES)
    kent = frame[(frame.area_name == "Kent") & (frame.ethnicity == "White")].set_index("measure").value
    assert kent.to_dict() == {
        "searches": 12_345,
        "searches_ethnicity_reported": 20_000,
        "population": 1_500_000,
        "rate_per_1000": 8.23,
        "share": 62,
    }


def test_columns_in_another_order_give_the_same_figures(
    intake: TakeIn, landed: Landed, sample: Path, tmp_path: Path
) -> None:
    before = pd.read_csv(sample / "custody-rate.csv", dtype=str, keep_default_na=False)
    path = tmp_path / "custody-rate.csv"
    before[before.columns[::-1]].to_csv(path, index=False)
    _, home = intake(SOURCE, path)
    frame = landed(home, CUSTODY)
    for measure, column in (("sentenced", "all sentenced"), ("immediate_custody", "Immediate Custody")):
        assert frame[frame.measure == measure].value.tolist() == before[column].astype(float).tolist()
    rates = frame[frame.measure == "custody_rate"]
    assert rates.value.tolist() == before["Value"].astype(float).tolist() and set(rates.unit) == {"per cent"}


def test_an_unknown_area_is_quarantined_with_the_nearest_names(intake: TakeIn, changed: Changed) -> None:
    result, home = intake(SOURCE, changed("stop-and-search.csv", ",Kent,", ",Kentt,", 1))
    assert result.problems == [] and result.rows_quarantined == 5
    assert "[Kentt]" in quarantined(home)[0]["reason"] and "[Kent] (E23000032)" in quarantined(home)[0]["reason"]


@pytest.mark.parametrize(
    ("name", "old", "new", "rows", "words"),
    [
        ("stop-and-search.csv", "%,SYNTHETIC", ",SYNTHETIC", 1, "has no per cent sign"),
        ("stop-and-search.csv", "Financial year", "Calendar year", 5, "[Calendar year] is not the kind of year"),
        ("stop-and-search.csv", "ONS 2001 5+1", "ONS 2021 5+1", 5, "[ONS 2021 5+1] is not a classification"),
        ("custody-rate.csv", ",%", ",per 1000", 3, "[per 1000] is not the unit that is known"),
        ("custody-rate.csv", ",2023,", ",2023/24,", 3, "[2023/24] is not a calendar year"),
    ],
)
def test_a_record_that_says_something_else_is_quarantined(
    intake: TakeIn, changed: Changed, name: str, old: str, new: str, rows: int, words: str
) -> None:
    result, home = intake(SOURCE, changed(name, old, new, 1))
    assert result.problems == [] and result.rows_quarantined == rows
    assert all(words in one["reason"] for one in quarantined(home))


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("stop-and-search.csv", "Population by ethnicity", "People by ethnicity", "[People by ethnicity]"),
        ("custody-rate.csv", "Immediate Custody", "Custody", "unknown columns [Custody]"),
        ("custody-rate.csv", "all sentenced", "sentenced", "no header of a download that is known"),
        ("custody-rate.csv", "Black", "Asian", "say that they are of the same"),
    ],
)
def test_a_header_or_a_group_that_moved_is_refused(
    intake: TakeIn, changed: Changed, name: str, old: str, new: str, words: str
) -> None:
    result, _ = intake(SOURCE, changed(name, old, new))
    assert result.rows_landed == 0 and words in result.problems[0].text and f"[{name}]" in result.problems[0].text


def test_a_file_cut_in_its_last_line_is_refused(intake: TakeIn, sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "custody-rate.csv"
    path.write_bytes((sample / "custody-rate.csv").read_bytes()[:-3])
    result, _ = intake(SOURCE, path)
    assert result.rows_landed == 0 and "the last line has no end" in result.problems[0].text
