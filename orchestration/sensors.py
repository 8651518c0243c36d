"""When the refresh runs because something happened: files dropped into the folder. Off until switched on."""

import hashlib

import dagster as dg

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
