"""The catalogue: sources found by their folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sources import catalogue
from sources.catalogue import Catalogue, Source
from sources.errors import ContractError
from tests import otherworld


def _fingerprint(root: Path) -> str:
    return catalogue.load(root)[otherworld.SOURCE_ID].fingerprint


def test_a_folder_is_a_source_and_its_path_is_its_id(dragons: Source) -> None:
    assert dragons.id == "otherworld_office_dragon_sightings"
    assert dragons.table_id("sighting") == otherworld.TABLE_ID
    assert callable(dragons.reader.read)
    assert callable(dragons.sample.write)


def test_a_local_source_has_its_kind_for_an_id(otherworld_root: Path) -> None:
    folder = otherworld_root / "local" / "troll_tolls"
    folder.mkdir(parents=True)
    (folder / "contract.yaml").write_text(otherworld.CONTRACT, encoding="utf-8")
    assert list(catalogue.load(otherworld_root)) == ["local_troll_tolls", otherworld.SOURCE_ID]


def test_sources_of_several_trees_are_found_together_and_in_order(otherworld_root: Path, sources: Catalogue) -> None:
    both = catalogue.load(catalogue.ROOT, otherworld_root)
    assert list(both) == sorted([*sources, otherworld.SOURCE_ID])
    assert len(both) == len(sources) + 1


def test_two_folders_that_come_to_one_id_are_refused(otherworld_root: Path) -> None:
    twin = otherworld_root / "national" / "otherworld" / "office_dragon_sightings"
    shutil.copytree(otherworld_root / "national" / "otherworld_office" / "dragon_sightings", twin)
    with pytest.raises(ContractError, match=r"\[otherworld_office_dragon_sightings\] is used by"):
        catalogue.load(otherworld_root)


@pytest.mark.parametrize("name", ["Dragon-Sightings", "dragon sightings", "dragons.2024"])
def test_a_folder_whose_name_makes_no_id_is_refused(otherworld_root: Path, name: str) -> None:
    folder = otherworld_root / "national" / "otherworld_office" / "dragon_sightings"
    folder.rename(folder.with_name(name))
    with pytest.raises(ContractError, match="lower-case letters, digits and underscores"):
        catalogue.load(otherworld_root)


@pytest.mark.parametrize(
    ("name", "changes"), [("contract.yaml", True), ("read.py", True), ("mapping.csv", True), ("sample.py", False)]
)
def test_the_fingerprint_changes_with_what_decides_the_landed_rows_and_with_nothing_else(
    otherworld_root: Path, name: str, changes: bool
) -> None:
    before = _fingerprint(otherworld_root)
    assert _fingerprint(otherworld_root) == before
    with (otherworld_root / "national/otherworld_office/dragon_sightings" / name).open("a", encoding="utf-8") as file:
        file.write("\n# another line\n")
    assert (_fingerprint(otherworld_root) != before) == changes


def test_the_fingerprint_does_not_depend_on_where_the_tree_is(otherworld_root: Path, tmp_path: Path) -> None:
    shutil.copytree(otherworld_root, tmp_path / "elsewhere")
    assert _fingerprint(tmp_path / "elsewhere") == _fingerprint(otherworld_root)


def test_a_source_without_a_reader_says_so_only_when_it_is_asked_for(otherworld_root: Path) -> None:
    (otherworld_root / "national/otherworld_office/dragon_sightings/read.py").unlink()
    source = catalogue.load(otherworld_root)[otherworld.SOURCE_ID]
    with pytest.raises(ContractError, match=r"\[otherworld_office_dragon_sightings\] has no read\.py"):
        _ = source.reader


def test_every_source_of_the_tree_has_a_reader_with_its_one_function(sources: Catalogue) -> None:
    assert not [source.id for source in sources.values() if not callable(getattr(source.reader, "read", None))]
