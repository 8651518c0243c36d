"""Every byte ever received, under its SHA-256, and the ledger of receipts.

The archive only grows: a blob is written to a temporary name, then moved to its hash; nothing deletes one. The
same bytes again cost a receipt and no copy.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import sqlite3
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sources.errors import FetchError
from sources.home import Home

_BLOCK = 1 << 22
#: The name of the receipt of a question that no file could be named for: what there is to fetch.
QUESTION = "what there is"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def whoami() -> str:
    """The user the process runs as; ``unknown`` where the system has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


@dataclass(frozen=True)
class Receipt:
    """One request for one file, whatever came of it.

    ``status`` is ``received``, ``not_modified`` or ``failed`` (with the ``problem``); ``nothing_offered`` where the
    question what there is was answered with nothing.
    """

    source_id: str
    name: str
    address: str
    origin: str
    requested_at: datetime
    received_at: datetime
    status: str
    licence: str
    http_status: int | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    published_on: date | None = None
    etag: str | None = None
    last_modified: str | None = None
    problem: str | None = None


def _copy(path: Path, target: Path, expected_sha256: str) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as stream, target.open("wb") as copy:
        while block := stream.read(_BLOCK):
            digest.update(block)
            copy.write(block)
        copy.flush()
        # On the disk before it has its name: after a power cut a blob is whole or is not there.
        os.fsync(copy.fileno())
    if digest.hexdigest() != expected_sha256:
        raise FetchError(f"[{path.name}] changed while it was being archived; it is taken up again by the next run")


class Archive:
    """Content-addressed, append-only storage below one edition's home."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def path(self, sha256: str) -> Path:
        """Where the blob with this hash is, or would be."""
        return self.home.archive / sha256[:2] / sha256

    def holds(self, path: Path) -> bool:
        """Whether a path is in the archive, where nothing is ever deleted."""
        return path.is_relative_to(self.home.archive)

    def add(self, path: Path, *, move: bool = False, sha256: str | None = None) -> str:
        """Keep a file's bytes (moving the file in where told to); returns their SHA-256.

        Raises FetchError where the file that is copied is not, or is no longer, what its hash says.
        """
        digest = sha256 or sha256_of(path)
        target = self.path(digest)
        if target.exists():
            if move:
                path.unlink()
            return digest
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".arriving-")
        os.close(handle)
        try:
            if move:
                Path(path).replace(temporary)
            else:
                _copy(path, Path(temporary), digest)
            Path(temporary).chmod(0o444)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return digest

    def record(self, ledger: sqlite3.Connection, receipt: Receipt) -> None:
        """Write a receipt."""
        ledger.execute(
            "insert into receipt (source_id, name, address, origin, requested_at, received_at, status, http_status,"
            " size_bytes, sha256, licence, published_on, etag, last_modified, received_by, problem)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                receipt.source_id,
                receipt.name,
                receipt.address,
                receipt.origin,
                receipt.requested_at.isoformat(),
                receipt.received_at.isoformat(),
                receipt.status,
                receipt.http_status,
                receipt.size_bytes,
                receipt.sha256,
                receipt.licence,
                receipt.published_on.isoformat() if receipt.published_on else None,
                receipt.etag,
                receipt.last_modified,
                whoami(),
                receipt.problem,
            ),
        )

    def first_received(
        self, ledger: sqlite3.Connection, source_id: str, sha256: str, content_sha256: str
    ) -> tuple[str | None, str | None]:
        """When these bytes (a blob, or any zip with the same member in it) first came for this source, and the first
        day that they were said to be published on, as the ledger wrote them.

        Reading them again, or being sent them again, makes nothing newer.
        """
        row = ledger.execute(
            "select min(received_at), min(published_on) from receipt where source_id = ? and sha256 in"
            " (select ? union select blob_sha256 from member where sha256 = ?)",
            (source_id, sha256, content_sha256),
        ).fetchone()
        return row[0], row[1]

    def last_received(self, ledger: sqlite3.Connection, source_id: str, address: str) -> sqlite3.Row | None:
        """The newest receipt for this address that brought bytes which are still here."""
        row = ledger.execute(
            "select * from receipt where source_id = ? and address = ? and sha256 is not null"
            " order by receipt_id desc limit 1",
            (source_id, address),
        ).fetchone()
        return row if row is not None and self.path(row["sha256"]).exists() else None
