"""What makes a build worth doing again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestration import fingerprint
from sources import catalogue as catalogues
from sources import clock
from sources.archive import Archive, Receipt
from sources.home import Home
from sources.landing import Landing

NIGHT = datetime(2031, 3, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("room", ["dbt_project", "estimation", "expectations", "orchestration"])
def test_a_change_in_any_room_that_makes_the_file_changes_the_fingerprint(
    room: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home", "sample").make()
    Landing(home).prepare(catalogues.load())
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    code = tmp_path / room / "made.py"
    code.parent.mkdir()
    code.write_text("a = 1", encoding="utf-8")
    before = fingerprint.inputs_fingerprint(home)
    assert fingerprint.inputs_fingerprint(home) == before
    code.write_text("a = 2", encoding="utf-8")
    assert fingerprint.inputs_fingerprint(home) != before


def _receipt(home: Home, status: str, at: datetime) -> None:
    with home.open_ledger() as ledger:
        Archive(home).record(ledger, Receipt("s", "a", "https://s.example/a", "live", at, at, status, "OGL-UK-3.0"))


def test_a_source_that_begins_or_ceases_to_fail_changes_the_fingerprint_and_one_that_answers_again_does_not(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home", "live").make()
    with clock.at(NIGHT):
        quiet = fingerprint.inputs_fingerprint(home)
        _receipt(home, "received", NIGHT)
        assert fingerprint.inputs_fingerprint(home) == quiet
        _receipt(home, "failed", NIGHT)
        failing = fingerprint.inputs_fingerprint(home)
        assert failing != quiet
        _receipt(home, "failed", NIGHT)
        assert fingerprint.inputs_fingerprint(home) == failing
        _receipt(home, "not_modified", NIGHT)
        assert fingerprint.inputs_fingerprint(home) == quiet


def test_each_day_is_built_for_but_in_the_bundled_edition_which_has_one(tmp_path: Path) -> None:
    for home, differs in ((Home(tmp_path, "folder"), True), (Home(tmp_path, "sample"), False)):
        with clock.at(NIGHT):
            tonight = fingerprint.inputs_fingerprint(home.make())
        with clock.at(NIGHT + timedelta(days=1)):
            assert (fingerprint.inputs_fingerprint(home) != tonight) is differs
