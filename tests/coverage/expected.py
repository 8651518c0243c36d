"""What has to be said of the Otherworld Office on each day of 2025: worked out by hand, computed by nothing.

Each flag is a line with the days, both included, on which it has to be there; on every other day it must not.
"""

from __future__ import annotations

from datetime import date

from tests.coverage.year import (
    ASHMOOR,
    BRAMWICK,
    COLDHARBOUR,
    DUNMERE,
    DUNMERE_NORTH,
    DUNMERE_SOUTH,
    EASTHOLT,
    FROSTWICK,
    GORSELEY,
)

Span = tuple[date, date]


def _the(day: str) -> date:
    return date.fromisoformat(f"2025-{day}")


def _on(first: str, last: str = "12-31") -> Span:
    return _the(first), _the(last)


_UNDIVIDED = (ASHMOOR, BRAMWICK, COLDHARBOUR, EASTHOLT, FROSTWICK, GORSELEY)
_HALVES = (DUNMERE_NORTH, DUNMERE_SOUTH)
_BEFORE, _AFTER = (*_UNDIVIDED, DUNMERE), (*_UNDIVIDED, *_HALVES)

#: Reason, districts, first and last month, and the days on which `data_gap` has it open. Dunmere is not asked for once
#: it has ended; its halves are asked for what was before, too: it could be carried over to them.
_GAPS: tuple[tuple[str, tuple[str, ...], str, str, Span], ...] = (
    # Nobody sends Bramwick's December and January; they come on 10 June.
    ("sender_did_not_submit", (BRAMWICK,), "2024-12", "2024-12", _on("01-28", "02-25")),
    ("sender_did_not_submit", (BRAMWICK,), "2024-12", "2025-01", _on("02-26", "06-09")),
    # February is late from 15 April, March from 16 May; both come on 3 June.
    ("publisher_late", _AFTER, "2025-02", "2025-02", _on("04-15", "05-15")),
    ("publisher_late", _AFTER, "2025-02", "2025-03", _on("05-16", "06-02")),
    # Dunmere is two districts from April: what was counted before was counted for both together.
    ("boundary_change", _HALVES, "2024-09", "2025-01", _on("04-01", "06-02")),
    ("boundary_change", _HALVES, "2024-09", "2025-03", _on("06-03")),
    # May was promised for 25 June, and nobody could be asked from 24 to 28 June.
    ("fetch_failed", _AFTER, "2025-05", "2025-05", _on("06-26", "06-28")),
    # Eastholt sends nothing of April, May and June, and never will.
    ("sender_did_not_submit", (EASTHOLT,), "2025-04", "2025-04", _on("06-05", "06-28")),
    ("sender_did_not_submit", (EASTHOLT,), "2025-04", "2025-05", _on("06-29", "08-17")),
    ("sender_did_not_submit", (EASTHOLT,), "2025-04", "2025-06", _on("08-18")),
    # June came without its column on 28 July, was late from 15 August, and came again on 18 August.
    ("quarantined_by_us", _AFTER, "2025-06", "2025-06", _on("08-15", "08-17")),
    # July, put off to 25 September, came on the 28th.
    ("publisher_late", _AFTER, "2025-07", "2025-07", _on("09-26", "09-27")),
    # Coldharbour's July and August are shown from 5 November.
    ("publisher_suppressed", (COLDHARBOUR,), "2025-07", "2025-07", _on("09-28", "09-28")),
    ("publisher_suppressed", (COLDHARBOUR,), "2025-07", "2025-08", _on("09-29", "11-04")),
    # Frostwick's September was no number until 3 November.
    ("quarantined_by_us", (FROSTWICK,), "2025-09", "2025-09", _on("10-28", "11-02")),
    # October is late from 16 December; on the 20th the office says that it has stopped.
    ("publisher_late", _AFTER, "2025-10", "2025-10", _on("12-16", "12-19")),
    ("series_discontinued", _AFTER, "2025-10", "2025-11", _on("12-20")),
)
#: The same of what is not there because it is not yet due, from the day after the month.
_NOT_YET_DUE: tuple[tuple[tuple[str, ...], str, str, Span], ...] = (
    (_BEFORE, "2024-12", "2024-12", _on("01-01", "01-27")),
    (_BEFORE, "2025-01", "2025-01", _on("02-01", "02-25")),
    (_BEFORE, "2025-02", "2025-02", _on("03-01", "03-31")),
    (_AFTER, "2025-02", "2025-03", _on("04-01", "04-14")),
    (_AFTER, "2025-03", "2025-03", _on("04-15", "04-30")),
    (_AFTER, "2025-03", "2025-04", _on("05-01", "05-15")),
    (_AFTER, "2025-04", "2025-04", _on("05-16", "05-31")),
    (_AFTER, "2025-04", "2025-05", _on("06-01", "06-04")),
    (_AFTER, "2025-05", "2025-05", _on("06-05", "06-25")),
    (_AFTER, "2025-06", "2025-06", _on("07-01", "07-31")),
    (_AFTER, "2025-06", "2025-07", _on("08-01", "08-14")),
    (_AFTER, "2025-07", "2025-07", _on("08-15", "08-31")),
    (_AFTER, "2025-07", "2025-08", _on("09-01", "09-25")),
    (_AFTER, "2025-08", "2025-08", _on("09-26", "09-28")),
    (_AFTER, "2025-09", "2025-09", _on("10-01", "10-27")),
    (_AFTER, "2025-10", "2025-10", _on("11-01", "11-30")),
    (_AFTER, "2025-10", "2025-11", _on("12-01", "12-15")),
    (_AFTER, "2025-11", "2025-11", _on("12-16", "12-19")),
)
#: Reason, district, first month, last month; and the days.
GAPS = [
    *(((reason, place, first, last), days) for reason, places, first, last, days in _GAPS for place in places),
    *((("not_yet_due", place, first, last), days) for places, first, last, days in _NOT_YET_DUE for place in places),
]

