"""A folder of loose files as an origin."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sources import archive, catalogue
from sources.catalogue import Catalogue, Source
from sources.errors import FetchError
from sources.home import Home
from sources.intake import SourceIntake
from sources.origins import Offer, Validators
from sources.origins import folder as folder_module
from sources.origins.folder import FolderOrigin, Unrecognised
from tests import otherworld

_TEXT = otherworld.published_file([["E06000001", "Hartlepool", "2024-07", 7, ""]])


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    """A folder with one file of the made-up source, renamed, and one of nobody's."""
    folder = tmp_path / "dropped"
    (folder / "from the office").mkdir(parents=True)
    (folder / "from the office" / "Copy of July.csv").write_text(_TEXT, encoding="utf-8")
    near = _TEXT.replace("Dragons seen", "Dragons heard")
    (folder / "heard.csv").write_text(near, encoding="utf-8")
    return folder


def _contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


def test_each_file_is_offered_to_the_source_that_recognises_it(
    dropped: Path, otherworld_catalogue: Catalogue, dragons: Source, home: Home
) -> None:
    origin = FolderOrigin(dropped, otherworld_catalogue, home)
    assert origin.offers(dragons) == [Offer("Copy of July.csv", "from the office/Copy of July.csv")]
    delivery = origin.fetch(origin.offers(dragons)[0], Validators())
    assert delivery.path == dropped / "from the office" / "Copy of July.csv"
    assert delivery.sha256 == archive.sha256_of(delivery.path)
    assert not delivery.is_ours


def test_a_file_that_no_source_recognises_is_listed_with_the_nearest_and_left_alone(
    dropped: Path, otherworld_catalogue: Catalogue, dragons: Source, home: Home
) -> None:
    before = _contents(dropped)
    origin = FolderOrigin(dropped, otherworld_catalogue, home)
    SourceIntake(dragons, origin, home).run()
    size = (dropped / "heard.csv").stat().st_size
    assert origin.unrecognised == [Unrecognised("heard.csv", size, f"{otherworld.SOURCE_ID} (75% of its header)")]
    with home.open_ledger() as ledger:
        rows = [dict(row) for row in ledger.execute("select address, size_bytes, nearest from unrecognised")]
    assert rows == [{"address": "heard.csv", "size_bytes": size, "nearest": f"{dragons.id} (75% of its header)"}]
    assert _contents(dropped) == before


