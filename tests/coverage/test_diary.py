"""What the days say, as runs of days."""

from __future__ import annotations

from datetime import date

from tests.coverage.diary import spans

_MONDAY, _TUESDAY, _WEDNESDAY, _THURSDAY = (date(2025, 6, day) for day in (2, 3, 4, 5))


def test_days_one_after_another_are_one_run_and_a_day_without_ends_it() -> None:
    seen = {_MONDAY: ["late"], _TUESDAY: ["late", "old"], _WEDNESDAY: ["old"], _THURSDAY: ["late"]}
    assert spans(seen) == {
        ("late", _MONDAY, _TUESDAY),
        ("late", _THURSDAY, _THURSDAY),
        ("old", _TUESDAY, _WEDNESDAY),
    }


def test_a_flag_on_one_day_more_or_of_another_kind_is_another_year() -> None:
    right = {_MONDAY: ["late"], _TUESDAY: ["late"], _WEDNESDAY: []}
    assert spans(right) != spans(right | {_WEDNESDAY: ["late"]})
    assert spans(right) != spans(right | {_TUESDAY: ["late", "old"]})
    assert spans(right) != spans(right | {_MONDAY: []})
