"""The bundled edition as an origin."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources import catalogue
from sources.catalogue import Source
from sources.home import Home
from sources.intake import SourceIntake
from sources.origins import Validators
from sources.origins.sample import SampleOrigin
from tests import otherworld


def _bytes(origin: SampleOrigin, source: Source) -> dict[str, bytes]:
    found = {}
    for offer in origin.offers(source):
        path = origin.fetch(offer, Validators()).path
        assert path
        found[offer.name] = path.read_bytes()
    return found


@pytest.fixture
def sample_home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", "sample").make()


def test_the_same_seed_and_scale_give_the_same_bytes_in_any_home(dragons: Source, tmp_path: Path) -> None:
    one = _bytes(SampleOrigin(Home(tmp_path / "one", "sample"), seed=5, scale=0.5), dragons)
    two = _bytes(SampleOrigin(Home(tmp_path / "two", "sample"), seed=5, scale=0.5), dragons)
    assert list(one) == [f"dragon-sightings-2024-0{number}.csv" for number in (7, 8, 9)]
    assert one == two


def test_another_seed_and_another_scale_give_other_bytes(dragons: Source, sample_home: Home) -> None:
    base = _bytes(SampleOrigin(sample_home, seed=5), dragons)
    seeded = _bytes(SampleOrigin(sample_home, seed=6), dragons)
    larger = _bytes(SampleOrigin(sample_home, seed=5, scale=2), dragons)
    for name, text in base.items():
        assert seeded[name] != text
        assert len(larger[name].splitlines()) > len(text.splitlines())
    assert _bytes(SampleOrigin(sample_home, seed=5), dragons) == base


def test_a_sample_is_written_once(dragons: Source, sample_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    real = dragons.sample.write

    def counting(folder: Path, *, seed: int, scale: float) -> None:
        written.append(seed)
        real(folder, seed=seed, scale=scale)

    monkeypatch.setattr(dragons.sample, "write", counting)
    first = _bytes(SampleOrigin(sample_home), dragons)
    assert _bytes(SampleOrigin(sample_home), dragons) == first
    assert len(written) == 1


def test_a_sample_that_was_cut_short_is_written_again(
    dragons: Source, sample_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = dragons.sample.write

    def killed(folder: Path, *, seed: int, scale: float) -> None:
        (folder / "dragon-sightings-2024-07.csv").write_text("Sightings of dra", encoding="utf-8")
        (folder / "left-over.csv").write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    monkeypatch.setattr(dragons.sample, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        SampleOrigin(sample_home).offers(dragons)
    monkeypatch.setattr(dragons.sample, "write", real)
    found = _bytes(SampleOrigin(sample_home), dragons)
    assert list(found) == [f"dragon-sightings-2024-0{number}.csv" for number in (7, 8, 9)]
    assert all(len(text.splitlines()) > 20 for text in found.values())


def test_a_changed_sample_is_written_again(dragons: Source, otherworld_root: Path, sample_home: Home) -> None:
    before = _bytes(SampleOrigin(sample_home), dragons)
    path = dragons.folder / "sample.py"
    path.write_text(path.read_text(encoding="utf-8").replace("randrange(40)", "randrange(90)"), encoding="utf-8")
    changed = catalogue.load(otherworld_root)[otherworld.SOURCE_ID]
    assert _bytes(SampleOrigin(sample_home), changed) != before


def test_a_sample_lands_whole_and_says_that_it_is_synthetic(dragons: Source, sample_home: Home) -> None:
    result = SourceIntake(dragons, SampleOrigin(sample_home), sample_home).run()
    assert not result.problems
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (90, 90, 0)
    assert all(b"synthetic" in text for text in _bytes(SampleOrigin(sample_home), dragons).values())


def test_a_sample_with_a_mistake_is_a_problem_of_its_source_and_no_more(
    dragons: Source, sample_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(folder: Path, *, seed: int, scale: float) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(dragons.sample, "write", mistaken)
    result = SourceIntake(dragons, SampleOrigin(sample_home), sample_home).run()
    assert [problem.kind for problem in result.problems] == ["fetch_failed"]
    assert "ZeroDivisionError" in result.problems[0].text
