"""What of the real files is late, old or not sent, as their own inventory and contracts have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.published.conftest import query

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("whole_folder")]

Refreshed = tuple[str, Path]


def test_greater_manchester_has_sent_no_stop_and_search_since_june_2019(refreshed: Refreshed) -> None:
    ((opened, problem),) = query(
        refreshed,
        "select is_open, last_problem from meta.incident"
        " where source_id = 'police_uk_stop_and_search' and sender_area_code = 'E23000005'",
    )
    assert opened
    assert "from the one to 31 July 2019" in problem


def test_forces_that_send_are_not_called_silent(refreshed: Refreshed) -> None:
    silent = query(
        refreshed,
        "select sender_area_name from meta.incident where source_id = 'police_uk_street' and kind = 'sender_silent'",
    )
    assert [name for (name,) in silent] == ["Greater Manchester"]


def test_every_table_of_every_source_has_its_three_clocks(refreshed: Refreshed) -> None:
    (told,) = query(refreshed, "select count(*) from meta.staleness where scope = 'table'")
    assert (
        told
        == query(refreshed, "select count(*) from (select distinct source_id, table_name from meta.source_column)")[0]
    )
    without = query(
        refreshed,
        "select source_id from meta.staleness where fetch_state = 'ok' and days_since_answer is null"
        " or release_state in ('late', 'very_late') and days_late <= 0"
        " or newest_period_end is null and period_state <> 'no_period'",
    )
    assert without == []


def test_a_table_that_was_stopped_is_not_late_and_its_figures_are_old(refreshed: Refreshed) -> None:
    assert query(
        refreshed,
        "select release_state, days_late, period_state, severity from meta.staleness"
        " where source_id = 'moj_proven_reoffending' and table_name = 'national'",
    ) == [("ended", 0, "very_old", "ok")]


def test_all_files_came_on_the_day_of_the_refresh_whatever_they_are_of(refreshed: Refreshed) -> None:
    days = query(
        refreshed,
        "select count(distinct last_released_on), bool_and(last_released_basis = 'first_received')"
        " from meta.staleness where scope = 'table' and last_released_on is not null",
    )
    assert days in ([(1, True)], [(2, True)]), "two where midnight was in between"
