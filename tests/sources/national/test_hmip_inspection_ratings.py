"""Inspection ratings of youth justice services: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise

SOURCE = "hmip_inspection_ratings"
Read = Callable[[str], tuple[Figures, Figures]]
_STANDARDS = 13


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("hmip")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.3)
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def lines(sample: Path) -> list[str]:
    return sample.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def read(sources: Catalogue, tmp_path: Path) -> Read:
    def found(text: str) -> tuple[Figures, Figures]:
        path = tmp_path / "ratings.csv"
        path.write_text(text, encoding="utf-8")
        source = sources[SOURCE]
        score, rating = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        for figures in (score, rating):
            assert figures.rows_in == len(figures.frame) + len(figures.quarantined)
        return score, rating

    return found


def _report(header: str, **said: str) -> str:
    """A file of one report."""
    usual = {"la_name": "York", "score_%": "75.0", "overall_rating": "Good", "publication_date": "14/12/22"}
    cells = [(usual | said).get(name, "") for name in header.split(",")]
    return f"{header}\n{','.join(cells)}\n"


def test_the_sample_is_known_as_its_own_and_read_whole(
    sample: Path, lines: list[str], read: Read, sources: Catalogue
) -> None:
    assert recognise(LooseFile(sample), sources).source_ids == (SOURCE,)
    score, rating = read("\n".join([*lines, ""]))
    assert len(score.frame) == len(lines) - 1 and len(rating.frame) == _STANDARDS * len(score.frame)
    assert not score.quarantined and not rating.quarantined
    assert set(score.frame.status) == {"observed"} and score.frame.is_joint_inspection.any()


@pytest.mark.parametrize(
    ("name", "service", "authority"),
    [
        ("York", "F00YO00", "E06000014"),
        ("Newcastle", "F00NT00", "E08000021"),
        ("County Durham", "F00DC00", "E06000047"),
        ("Dorset - JI", "F00DT00", None),
        ("An inspection of Tower Hamlets and City of London", "F00TC00", None),
        ("Northamptonshire", "F00NZ00", None),
        ("Cumberland", None, "E06000063"),
    ],
)
def test_a_service_is_known_by_the_inspectorates_names_and_has_an_authority_where_it_is_of_one(
    name: str, service: str | None, authority: str | None, lines: list[str], read: Read
) -> None:
    score, _ = read(_report(lines[0], la_name=name, publication_date="29/10/24"))
    (row,) = score.frame.astype(object).where(score.frame.notna(), None).to_dict("records")
    assert (row["service_code"], row["area_code"]) == (service, authority)
    assert row["is_joint_inspection"] == name.endswith("JI") and " - JI" not in row["service_name"]


def test_a_service_that_is_not_known_is_set_aside_with_the_nearest_names(lines: list[str], read: Read) -> None:
    score, rating = read(_report(lines[0], la_name="Yorke"))
    assert (len(score.quarantined), len(rating.quarantined)) == (1, _STANDARDS)
    assert "no youth justice service is known by the name [Yorke]; nearest: [York]" in score.quarantined[0].reason


@pytest.mark.parametrize(
    ("score", "rating", "status"),
    [
        ("75.0", "Good", "observed"),
        ("4.17", "Inadequate", "observed"),
        ("50.0", "Requires Improvement", "observed"),
        ("72.22", "Requires Improvement", "low_reliability"),
        ("4.56", "Inadequate", "low_reliability"),
    ],
)
def test_a_score_and_a_rating_that_contradict_each_other_are_both_marked(
    score: str, rating: str, status: str, lines: list[str], read: Read
) -> None:
    scores, ratings = read(_report(lines[0], **{"score_%": score, "overall_rating": rating}))
    assert scores.frame.status.tolist() == [status] and scores.frame.value.tolist() == [float(score)]
    assert ratings.frame.query("standard == 'overall'").status.tolist() == [status]


def test_a_blank_standard_is_missing_and_words_that_are_no_rating_are_set_aside(lines: list[str], read: Read) -> None:
    score, rating = read(_report(lines[0], overall_rating="1 A footnote", staff="Good", planning="good"))
    assert [cell.cell for cell in rating.quarantined] == ["1 A footnote"] and len(score.frame) == 1
    at = rating.frame.set_index("standard")
    assert at.rating["staff"] == at.rating["planning"] == "good"
    assert at.status["reviewing"] == "missing" and at.rating.isna()["reviewing"]


def test_days_are_days_and_not_months(lines: list[str], read: Read) -> None:
    score, _ = read(_report(lines[0], publication_date="03/11/22"))
    assert score.frame.report_published.tolist() == [date(2022, 11, 3)]
    for wrong in ("2022-11-03", "31/02/22"):
        score, _ = read(_report(lines[0], publication_date=wrong))
        assert len(score.quarantined) == 1


def test_columns_may_move_and_one_that_is_not_known_is_refused(lines: list[str], read: Read) -> None:
    moved = "".join(",".join(line.split(",")[::-1]) + "\n" for line in lines)
    key = ["service_name", "report_published", "value"]
    assert read(moved)[0].frame[key].equals(read("\n".join([*lines, ""]))[0].frame[key])
    with pytest.raises(HeaderError, match=r"\[staff\] \(closest: \[staffing\]\)"):
        read("\n".join([lines[0].replace("staff", "staffing"), *lines[1:], ""]))


def test_a_report_that_stands_twice_and_a_file_cut_short_are_refused(lines: list[str], read: Read) -> None:
    with pytest.raises(ReadError, match=r"row \d+: a report stands twice"):
        read("\n".join([*lines, lines[1], ""]))
    with pytest.raises(ReadError, match="cut short"):
        read("\n".join(lines)[:-1])
