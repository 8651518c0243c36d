"""Dagster's events as they are kept here: stored, read back, and by several threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest

from orchestration.running import dagster_environment
from orchestration.settings import Settings
from orchestration.storage import EventLogStorage


@dg.asset(check_specs=[dg.AssetCheckSpec("is_large", asset="number")])
def number():
    yield dg.MaterializeResult(metadata={"dagster/row_count": 3})
    yield dg.AssetCheckResult(passed=False)


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, value in dagster_environment(Settings(home=tmp_path)).items():
        monkeypatch.setenv(name, value)
    with dg.DagsterInstance.get() as made:
        yield made


def test_dagsters_settings_choose_this_storage_and_events_are_read_back(instance: dg.DagsterInstance) -> None:
    assert isinstance(instance.event_log_storage, EventLogStorage)
    runs = [dg.materialize([number], instance=instance).run_id for _ in range(2)]
    event = instance.get_latest_materialization_event(dg.AssetKey("number"))
    assert event is not None
    assert event.run_id == runs[-1]
    assert all(instance.all_logs(run) for run in runs)
    another = dg.DagsterInstance.get()  # as the web server is, beside a refresh
    assert another.get_latest_materialization_event(dg.AssetKey("number")) == event


def test_several_threads_read_while_one_writes(instance: dg.DagsterInstance) -> None:
    first = dg.materialize([number], instance=instance).run_id
    with ThreadPoolExecutor(8) as pool:
        read = [pool.submit(instance.all_logs, first) for _ in range(40)]
        dg.materialize([number], instance=instance)
    counts = {len(found.result()) for found in read}
    assert len(counts) == 1
    assert counts.pop() > 5
