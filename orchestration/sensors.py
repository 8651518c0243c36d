"""What happens because something happened: a refresh when files were dropped into the folder, off until switched on; a
digest when a refresh has ended, which goes nowhere until a channel is set up (``orchestration.alerts``)."""

import hashlib
from collections.abc import Sequence

import dagster as dg

from orchestration import alerts
from orchestration.running import reason
from orchestration.schedules import nightly_refresh
from orchestration.settings import Settings


@dg.sensor(
    job=nightly_refresh,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Refreshes when files in the folder edition's folder were added, changed or removed.",
)
def dropped_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """One run a change of the folder's listing (names, sizes, modification times)."""
    settings = Settings()
    folder = settings.from_folder
    if settings.edition != "folder" or folder is None or not folder.is_dir():
        return dg.SkipReason("only for the folder edition with a folder that is there")
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        stat = path.stat()
        digest.update(f"{path.relative_to(folder)}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    listing = digest.hexdigest()
    if listing == context.cursor:
        return dg.SkipReason("nothing in the folder has changed")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=listing)], cursor=listing)


#: The tag of a run that somebody else tells of: the command line does so itself, and knows of which edition.
TOLD = "rebalance/told"


def _tell(context: dg.RunStatusSensorContext, failures: Sequence[str]) -> dg.SkipReason | None:
    if TOLD in context.dagster_run.tags:
        return dg.SkipReason("the command line has told of it")
    settings = Settings()
    if not alerts.channels(settings):
        return dg.SkipReason("no channel is set up")
    for told in alerts.tell(settings, failures):
        if told.problem:
            context.log.warning(f"{told.channel} could not be told: {told.problem}")
        else:
            context.log.info(f"{told.channel}: {told.digest.subject if told.is_sent else 'nothing to tell'}")
    return None


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[nightly_refresh],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="After a refresh, tells the channels that are set up which incidents opened and closed.",
)
def digest_of_the_night(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
    """At most one digest a night and channel."""
    return _tell(context, [])


@dg.run_failure_sensor(
    monitored_jobs=[nightly_refresh],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="After a refresh that failed, tells the channels that are set up why.",
)
def digest_of_a_failure(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """At most one digest a night and channel."""
    steps = [f"{event.step_key}: {reason(event)}" for event in context.get_step_failure_events()]
    return _tell(context, steps or [reason(context.failure_event) or "no reason is known"])
