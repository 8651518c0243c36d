"""How stale everything is, in words, from the published file: ``meta.staleness`` and ``meta.incident`` as built.

What belongs here: order, grouping and words for a terminal. What does not: deciding what is late or old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
from rich.console import Console
from rich.markup import escape

from sources import clock
from sources.home import Home

#: Worst first, with what each state is called at the head of its sources.
_STATES = {
    "failing": ("red", "Does not answer"),
    "very_late": ("red", "Very late"),
    "very_old": ("red", "Very old"),
    "late": ("yellow", "Late"),
    "old": ("yellow", "Old"),
    "partly_failing": ("yellow", "Answers in part"),
    "nothing_landed": ("yellow", "Nothing received"),
    "due": ("", "Due, and not late yet"),
    "ended": ("", "Stopped by their publisher"),
    "well": ("green", "Well"),
}
_QUIET = {"due", "well"}
_MOST_PLACES = 4

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Staleness:
    """What the published file says of its sources."""

    built_at: datetime
    reckoned_on: date
    titles: Mapping[str, str]
    pages: Mapping[str, str]
    tables: list[Row]
    behind: list[Row]
    incidents: list[Row]


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    found = connection.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def read(home: Home) -> Staleness | None:
    """What is published of it; None where nothing is, or by a version that did not know of it."""
    if not home.published_file.exists():
        return None
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        known = connection.execute(
            "select count(*) from duckdb_tables()"
            " where schema_name = 'meta' and table_name in ('staleness', 'incident')"
        ).fetchone()
        if known != (2,):
            return None
        (build,) = _rows(connection, "select built_at, reckoned_on from meta.build")
        sources = _rows(connection, "select source_id, title, landing_page from meta.source")
        return Staleness(
            build["built_at"],
            build["reckoned_on"],
            {row["source_id"]: row["title"] for row in sources},
            {row["source_id"]: row["landing_page"] for row in sources},
            _rows(connection, "select * from meta.staleness where scope = 'table' order by source_id, table_name"),
            _rows(
                connection,
                "select * from meta.staleness where state = 'behind' order by source_id, newest_period_end, area_name",
            ),
            _rows(connection, "select * from meta.incident where is_open order by opened_on, source_id, incident_id"),
        )


def day(value: date | None) -> str:
    """A date as a person writes it."""
    return f"{value.day} {value:%B %Y}" if value else "never"


def _heading(found: Staleness, home: Home, out: Console) -> None:
    words = f"As of {day(found.reckoned_on)}, edition {home.edition}."
    if home.is_synthetic:
        words += " [yellow]Synthetic: sources and dates are real, what they brought is made up.[/yellow]"
    out.print(words)
    age = (clock.now().date() - found.built_at.date()).days
    if age > 1 and not home.is_synthetic:
        out.print(
            f"[yellow]That was {age} days ago: no refresh has published since, so this is how it stood then.[/yellow]"
        )


def _words(row: Row) -> str:
    """A table's words with the days counted, which would be others in the file each night."""
    if row["days_late"]:
        return f"{row['in_words']} {row['days_late']:,} days late."
    if row["state"] in {"old", "very_old"}:
        return f"{row['in_words']} {row['period_age_days']:,} days old."
    return row["in_words"]


def _worst(rows: Iterable[Row]) -> Row:
    order = list(_STATES)
    return min(rows, key=lambda row: (order.index(row["state"]), -(row["days_late"] or 0)))


