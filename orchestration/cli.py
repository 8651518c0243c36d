"""The ``rebalance`` command."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from orchestration.settings import Settings
from orchestration.words import console, named
from sources import catalogue as catalogues
from sources.contract import Disclosure, Pace, Senders
from sources.errors import SourceError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Health and justice data for every place in England and Wales.",
)
sources_app = typer.Typer(
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)
app.add_typer(sources_app, name="sources")
out = console()
err = console(stderr=True)

Edition = Annotated[str | None, typer.Option("--edition", "-e", help="sample (synthetic, the default), folder or live")]
HomeFolder = Annotated[Path | None, typer.Option("--home", help="The folder that holds all state (REBALANCE_HOME)")]


def _settings(edition: str | None = None, home: Path | None = None, **others: Any) -> Settings:
    """The environment's settings, with what the command line says on top."""
    given = {"edition": edition, "home": home, **others}
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        err.print(f"[red]That setting cannot be used:[/red] {escape(str(error))}")
        raise typer.Exit(2) from None


def _when(text: str | None) -> str:
    return text[:16].replace("T", " ") if text else "never"


@app.command()
def refresh(
    edition: Edition = None,
    from_folder: Annotated[Path | None, typer.Option("--from", help="For the folder edition: the folder")] = None,
    home: HomeFolder = None,
    scale: Annotated[float | None, typer.Option("--scale", help="For the sample edition: how much data")] = None,
    force: Annotated[bool, typer.Option("--force", help="Build and publish although nothing new arrived")] = False,
) -> None:
    """Run the whole way: fetch, archive, read, land, build, check, publish.

    Exit code 0 when a whole file is published (also when nothing new arrived and it stands), 1 when not.
    """
    settings = _settings(edition, home, from_folder=from_folder, sample_scale=scale)
    if settings.edition == "folder" and not (settings.from_folder and settings.from_folder.is_dir()):
        err.print(
            "[red]The folder edition needs a folder that is there:[/red] rebalance refresh -e folder --from FOLDER"
        )
        raise typer.Exit(2)
    from orchestration.running import run_refresh

    code = run_refresh(settings, console(file=sys.stdout), force=force)
    sys.stdout.flush()
    # Not sys.exit: Dagster still holds DuckDB objects, which DuckDB's binding then reports as leaked, at length.
    os._exit(code)


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="The port on localhost")] = 3000,
    edition: Edition = None,
    from_folder: Annotated[Path | None, typer.Option("--from", help="For the folder edition: the folder")] = None,
    home: HomeFolder = None,
) -> None:
    """Dagster's web pages on http://localhost:3000: the graph, the runs, the checks."""
    settings = _settings(edition, home, from_folder=from_folder)
    from orchestration.models import manifest
    from orchestration.running import dagster_environment

    manifest()
    os.environ |= dagster_environment(settings)
    os.environ |= {"REBALANCE_HOME": str(settings.state.root), "REBALANCE_EDITION": settings.edition}
    if settings.from_folder:
        os.environ["REBALANCE_FROM_FOLDER"] = str(settings.from_folder.resolve())
    root = Path(__file__).parents[1]
    dagster = Path(sys.executable).with_name("dagster")
    os.environ["PATH"] = f"{dagster.parent}{os.pathsep}{os.environ['PATH']}"
    out.print(f"Dagster on [link]http://localhost:{port}[/link] (stop it with Ctrl+C)")
    os.chdir(root)
    os.execv(dagster, ["dagster", "dev", "-w", str(root / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)])


