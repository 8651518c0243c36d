"""When the refresh runs by itself: at night, off until somebody switches it on."""

from __future__ import annotations

import dagster as dg

nightly_refresh = dg.define_asset_job(
    "nightly_refresh",
    selection=dg.AssetSelection.all(),
    description="Every source from its origin to landing, the models, the checks and the published file.",
    tags={"kind": "refresh"},
    # One process: a step in a process of its own costs five to ten seconds on two cores.
    executor_def=dg.in_process_executor,
)

nightly = dg.ScheduleDefinition(
    name="nightly",
    job=nightly_refresh,
    cron_schedule="0 2 * * *",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="02:00 in London, after the day's releases and before the working day. Off until switched on.",
)
