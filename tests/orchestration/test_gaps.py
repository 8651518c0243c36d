"""What is missing of a place, in words, on published files of the tests' own; and the history that comes back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml
from typer.testing import CliRunner

from orchestration import cli, history
from sources.home import Home
from sources.landing import quote

runner = CliRunner(env={"TERM": "dumb", "COLUMNS": "200"})
MARTS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"

AREAS = [
    ("E23000099", "Sandford", "police_force_area"),
    ("E06000099", "Sandford Regis", "local_authority_district"),
    ("E22000099", "Sandford Regis", "community_safety_partnership"),
    ("E06000098", "Royston Vasey", "local_authority_district"),
]


def gap(gap_id: str, area_code: str, reason: str, **others: object) -> dict[str, object]:
    return {
        "gap_id": gap_id,
        "opened_on": date(2026, 6, 1),
        "series_id": "a",
        "area_code": area_code,
        "is_of_all_places": False,
        "reason": reason,
        "reason_in_words": f"Words of {gap_id}.",
        "due_on": date(2026, 3, 1),
        "days_open": 101,
        "is_open": True,
        "is_exempt": False,
        "who_could_fill": f"Whoever has {gap_id}",
        "how_to_fill": f"The way to {gap_id}.",
    } | others


GAPS = [
    gap("lesser", "E23000099", "publisher_suppressed"),
    gap("silence", "E23000099", "sender_did_not_submit"),
    gap("of all", "E92000001", "publisher_late", is_of_all_places=True),
    gap("waits", "E23000099", "not_yet_due", days_open=0),
    gap("pardoned", "E23000099", "publisher_late", is_exempt=True, exemption_id="known"),
    gap("undated", "E23000099", "not_collected", due_on=None, days_open=9),
    gap("filled", "E23000099", "publisher_late", is_open=False),
    gap("within", "E06000099", "publisher_late"),
]
RANKS = {"silence": 1, "of all": 2, "lesser": 3, "undated": 4, "waits": None, "pardoned": None}


def columns(table: str) -> dict[str, str]:
    """A mart's columns with their types, as its contract has them."""
    for path in MARTS.rglob("*.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            if model["name"] == table:
                return {column["name"]: column["data_type"] for column in model["columns"]}
    raise AssertionError(f"no mart is called {table}")


def publish(home: Home) -> None:
    """Write a published file with these gaps."""
    home.make()
    tables: dict[str, list[dict[str, object]]] = {
        "area": [
            {"area_code": code, "area_name": name, "area_level": level, "country": "England", "is_current": True}
            for code, name, level in AREAS
        ],
        "area_relation": [
            {"vintage": 2025, "child_code": "E06000099", "parent_code": "E23000099"},
            {"vintage": 2019, "child_code": "E06000098", "parent_code": "E23000099"},
        ],
        "data_gap": GAPS,
        "place_gap": [
            {"area_code": "E23000099", "gap_id": name, "opened_on": date(2026, 6, 1), "rank_in_place": rank}
            for name, rank in RANKS.items()
        ],
        "coverage": [
            {"area_code": "E23000099", "series_id": series, "state": "explained", "explanation": "It is made up."}
            for series in ("a", "a", "b")
        ],
    }
    with duckdb.connect(str(home.published_file)) as connection:
        connection.execute("create schema marts; create schema meta")
        connection.execute("create table meta.build as select date '2026-06-10' as reckoned_on")
        for table, rows in tables.items():
            types = columns(table)
            connection.execute(
                f"create table marts.{table} ({', '.join(f'{quote(name)} {type_}' for name, type_ in types.items())})"
            )
            for row in rows:
                assert set(row) <= set(types), set(row) - set(types)
                connection.execute(
                    f"insert into marts.{table} values ({', '.join('?' * len(types))})", [row.get(n) for n in types]
                )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of two editions with the same gaps."""
    root = tmp_path_factory.mktemp("home")
    publish(Home(root, "folder"))
    publish(Home(root, "sample"))
    return root


def ask(root: Path, *arguments: str, edition: str = "folder") -> tuple[int, str]:
    done = runner.invoke(cli.app, ["gaps", *arguments, "--edition", edition, "--home", str(root)])
    return done.exit_code, done.output


def test_gaps_come_by_what_they_matter_to_the_place_with_who_could_fill_them_and_how(root: Path) -> None:
    code, words = ask(root, "--place", "E23000099")
    assert code == 0
    assert words.startswith("Sandford (E23000099, police force area), as of 10 June 2026.")
    places = [words.index(f"{number}. Words of {name}.") for number, name in enumerate(list(RANKS)[:4], 1)]
    assert places == sorted(places)
    assert "Whoever has silence" in words and "The way to silence." in words
    assert "3 months, since 1 March 2026" in words
    assert "9 days, first seen 1 June 2026" in words


def test_a_summary_counts_them_by_reason_and_those_of_the_places_within(root: Path) -> None:
    _, words = ask(root, "--place", "E23000099")
    assert "6 open gaps: 2 late at the publisher, 1 not sent to the publisher, 1 hidden by the publisher" in words
    assert "And 1 of 1 place within it." in words
    assert "2 indicators: It is made up." in words


def test_what_nobody_can_fill_now_comes_only_when_it_is_asked_for(root: Path) -> None:
    _, words = ask(root, "--place", "E23000099")
    assert "Words of waits." not in words and "Words of pardoned." not in words
    _, words = ask(root, "--place", "E23000099", "--all")
    assert "Words of waits." in words and "Words of pardoned. (exempt: known)" in words
    assert "Words of filled." not in words


def test_those_of_one_reason_alone(root: Path) -> None:
    _, words = ask(root, "--place", "E23000099", "--reason", "not_yet_due")
    assert "1. Words of waits." in words and "Words of silence." not in words
    code, words = ask(root, "--place", "E23000099", "--reason", "no_reason")
    assert code == 2 and "There are: publisher_suppressed" in words


def test_a_place_may_be_named_by_its_name(root: Path) -> None:
    code, words = ask(root, "--place", "  sandford ")
    assert code == 0 and words.startswith("Sandford (E23000099")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("Sandfrod", "There is no place [Sandfrod]. Near to it: Sandford (E23000099)"),
        ("vasey", "Near to it: Royston Vasey (E06000098)"),
        ("Nowhere at all", "Nothing is near to it."),
        (
            "Sandford Regis",
            "say which by its code: E06000099 (local authority district), E22000099 (community safety partnership)",
        ),
    ],
)
def test_a_place_that_is_not_there_or_not_the_only_one_is_an_error_that_helps(
    place: str, expected: str, root: Path
) -> None:
    code, words = ask(root, "--place", place)
    assert code == 2
    assert expected in words


def test_a_place_without_a_gap_says_so(root: Path) -> None:
    code, words = ask(root, "--place", "E06000098")
    assert code == 0 and "Nothing is missing that is known of." in words


def test_the_bundled_edition_says_that_it_is_synthetic(root: Path) -> None:
    assert "Synthetic" in ask(root, "--place", "E23000099", edition="sample")[1]
    assert "Synthetic" not in ask(root, "--place", "E23000099")[1]


def test_before_anything_is_published_it_says_what_to_do(tmp_path: Path) -> None:
    code, words = ask(tmp_path, "--place", "E23000099")
    assert code == 1 and "rebalance refresh" in words


def seen(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("select gap_id, opened_on from marts.data_gap order by gap_id").fetchall()


def test_a_new_warehouse_gets_the_history_of_gaps_back_from_the_published_file(tmp_path: Path) -> None:
    home = Home(tmp_path, "folder")
    publish(home)
    assert history.restore(home) == ["marts.data_gap"]
    assert seen(home.warehouse) == seen(home.published_file)


def test_what_the_warehouse_knows_itself_is_left_alone(tmp_path: Path) -> None:
    home = Home(tmp_path, "folder")
    publish(home)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.data_gap as select 'own' as gap_id, date '2020-01-01' as opened_on")
    assert history.restore(home) == []
    assert seen(home.warehouse) == [("own", date(2020, 1, 1))]


def test_nothing_published_is_nothing_restored(tmp_path: Path) -> None:
    home = Home(tmp_path, "folder").make()
    assert history.restore(home) == []
    assert not home.warehouse.exists()
