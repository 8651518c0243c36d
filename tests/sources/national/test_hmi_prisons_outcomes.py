"""Outcomes of prison inspections: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise

SOURCE = "hmi_prisons_outcomes"
Read = Callable[[str], Figures]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("hmi")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.5)
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def text(sample: Path) -> str:
    with sample.open(encoding="utf-8", newline="") as stream:
        return stream.read()


@pytest.fixture
def read(sources: Catalogue, tmp_path: Path) -> Read:
    def found(text: str) -> Figures:
        path = tmp_path / "outcomes.csv"
        path.write_text(text, encoding="utf-8", newline="")
        source = sources[SOURCE]
        (figures,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        assert figures.rows_in == len(figures.frame) + len(figures.quarantined)
        return figures

    return found


def test_the_sample_is_known_as_its_own_and_read_whole(sample: Path, text: str, read: Read, sources: Catalogue) -> None:
    assert recognise(LooseFile(sample), sources).source_ids == (SOURCE,)
    found = read(text)
    assert len(found.frame) == 32 and not found.quarantined
    assert found.frame.healthy_prison_test.nunique() == 4


def test_years_are_the_same_with_a_dash_and_with_a_hyphen(text: str, read: Read) -> None:
    assert "2019\N{EN DASH}20" in text and "2021-22" in text
    years = read(text.replace("\N{EN DASH}", "-")).frame.financial_year
    assert years.tolist() == read(text).frame.financial_year.tolist()
    assert "2020/21" not in set(years)


def test_the_fourth_test_is_known_by_its_earlier_names(text: str, read: Read) -> None:
    frame = read(text.replace("Preparation for release", "Resettlement")).frame
    last = frame[frame.healthy_prison_test == "preparation_for_release"]
    assert len(last) == 8 and set(last.test_name) == {"Resettlement"}


def test_columns_may_stand_in_another_order(text: str, read: Read) -> None:
    moved = "".join(",".join(line.split(",")[::-1]) + "\r\n" for line in text.splitlines())
    key = ["healthy_prison_test", "financial_year", "value"]
    assert read(moved).frame[key].equals(read(text).frame[key])


def test_another_heading_is_refused(text: str, read: Read) -> None:
    with pytest.raises(HeaderError, match=r"outcomes.csv.*\[percent\].*\[score\]"):
        read(text.replace("percent", "score"))


def test_a_test_or_year_that_is_not_known_is_set_aside(text: str, read: Read) -> None:
    found = read(text.replace("Respect", "Regard", 1).replace("2025-26,", "2025-27,", 1))
    assert [cell.reason for cell in found.quarantined] == [
        "[2025-27] is not a financial year: 27 does not follow 2025",
        "[Regard] is no test that is known",
    ]


def test_a_file_without_its_last_line_end_is_read_and_one_cut_short_is_refused(text: str, read: Read) -> None:
    whole = text.rstrip("\r\n")
    assert len(read(whole).frame) == 32
    for cut in (whole[:-1], whole[:-8], whole[: -len("2025-26,55,Preparation for release\r\n") - 2], whole[:300]):
        with pytest.raises(ReadError):
            read(cut)
    with pytest.raises(ReadError, match="not of the same years"):
        read("".join(text.splitlines(keepends=True)[:-2]))
