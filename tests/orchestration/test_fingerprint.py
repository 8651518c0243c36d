"""What makes a build worth doing again."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration import fingerprint
from sources import catalogue as catalogues
from sources.home import Home
from sources.landing import Landing


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
