"""The published file: moved into place whole, with what changed since the last."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from orchestration import checks, describing, publishing
from orchestration.resources import Refresh
from orchestration.settings import Settings
from sources import clock

GRAINS = {"marts.thing": ("place", "period")}


@pytest.fixture(autouse=True)
def _no_data_docs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations has tests of its own, and takes seconds to import."""
    monkeypatch.setattr(publishing.suites, "build_data_docs", lambda home, folder: None)


@pytest.fixture
def refresh(tmp_path: Path) -> Refresh:
    made = Refresh(Settings(home=tmp_path, edition="folder", keep_copies=2))
    made.home.make()
    return made


def build_warehouse(refresh: Refresh, rows: str, *, columns: str = "place varchar, period date, value double") -> None:
    refresh.home.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(refresh.home.warehouse)) as connection:
        connection.execute(
            f"""
            create schema marts; create schema meta; create schema staging;
            create table staging.secret (x int);
            create table marts.thing ({columns});
            comment on table marts.thing is 'Things by place';
            insert into marts.thing {rows};
            create table meta.source (source_id varchar, title varchar, landing_page varchar);
            insert into meta.source values ('a', 'A', 'https://example.org/a');
            """
        )
        for table in ("marts.thing", "meta.source"):
            for (name,) in connection.execute(
                f"select column_name from duckdb_columns() where schema_name || '.' || table_name = '{table}'"
            ).fetchall():
                connection.execute(f"comment on column {table}.{name} is 'What {name} means'")


def publish(refresh: Refresh, grains: dict[str, tuple[str, ...]]) -> dict[str, str]:
    describing.describe(refresh.home, "run", grains)
    return publishing.publish(refresh, "run", grains)


