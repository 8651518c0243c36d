"""Where bytes come from: the network, a folder of files that somebody dropped, or the bundled edition.

One code path stands behind the three: an origin lists what it offers for a source, and fetches an offer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from sources.catalogue import Source


@dataclass(frozen=True)
class Offer:
    """One file that an origin can deliver for a source."""

    name: str
    """The file's name as its publisher gives it, without folders."""
    address: str
    """Where it is: a web address, or a path relative to the folder."""
    published_on: date | None = None
    """The publisher's release date (Europe/London), where it is known."""
    title: str | None = None
    md5: str | None = None
    """The publisher's own MD5 of the file, where it gives one."""


@dataclass(frozen=True)
class Validators:
    """What was said about an address last time, for a conditional request."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Delivery:
    """What came of fetching an offer.

    ``path`` is None where the publisher said that nothing changed since the validators. ``is_ours`` says that
    the file is a temporary of the origin's, which the archive may move rather than copy.
    """

    offer: Offer
    path: Path | None
    requested_at: datetime
    received_at: datetime
    is_ours: bool = False
    http_status: int | None = None
    validators: Validators = Validators()
    sha256: str | None = None


class Origin(Protocol):
    """A place that bytes come from. Both methods raise FetchError, which fails one source and no other."""

    name: str

    def offers(self, source: Source) -> list[Offer]:
        """What there is for a source now."""
        ...

    def fetch(self, offer: Offer, known: Validators) -> Delivery:
        """Get one file, unless the publisher says that it has not changed since ``known``."""
        ...
