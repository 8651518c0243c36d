"""Files that a person dropped into a folder, for networks with no internet."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sources import archive, clock
from sources.catalogue import Catalogue, Source
from sources.errors import FetchError
from sources.home import Home
from sources.origins import Delivery, Offer, Validators
from sources.recognise import LooseFile, catalogue_fingerprint, recognise


@dataclass(frozen=True)
class Unrecognised:
    """A file that no source recognises, with the nearest guess; it is left alone."""

    address: str
    size_bytes: int
    nearest: str | None


class FolderOrigin:
    """A tree of loose files, looked through once; each file goes to the sources that recognise it.

    What a file's bytes are recognised as is remembered by their hash, and a file's hash by its size and
    modification time, so that looking through an unchanged tree again reads no file.
    """

    name = "folder"

    def __init__(self, folder: Path, catalogue: Catalogue, home: Home) -> None:
        self.folder = folder.resolve()
        if not self.folder.is_dir():
            raise FetchError(f"[{folder}] is not a folder that can be read; give one with --from")
        self._offers: dict[str, list[Offer]] = {}
        self._hashes: dict[str, str] = {}
        self.unrecognised: list[Unrecognised] = []
        self._look_through(catalogue, home)

    def _look_through(self, catalogue: Catalogue, home: Home) -> None:
        fingerprint = catalogue_fingerprint(catalogue)
        paths = sorted(p for p in self.folder.rglob("*") if p.is_file() and not self._is_hidden(p))
        with home.open_ledger() as ledger:
            for path in paths:
                address = path.relative_to(self.folder).as_posix()
                try:
                    self._look_at(path, address, catalogue, fingerprint, ledger)
                except OSError as error:
                    self.unrecognised.append(Unrecognised(address, 0, f"none, it cannot be read ({error.strerror})"))
                # Each file's hash is kept as soon as it is known: a look that is interrupted is not lost, and
                # nobody else waits for the ledger while a large file is read.
                ledger.commit()
            ledger.execute("delete from unrecognised")
            ledger.executemany(
                "insert into unrecognised values (?, ?, ?, ?)",
                [(u.address, u.size_bytes, u.nearest, clock.now().isoformat()) for u in self.unrecognised],
            )

    def _look_at(
        self, path: Path, address: str, catalogue: Catalogue, fingerprint: str, ledger: sqlite3.Connection
    ) -> None:
        stat = path.stat()
        # A copy that keeps the time of what it was copied from shows in the other of the two.
        modified_ns = max(stat.st_mtime_ns, stat.st_ctime_ns)
        known = ledger.execute(
            "select sha256 from loose_file where path = ? and size_bytes = ? and modified_ns = ?",
            (str(path), stat.st_size, modified_ns),
        ).fetchone()
        sha256 = known["sha256"] if known else archive.sha256_of(path)
        if not known:
            ledger.execute(
                "insert or replace into loose_file values (?, ?, ?, ?)",
                (str(path), stat.st_size, modified_ns, sha256),
            )
        row = ledger.execute(
            "select source_ids, nearest from recognised where sha256 = ? and name = ? and catalogue = ?",
            (sha256, path.name, fingerprint),
        ).fetchone()
        if row is None:
            found = recognise(LooseFile(path), catalogue)
            ids, nearest = list(found.source_ids), found.nearest
            ledger.execute(
                "insert into recognised values (?, ?, ?, ?, ?)",
                (sha256, path.name, fingerprint, json.dumps(ids), nearest),
            )
        else:
            ids, nearest = json.loads(row["source_ids"]), row["nearest"]
        self._hashes[address] = sha256
        for source_id in ids:
            self._offers.setdefault(source_id, []).append(Offer(path.name, address))
        if not ids:
            self.unrecognised.append(Unrecognised(address, stat.st_size, nearest))

    def _is_hidden(self, path: Path) -> bool:
        return any(part.startswith((".", "~$")) for part in path.relative_to(self.folder).parts)

    def offers(self, source: Source) -> list[Offer]:
        """The files that this source recognises, in order of their paths."""
        return self._offers.get(source.id, [])

    def fetch(self, offer: Offer, known: Validators) -> Delivery:
        """The file where it lies; the folder is never written to."""
        path, at = self.folder / offer.address, clock.now()
        if not path.is_file():
            raise FetchError(f"[{offer.address}] was in the folder when it was looked through and is not there now")
        return Delivery(offer, path, at, clock.now(), sha256=self._hashes.get(offer.address))
