"""A made-up publisher over a simulated year: every flag on the right day, for the right reason, and no flag else."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import timedelta

import pytest

from tests.coverage import diary as diaries
from tests.coverage import expected, year
from tests.coverage.diary import Diary, Spans, spans
from tests.coverage.expected import Span
from tests.coverage.year import Office

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("year")]


def stated(lines: Iterable[tuple[Hashable, Span]]) -> Spans:
    """The lines of a table of what has to be, as runs of days."""
    return {(what, *days) for what, days in lines}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def diary(office: Office) -> Diary:
    """The whole year, lived day by day."""
    diary = diaries.keep(office)
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
    before = {
        first + timedelta(number): first - timedelta(1)
        for first, last in year.SILENT
        for number in range((last - first).days + 1)
    }
    assert diary.answered == {day: [before.get(day, day)] for day in year.days()}


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


def test_every_gap_is_kept_with_the_day_it_opened_and_the_day_it_closed(diary: Diary) -> None:
    assert sorted(diary.history, key=str) == sorted(expected.HISTORY, key=str)


def test_a_revised_figure_is_known_from_the_day_of_its_revision(diary: Diary) -> None:
    assert diary.revised == list(expected.REVISED)


def test_dbt_itself_makes_of_the_next_day_what_the_replay_does(office: Office, diary: Diary) -> None:
    tomorrow = max(diary.gaps) + timedelta(1)
    by_dbt = office.replay.by_dbt(tomorrow)
    office.replay.run(tomorrow)
    for name in office.replay.models:
        assert by_dbt[name] == office.replay.content(name), name
