"""A home: the folders of one edition and its ledger."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from sources.home import Home


def test_editions_share_no_folder_and_no_file(tmp_path: Path) -> None:
    homes = [Home(tmp_path, "sample"), Home(tmp_path, "folder"), Home(tmp_path, "live")]
    places = [
        path
        for home in homes
        for path in (home.archive, home.landing, home.ledger, home.work, home.warehouse, home.published_file)
    ]
    assert len(places) == len(set(places)) == 18
    assert all(home.base in path.parents for home in homes for path in places if home.edition in path.parts)


def test_only_the_sample_edition_is_synthetic_and_its_file_says_so(tmp_path: Path) -> None:
    assert Home(tmp_path, "sample").published_file.name == "health_justice_synthetic.duckdb"
    for edition in ("folder", "live"):
        assert not Home(tmp_path, edition).is_synthetic
        assert Home(tmp_path, edition).published_file.name == "health_justice.duckdb"


def test_making_a_home_again_changes_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "not" / "there", "folder").make()
    (home.archive / "blob").write_bytes(b"kept")
    assert home.make() is home
    assert (home.archive / "blob").read_bytes() == b"kept"


def test_the_ledger_keeps_what_was_written_and_forgets_what_failed(tmp_path: Path) -> None:
    home = Home(tmp_path, "folder")
    insert = "insert into unrecognised values (?, 1, null, 'now')"
    with home.open_ledger() as ledger:
        ledger.execute(insert, ("kept.csv",))
    with pytest.raises(RuntimeError), home.open_ledger() as ledger:
        ledger.execute(insert, ("lost.csv",))
        raise RuntimeError
    with home.open_ledger() as ledger:
        assert [row["address"] for row in ledger.execute("select address from unrecognised")] == ["kept.csv"]


def test_the_ledger_can_be_read_while_it_is_being_written(tmp_path: Path) -> None:
    home = Home(tmp_path, "folder")
    with home.open_ledger() as writing:
        writing.execute("insert into unrecognised values ('a.csv', 1, null, 'now')")
        reading = sqlite3.connect(home.ledger, timeout=0)
        assert reading.execute("select count(*) from unrecognised").fetchone() == (0,)
        reading.close()


def test_a_ledger_of_an_earlier_version_is_brought_up_to_date_and_keeps_its_rows(tmp_path: Path) -> None:
    home = Home(tmp_path, "folder").make()
    with home.open_ledger() as ledger:
        ledger.execute("insert into unrecognised values ('a', 1, null, 'now')")
        ledger.execute("alter table landed drop column latest_period")
        ledger.execute("pragma user_version = 1")
    with home.open_ledger() as ledger:
        assert ledger.execute("select latest_period from landed").fetchall() == []
        assert ledger.execute("select count(*) from unrecognised").fetchone()[0] == 1


def test_a_ledger_of_before_knows_since_when_what_it_could_not_read_is_there(tmp_path: Path) -> None:
    home = Home(tmp_path, "folder").make()
    with home.open_ledger() as ledger:
        for name, outcome in (("bad.csv", "header_changed"), ("good.csv", "landed")):
            ledger.execute(
                "insert into reading values ('s', ?, ?, 'code', 'blob', ?, 'no such column', ?)",
                (name, name, outcome, "2024-09-05T02:00:00+00:00"),
            )
        ledger.execute(
            "insert into receipt (source_id, name, address, origin, requested_at, received_at, status, sha256, licence,"
            " received_by) values ('s', 'bad.csv', 'a', 'live', '', ?, 'received', 'blob', '', '')",
            ("2024-09-01T02:00:00+00:00",),
        )
        ledger.execute("drop table unreadable")
        ledger.execute("pragma user_version = 2")
    for _ in range(2):
        with home.open_ledger() as ledger:
            rows = ledger.execute("select name, first_failed_at, read_at from unreadable").fetchall()
        assert [tuple(row) for row in rows] == [("bad.csv", "2024-09-01T02:00:00+00:00", None)]
