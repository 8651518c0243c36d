"""A file that a kind of discovery puts together itself, from several of the publisher's answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TextIO

from sources import archive, clock
from sources.origins import Validators
from sources.origins.http import Answer, PoliteClient


def assembled(client: PoliteClient, address: str, write: Callable[[TextIO], None], *, requested_at: datetime) -> Answer:
    """What ``write`` writes (UTF-8), as an answer from ``address``; nothing is left behind where it raises.

    There are no validators: a publisher has one for each of its answers at most, never for all of them together.
    """
    path = client.temporary()
    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            write(stream)
        size, sha256 = path.stat().st_size, archive.sha256_of(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Answer(address, 200, path, Validators(), requested_at, clock.now(), size, sha256)