def published(refresh: Refresh, sql: str) -> list[tuple]:
    with duckdb.connect(str(refresh.home.published_file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


FIRST = "values ('x', date '2024-01-01', 1.0), ('x', date '2024-02-01', 2.0), ('y', date '2024-01-01', null)"


def test_a_build_holds_the_published_schemas_with_their_comments_and_nothing_else(refresh: Refresh) -> None:
    build_warehouse(refresh, FIRST)
    publish(refresh, GRAINS)
    schemas = published(refresh, "select distinct schema_name from duckdb_tables() order by 1")
    assert schemas == [("marts",), ("meta",)]
    assert published(refresh, "select comment from duckdb_tables() where table_name = 'thing'") == [
        ("Things by place",)
    ]
    assert published(
        refresh, "select description from meta.\"column\" where table_name = 'thing' and column_name = 'value'"
    ) == [("What value means",)]
    assert published(refresh, "select edition, is_synthetic, run_id from meta.build") == [("folder", False, "run")]


def test_what_changed_since_the_last_build_is_counted_by_table(refresh: Refresh) -> None:
    build_warehouse(refresh, FIRST)
    first = publish(refresh, GRAINS)
    build_warehouse(
        refresh,
        "values ('x', date '2024-01-01', 1.5), ('x', date '2024-02-01', 2.0), ('z', date '2024-01-01', 3.0),"
        " ('z', date '2024-02-01', 4.0)",
    )
    second = publish(refresh, GRAINS)
    changes = dict(published(refresh, "select change, \"count\" from meta.change where table_name = 'marts.thing'"))
    assert changes == {"rows_added": 2, "rows_removed": 1, "rows_changed": 1}
    assert second["previous_build_id"] == first["build_id"]


def test_the_last_digits_of_a_sum_are_no_change_and_a_value_that_comes_or_goes_is_one(refresh: Refresh) -> None:
    values = "values ('x', date '2024-01-01', {}), ('y', date '2024-01-01', {}), ('z', date '2024-01-01', 0.0)"
    build_warehouse(refresh, values.format(0.1 + 0.2, "null"))
    publish(refresh, GRAINS)
    build_warehouse(refresh, values.format(0.3, "null"))
    publish(refresh, GRAINS)
    changed = "select change, \"count\" from meta.change where table_name = 'marts.thing'"
    assert published(refresh, changed) == []
    build_warehouse(refresh, values.format("null", 0.0))
    publish(refresh, GRAINS)
    assert published(refresh, changed) == [("rows_changed", 2)]


def test_a_change_of_columns_is_told_with_the_column(refresh: Refresh) -> None:
    build_warehouse(refresh, FIRST)
    publish(refresh, GRAINS)
    build_warehouse(
        refresh,
        "values ('x', date '2024-01-01', 1, true)",
        columns="place varchar, period date, value bigint, is_new boolean",
    )
    publish(refresh, GRAINS)
    changes = published(
        refresh,
        "select change, detail from meta.change where table_name = 'marts.thing' and detail is not null order by 1",
    )
    assert changes == [("column_added", "is_new"), ("type_changed", "value: DOUBLE to BIGINT")]


def test_a_table_without_a_grain_is_compared_by_whole_rows_with_repeats(refresh: Refresh) -> None:
    build_warehouse(refresh, "values ('x', date '2024-01-01', 1.0), ('x', date '2024-01-01', 1.0)")
    publish(refresh, {})
    build_warehouse(refresh, "values ('x', date '2024-01-01', 1.0)")
    publish(refresh, {})
    changes = published(refresh, "select change, \"count\" from meta.change where table_name = 'marts.thing'")
    assert changes == [("rows_removed", 1)]


def checked(refresh: Refresh, **passed: bool) -> None:
    """Leave what a build's checks found, as the step before publication does: ``checked(name=whether it held)``."""
    found = [
        {
            "suite": "marts",
            "table": "marts.thing",
            "expectation": name,
            "severity": "warn",
            "passed": held,
            "expected": "that it holds",
            "observed": "no row fails" if held else "1 row fails",
            "unexpected_count": int(not held),
            "sample": [] if held else [{"place": "x"}],
            "advice": "Mend it.",
            "checked_at": clock.now().isoformat(),
        }
        for name, held in passed.items()
    ]
    refresh.home.work.mkdir(exist_ok=True)
    (refresh.home.work / checks.RESULTS).write_text(json.dumps(found), encoding="utf-8")


def test_results_are_kept_over_time_with_how_long_a_check_has_failed(refresh: Refresh) -> None:
    builds = []
    for held in (True, False, False, True, False):
        build_warehouse(refresh, FIRST)
        checked(refresh, broken=held, whole=True)
        builds.append(publish(refresh, GRAINS)["build_id"])
    found = published(
        refresh,
        "select build_id, has_passed, builds_failing, sample from meta.check_result where check_name = 'broken'"
        " order by build_id",
    )
    assert [row[:3] for row in found] == [
        (builds[0], True, 0),
        (builds[1], False, 1),
        (builds[2], False, 2),
        (builds[3], True, 0),
        (builds[4], False, 1),
    ]
    since = published(
        refresh,
        "select later.failing_since = earlier.checked_at from meta.check_result as later, meta.check_result as earlier"
        f" where later.build_id = '{builds[2]}' and earlier.build_id = '{builds[1]}' and later.check_name = 'broken'"
        " and earlier.check_name = 'broken'",
    )
    assert since == [(True,)]
    assert [row[3] for row in found] == [None] * 4 + ['[{"place": "x"}]']
    assert published(refresh, "select count(*) from meta.check_result where failing_since is not null") == [(3,)]


def test_only_the_newest_builds_are_kept_and_a_failure_knows_its_beginning_all_the_same(
    refresh: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_BUILDS_KEPT", 3)
    for _ in range(5):
        build_warehouse(refresh, FIRST)
        checked(refresh, broken=False)
        publish(refresh, GRAINS)
    assert published(refresh, "select count(*), max(builds_failing), min(builds_failing) from meta.check_result") == [
        (3, 5, 3)
    ]
    assert published(
        refresh, "select count(distinct failing_since), min(failing_since) < min(checked_at) from meta.check_result"
    ) == [(1, True)]


def test_a_published_file_of_before_there_was_a_history_is_carried_on_from(refresh: Refresh) -> None:
    build_warehouse(refresh, FIRST)
    checked(refresh, broken=False)
    publish(refresh, GRAINS)
    with duckdb.connect(str(refresh.home.published_file)) as connection:
        connection.execute("alter table meta.check_result drop column failing_since")
        connection.execute("alter table meta.check_result drop column builds_failing")
    build_warehouse(refresh, FIRST)
    checked(refresh, broken=False)
    publish(refresh, GRAINS)
    assert published(refresh, "select builds_failing from meta.check_result order by build_id") == [(None,), (1,)]


def test_every_table_says_what_a_row_of_it_is_and_how_many_it_had(refresh: Refresh) -> None:
    build_warehouse(refresh, FIRST)
    publish(refresh, GRAINS)
    build_warehouse(refresh, "values ('x', date '2024-01-01', 1.5)")
    publish(refresh, GRAINS)
    tables = published(
        refresh,
        "select table_name, description, grain, row_count, row_count_before from meta.published_table"
        " where table_name in ('thing', 'source', 'build', 'change') order by 1",
    )
    assert [row[0] for row in tables] == ["build", "change", "source", "thing"]
    assert tables[0][2:] == ("build_id", 1, 1)
    assert tables[1][2:] == ("table_name, change, detail", None, None)
    assert tables[2][2:] == (None, 1, 1)
    assert tables[3] == ("thing", "Things by place", "place, period", 1, 3)


def test_only_the_newest_dated_copies_are_kept(refresh: Refresh) -> None:
    build_warehouse(refresh, FIRST)
    builds = [publish(refresh, GRAINS)["build_id"] for _ in range(4)]
    copies = sorted(path.stem for path in (refresh.home.published / "copies").iterdir())
    assert copies == [f"health_justice-{build}" for build in builds[-2:]]


def test_the_published_name_never_names_a_file_that_is_not_whole(
    refresh: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_warehouse(refresh, FIRST)
    publish(refresh, GRAINS)
    before = published(refresh, "select build_id from meta.build")
    monkeypatch.setattr(publishing, "_check_rows", lambda build: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        publish(refresh, GRAINS)
    assert published(refresh, "select build_id from meta.build") == before


def test_parquet_of_a_table_that_is_gone_is_removed(refresh: Refresh) -> None:
    build_warehouse(refresh, FIRST)
    publish(refresh, GRAINS)
    stale = refresh.home.published / "parquet" / "marts.gone.parquet"
    stale.write_bytes(b"")
    publish(refresh, GRAINS)
    assert not stale.exists()
    assert (stale.parent / "marts.thing.parquet").exists()
