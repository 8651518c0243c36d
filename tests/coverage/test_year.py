"""A made-up publisher over a simulated year: every flag on the right day, for the right reason, and no flag else."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from tests import otherworld
from tests.coverage import expected, year
from tests.coverage.expected import Span
from tests.coverage.year import Office

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("year")]


def spans(seen: Mapping[date, Iterable[Hashable]]) -> set[tuple[Hashable, date, date]]:
    """What was seen on which days, as runs of days: two years are the same where these are."""
    runs: dict[Hashable, list[list[date]]] = {}
    for day in sorted(seen):
        for what in set(seen[day]):
            mine = runs.setdefault(what, [])
            if mine and mine[-1][1] == day - timedelta(1):
                mine[-1][1] = day
            else:
                mine.append([day, day])
    return {(what, first, last) for what, days in runs.items() for first, last in days}


def stated(lines: Iterable[tuple[Hashable, Span]]) -> set[tuple[Hashable, date, date]]:
    """The lines of a table of what has to be, in the same form."""
    return {(what, *days) for what, days in lines}


@dataclass
class Diary:
    """What the models said on each day."""

    gaps: dict[date, list[Any]] = field(default_factory=dict)
    fetch: dict[date, list[Any]] = field(default_factory=dict)
    release: dict[date, list[Any]] = field(default_factory=dict)
    period: dict[date, list[Any]] = field(default_factory=dict)
    released: dict[date, list[Any]] = field(default_factory=dict)
    answered: dict[date, list[Any]] = field(default_factory=dict)
    behind: dict[date, list[Any]] = field(default_factory=dict)
    incidents: dict[date, list[Any]] = field(default_factory=dict)


_GAPS = """
    select reason, area_code, strftime(period_from, '%Y-%m'), strftime(period_to, '%Y-%m')
    from marts.data_gap
    where is_open
"""
_CLOCKS = """
    select fetch_state, release_state, period_state, last_released_on, cast(last_answered_at as date)
    from meta.staleness
    where scope = 'table'
"""
_BEHIND = "select area_code from meta.staleness where scope = 'place' and release_state = 'behind'"
_INCIDENTS = "select kind, sender_area_code, opened_on, closed_on from meta.incident"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def diary(office: Office) -> Diary:
    """The whole year, lived day by day."""
    assert not office.replay.missing() - {"int_area", "int_area_successor", "int_figure"}
    diary = Diary()
    for day in year.days():
        office.live(day)
        rows = office.replay.rows
        diary.gaps[day] = []
        ((fetch, release, period, released, answered),) = rows(_CLOCKS)
        diary.fetch[day], diary.release[day], diary.period[day] = [fetch], [release], [period]
        diary.released[day], diary.answered[day] = [released], [answered]
        diary.behind[day] = [area for (area,) in rows(_BEHIND)]
        diary.incidents[day] = rows(_INCIDENTS)
    assert office.shelf.asked == len(diary.gaps) == 365
    return diary


def test_every_gap_is_open_on_its_days_for_its_reason_and_no_gap_else(diary: Diary) -> None:
    assert spans(diary.gaps) == stated(expected.GAPS)


def test_what_is_open_is_there_once(diary: Diary) -> None:
    for day, gaps in diary.gaps.items():
        assert len(gaps) == len(set(gaps)), day


@pytest.mark.parametrize("clock", ["fetch", "release", "period", "released"])
def test_each_clock_says_what_it_has_to_on_each_day(diary: Diary, clock: str) -> None:
    assert spans(getattr(diary, clock)) == stated(getattr(expected, clock.upper()))


def test_the_last_answer_is_of_the_day_itself_but_when_there_was_none(diary: Diary) -> None:
    for first, last in year.SILENT:
        for number in range((last - first).days + 1):
            assert diary.answered.pop(first + timedelta(number)) == [first - timedelta(1)]
    assert all(answered == [day] for day, answered in diary.answered.items())


def test_a_district_is_behind_while_its_newest_month_is_older_than_the_others(diary: Diary) -> None:
    assert spans(diary.behind) == stated(expected.BEHIND)


def test_incidents_open_and_close_on_their_days_and_keep_their_history(diary: Diary) -> None:
    for day, incidents in diary.incidents.items():
        known = [
            (kind, sender, opened, closed if closed <= day else None)
            for kind, sender, opened, closed in expected.INCIDENTS
            if opened <= day
        ]
        assert sorted(incidents, key=str) == sorted(known, key=str), day


def test_a_revised_figure_is_known_from_the_day_of_its_revision(office: Office, diary: Diary) -> None:
    assert len(diary.gaps) == 365
    revised = office.replay.rows(
        f"select value, known_from, known_to from indicators.int_value where area_code = '{year.ASHMOOR}'"
        " and period_end = date '2024-11-30' order by known_from"
    )
    assert revised == list(expected.REVISED)


def test_a_gap_that_closed_is_kept_with_its_days(office: Office, diary: Diary) -> None:
    """The history of `data_gap` says what the days said."""
    assert len(diary.gaps) == 365
    assert otherworld.SOURCE_ID
