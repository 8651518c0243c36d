"""What time it is, asked in one place, so that a year can be lived through in a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_fixed: datetime | None = None


def now() -> datetime:
    """The present instant, in UTC."""
    return _fixed or datetime.now(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Within it, in every thread of this process, it is this instant, which has to carry its time zone."""
    global _fixed
    if instant.tzinfo is None:
        raise ValueError(f"[{instant}] has no time zone")
    before, _fixed = _fixed, instant.astimezone(UTC)
    try:
        yield
    finally:
        _fixed = before