@app.command()
def where(edition: Edition = None, home: HomeFolder = None) -> None:
    """Where things are: the published file, its copies, the archive and the ledger."""
    state = _settings(edition, home).state
    rows = {
        "published file": state.published_file,
        "Parquet": state.published / "parquet",
        "data package": state.published / "datapackage.json",
        "data docs": state.published / "data_docs",
        "dated copies": state.published / "copies",
        "archive": state.archive,
        "landing": state.landing,
        "ledger": state.ledger,
    }
    for name, path in rows.items():
        missing = "" if path.exists() else " (not there yet)"
        out.print(f"{name:15} {path}{missing}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def status(edition: Edition = None, home: HomeFolder = None) -> None:
    """What is published, and how each source stands: when it was last asked, what it last brought, what is wrong."""
    state = _settings(edition, home).state
    record = state.published / "build.json"
    if record.exists():
        build = json.loads(record.read_text(encoding="utf-8"))
        mark = " [yellow](synthetic)[/yellow]" if state.is_synthetic else ""
        out.print(f"Published {_when(build['built_at'])} UTC{mark}: {escape(build['file'])}")
    else:
        out.print(f"Nothing is published yet for the {state.edition} edition: run [bold]rebalance refresh[/bold]")
    if not state.ledger.exists():
        return
    table = Table(named("source"), "last asked", "last new", "releases", "rows", "quarantined", "problem", box=None)
    with state.open_ledger() as ledger:
        for source in catalogues.load().values():
            asked = ledger.execute(
                "select max(received_at) as at from receipt where source_id = ?", (source.id,)
            ).fetchone()["at"]
            landed = ledger.execute(
                "select max(landed_at) as at, count(distinct release_id) as releases, sum(rows_landed) as n,"
                " sum(rows_quarantined) as bad from landed where source_id = ?",
                (source.id,),
            ).fetchone()
            problem = ledger.execute(
                "select problem from receipt where source_id = ? and receipt_id ="
                " (select max(receipt_id) from receipt where source_id = ?)",
                (source.id, source.id),
            ).fetchone()
            unread = ledger.execute(
                "select count(*) as n from reading where source_id = ? and outcome <> 'landed' and fingerprint = ?",
                (source.id, source.fingerprint),
            ).fetchone()["n"]
            words = (problem["problem"] if problem else None) or (f"{unread} files could not be read" if unread else "")
            table.add_row(
                source.id,
                _when(asked),
                _when(landed["at"]),
                f"{landed['releases']:,}",
                f"{landed['n'] or 0:,}",
                f"{landed['bad'] or 0:,}",
                escape(words),
            )
    out.print(table)


@sources_app.callback()
def sources(context: typer.Context) -> None:
    """The sources: which there are, and what a file would land. By itself, the list of them."""
    if context.invoked_subcommand is None:
        list_sources()


@sources_app.command("list")
def list_sources(edition: Edition = None, home: HomeFolder = None) -> None:
    """Every source: publisher, cadence, levels of area, the latest period landed, and what its reader was tested on."""
    state, latest = _settings(edition, home).state, dict[str, str | None]()
    if state.ledger.exists():
        with state.open_ledger() as ledger:
            rows = ledger.execute("select source_id, max(latest_period) as latest from landed group by source_id")
            latest = {row["source_id"]: row["latest"] for row in rows}
    table = Table(named("source"), "publisher", "every", "areas", "latest period", "tested on", box=None)
    for source in catalogues.load().values():
        contract = source.contract
        levels = ", ".join(level.replace("_", " ") for level in contract.area_levels)
        landed = latest.get(source.id) or ("no period" if source.id in latest else "nothing landed")
        untried = [name for name in contract.tables if contract.evidence(name) != contract.tested_on.evidence]
        tested = contract.tested_on.evidence + (f" (layout only: {', '.join(untried)})" if untried else "")
        table.add_row(
            source.id,
            contract.publisher,
            contract.cadence.every,
            levels,
            landed,
            f"[yellow]{tested}[/yellow]" if "layout only" in tested else tested,
        )
    out.print(table)


def _disclosure(disclosure: Disclosure) -> str:
    parts = [disclosure.rule]
    if disclosure.rounded_to is not None:
        parts.append(f"Rounded to {disclosure.rounded_to:g}.")
    if disclosure.suppressed_below is not None:
        parts.append(f"Counts below {disclosure.suppressed_below:g} are not shown.")
    return " ".join(parts)


def _senders(senders: Senders | None) -> str:
    return f"{senders.who} (a sender a {senders.level.replace('_', ' ')})" if senders else "the publisher itself"


def _cadence(cadence: Pace) -> str:
    usual = f"every {cadence.every}, usually {cadence.usual_lag_days} days after the period"
    if cadence.every == "irregular":
        usual = f"irregularly, usually {cadence.usual_lag_days} days after the period"
        return f"{usual}; old after {cadence.warn_after_days} days, very old after {cadence.fail_after_days}"
    return f"{usual}; late after {cadence.warn_after_days}, very late after {cadence.fail_after_days}"


@sources_app.command("show")
def show_source(source_id: Annotated[str, typer.Argument(help="As `rebalance sources list` names it")]) -> None:
    """One source's contract in words: what it is, its tables and columns, its markers and its weaknesses."""
    catalogue = catalogues.load()
    if source_id not in catalogue:
        err.print(f"[red]There is no source[/red] {escape(f'[{source_id}]')}. There are: {', '.join(catalogue)}")
        raise typer.Exit(2)
    contract = catalogue[source_id].contract
    out.print(f"[bold]{escape(contract.title)}[/bold] ({source_id})\n{escape(contract.description)}")
    facts = {
        "publisher": contract.publisher,
        "page": contract.landing_page,
        "licence": contract.licence,
        "published": _cadence(contract.cadence),
        "covers": contract.coverage,
        "areas": ", ".join(contract.area_levels),
        "should reach": ", ".join(contract.recipients),
        "sent by": _senders(contract.senders),
        "disclosure": _disclosure(contract.disclosure),
        "tested on": f"{contract.tested_on.evidence}: {contract.tested_on.periods}",
    }
    grid = Table(box=None, show_header=False)
    for name, value in facts.items():
        grid.add_row(f"[dim]{name}[/dim]", escape(value))
    out.print(grid)
    for promise in contract.cadence.promised:
        out.print(
            f"  promised {promise.promised_on:%d %B %Y}: the period to {promise.period_end:%d %B %Y} ({promise.where})",
            markup=False,
        )
    for weakness in contract.weaknesses:
        out.print(f"  ! {escape(weakness)}")
    for at in contract.breaks:
        out.print(f"  break {at.since:%d %B %Y} in {at.table}: {at.what} ({at.effect.replace('_', ' ')})", markup=False)
    for marker in contract.markers:
        out.print(f"  marker [{marker.text}]: {marker.status}, {marker.meaning}", markup=False)
    for name, table in contract.tables.items():
        columns = Table(named("column"), "type", "unit", "published as", "meaning", box=None)
        for column_name, column in table.columns.items():
            names = ", ".join(published.name for published in column.published_as)
            columns.add_row(column_name, column.type, column.unit or "", escape(names), escape(column.description))
        out.print(f"\n[bold]{source_id}__{name}[/bold]: {escape(table.description)}")
        out.print(f"[dim]a row is one: {', '.join(table.grain) or table.grain_reason}[/dim]")
        if table.cadence:
            out.print(f"[dim]published {escape(_cadence(table.cadence))}[/dim]")
        if table.ended:
            instead = f" Instead: {table.ended.replaced_by}." if table.ended.replaced_by else ""
            out.print(f"[yellow]ended {table.ended.after:%d %B %Y}[/yellow]: {escape(table.ended.why + instead)}")
        if contract.evidence(name) == "layout only":
            out.print("[yellow]layout only: the reader has not been tried on a published file of it[/yellow]")
        out.print(columns)


@sources_app.command("check")
def check_file(path: Annotated[Path, typer.Argument(help="A file that somebody sent or downloaded")]) -> None:
    """Which source recognises this file and what it would land; nothing is kept.

    Exit code 0 when it can be read, 1 when not, 2 when no source recognises it.
    """
    if not path.is_file():
        err.print(f"[red]There is no file[/red] {escape(str(path))}")
        raise typer.Exit(2)
    from orchestration.trying import try_file

    sys.exit(try_file(path, out))


@app.command()
def stale(
    source: Annotated[str | None, typer.Option("--source", help="One source, with its three clocks apart")] = None,
    everything: Annotated[bool, typer.Option("--all", help="The sources that are well, too")] = False,
    edition: Edition = None,
    home: HomeFolder = None,
) -> None:
    """What is stale and why: sources that do not answer, publishers that are late, old figures, places behind."""
    from orchestration import stale as staleness

    state = _settings(edition, home).state
    found = staleness.read(state)
    if found is None:
        out.print(f"Nothing is published yet for the {state.edition} edition: run [bold]rebalance refresh[/bold]")
        raise typer.Exit(1)
    if source is None:
        staleness.show(found, state, out, everything=everything)
    elif source in found.titles:
        staleness.show_source(found, state, source, out)
    else:
        err.print(f"[red]There is no source[/red] {escape(f'[{source}]')}. There are: {', '.join(found.titles)}")
        raise typer.Exit(2)


@app.command()
def gaps(
    place: Annotated[str, typer.Option("--place", "-p", help="The code or the name of a place")],
    reason: Annotated[str | None, typer.Option("--reason", help="Only those of one reason")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them, also what is not due or has ended")] = False,
    edition: Edition = None,
    home: HomeFolder = None,
) -> None:
    """What is missing of a place, which of it matters most, who could fill it and how."""
    from orchestration import gaps as missing

    if reason is not None and reason not in missing.REASONS:
        err.print(f"[red]There is no reason[/red] {escape(f'[{reason}]')}. There are: {', '.join(missing.REASONS)}")
        raise typer.Exit(2)
    state = _settings(edition, home).state
    try:
        found = missing.read(state, place)
    except missing.PlaceError as problem:
        err.print(escape(str(problem)), style="red", soft_wrap=True)
        raise typer.Exit(2) from None
    if found is None:
        out.print(f"Nothing is published yet for the {state.edition} edition: run [bold]rebalance refresh[/bold]")
        raise typer.Exit(1)
    missing.show(found, state, out, reason=reason, everything=everything)


@app.command()
def alert(
    test: Annotated[bool, typer.Option("--test", help="Send a digest that says it is a test, now")] = False,
    edition: Edition = None,
    home: HomeFolder = None,
) -> None:
    """What the channels for alerts would be told now; nothing is sent without --test.

    Exit code 0, 1 when a channel could not be told, 2 when none is set up.
    """
    from orchestration import alerts

    settings = _settings(edition, home)
    if not alerts.channels(settings):
        out.print(
            "No channel is set up: REBALANCE_ALERT_SMTP_HOST, REBALANCE_ALERT_SLACK_URL or REBALANCE_ALERT_WEBHOOK_URL"
        )
        raise typer.Exit(2)
    told = alerts.send_test(settings) if test else alerts.preview(settings)
    for channel in told:
        if channel.problem:
            err.print(f"[red]{channel.channel} could not be told:[/red] {escape(channel.problem)}")
        elif channel.is_sent:
            out.print(f"[green]{channel.channel} was told[/green]")
        else:
            news = "" if channel.digest.is_news else " (so nothing would be sent)"
            out.print(f"[bold]{channel.channel}[/bold]{news}\n{escape(channel.digest.text)}\n", soft_wrap=True)
    if any(channel.problem for channel in told):
        raise typer.Exit(1)


def _main() -> None:
    try:
        app()
    except SourceError as error:
        err.print(f"[red]{escape(str(error))}[/red]")
        sys.exit(1)


if __name__ == "__main__":
    _main()