def test_looking_again_through_an_unchanged_folder_reads_no_file(
    dropped: Path, otherworld_catalogue: Catalogue, dragons: Source, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = FolderOrigin(dropped, otherworld_catalogue, home)
    read: list[str] = []
    real_open = Path.open

    def watched(path: Path, *args: object, **options: object) -> object:
        read.append(path.name)
        return real_open(path, *args, **options)  # pyright: ignore[reportCallIssue, reportArgumentType]

    monkeypatch.setattr(Path, "open", watched)
    second = FolderOrigin(dropped, otherworld_catalogue, home)
    assert not {"Copy of July.csv", "heard.csv"} & set(read)
    assert second.offers(dragons) == first.offers(dragons)
    assert second.unrecognised == first.unrecognised

    (dropped / "heard.csv").write_text(_TEXT + "\n", encoding="utf-8")
    third = FolderOrigin(dropped, otherworld_catalogue, home)
    assert "heard.csv" in read
    assert "Copy of July.csv" not in read
    assert [offer.name for offer in third.offers(dragons)] == ["Copy of July.csv", "heard.csv"]
    assert third.unrecognised == []


def test_a_file_replaced_by_one_of_the_same_size_and_time_is_seen_all_the_same(
    dropped: Path, otherworld_catalogue: Catalogue, dragons: Source, home: Home
) -> None:
    path = dropped / "from the office" / "Copy of July.csv"
    FolderOrigin(dropped, otherworld_catalogue, home)
    before = path.stat()
    path.write_text(_TEXT.replace(",7,", ",9,"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    origin = FolderOrigin(dropped, otherworld_catalogue, home)
    assert origin.fetch(origin.offers(dragons)[0], Validators()).sha256 == archive.sha256_of(path)


def test_a_changed_contract_is_asked_again_about_files_that_are_known(
    dropped: Path, otherworld_root: Path, home: Home
) -> None:
    FolderOrigin(dropped, catalogue.load(otherworld_root), home)
    path = otherworld_root / "national/otherworld_office/dragon_sightings/contract.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Number of dragons]", "Dragons heard]", 1), encoding="utf-8")
    assert FolderOrigin(dropped, catalogue.load(otherworld_root), home).unrecognised == []


@pytest.mark.parametrize("name", [".dragons.csv", "~$dragons.csv", ".git/dragons.csv", "2024/.trash/dragons.csv"])
def test_hidden_files_and_what_is_in_hidden_folders_are_passed_over(
    dropped: Path, otherworld_catalogue: Catalogue, dragons: Source, home: Home, name: str
) -> None:
    (dropped / name).parent.mkdir(parents=True, exist_ok=True)
    (dropped / name).write_text(_TEXT, encoding="utf-8")
    origin = FolderOrigin(dropped, otherworld_catalogue, home)
    assert [offer.name for offer in origin.offers(dragons)] == ["Copy of July.csv"]
    assert [loose.address for loose in origin.unrecognised] == ["heard.csv"]


def test_a_folder_below_a_hidden_one_is_still_looked_through(
    tmp_path: Path, dropped: Path, otherworld_catalogue: Catalogue, dragons: Source, home: Home
) -> None:
    (tmp_path / ".secure").mkdir()
    moved = dropped.rename(tmp_path / ".secure" / "dropped")
    assert FolderOrigin(moved, otherworld_catalogue, home).offers(dragons)


@pytest.mark.parametrize("name", ["not there", "heard.csv"])
def test_a_folder_that_is_not_there_is_named_with_what_to_do(
    dropped: Path, otherworld_catalogue: Catalogue, home: Home, name: str
) -> None:
    with pytest.raises(FetchError, match=rf"{name}\] is not a folder that can be read; give one with --from"):
        FolderOrigin(dropped / name, otherworld_catalogue, home)


def test_a_file_that_went_away_after_the_look_fails_alone(
    dropped: Path, otherworld_catalogue: Catalogue, dragons: Source, home: Home
) -> None:
    (dropped / "August.csv").write_text(_TEXT.replace("2024-07", "2024-08"), encoding="utf-8")
    origin = FolderOrigin(dropped, otherworld_catalogue, home)
    (dropped / "August.csv").unlink()
    result = SourceIntake(dragons, origin, home).run()
    assert [(p.kind, p.name) for p in result.problems] == [("fetch_failed", "August.csv")]
    assert result.rows_landed == 1


def test_a_file_that_changes_after_the_look_is_not_archived_under_its_old_hash(
    dropped: Path, otherworld_catalogue: Catalogue, dragons: Source, home: Home
) -> None:
    path = dropped / "from the office" / "Copy of July.csv"
    origin = FolderOrigin(dropped, otherworld_catalogue, home)
    path.write_text(_TEXT.replace(",7,", ",9,"), encoding="utf-8")
    result = SourceIntake(dragons, origin, home).run()
    assert [problem.kind for problem in result.problems] == ["fetch_failed"]
    assert not [p for p in home.archive.rglob("*") if p.is_file()]
    again = SourceIntake(dragons, FolderOrigin(dropped, otherworld_catalogue, home), home).run()
    assert not again.problems
    assert again.rows_landed == 1


def test_a_file_that_may_not_be_read_is_listed_and_stops_nobody(
    dropped: Path,
    otherworld_catalogue: Catalogue,
    dragons: Source,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = archive.sha256_of

    def refuse(path: Path) -> str:
        if path.name == "heard.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(folder_module.archive, "sha256_of", refuse)
    origin = FolderOrigin(dropped, otherworld_catalogue, home)
    assert len(origin.offers(dragons)) == 1
    assert [loose.nearest for loose in origin.unrecognised] == ["none, it cannot be read (Permission denied)"]
