"""One source, from its origin to landing: fetch, archive, unpack, read, land.

Nothing that a publisher does stops the run: a file that cannot be fetched or read becomes a problem in the
summary, and what was landed before stays.
"""

from __future__ import annotations

import gzip
import re
import shutil
import tempfile
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sources import archive as archives
from sources import clock
from sources.archive import Archive, Receipt
from sources.catalogue import Source
from sources.errors import FetchError, ReadError, SourceError
from sources.home import Home
from sources.landing import Arrival, Landed, Landing, release_id
from sources.origins import Delivery, Offer, Origin, Validators
from sources.reading import PublishedFile
from sources.recognise import is_published, kind_by_bytes

_EXPECTED_KINDS = {
    ".csv": {"text"},
    ".tsv": {"text"},
    ".gz": {"gzip"},
    ".zip": {"zip"},
    ".xlsx": {"zip"},
    ".ods": {"zip"},
    # Excel opens a workbook of either kind under either name, so publishers do not notice.
    ".xls": {"xls", "zip"},
}


_PACKED = {".zip", ".gz"}
#: Files landed at once, and the bytes above which one is landed alone.
_AT_ONCE, _LARGE = 2, 1 << 26


@dataclass(frozen=True)
class Problem:
    """A file or a whole source that came to nothing: what kind of failure, and the words for a person."""

    kind: str
    name: str
    text: str


@dataclass
class Intake:
    """What one refresh of one source came to."""

    source_id: str
    offered: int = 0
    arrived: list[str] = field(default_factory=list)
    """Release ids landed by this run."""
    unchanged: int = 0
    rows_in: int = 0
    rows_landed: int = 0
    rows_quarantined: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def has_failed(self) -> bool:
        return bool(self.problems)


Progress = Callable[[str], None]


def _as_source_error(error: Exception, name: str) -> SourceError:
    if isinstance(error, SourceError):
        return error
    return FetchError(f"[{name}]: the origin failed with {type(error).__name__}: {error}")


