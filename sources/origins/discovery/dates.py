"""Publishers' timestamps as Europe/London dates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_SHORT_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def london_moment(text: object) -> datetime | None:
    """An ISO 8601 timestamp in London's time, or None where it is not one; without a zone it is taken as London's.

    Publishers write local midnight in UTC: ``2024-04-24T23:00:00Z`` is 25 April.
    """
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=LONDON) if moment.tzinfo is None else moment.astimezone(LONDON)


def london_date(text: object) -> date | None:
    """The London date of an ISO 8601 timestamp, or None where it is not one."""
    moment = london_moment(text)
    return moment.date() if moment else None


def london_date_of_milliseconds(value: object) -> date | None:
    """The London date of a count of milliseconds since 1970, or None where it is not one."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return datetime.fromtimestamp(value / 1000, UTC).astimezone(LONDON).date()


def month_number(name: str) -> int | None:
    """1 to 12 for an English month's name or its first three letters, or None where it is neither."""
    short = name[:3].lower()
    return _SHORT_MONTHS.index(short) + 1 if short in _SHORT_MONTHS else None
