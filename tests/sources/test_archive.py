"""The archive: bytes under their hash, once, and a receipt for every request."""

from __future__ import annotations

import hashlib
import os
import signal
import stat
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sources import archive as archives
from sources.archive import Archive, Receipt
from sources.errors import FetchError
from sources.home import Home

_BYTES = b"Area code,Dragons seen\nE06000001,7\n"
_SHA256 = hashlib.sha256(_BYTES).hexdigest()


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    path = tmp_path / "dragons.csv"
    path.write_bytes(_BYTES)
    return path


@pytest.fixture
def archive(home: Home) -> Archive:
    return Archive(home)


def _files(home: Home) -> list[Path]:
    return sorted(path for path in home.archive.rglob("*") if path.is_file())


def _receipt(**changes: object) -> Receipt:
    values: dict[str, object] = {
        "source_id": "otherworld_office_dragon_sightings",
        "name": "dragons.csv",
        "address": "https://otherworld.example/dragons.csv",
        "origin": "live",
        "requested_at": datetime(2024, 8, 31, 9, 0, tzinfo=UTC),
        "received_at": datetime(2024, 8, 31, 9, 1, tzinfo=UTC),
        "status": "received",
        "licence": "OGL-UK-3.0",
        "http_status": 200,
        "size_bytes": len(_BYTES),
        "sha256": _SHA256,
        "published_on": date(2024, 8, 30),
        "etag": '"7"',
        "last_modified": "Fri, 30 Aug 2024 08:30:00 GMT",
    }
    return Receipt(**(values | changes))  # pyright: ignore[reportArgumentType]


def test_bytes_are_kept_under_their_sha256_whatever_they_were_called(
    home: Home, archive: Archive, dropped: Path
) -> None:
    assert archive.add(dropped) == _SHA256
    assert archive.path(_SHA256).read_bytes() == _BYTES
    assert _files(home) == [home.archive / _SHA256[:2] / _SHA256]
    assert dropped.read_bytes() == _BYTES


def test_a_file_that_is_ours_is_moved_in(home: Home, archive: Archive, dropped: Path) -> None:
    assert archive.add(dropped, move=True) == _SHA256
    assert not dropped.exists()
    assert archive.path(_SHA256).read_bytes() == _BYTES


@pytest.mark.parametrize("move", [False, True])
def test_the_same_bytes_again_under_another_name_make_no_second_copy(
    home: Home, archive: Archive, dropped: Path, move: bool
) -> None:
    archive.add(dropped)
    blob = archive.path(_SHA256)
    before = blob.stat()
    again = dropped.with_name("dragons (1).csv")
    again.write_bytes(_BYTES)
    assert archive.add(again, move=move) == _SHA256
    after = blob.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert _files(home) == [blob]
    assert again.exists() != move


def test_a_blob_cannot_be_written_to(archive: Archive, dropped: Path) -> None:
    archive.add(dropped)
    assert stat.S_IMODE(archive.path(_SHA256).stat().st_mode) == 0o444


def test_a_file_that_is_not_what_its_hash_says_leaves_no_blob(home: Home, archive: Archive, dropped: Path) -> None:
    stated = hashlib.sha256(b"as it was when the folder was looked through").hexdigest()
    with pytest.raises(FetchError, match=r"\[dragons\.csv\] changed while it was being archived"):
        archive.add(dropped, sha256=stated)
    assert _files(home) == []


def test_a_write_that_fails_half_way_leaves_nothing(
    home: Home, archive: Archive, dropped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="No space left"):
            archive.add(dropped)
    assert _files(home) == []
    assert archive.add(dropped) == _SHA256


def test_a_process_killed_while_it_copies_leaves_no_blob_and_the_next_run_makes_it(
    home: Home, archive: Archive, dropped: Path
) -> None:
    killed = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        from sources.archive import Archive
        from sources.home import Home

        os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        Archive(Home(Path({str(home.root)!r}), "folder")).add(Path({str(dropped)!r}))
        """
    )
    done = subprocess.run([sys.executable, "-c", killed], cwd=Path(archives.__file__).parents[1], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not archive.path(_SHA256).exists()
    archive.add(dropped)
    assert archive.path(_SHA256).read_bytes() == _BYTES


def test_a_receipt_says_what_came_when_from_where_under_which_licence_and_to_whom(
    home: Home, archive: Archive, dropped: Path
) -> None:
    archive.add(dropped)
    with home.open_ledger() as ledger:
        archive.record(ledger, _receipt())
        row = dict(ledger.execute("select * from receipt").fetchone())
    assert row == {
        "receipt_id": 1,
        "source_id": "otherworld_office_dragon_sightings",
        "name": "dragons.csv",
        "address": "https://otherworld.example/dragons.csv",
        "origin": "live",
        "requested_at": "2024-08-31T09:00:00+00:00",
        "received_at": "2024-08-31T09:01:00+00:00",
        "status": "received",
        "http_status": 200,
        "size_bytes": len(_BYTES),
        "sha256": _SHA256,
        "licence": "OGL-UK-3.0",
        "published_on": "2024-08-30",
        "etag": '"7"',
        "last_modified": "Fri, 30 Aug 2024 08:30:00 GMT",
        "received_by": archives.whoami(),
        "problem": None,
    }


def test_the_last_received_is_the_newest_that_brought_bytes_for_the_source_and_address(
    home: Home, archive: Archive, dropped: Path
) -> None:
    archive.add(dropped)
    with home.open_ledger() as ledger:
        for receipt in (
            _receipt(etag='"6"'),
            _receipt(etag='"7"'),
            _receipt(etag=None, sha256=None, status="failed", problem="no answer"),
            _receipt(etag='"8"', address="https://otherworld.example/griffins.csv"),
            _receipt(etag='"9"', source_id="otherworld_office_griffins"),
        ):
            archive.record(ledger, receipt)
        last = archive.last_received(ledger, "otherworld_office_dragon_sightings", _receipt().address)
    assert last is not None
    assert last["etag"] == '"7"'


def test_a_receipt_for_bytes_that_are_gone_is_no_reason_to_skip_the_download(home: Home, archive: Archive) -> None:
    with home.open_ledger() as ledger:
        archive.record(ledger, _receipt())
        assert archive.last_received(ledger, _receipt().source_id, _receipt().address) is None


def test_a_user_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(archives.getpass, "getuser", nameless)
    assert archives.whoami() == "unknown"