class SourceIntake:
    """Takes one source in; made anew for each run."""

    def __init__(self, source: Source, origin: Origin, home: Home, progress: Progress = lambda _: None) -> None:
        self.source, self.origin, self.home, self.progress = source, origin, home, progress
        self.archive, self.landing = Archive(home), Landing(home)
        self.result = Intake(source.id)

    def run(self) -> Intake:
        """Take in everything that the origin offers; never raises for what a publisher did."""
        # A question like a file's, so that the ledger knows of days on which nothing could be asked for, or there was
        # nothing.
        question, asked_at = Offer(archives.QUESTION, self.source.contract.landing_page), clock.now()
        try:
            offers = self.origin.offers(self.source)
        except Exception as error:  # an origin's own mistake (a sample's, say) must not stop the other sources
            problem = _as_source_error(error, self.source.id)
            self._write_receipt(question, asked_at, problem=str(problem))
            self._fail(problem, self.source.id)
            return self.result
        if not offers:
            self._write_receipt(question, asked_at)
        elif self._has_failed_last(question):
            self._write_receipt(question, asked_at, delivery=Delivery(question, None, asked_at, clock.now()))
        self.result.offered = len(offers)
        # Held open, idle: closing the ledger's last connection writes its log back, which would come after every step.
        with self.home.open_ledger():
            for number, offer in enumerate(offers, start=1):
                self.progress(f"{self.source.id}: {offer.name} ({number} of {len(offers)})")
                self._take(offer)
        return self.result

    def _has_failed_last(self, offer: Offer) -> bool:
        with self.home.open_ledger() as ledger:
            last = ledger.execute(
                "select status from receipt where source_id = ? and address = ? order by receipt_id desc limit 1",
                (self.source.id, offer.address),
            ).fetchone()
        return last is not None and last["status"] == "failed"

    def _fail(self, error: SourceError, name: str) -> None:
        self.result.problems.append(Problem(error.kind, name, str(error)))

    def _take(self, offer: Offer) -> None:
        with self.home.open_ledger() as ledger:
            known = self.archive.last_received(ledger, self.source.id, offer.address)
        validators = Validators(known["etag"], known["last_modified"]) if known else Validators()
        requested_at = clock.now()
        delivery = None
        try:
            delivery = self.origin.fetch(offer, validators)
            sha256 = self._keep(delivery, known["sha256"] if known else None)
        except Exception as error:  # as in ``run``
            problem = _as_source_error(error, offer.name)
            if delivery and delivery.path and delivery.is_ours:
                delivery.path.unlink(missing_ok=True)
            self._write_receipt(offer, requested_at, problem=str(problem))
            self._fail(problem, offer.name)
            return
        self._write_receipt(offer, requested_at, delivery=delivery, sha256=sha256)
        arrival = Arrival(
            archive_sha256=sha256,
            origin=self.origin.name,
            address=offer.address,
            published_on=offer.published_on.isoformat() if offer.published_on else None,
            retrieved_at=delivery.received_at.isoformat(),
        )
        try:
            with tempfile.TemporaryDirectory(dir=self.home.work) as scratch:
                outcomes = self._read_all(self._unpack(delivery.offer.name, sha256, Path(scratch)), arrival)
        except SourceError as error:
            self._fail(error, offer.name)
            self._remember_failure(offer.name, sha256, sha256, str(error))
            return
        if Path(offer.name).suffix.lower() in _PACKED:
            self._forget_failure(offer.name, sha256)
        if outcomes and not any(outcomes):
            self.result.unchanged += 1

    def _keep(self, delivery: Delivery, known_sha256: str | None) -> str:
        if delivery.path is None:
            assert known_sha256, "an origin answers 'not modified' only to validators it was given"
            return known_sha256
        name = delivery.offer.name
        with delivery.path.open("rb") as stream:
            kind = kind_by_bytes(stream.read(1 << 12))
        expected = _EXPECTED_KINDS.get(Path(name).suffix.lower())
        if expected and kind not in expected:
            raise ReadError(
                "the bytes are not of the kind that the name says",
                file=name,
                expected=" or ".join(sorted(expected)),
                found=kind,
                advice="An error page saved under the file's name looks like this",
            )
        return self.archive.add(delivery.path, move=delivery.is_ours, sha256=delivery.sha256)

    def _write_receipt(
        self,
        offer: Offer,
        requested_at: datetime,
        *,
        delivery: Delivery | None = None,
        sha256: str | None = None,
        problem: str | None = None,
    ) -> None:
        if delivery is None:
            status = "failed" if problem else "nothing_offered"
        else:
            status = "not_modified" if delivery.path is None else "received"
        path = self.archive.path(sha256) if sha256 else None
        with self.home.open_ledger() as ledger:
            self.archive.record(
                ledger,
                Receipt(
                    source_id=self.source.id,
                    name=offer.name,
                    address=offer.address,
                    origin=self.origin.name,
                    requested_at=requested_at,
                    received_at=delivery.received_at if delivery else clock.now(),
                    status=status,
                    licence=self.source.contract.licence,
                    http_status=delivery.http_status if delivery else None,
                    size_bytes=path.stat().st_size if path and path.exists() else None,
                    sha256=sha256,
                    published_on=offer.published_on,
                    etag=delivery.validators.etag if delivery else None,
                    last_modified=delivery.validators.last_modified if delivery else None,
                    problem=problem,
                ),
            )

    def _unpack(self, name: str, sha256: str, scratch: Path) -> Iterator[PublishedFile]:
        """The files to read in a blob: itself, or a zip's members that belong to this source.

        A member that was seen before (by path, size and CRC-32, in any zip) is not unpacked again unless it has
        to be read again.
        """
        blob = self.archive.path(sha256)
        if Path(name).suffix.lower() == ".gz":
            yield self._unpacked_gzip(blob, name, scratch)
            return
        if Path(name).suffix.lower() != ".zip":
            yield PublishedFile(blob, name, sha256)
            return
        patterns = self.source.contract.recognise.member
        try:
            with zipfile.ZipFile(blob) as archive:
                members = [
                    info
                    for info in archive.infolist()
                    if is_published(info)
                    and any(re.fullmatch(pattern, info.filename, re.IGNORECASE) for pattern in patterns)
                ]
                if not members:
                    raise ReadError(
                        "the zip holds no file of this source",
                        file=name,
                        expected="members like " + " or ".join(f"[{p}]" for p in patterns),
                        found=", ".join(archive.namelist()[:5]) or "nothing",
                    )
                if any(info.flag_bits & 1 for info in members):
                    raise ReadError(
                        "the zip is locked",
                        file=name,
                        expected="files that open without a password",
                        found="encryption",
                    )
                for info in members:
                    file = self._member(archive, info, name, sha256, scratch)
                    if file:
                        yield file
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise ReadError(
                "the zip is broken", file=name, found=str(error), advice="It may have been cut short"
            ) from error

    def _unpacked_gzip(self, blob: Path, name: str, scratch: Path) -> PublishedFile:
        """The one file that is packed in a blob, under its name without ``.gz``."""
        target = scratch / name[:-3]
        try:
            with gzip.open(blob) as packed, target.open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked, 1 << 22)
        except (OSError, EOFError, zlib.error) as error:
            raise ReadError(
                "the gzip is broken", file=name, found=str(error), advice="It may have been cut short"
            ) from error
        return PublishedFile(target, target.name, archives.sha256_of(target))

    def _member(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, sha256: str, scratch: Path
    ) -> PublishedFile | None:
        """One member, unpacked where it has to be read; None, with a problem, where it cannot be unpacked."""
        member_name = Path(info.filename).name
        target = scratch / member_name
        digest = self._known_member(sha256, info)
        if digest is None or not self._is_read(PublishedFile(target, member_name, digest)):
            try:
                with archive.open(info) as packed, target.open("wb") as unpacked:
                    while block := packed.read(1 << 22):
                        unpacked.write(block)
            except Exception as error:  # each way of packing has errors of its own
                target.unlink(missing_ok=True)
                broken = ReadError(
                    "the zip is broken here", file=f"{name}: {info.filename}", found=f"{type(error).__name__}: {error}"
                )
                self._fail(broken, member_name)
                self._remember_failure(member_name, sha256, sha256, str(broken))
                return None
            self._forget_failure(member_name, sha256)
            digest = archives.sha256_of(target)
            self._remember_member(sha256, info, digest)
        return PublishedFile(target, member_name, digest)

    def _known_member(self, blob_sha256: str, info: zipfile.ZipInfo) -> str | None:
        with self.home.open_ledger() as ledger:
            row = ledger.execute(
                "select sha256 from member where path = ? and size_bytes = ? and crc32 = ? limit 1",
                (info.filename, info.file_size, info.CRC),
            ).fetchone()
            if row:
                ledger.execute(
                    "insert or ignore into member values (?, ?, ?, ?, ?)",
                    (blob_sha256, info.filename, info.file_size, info.CRC, row["sha256"]),
                )
        return row["sha256"] if row else None

    def _remember_member(self, blob_sha256: str, info: zipfile.ZipInfo, sha256: str) -> None:
        with self.home.open_ledger() as ledger:
            ledger.execute(
                "insert or replace into member values (?, ?, ?, ?, ?)",
                (blob_sha256, info.filename, info.file_size, info.CRC, sha256),
            )

    def _is_read(self, file: PublishedFile) -> bool:
        with self.home.open_ledger() as ledger:
            return self._earlier_reading(ledger, file) is not None

    def _earlier_reading(self, ledger: archives.sqlite3.Connection, file: PublishedFile) -> archives.sqlite3.Row | None:
        """What this very code made of the file; None where it has not read it, or what it landed is gone."""
        row = ledger.execute(
            "select outcome, problem from reading where source_id = ? and content_sha256 = ? and name = ?"
            " and fingerprint = ?",
            (self.source.id, file.sha256, file.name, self.source.fingerprint),
        ).fetchone()
        if row is None or row["outcome"] != "landed":
            return row
        landed = ledger.execute(
            "select table_name, file_name from landed where source_id = ? and release_id = ?",
            (self.source.id, release_id(file)),
        ).fetchall()
        folders = [(self.landing.folder(self.source.table_id(r["table_name"])), r["file_name"]) for r in landed]
        return row if landed and all((folder / name).exists() for folder, name in folders) else None

    def _read_all(self, files: Iterator[PublishedFile], arrival: Arrival) -> list[bool]:
        """Read and land files, small ones two at a time; returns for each whether anything new came of it.

        Only the reading and landing runs beside: the ledger and the result are written here, in the files' order.
        """
        outcomes: list[bool] = []
        waiting = deque[tuple[PublishedFile, Future[list[Landed]] | None]]()

        def finish_one() -> None:
            file, landing = waiting.popleft()
            outcomes.append(landing is not None and self._finish(file, arrival, landing))
            if not self.archive.holds(file.path):
                file.path.unlink(missing_ok=True)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for file in files:
                landing = None if self._is_known(file) else pool.submit(self._land, file, arrival)
                waiting.append((file, landing))
                # A large file has DuckDB's threads, and the memory, to itself.
                is_large = landing is not None and file.path.stat().st_size > _LARGE
                while waiting and (is_large or len(waiting) > _AT_ONCE):
                    finish_one()
            while waiting:
                finish_one()
        return outcomes

    def _is_known(self, file: PublishedFile) -> bool:
        """Whether this very code has read the file before: it is not read again, and where it could not be read it is
        reported again."""
        with self.home.open_ledger() as ledger:
            earlier = self._earlier_reading(ledger, file)
        if earlier and earlier["outcome"] != "landed":
            self.result.problems.append(Problem(earlier["outcome"], file.name, earlier["problem"]))
        return earlier is not None

    def _finish(self, file: PublishedFile, arrival: Arrival, landing: Future[list[Landed]]) -> bool:
        """Record what came of reading and landing a file; returns True, for something did."""
        try:
            tables = landing.result()
        except SourceError as error:
            self._fail(error, file.name)
            self._remember_reading(file, arrival, outcome=error.kind, problem=str(error))
            return True
        except Exception as error:  # a reader's own mistake must not stop the other sources
            problem = f"[{file.name}]: the reader failed with {type(error).__name__}: {error}"
            self.result.problems.append(Problem("reader_failed", file.name, problem))
            self._remember_failure(file.name, file.sha256, arrival.archive_sha256, problem)
            return True
        with self.home.open_ledger() as ledger:
            received_at, published_on = self.archive.first_received(
                ledger, self.source.id, arrival.archive_sha256, file.sha256
            )
            first = replace(
                arrival,
                retrieved_at=received_at or arrival.retrieved_at,
                published_on=published_on or arrival.published_on,
            )
            self.landing.commit(ledger, self.source, file, tables, first)
        self._remember_reading(file, arrival, outcome="landed", problem=None)
        self.result.arrived.append(tables[0].release_id)
        for landed in tables:
            self.result.rows_in += landed.rows_in
            self.result.rows_landed += landed.rows_landed
            self.result.rows_quarantined += len(landed.quarantined)
            self.result.notes += [f"{file.name}: {note}" for note in landed.notes]
        return True

    def _land(self, file: PublishedFile, arrival: Arrival) -> list[Landed]:
        tables = dict[str, Landed]()
        for found in self.source.reader.read(file, self.source.contract):
            if found.table in tables:
                raise ValueError(f"it gave the table [{found.table}] twice, and the second would replace the first")
            tables[found.table] = self.landing.land(self.source, file, found, arrival)
        if not tables:
            raise ReadError("nothing was found in it to read", file=file.name)
        return list(tables.values())

    def _remember_reading(self, file: PublishedFile, arrival: Arrival, *, outcome: str, problem: str | None) -> None:
        with self.home.open_ledger() as ledger:
            ledger.execute(
                "insert or replace into reading values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self.source.id,
                    file.sha256,
                    file.name,
                    self.source.fingerprint,
                    arrival.archive_sha256,
                    outcome,
                    problem,
                    clock.now().isoformat(),
                ),
            )
        if outcome == "landed":
            self._forget_failure(file.name, file.sha256)
        else:
            self._remember_failure(file.name, file.sha256, arrival.archive_sha256, problem or outcome)

    def _remember_failure(self, name: str, sha256: str, blob_sha256: str, problem: str) -> None:
        """Keep in mind since when a file cannot be read: what is known of its reading now is replaced by the next."""
        with self.home.open_ledger() as ledger:
            ledger.execute(
                "insert into unreadable values (?, ?, ?, ?, ?, ?, null)"
                " on conflict (source_id, content_sha256, name) where read_at is null"
                " do update set problem = excluded.problem",
                (self.source.id, sha256, name, blob_sha256, problem, clock.now().isoformat()),
            )

    def _forget_failure(self, name: str, sha256: str) -> None:
        with self.home.open_ledger() as ledger:
            ledger.execute(
                "update unreadable set read_at = ?"
                " where source_id = ? and content_sha256 = ? and name = ? and read_at is null",
                (clock.now().isoformat(), self.source.id, sha256, name),
            )
