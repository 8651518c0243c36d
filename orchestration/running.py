"""One refresh from the command line: the job in this process, progress while it runs, a summary at its end."""

from __future__ import annotations

import logging
import os
import re
import shutil
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from orchestration.settings import Settings
from orchestration.words import named

if TYPE_CHECKING:
    # Dagster takes two seconds to import: only when a refresh runs, and then behind the progress line.
    from orchestration.resources import Refresh

_STAGES = {
    "landing": "Taking the sources in",
    "models": "Building the models",
    "checks": "Checking",
    "publication": "Publishing",
}


def dagster_environment(settings: Settings) -> dict[str, str]:
    """The environment that Dagster keeps its runs by; its folder is made with our settings in it."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(__file__).parents[1] / "dagster.yaml", home / "dagster.yaml")
    return {"DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}


class ShownProgress:
    """Progress on a terminal; on anything else a line a stage."""

    def __init__(self, out: Console) -> None:
        self.out, self.current = out, ""
        self.bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("[dim]{task.fields[detail]}[/dim]"),
            TimeElapsedColumn(),
            console=out,
            transient=True,
            disable=not out.is_terminal,
        )
        self.task = self.bar.add_task("Starting", detail="", total=None)

    def stage(self, name: str) -> None:
        if name == self.current:
            return
        self.current = name
        self.bar.update(self.task, description=_STAGES.get(name, name), detail="")
        if not self.out.is_terminal:
            self.out.print(f"{_STAGES.get(name, name)} …")

    def step(self, text: str) -> None:
        self.bar.update(self.task, detail=escape(text[:80]))


def run_refresh(settings: Settings, out: Console, *, force: bool) -> int:
    """Run the nightly job here and now and print its summary; returns the exit code."""
    os.environ |= dagster_environment(settings)
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    progress = ShownProgress(out)
    started = time.monotonic()
    log = settings.state.make().base / "refresh.log"
    # What dbt and Dagster print belongs in a log; `out` keeps the terminal that it was made on.
    with progress.bar, log.open("w", encoding="utf-8") as printed, redirect_stdout(printed), redirect_stderr(printed):
        import dagster as dg

        from orchestration import alerts, sensors
        from orchestration.definitions import build_definitions
        from orchestration.resources import Refresh

        refresh = Refresh(settings, progress, force=force)
        job = build_definitions(catalogue=refresh.catalogue, refresh=refresh).resolve_job_def("nightly_refresh")
        with dg.DagsterInstance.get() as instance:
            result = job.execute_in_process(
                instance=instance,
                raise_on_error=False,
                tags={sensors.TOLD: "by the command line"},
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
    failed = [event for event in result.all_events if event.is_failure]
    # A failed step fails the run too: the run's own failure is told only where no step has one.
    told = [event for event in failed if event.step_key] or failed
    failures = [(event.step_key or "the run", reason(event)) for event in told]
    code = summarise(refresh, out, failures=failures, seconds=time.monotonic() - started)
    for channel in alerts.tell(settings, [f"{step}: {words}" for step, words in failures]):
        if channel.problem:
            out.print(f"[yellow]warn[/yellow] {channel.channel} could not be told: {escape(channel.problem)}")
        elif channel.is_sent:
            out.print(f"Told by {channel.channel}: {escape(channel.digest.subject)}")
    return code


def reason(event: object) -> str:
    """The innermost words of a failure, as an event of Dagster's tells of it."""
    data = getattr(event, "event_specific_data", None)
    error = getattr(data, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    words = str(error.message if error is not None else getattr(event, "message", "")).strip()
    return re.sub(r"^[\w.]*(?:Failure|Error|Exception): ", "", words)


def summarise(refresh: Refresh, out: Console, *, failures: list[tuple[str, str]], seconds: float) -> int:
    """Print what a tired engineer needs to know; returns 0 when a whole file is published, else 1."""
    outcome, home = refresh.outcome, refresh.home
    out.print()
    if home.is_synthetic:
        out.print("[yellow]Sample edition: every figure is synthetic.[/yellow]")
    _sources(refresh, out)
    _checks(refresh, out)
    _changes(refresh, out)
    for step, words in failures:
        out.print(f"[red]failed[/red] {escape(step)}: {escape(words[:2000])}")
    out.print()
    if outcome.published:
        rows = sum(outcome.published["rows"].values())
        size = home.published_file.stat().st_size / 1e6
        out.print(f"[green]Published[/green] {rows:,} rows, {size:.1f} MB, in {seconds:.0f} s:")
    elif outcome.is_unchanged and not failures:
        out.print(f"[green]Nothing new[/green] ({seconds:.0f} s): what is published stands:")
    elif home.published_file.exists():
        out.print(
            f"[red]Not published[/red] (the log is {home.base / 'refresh.log'}). The last good file stays in place:"
        )
    else:
        out.print(f"[red]Not published,[/red] and there is no earlier file (the log is {home.base / 'refresh.log'}).")
        return 1
    out.print(f"  {home.published_file}", markup=False, soft_wrap=True)
    return 0 if outcome.published or (outcome.is_unchanged and not failures) else 1


def _sources(refresh: Refresh, out: Console) -> None:
    outcome = refresh.outcome
    headings = ("source", "offered", "new", "same", "rows", "quarantined", "failed")
    table = Table(*map(named, headings), box=None)
    for source_id, intake in sorted(outcome.intakes.items()):
        table.add_row(
            source_id,
            f"{intake.offered:,}",
            f"{len(intake.arrived):,}",
            f"{intake.unchanged:,}",
            f"{intake.rows_landed:,}",
            f"[yellow]{intake.rows_quarantined:,}[/yellow]" if intake.rows_quarantined else "0",
            f"[red]{len(intake.problems):,}[/red]" if intake.problems else "0",
        )
    if outcome.intakes:
        out.print(table)
    for intake in outcome.intakes.values():
        for problem in intake.problems[:5]:
            out.print(f"  [red]{problem.kind}[/red] {escape(problem.text)}", soft_wrap=True)
        if len(intake.problems) > 5:
            out.print(f"  … and {len(intake.problems) - 5:,} more of {intake.source_id}")
    if outcome.unrecognised:
        files = "file belongs" if outcome.unrecognised == 1 else "files belong"
        out.print(f"{outcome.unrecognised:,} {files} to no source: left alone (table meta.unrecognised)")
        for loose in getattr(refresh.origin, "unrecognised", [])[:5]:
            nearest = f"; nearest: {loose.nearest}" if loose.nearest else ""
            out.print(f"  {loose.address}{nearest}", markup=False, style="dim", soft_wrap=True)


def _checks(refresh: Refresh, out: Console) -> None:
    results = refresh.outcome.checks
    if not results:
        return
    warned = [r for r in results if not r.passed and r.severity == "warn"]
    failed = [r for r in results if not r.passed and r.severity == "error"]
    out.print(f"Checks: {len(results) - len(warned) - len(failed)} passed, {len(warned)} warned, {len(failed)} failed")
    for result in [*failed, *warned][:10]:
        colour = "red" if result.severity == "error" else "yellow"
        words = f"{result.table} {result.expectation}: expected {result.expected}; observed {result.observed}"
        out.print(f"  [{colour}]{result.severity}[/{colour}] {escape(words[:400])}", soft_wrap=True)


def _changes(refresh: Refresh, out: Console) -> None:
    published = refresh.outcome.published
    if not published:
        return
    if published["previous_build_id"] is None:
        out.print("The first build: there is nothing to compare it with")
        return
    changes = refresh.outcome.changes
    if not changes:
        out.print("Nothing differs from the last build")
    for change in changes[:15]:
        detail = f" ({change['detail']})" if change["detail"] else ""
        out.print(f"  {change['table_name']}: {change['change'].replace('_', ' ')} {change['count']:,}{detail}")
