"""Whole refreshes of the bundled edition, as a user runs them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import duckdb
import pytest

from tests.orchestration.conftest import REBALANCE, ROOT, environment, rebalance

FILE = "sample/published/health_justice_synthetic.duckdb"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("refresh")]


def query(home: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(home / FILE), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_bundled_edition_is_published_with_figures_in_every_mart(home: Path) -> None:
    for table in ("area", "area_relation", "indicator", "indicator_value"):
        assert query(home, f"select count(*) from marts.{table}")[0][0] > 0, table
    sources = {row[0] for row in query(home, "select distinct source_id from marts.indicator_value")}
    assert {"police_uk_street", "police_uk_stop_and_search", "iopc_deaths", "ohid_fingertips"} <= sources
    assert "local_ambulance_incidents" in sources


def test_the_file_says_that_its_values_are_synthetic(home: Path) -> None:
    edition, is_synthetic, note = query(home, "select edition, is_synthetic, note from meta.build")[0]
    assert (edition, is_synthetic) == ("sample", True)
    assert "SYNTHETIC" in note


def test_every_published_column_is_described_and_every_description_is_of_a_column(home: Path) -> None:
    columns = set(
        query(
            home,
            "select table_schema, table_name, column_name from information_schema.columns"
            " where table_schema in ('marts', 'meta')",
        )
    )
    described = set(
        query(home, "select table_schema, table_name, column_name from meta.\"column\" where description <> ''")
    )
    assert columns == described
    commented = query(
        home,
        "select count(*) from duckdb_columns() where schema_name in ('marts', 'meta') and comment is null",
    )
    assert commented == [(0,)]


def test_every_check_result_is_kept_in_the_file(home: Path) -> None:
    made_by = dict(query(home, "select made_by, count(*) from meta.check_result group by made_by"))
    assert made_by["expectations"] > 20
    assert made_by["dbt"] > 20
    # A publisher may be very late; what is ours is whole.
    failed = query(
        home,
        "select checked_table, check_name, observed from meta.check_result where severity = 'error' and not has_passed"
        " and coalesce(checked_table, '') not like 'source.%'",
    )
    assert failed == []
    asked = query(
        home, "select distinct check_name from meta.check_result where checked_table = 'source.police_uk_street'"
    )
    assert {name for (name,) in asked} == {
        *("source_answered", "publisher_is_on_time", "period_is_recent"),
        *("markers_are_known", "totals_reconcile", "no_revision_is_unexplained"),
    }
    assert query(home, "select count(*) from meta.published_table where grain is null or description is null") == [(0,)]


def test_the_data_package_is_valid_and_its_parquet_is_there(home: Path) -> None:
    from frictionless import Package

    published = home / "sample/published"
    package = Package(str(published / "datapackage.json"))
    report = package.validate_descriptor(package.to_descriptor())
    assert report.valid, report.flatten(["message"])
    for resource in package.resources:
        rows = duckdb.sql(f"select count(*) from '{published / str(resource.path)}'").fetchall()
        schema, _, table = str(resource.title).partition(".")
        assert rows == query(home, f'select count(*) from {schema}."{table}"')


def test_a_second_refresh_with_nothing_new_leaves_the_file_alone(home: Path) -> None:
    before = (home / FILE).stat()
    done = rebalance("refresh", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing new" in done.stdout
    after = (home / FILE).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def _kill_at(stage: str, home: Path) -> None:
    """Begin a refresh and kill it and all that it has begun, a moment after it says that it has come to a stage."""
    running = subprocess.Popen(
        [REBALANCE, "refresh", "--force", "--home", str(home)],
        cwd=ROOT,
        env=environment() | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert running.stdout
    for line in running.stdout:
        if line.startswith(stage):
            time.sleep(0.2)
            os.killpg(running.pid, signal.SIGKILL)
            break
    else:
        pytest.fail(f"the refresh never came to [{stage}]")
    assert running.wait() == -signal.SIGKILL


def test_a_refresh_killed_at_any_stage_leaves_the_published_file_whole_and_the_next_takes_its_place(home: Path) -> None:
    first = query(home, "select build_id from meta.build")
    rows = query(home, "select count(*) from marts.indicator_value")
    # Each begins on what the one before it left behind.
    for stage in ("Taking the sources in", "Building the models", "Checking", "Publishing"):
        _kill_at(stage, home)
        # Whole either way: a kill just after the move finds the new file in place.
        assert query(home, "select build_id from meta.build") == first or stage == "Publishing"
        assert query(home, "select count(*) from marts.indicator_value") == rows
    _refresh_under_a_reader(home)
    assert query(home, "select count(*) from marts.indicator_value") == rows
    assert not list((home / "sample/published").glob(".building-*"))


def _refresh_under_a_reader(home: Path) -> None:
    """A refresh while somebody has the published file open: they keep theirs, and who comes after sees the new one."""
    before = query(home, "select build_id from meta.build")
    reader = duckdb.connect(str(home / FILE), read_only=True)
    running = subprocess.Popen(
        [REBALANCE, "refresh", "--force", "--home", str(home)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    answers = 0
    while running.poll() is None:
        assert reader.execute("select build_id from meta.build").fetchall() == before
        assert reader.execute("select count(*) from marts.indicator_value").fetchone()
        answers += 1
        time.sleep(0.25)
    assert running.returncode == 0
    assert answers > 20
    assert reader.execute("select build_id from meta.build").fetchall() == before
    reader.close()
    after = query(home, "select build_id, previous_build_id from meta.build")
    assert after[0][0] != before[0][0]
    assert after[0][1] == before[0][0]
    assert query(home, "select count(*) from meta.change where change like 'rows%'") == [(0,)]
    assert len(list((home / "sample/published/copies").glob("*.duckdb"))) >= 2


def test_two_refreshes_of_one_edition_do_not_run_at_once(home: Path) -> None:
    from filelock import FileLock

    with FileLock(home / "sample/refresh.lock"):
        done = rebalance("refresh", home=home)
    assert done.returncode == 1
    assert "another refresh of the sample edition is running" in done.stdout


def test_a_first_refresh_that_lands_nothing_publishes_nothing_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "holiday.txt").write_text("Wish you were here", encoding="utf-8")
    done = rebalance("refresh", "--edition", "folder", "--from", str(folder), home=tmp_path / "home")
    assert done.returncode == 1
    assert "failed dbt_build: no source has landed anything yet" in done.stdout
    assert "1 file belongs to no source" in done.stdout
    assert "holiday.txt" in done.stdout
    assert not (tmp_path / "home/folder/published/health_justice.duckdb").exists()


def test_the_command_line_tells_how_stale_everything_is(home: Path) -> None:
    begun = time.monotonic()
    told = rebalance("stale", home=home)
    seconds = time.monotonic() - begun
    assert told.returncode == 0, told.stderr
    assert "Synthetic" in told.stdout
    assert "Well:" in told.stdout
    # Half a second on a machine with nothing else to do, which a machine that runs tests is not.
    assert seconds < 5
    every_table = query(
        home, "select count(*), count(distinct (source_id, table_name)) from meta.staleness where scope = 'table'"
    )
    assert every_table == query(
        home, "select count(*), count(*) from (select distinct source_id, table_name from meta.source_column)"
    )
