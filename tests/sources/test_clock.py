"""The clock: fixed within, running without."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from sources import clock
from sources.home import SAMPLE_DAY, Home

MOMENT = datetime(2031, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))


def test_it_is_the_given_instant_in_every_thread_and_then_the_present_again() -> None:
    with clock.at(MOMENT), ThreadPoolExecutor(1) as beside:
        assert clock.now() == beside.submit(clock.now).result() == MOMENT
        assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_instant_within_another_gives_it_back() -> None:
    later = MOMENT + timedelta(days=1)
    with clock.at(MOMENT):
        with pytest.raises(ZeroDivisionError), clock.at(later):
            assert clock.now() == later
            raise ZeroDivisionError
        assert clock.now() == MOMENT


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"), clock.at(datetime(2031, 3, 1)):  # noqa: DTZ001
        pass


def test_an_editions_day_is_that_of_the_clock_in_utc_and_the_bundled_ones_its_own(tmp_path: Path) -> None:
    with clock.at(MOMENT):
        assert Home(tmp_path, "live").day == Home(tmp_path, "folder").day == date(2031, 2, 28)
        assert Home(tmp_path, "sample").day == SAMPLE_DAY
