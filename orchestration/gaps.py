"""What is missing of a place, in words, from the published file: ``marts.data_gap`` and ``marts.place_gap`` as built.

What belongs here: order, grouping and words for a terminal. What does not: deciding what is missing, or why.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import duckdb
from rich.console import Console
from rich.markup import escape

from sources.errors import SourceError
from sources.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Each reason as a heading of the summary.
REASONS = {
    "publisher_suppressed": "hidden by the publisher",
    "publisher_not_available": "not given by the publisher",
    "sender_did_not_submit": "not sent to the publisher",
    "publisher_late": "late at the publisher",
    "not_yet_due": "not due yet",
    "fetch_failed": "not answered when asked for",
    "quarantined_by_us": "came and could not be read",
    "boundary_change": "on other borders",
    "series_discontinued": "ended",
    "not_collected": "without a source",
    "not_linked": "counted, with nothing to divide by",
    "not_fetched": "not among the files taken in",
}
_SHOWN = 15
_NEAR = 5
_TABLES = ("coverage", "data_gap", "place_gap", "area", "area_relation")

Row = Mapping[str, Any]


class PlaceError(SourceError):
    """A place that the published file does not have, or has several of."""


@dataclass(frozen=True)
class PlaceGaps:
    """What the published file says is missing of one place."""

    reckoned_on: date
    area_code: str
    area_name: str
    area_level: str
    gaps: list[Row]
    """Open, in the place's own order; first those that somebody can fill."""
    within: int
    places_within: int
    explained: list[tuple[str, int]]
    """Why something is not counted as missing, and of how many indicators."""