def show(found: Staleness, home: Home, out: Console, *, everything: bool = False) -> None:
    """Open incidents, then the sources by the worst of their tables, then the places that are behind.

    A source that an incident tells of is not told of again, unless ``everything`` is wanted.
    """
    _heading(found, home, out)
    if found.incidents:
        out.print(f"\n[bold]{len(found.incidents)} open incident{'s' * (len(found.incidents) != 1)}[/bold]")
    for incident in found.incidents:
        out.print(f"  [red]![/red] {escape(incident['in_words'])}", soft_wrap=True)
    sources: dict[str, list[Row]] = {}
    for row in found.tables:
        sources.setdefault(row["source_id"], []).append(row)
    told = set() if everything else {i["source_id"] for i in found.incidents if i["sender_area_code"] is None}
    worst = {source_id: _worst(rows) for source_id, rows in sources.items() if source_id not in told}
    for state, (colour, title) in _STATES.items():
        of_it = {source_id: row for source_id, row in worst.items() if row["state"] == state}
        if not of_it:
            continue
        heading = f"[{colour}]{title}[/{colour}]" if colour else title
        if state in _QUIET and not everything:
            names = "source" if len(of_it) == 1 else "sources"
            out.print(f"\n{heading}: {len(of_it)} {names} (--all lists them)")
            continue
        out.print(f"\n[bold]{heading}[/bold]")
        for source_id, row in of_it.items():
            alike = sum(other["state"] == state for other in sources[source_id]) - 1
            more = f" And {alike} more of its tables." if alike else ""
            out.print(f"  {source_id} {row['table_name']}: {escape(_words(row))}{more}", soft_wrap=True)
    _show_behind(found, out)


def _show_behind(found: Staleness, out: Console) -> None:
    sources: dict[str, list[Row]] = {}
    for row in found.behind:
        sources.setdefault(row["source_id"], []).append(row)
    if sources:
        out.print("\n[bold][yellow]Places behind the others[/yellow][/bold]")
    for source_id, rows in sources.items():
        named = ", ".join(f"{row['area_name']} ({day(row['newest_period_end'])})" for row in rows[:_MOST_PLACES])
        more = f" and {len(rows) - _MOST_PLACES} more" if len(rows) > _MOST_PLACES else ""
        others = day(rows[0]["awaited_period_end"])
        out.print(f"  {source_id}: {escape(named)}{more}; others have {others}", soft_wrap=True)


def _clocks(row: Row) -> dict[str, str]:
    """The three clocks of one table, and why they are judged as they are."""
    answered = row["last_answered_at"]
    fetched = f"{row['fetch_state'].replace('_', ' ')}; last answered {day(answered.date() if answered else None)}"
    if row["fetch_problem"]:
        fetched += f"; {row['fetch_problem']}"
    basis = "published" if row["last_released_basis"] == "published" else "first received"
    released = row["release_state"].replace("_", " ")
    if row["last_released_on"]:
        released += f"; its newest file was {basis} on {day(row['last_released_on'])}"
    if row["next_due_on"]:
        released += (
            f"; the period to {day(row['awaited_period_end'])} is due on {day(row['next_due_on'])},"
            f" late from {day(row['late_from'])}, very late from {day(row['very_late_from'])}"
        )
    period = row["period_state"].replace("_", " ")
    if row["newest_period_end"]:
        period += (
            f"; the newest ends on {day(row['newest_period_end'])}, {row['period_age_days']:,} days ago"
            f" (old after {row['old_after_days']:,}, very old after {row['very_old_after_days']:,})"
        )
    return {"asked": fetched, "published": released, "period": period, "thresholds": row["threshold_reason"].strip()}


def show_source(found: Staleness, home: Home, source_id: str, out: Console) -> None:
    """One source: its incidents, then each table with the three clocks apart."""
    _heading(found, home, out)
    out.print(f"[bold]{escape(found.titles[source_id])}[/bold] ({source_id}), {escape(found.pages[source_id])}")
    for incident in found.incidents:
        if incident["source_id"] == source_id:
            out.print(f"  [red]![/red] {escape(incident['in_words'])}", soft_wrap=True)
            out.print(f"    What to do: {escape(incident['what_to_do'])}.", soft_wrap=True)
    for row in found.tables:
        if row["source_id"] == source_id:
            colour, title = _STATES[row["state"]]
            out.print(f"\n[bold]{row['table_name']}[/bold]: " + (f"[{colour}]{title}[/{colour}]" if colour else title))
            out.print(f"  {escape(_words(row))}", soft_wrap=True)
            for name, words in _clocks(row).items():
                out.print(f"  [dim]{name:11}[/dim]{escape(words)}", soft_wrap=True)
    behind = [row for row in found.behind if row["source_id"] == source_id]
    for row in behind:
        out.print(f"  [yellow]behind[/yellow]     {escape(row['in_words'])}", soft_wrap=True)
