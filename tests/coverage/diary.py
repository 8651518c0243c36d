"""What the models say of the Otherworld Office, day by day, and runs of days."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.coverage import year
from tests.coverage.year import Office

Spans = set[tuple[Any, date, date]]
"""What, and a first and a last day, both included."""

_GAPS = """
    select gap.reason, place.area_code, strftime(gap.period_from, '%Y-%m'), strftime(gap.period_to, '%Y-%m')
    from marts.data_gap as gap
    inner join coverage.int_gap_place as place on gap.gap_id = place.gap_id
    where gap.is_open
"""
_CLOCKS = """
    select fetch_state, release_state, period_state, last_released_on, cast(last_answered_at as date)
    from meta.staleness
    where scope = 'table'
"""
_BEHIND = "select area_code from meta.staleness where scope = 'place' and release_state = 'behind'"
_HISTORY = """
    select reason, area_code, strftime(period_from, '%Y-%m'), strftime(period_to, '%Y-%m'), opened_on, closed_on
    from marts.data_gap
"""
_REVISED = f"""
    select value, known_from, known_to
    from indicators.int_value
    where area_code = '{year.ASHMOOR}' and period_end = date '2024-11-30'
    order by known_from
"""
_INCIDENTS = "select kind, sender_area_code, opened_on, closed_on from meta.incident"


@dataclass
class Diary:
    """By day: the open gaps, each clock's state, the districts that are behind, and every incident so far; and what
    stands on the last day: every gap that there was, and how a revised figure is known."""

    gaps: dict[date, list[Any]] = field(default_factory=dict)
    fetch: dict[date, list[Any]] = field(default_factory=dict)
    release: dict[date, list[Any]] = field(default_factory=dict)
    period: dict[date, list[Any]] = field(default_factory=dict)
    released: dict[date, list[Any]] = field(default_factory=dict)
    answered: dict[date, list[Any]] = field(default_factory=dict)
    behind: dict[date, list[Any]] = field(default_factory=dict)
    incidents: dict[date, list[Any]] = field(default_factory=dict)
    history: list[Any] = field(default_factory=list)
    revised: list[Any] = field(default_factory=list)

    def write(self, day: date, rows: Callable[[str], list[tuple[Any, ...]]]) -> None:
        """Write down what is said on a day."""
        self.gaps[day] = rows(_GAPS)
        ((fetch, release, period, released, answered),) = rows(_CLOCKS)
        self.fetch[day], self.release[day], self.period[day] = [fetch], [release], [period]
        self.released[day], self.answered[day] = [released], [answered]
        self.behind[day] = [area for (area,) in rows(_BEHIND)]
        self.incidents[day] = rows(_INCIDENTS)


def keep(office: Office) -> Diary:
    """Live the year and write down every day of it."""
    diary = Diary()
    for day in year.days():
        office.live(day)
        diary.write(day, office.replay.rows)
    diary.history, diary.revised = office.replay.rows(_HISTORY), office.replay.rows(_REVISED)
    return diary


def spans(seen: Mapping[date, Iterable[Hashable]]) -> Spans:
    """What was seen on which days, as runs of days: two years are the same where these are."""
    runs: dict[Hashable, list[tuple[date, date]]] = {}
    for day in sorted(seen):
        for what in set(seen[day]):
            mine = runs.setdefault(what, [])
            if mine and mine[-1][1] == day - timedelta(1):
                mine[-1] = (mine[-1][0], day)
            else:
                mine.append((day, day))
    return {(what, first, last) for what, days in runs.items() for first, last in days}


def _in_words(what: object) -> str:
    parts = what if isinstance(what, tuple) else (what,)
    return " ".join(year.NAMES.get(str(part), str(part)) for part in parts if part is not None)


def timeline(diary: Diary) -> str:
    """The year for a reader: a line a run of days, in order; districts of which the same is said, in one."""
    together: dict[tuple[Any, ...], list[str]] = {}
    for (reason, place, first_month, last_month), first, last in sorted(spans(diary.gaps)):
        together.setdefault((first, last, reason, first_month, last_month), []).append(year.NAMES[place])
    lines = [
        (first, last, "gap", f"{_in_words(tuple(what))}: {', '.join(places)}")
        for (first, last, *what), places in together.items()
    ]
    lines += [
        (first, last, kind, _in_words(what))
        for kind in ("fetch", "release", "period", "released", "behind")
        for what, first, last in spans(getattr(diary, kind))
    ]
    lines += [
        (opened, closed - timedelta(1) if closed else year.LAST, "incident", _in_words((kind, sender)))
        for kind, sender, opened, closed in diary.incidents[year.LAST]
    ]
    return "\n".join(f"{first:%d %b} to {last:%d %b}  {kind:<9} {what}" for first, last, kind, what in sorted(lines))
