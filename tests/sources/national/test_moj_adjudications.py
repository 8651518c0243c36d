"""Adjudications: the sample reads back, and what may change next is read, quarantined or refused."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, ReadError
from sources.places.names import register
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.readings import read_files

SOURCE, TABLE = "moj_adjudications", "adjudication"
NAME = "AdjudicationsQ22026.csv"

Changed = Callable[..., Path]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("adjudications")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.2)
    return folder


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Changed:
    """The second quarter with one piece of its text changed: ``changed(old, new, name=…)``."""

    def change(old: str, new: str, *, name: str = NAME) -> Path:
        text = (sample / f"Synthetic_{NAME}").read_bytes().decode()
        assert old in text
        (tmp_path / name).write_bytes(text.replace(old, new, 1).encode())
        return tmp_path / name

    return change


@pytest.fixture(scope="module")
def frame(sample: Path, sources: Catalogue) -> pd.DataFrame:
    return read_files(sources[SOURCE], *sorted(sample.iterdir())).tables[TABLE]


def test_the_sample_lands_whole_and_is_recognised_as_its_own(intake: TakeIn, sample: Path, sources: Catalogue) -> None:
    files = sorted(sample.iterdir())
    assert {recognise(LooseFile(path), sources).source_ids for path in files} == {(SOURCE,)}
    result, _ = intake(SOURCE, *files)
    assert result.problems == [] and len(result.arrived) == 2
    assert (result.rows_in, result.rows_quarantined) == (result.rows_landed, 0)


def test_every_count_is_there_in_the_quarter_of_its_file(sample: Path, frame: pd.DataFrame) -> None:
    files = sorted(sample.iterdir())
    plain = [row for path in files for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]
    assert len(frame) == len(plain) > 50 and frame.value.sum() == sum(int(row["Count"]) for row in plain)
    assert set(zip(frame.period_start.dt.date.map(str), frame.period_end.dt.date.map(str), strict=True)) == {
        ("2026-01-01", "2026-03-31"),
        ("2026-04-01", "2026-06-30"),
    }


def test_every_establishment_has_its_code_however_the_tool_spells_it(frame: pd.DataFrame) -> None:
    codes = frame.groupby("prison_name").prison_code.unique().map(list).to_dict()
    assert codes["East Sutton ParK"] == ["ESI"] and codes["Mount (The)"] == ["MTI"]
    assert codes["Elmley (Sheppey cluster)"] == ["EYI"] and codes["Peterborough Female"] == ["PFI"]
    assert codes["Grendon/Spring Hill"] == ["GNI"] and codes["Feltham"] == ["FMI"]
    known = {named.code for named in register("prison").names}
    assert all(len(found) == 1 and found[0] in known for found in codes.values())


def test_letters_that_labels_are_sorted_by_and_words_of_ages_are_made_plain(frame: pd.DataFrame) -> None:
    assert {"White", "Asian or Asian British", "Not known"} <= set(frame.ethnicity)
    assert {"Christian", "No religion"} <= set(frame.religion)
    assert {"15-17", "21-24", "70+"} <= set(frame.age_band)
    assert "Endangers health/safety of any person" in set(frame.detailed_offence)
    assert frame.groupby("sex").establishment_function.unique()["female"].tolist() == ["Female"]


def test_an_establishment_that_nobody_knows_is_quarantined_with_the_nearest(
    sources: Catalogue, changed: Changed
) -> None:
    (cell,) = read_files(sources[SOURCE], changed("Wandsworth", "Wandsworthy")).quarantined
    assert "[Wandsworth] (WWI)" in cell.reason
    assert (cell.cell, cell.column) == ("Wandsworthy", "D") and cell.row is not None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (",M,", ",X,", "[X] is not a sex"),
        ("30 - 39", "over 30", "[over 30] is not an age group"),
        ("Q2,", "Q3,", "[Q3] is not the quarter that the file's name gives"),
        ("Q2,", "Q2 2025,", "[Q2 2025] is not the quarter"),
    ],
)
def test_a_row_that_says_what_is_not_known_is_quarantined_alone(
    old: str, new: str, words: str, sources: Catalogue, changed: Changed
) -> None:
    (cell,) = read_files(sources[SOURCE], changed(old, new)).quarantined
    assert words in cell.reason


@pytest.mark.parametrize("name", ["Adjudications_Q2_2026.csv", "adjudications 2026 Q2.csv"])
def test_the_quarter_is_that_of_the_files_name(name: str, sources: Catalogue, changed: Changed) -> None:
    read = read_files(sources[SOURCE], changed("Q2,", "2026 Q2,", name=name))
    assert read.quarantined == [] and set(read.tables[TABLE].period_start) == {pd.Timestamp(2026, 4, 1)}


def test_a_file_whose_name_says_no_quarter_is_refused(sources: Catalogue, changed: Changed) -> None:
    with pytest.raises(ReadError, match=r"\[adjudications.csv\]: the file's name does not say its quarter"):
        read_files(sources[SOURCE], changed("Q2,", "Q2,", name="adjudications.csv"))


def test_columns_may_stand_in_another_order(sources: Catalogue, sample: Path, tmp_path: Path) -> None:
    original, turned = sample / f"Synthetic_{NAME}", tmp_path / NAME
    rows = list(csv.reader(original.read_text(encoding="utf-8").splitlines()))
    turned.write_text("\n".join(",".join(reversed(row)) for row in rows), encoding="utf-8")
    before, after = (
        read_files(sources[SOURCE], path).tables[TABLE].drop(columns=["source_column", "source_file"])
        for path in (original, turned)
    )
    assert before.equals(after)


def test_a_renamed_column_is_refused_with_the_nearest(sources: Catalogue, changed: Changed) -> None:
    with pytest.raises(HeaderError) as error:
        read_files(sources[SOURCE], changed("Detailed offence", "Offence detail"))
    assert f"[{NAME}] row 1" in str(error.value) and "[Detailed offence]" in str(error.value)
    assert "unknown columns [Offence detail]" in str(error.value)


def test_a_record_that_is_cut_is_quarantined(sources: Catalogue, sample: Path, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes((sample / f"Synthetic_{NAME}").read_bytes()[:-50])
    (cell,) = read_files(sources[SOURCE], tmp_path / NAME).quarantined
    assert "cells, the header 12" in cell.reason


def test_the_same_seed_writes_the_same_bytes_another_seed_others_and_a_scale_more(
    tmp_path: Path, sources: Catalogue
) -> None:
    contents = {}
    for name, seed, scale in (("first", 3, 0.4), ("again", 3, 0.4), ("other", 4, 0.4), ("more", 3, 1.6)):
        (tmp_path / name).mkdir()
        sources[SOURCE].sample.write(tmp_path / name, seed=seed, scale=scale)
        contents[name] = b"".join(path.read_bytes() for path in sorted((tmp_path / name).iterdir()))
        assert all("synthetic" in path.name.lower() for path in (tmp_path / name).iterdir())
    assert contents["first"] == contents["again"] != contents["other"]
    assert len(contents["more"]) > len(contents["first"])