_EVERYWHERE = "E92000001"
#: The whole of `data_gap` on the last day: reason, district (or all of England's), first and last month, the day on
#: which it opened, and the day on which it closed. A gap grows with its months; one whose first month came is another.
HISTORY = (
    ("sender_did_not_submit", BRAMWICK, "2024-12", "2025-01", _the("01-28"), _the("06-10")),
    ("publisher_late", _EVERYWHERE, "2025-02", "2025-03", _the("04-15"), _the("06-03")),
    ("boundary_change", DUNMERE_NORTH, "2024-09", "2025-03", _the("04-01"), None),
    ("boundary_change", DUNMERE_SOUTH, "2024-09", "2025-03", _the("04-01"), None),
    ("fetch_failed", _EVERYWHERE, "2025-05", "2025-05", _the("06-26"), _the("06-29")),
    ("sender_did_not_submit", EASTHOLT, "2025-04", "2025-06", _the("06-05"), None),
    ("quarantined_by_us", _EVERYWHERE, "2025-06", "2025-06", _the("08-15"), _the("08-18")),
    ("publisher_late", _EVERYWHERE, "2025-07", "2025-07", _the("09-26"), _the("09-28")),
    ("publisher_suppressed", COLDHARBOUR, "2025-07", "2025-08", _the("09-28"), _the("11-05")),
    ("quarantined_by_us", FROSTWICK, "2025-09", "2025-09", _the("10-28"), _the("11-03")),
    ("publisher_late", _EVERYWHERE, "2025-10", "2025-10", _the("12-16"), _the("12-20")),
    ("series_discontinued", _EVERYWHERE, "2025-10", "2025-11", _the("12-20"), None),
    ("not_yet_due", _EVERYWHERE, "2024-12", "2024-12", _the("01-01"), _the("01-28")),
    ("not_yet_due", _EVERYWHERE, "2025-01", "2025-01", _the("02-01"), _the("02-26")),
    ("not_yet_due", _EVERYWHERE, "2025-02", "2025-03", _the("03-01"), _the("04-15")),
    ("not_yet_due", _EVERYWHERE, "2025-03", "2025-04", _the("04-15"), _the("05-16")),
    ("not_yet_due", _EVERYWHERE, "2025-04", "2025-05", _the("05-16"), _the("06-05")),
    ("not_yet_due", _EVERYWHERE, "2025-05", "2025-05", _the("06-05"), _the("06-26")),
    ("not_yet_due", _EVERYWHERE, "2025-06", "2025-07", _the("07-01"), _the("08-15")),
    ("not_yet_due", _EVERYWHERE, "2025-07", "2025-08", _the("08-15"), _the("09-26")),
    ("not_yet_due", _EVERYWHERE, "2025-08", "2025-08", _the("09-26"), _the("09-29")),
    ("not_yet_due", _EVERYWHERE, "2025-09", "2025-09", _the("10-01"), _the("10-28")),
    ("not_yet_due", _EVERYWHERE, "2025-10", "2025-11", _the("11-01"), _the("12-16")),
    ("not_yet_due", _EVERYWHERE, "2025-11", "2025-11", _the("12-16"), _the("12-20")),
)

