"""How stale everything is, in words, on published files of the tests' own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration import cli
from sources import clock
from sources.home import Home
from tests.orchestration.published_meta import publish

runner = CliRunner(env={"TERM": "dumb"})


def table(source_id: str, name: str, state: str, **others: object) -> dict[str, object]:
    return {
        "scope": "table",
        "source_id": source_id,
        "table_name": name,
        "last_answered_at": datetime(2026, 6, 10, 2, tzinfo=UTC),
        "days_since_answer": 0,
        "failing_days": 0,
        "fetch_state": "ok",
        "last_released_on": date(2026, 5, 20),
        "last_released_basis": "published",
        "days_late": 0,
        "release_state": "on_time",
        "newest_period_end": date(2026, 4, 30),
        "period_age_days": 41,
        "old_after_days": 91,
        "very_old_after_days": 151,
        "period_state": "recent",
        "threshold_reason": "A month and a half is worth a look.",
        "state": state,
        "severity": "ok",
        "in_words": f"Words of {name}.",
    } | others


SOURCES = [
    {"source_id": source_id, "title": f"Title of {source_id}", "landing_page": f"https://{source_id}.example"}
    for source_id in ("silent", "slow", "aged", "over", "fine")
]
TABLES = [
    table("silent", "a", "failing", fetch_state="failing", fetch_problem="Nobody there", in_words="Did not answer."),
    table("slow", "on_time", "well"),
    table(
        "slow",
        "late",
        "late",
        release_state="late",
        days_late=11,
        awaited_period_end=date(2026, 5, 31),
        next_due_on=date(2026, 6, 1),
        late_from=date(2026, 6, 5),
        very_late_from=date(2026, 9, 1),
    ),
    table("slow", "later", "late", days_late=20),
    table("aged", "a", "old"),
    table("over", "a", "ended", release_state="ended"),
    table("fine", "a", "well"),
]
BEHIND = [
    {
        "scope": "place",
        "source_id": "slow",
        "area_code": f"E{number}",
        "area_name": f"Place {number}",
        "awaited_period_end": date(2026, 4, 30),
        "newest_period_end": date(2026, number, 28),
        "state": "behind",
        "in_words": f"Place {number} is behind.",
    }
    for number in (1, 2, 3, 4, 5, 6)
]
INCIDENTS = [
    {
        "incident_id": "i",
        "source_id": "silent",
        "in_words": "Title of silent: it could not be fetched.",
        "what_to_do": "Open the page",
        "opened_on": date(2026, 6, 9),
        "is_open": True,
    },
    {"incident_id": "j", "source_id": "fine", "in_words": "Well again.", "is_open": False},
    {
        "incident_id": "k",
        "source_id": "aged",
        "sender_area_code": "E1",
        "in_words": "Place 1 has sent nothing.",
        "opened_on": date(2026, 6, 9),
        "is_open": True,
    },
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path, "folder")
    monkeypatch.setenv("REBALANCE_HOME", str(tmp_path))
    monkeypatch.setenv("REBALANCE_EDITION", "folder")
    monkeypatch.setattr(cli, "out", Console(width=200))
    publish(home, source=SOURCES, staleness=[*TABLES, *BEHIND], incident=INCIDENTS)
    return home


def said(*words: str) -> str:
    with clock.at(datetime(2026, 6, 10, 12, tzinfo=UTC)):
        result = runner.invoke(cli.app, ["stale", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_what_is_worst_comes_first_and_what_is_well_is_counted(home: Home) -> None:
    lines = [line for line in said().splitlines() if line]
    assert lines == [
        "As of 10 June 2026, edition folder.",
        "2 open incidents",
        "  ! Place 1 has sent nothing.",
        "  ! Title of silent: it could not be fetched.",
        "Late",
        "  slow later: Words of later. 20 days late. And 1 more of its tables.",
        "Old",
        "  aged a: Words of a. 41 days old.",
        "Stopped by their publisher",
        "  over a: Words of a.",
        "Well: 1 source (--all lists them)",
        "Places behind the others",
        "  slow: Place 1 (28 January 2026), Place 2 (28 February 2026), Place 3 (28 March 2026),"
        " Place 4 (28 April 2026) and 2 more; others have 30 April 2026",
    ]


def test_all_lists_what_is_well_and_what_an_incident_tells_of(home: Home) -> None:
    lines = said("--all").splitlines()
    assert lines[lines.index("Does not answer") + 1] == "  silent a: Did not answer."
    assert lines[lines.index("Well") + 1] == "  fine a: Words of a."


def test_a_source_is_shown_with_its_clocks_apart_and_the_reasons(home: Home) -> None:
    shown = said("--source", "slow")
    assert "Title of slow (slow), https://slow.example" in shown
    (late,) = [part for part in shown.split("\n\n") if part.startswith("late:")]
    assert "asked      ok; last answered 10 June 2026" in late
    assert "published  late; its newest file was published on 20 May 2026" in late
    assert "the period to 31 May 2026 is due on 1 June 2026, late from 5 June 2026, very late from 1 Sept" in late
    assert "the newest ends on 30 April 2026, 41 days ago (old after 91, very old after 151)" in late
    assert "A month and a half is worth a look." in late
    assert "Place 1 is behind." in shown
    incident = said("--source", "silent")
    assert "What to do: Open the page." in incident
    assert "Nobody there" in incident


def test_a_source_that_is_not_there_is_refused_with_those_that_are(home: Home) -> None:
    result = runner.invoke(cli.app, ["stale", "--source", "unheard_of"])
    assert result.exit_code == 2
    assert "There is no source [unheard_of]. There are:" in " ".join(result.output.split())
    assert "aged" in result.output


def test_a_file_that_was_built_long_ago_does_not_pass_for_today(home: Home) -> None:
    with clock.at(datetime(2026, 6, 20, 12, tzinfo=UTC)):
        result = runner.invoke(cli.app, ["stale"])
    assert "That was 10 days ago" in result.output
    assert "That was" not in said()


def test_the_bundled_edition_says_that_it_is_synthetic(home: Home) -> None:
    publish(Home(home.root, "sample"), source=SOURCES, staleness=TABLES, incident=[])
    result = runner.invoke(cli.app, ["stale", "--edition", "sample"])
    assert "Synthetic" in result.output
    assert "incident" not in result.output


def test_nothing_published_is_said_and_so_is_a_file_of_before(home: Home) -> None:
    publish(home, source=SOURCES)
    for _ in range(2):
        result = runner.invoke(cli.app, ["stale"])
        assert (result.exit_code, "Nothing is published yet" in result.output) == (1, True)
        home.published_file.unlink(missing_ok=True)


def test_a_table_that_comes_otherwise_than_its_source_says_so(home: Home) -> None:
    shown = runner.invoke(cli.app, ["sources", "show", "moj_safety_in_custody"]).output
    assert "published every year, usually 300 days after the period; late after 480, very late after 730" in shown