def _rows(connection: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[Row]:
    found = connection.execute(query, list(values))
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@contextmanager
def _published(home: Home) -> Iterator[duckdb.DuckDBPyConnection | None]:
    if not home.published_file.exists():
        yield None
        return
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        known = connection.execute(
            f"select count(*) from duckdb_tables() where schema_name = 'marts' and table_name in {_TABLES}"
        ).fetchone()
        yield connection if known == (len(_TABLES),) else None


def _find(connection: duckdb.DuckDBPyConnection, place: str) -> Row:
    """The place of that code or name. Raises PlaceError, naming those that come near or share the name."""
    areas = _rows(
        connection,
        "select area_code, area_name, area_level from marts.area"
        " where is_current and country in ('England', 'Wales', 'England and Wales') order by area_code",
    )
    wanted = place.strip().casefold()
    found = [area for area in areas if area["area_code"].casefold() == wanted]
    found = found or [area for area in areas if area["area_name"].casefold() == wanted]
    if not found:
        codes: dict[str, list[str]] = {}
        for area in areas:
            codes.setdefault(area["area_name"], []).append(area["area_code"])
        names = {name.casefold(): f"{name} ({', '.join(held)})" for name, held in codes.items()}
        near = [names[name] for name in get_close_matches(wanted, names, _NEAR)]
        near += [shown for name, shown in names.items() if wanted in name and shown not in near][: _NEAR - len(near)]
        raise PlaceError(
            f"There is no place [{place}]. " + (f"Near to it: {', '.join(near)}" if near else "Nothing is near to it.")
        )
    if len(found) > 1:
        which = ", ".join(f"{area['area_code']} ({area['area_level'].replace('_', ' ')})" for area in found)
        raise PlaceError(f"There are several places called [{place}]; say which by its code: {which}")
    return found[0]


def read(home: Home, place: str) -> PlaceGaps | None:
    """What is published as missing of a place, by its code or name; None where nothing is published of gaps.

    Raises PlaceError.
    """
    with _published(home) as connection:
        if connection is None:
            return None
        area = _find(connection, place)
        (build,) = _rows(connection, "select reckoned_on from meta.build")
        code = area["area_code"]
        gaps = _rows(
            connection,
            "select gap.*, of_place.rank_in_place from marts.place_gap as of_place"
            " inner join marts.data_gap as gap"
            " on of_place.gap_id = gap.gap_id and of_place.opened_on = gap.opened_on"
            " where of_place.area_code = ? and gap.is_open"
            " order by of_place.rank_in_place nulls last, gap.due_on, gap.gap_id",
            code,
        )
        (within,) = _rows(
            connection,
            "select count(*) as gaps, count(distinct gap.area_code) as places from marts.data_gap as gap"
            " inner join (select distinct child_code from marts.area_relation where parent_code = ?"
            " and child_code <> parent_code"
            " and vintage = (select max(vintage) from marts.area_relation)) as part"
            " on gap.area_code = part.child_code where gap.is_open and not gap.is_of_all_places",
            code,
        )
        explained = _rows(
            connection,
            "select explanation, count(distinct series_id) as series from marts.coverage"
            " where area_code = ? and state = 'explained' group by explanation order by series desc, explanation",
            code,
        )
    return PlaceGaps(
        build["reckoned_on"],
        code,
        area["area_name"],
        area["area_level"],
        gaps,
        within["gaps"],
        within["places"],
        [(row["explanation"], row["series"]) for row in explained],
    )


def _age(days: int) -> str:
    if days < 60:
        return f"{days} day{'s' * (days != 1)}"
    months = round(days / 30.44)
    return f"{months} months" if months < 24 else f"{days / 365.25:.0f} years"


def show(found: PlaceGaps, home: Home, out: Console, *, reason: str | None = None, everything: bool = False) -> None:
    """A summary by reason, then the gaps that matter most, each with who could fill it and how.

    What is not due, has ended or is exempt comes with ``everything``, or when its ``reason`` is asked for.
    """
    level = found.area_level.replace("_", " ")
    words = f"[bold]{escape(found.area_name)}[/bold] ({found.area_code}, {level}), as of {found.reckoned_on:%-d %B %Y}."
    if home.is_synthetic:
        words += " [yellow]Synthetic: places are real, what is missing of them is made up.[/yellow]"
    out.print(words, soft_wrap=True)
    counted: dict[str, int] = {}
    for gap in found.gaps:
        counted[gap["reason"]] = counted.get(gap["reason"], 0) + 1
    if not found.gaps:
        out.print("Nothing is missing that is known of.")
    else:
        parts = [f"{number:,} {REASONS[name]}" for name, number in sorted(counted.items(), key=lambda item: -item[1])]
        out.print(f"{len(found.gaps):,} open gap{'s' * (len(found.gaps) != 1)}: {', '.join(parts)}.", soft_wrap=True)
    if found.within:
        out.print(
            f"And {found.within:,} of {found.places_within:,} place{'s' * (found.places_within != 1)} within it.",
            soft_wrap=True,
        )
    chosen = [gap for gap in found.gaps if reason is None or gap["reason"] == reason]
    if reason is None and not everything:
        chosen = [gap for gap in chosen if gap["rank_in_place"] is not None]
    shown = chosen if everything else chosen[:_SHOWN]
    for number, gap in enumerate(shown, 1):
        _show_gap(number, gap, out)
    if len(shown) < len(chosen):
        out.print(f"\n{len(chosen) - len(shown):,} more (--all lists them, --reason those of one reason)")
    if found.explained and reason is None:
        out.print("\n[bold]Explained, and not counted as missing[/bold]")
        for explanation, series in found.explained:
            out.print(f"  {series} indicator{'s' * (series != 1)}: {escape(explanation)}", soft_wrap=True)


def _show_gap(number: int, gap: Row, out: Console) -> None:
    exempt = f" [dim](exempt: {escape(gap['exemption_id'])})[/dim]" if gap["is_exempt"] else ""
    out.print(f"\n{number:3}. {escape(gap['reason_in_words'])}{exempt}", soft_wrap=True)
    if gap["reason"] != "not_yet_due":
        since = f"since {gap['due_on']:%-d %B %Y}" if gap["due_on"] else f"first seen {gap['opened_on']:%-d %B %Y}"
        out.print(f"     [dim]open[/dim]   {_age(gap['days_open'])}, {since}", soft_wrap=True)
    out.print(f"     [dim]who[/dim]    {escape(gap['who_could_fill'])}", soft_wrap=True)
    out.print(f"     [dim]how[/dim]    {escape(gap['how_to_fill'])}", soft_wrap=True)