#: The office's clocks in `staleness`. Whether it answers:
FETCH = (
    ("ok", _on("01-01", "01-09")),
    ("failing", _on("01-10", "01-11")),
    ("ok", _on("01-12", "06-23")),
    ("failing", _on("06-24", "06-28")),
    ("ok", _on("06-29")),
)
#: Whether it publishes when it has to: the next month is due on the 30th day after it, or when it was promised.
RELEASE = (
    ("on_time", _on("01-01", "03-30")),
    ("due", _on("03-31", "04-14")),
    ("late", _on("04-15", "05-29")),
    ("very_late", _on("05-30", "06-02")),
    ("due", _on("06-03", "06-04")),
    ("on_time", _on("06-05", "06-25")),
    ("late", _on("06-26", "06-28")),
    ("on_time", _on("06-29", "07-30")),
    ("due", _on("07-31", "08-14")),
    ("late", _on("08-15", "08-17")),
    ("on_time", _on("08-18", "08-30")),
    ("due", _on("08-31", "08-31")),
    # July is put off.
    ("on_time", _on("09-01", "09-25")),
    ("late", _on("09-26", "09-27")),
    ("on_time", _on("09-28", "11-30")),
    ("due", _on("12-01", "12-15")),
    ("late", _on("12-16", "12-19")),
    ("ended", _on("12-20")),
)
#: How old the newest month is: old from the 77th day after it (31 and 45 days are over), very old from the 122nd.
PERIOD = (
    ("recent", _on("01-01", "04-17")),
    ("old", _on("04-18", "06-01")),
    ("very_old", _on("06-02", "06-02")),
    ("recent", _on("06-03", "08-15")),
    ("old", _on("08-16", "08-17")),
    ("recent", _on("08-18", "09-14")),
    ("old", _on("09-15", "09-27")),
    ("recent", _on("09-28", "12-15")),
    ("old", _on("12-16")),
)
#: The day of the newest release that could be read. Nothing is fresh because it was read again, on 1 September and on
#: 20 December.
RELEASED = (
    (date(2024, 12, 28), _on("01-01", "01-27")),
    (date(2025, 1, 28), _on("01-28", "02-09")),
    (date(2025, 2, 10), _on("02-10", "02-25")),
    (date(2025, 2, 26), _on("02-26", "06-02")),
    (date(2025, 6, 3), _on("06-03", "06-04")),
    (date(2025, 6, 5), _on("06-05", "06-09")),
    (date(2025, 6, 10), _on("06-10", "06-28")),
    (date(2025, 6, 25), _on("06-29", "08-17")),
    (date(2025, 8, 18), _on("08-18", "09-27")),
    (date(2025, 9, 28), _on("09-28", "09-28")),
    (date(2025, 9, 29), _on("09-29", "10-27")),
    (date(2025, 10, 28), _on("10-28", "11-02")),
    (date(2025, 11, 3), _on("11-03", "11-04")),
    (date(2025, 11, 5), _on("11-05")),
)
#: Districts whose newest month is older than the others'.
BEHIND = (
    (BRAMWICK, _on("01-28", "06-02")),
    (EASTHOLT, _on("06-05", "09-27")),
    (FROSTWICK, _on("10-28", "11-02")),
)

#: Kind, sender (none: the office itself), first day that went wrong, day of opening, day of closing.
INCIDENTS = (
    # Very late from 30 May with February, which came on 3 June.
    ("publisher_late", None, date(2025, 5, 30), date(2025, 6, 3)),
    # No answer from 24 June on: the third day is the 26th. Two days in January were not enough.
    ("fetch_failed", None, date(2025, 6, 26), date(2025, 6, 29)),
    # A file that cannot be read from 28 July on.
    ("unreadable", None, date(2025, 7, 30), date(2025, 8, 18)),
    # Eastholt's third month without a count; Bramwick's two were not enough.
    ("sender_silent", EASTHOLT, date(2025, 8, 18), date(2025, 9, 28)),
)

#: How a revised figure is known: value, and from which day on until which.
REVISED = (
    (20.0, date(2024, 12, 28), date(2025, 2, 10)),
    (23.0, date(2025, 2, 10), None),
)
