"""The tables of ``meta`` that only orchestration can write: what this build is, and what every column means.

They are written into the working file after the models and before the checks, so that what is published has been
checked. ``change`` and ``check_result`` are made here too, and filled at publication.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

import dagster as dg
import duckdb

from orchestration.fingerprint import build_record, inputs_fingerprint
from orchestration.resources import Refresh
from sources import clock
from sources.home import Home
from sources.landing import literal, quote

SCHEMAS = ("marts", "meta")
SYNTHETIC_NOTE = (
    "SYNTHETIC: every figure in this file is made up to show how the warehouse works. Area codes and names are real."
)
REAL_NOTE = "Figures as their publishers issued them, and figures computed from them; meta.source has the licences."

#: Comment, and for each column its type and what it means.
TABLES: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "build": (
        "What this file is: one row.",
        {
            "build_id": ("varchar", "The build's name: when it was made, in UTC"),
            "previous_build_id": ("varchar", "The build that this one replaced; null for the first"),
            "built_at": ("timestamptz", "When the build was made"),
            "reckoned_on": (
                "date",
                "The day that lateness and age are reckoned from: the build's; of the bundled edition a fixed one",
            ),
            "edition": ("varchar", "Where the figures come from: sample (synthetic), folder or live"),
            "is_synthetic": ("boolean", "Whether every figure in the file is made up"),
            "note": ("varchar", "What a reader has to know before anything else"),
            "inputs_fingerprint": ("varchar", "Changes when the landed data or the code that builds the file do"),
            "run_id": ("varchar", "The Dagster run that made the build"),
            "rebalance_version": ("varchar", "The version of Rebalance"),
            "duckdb_version": ("varchar", "The version of DuckDB that wrote the file"),
            "dbt_version": ("varchar", "The version of dbt that built the tables"),
        },
    ),
    "column": (
        "Every column of every table in this file: what it means.",
        {
            "table_schema": ("varchar", "The schema of the table"),
            "table_name": ("varchar", "The table"),
            "column_name": ("varchar", "The column"),
            "position": ("bigint", "Its place in the table, from 1"),
            "data_type": ("varchar", "Its DuckDB type"),
            "description": ("varchar", "What it means, with its unit where it has one"),
        },
    ),
    "published_table": (
        "Every table in this file: what it holds and what one row of it is.",
        {
            "table_schema": ("varchar", "The schema of the table"),
            "table_name": ("varchar", "The table"),
            "description": ("varchar", "What it holds"),
            "grain": ("varchar", "The columns that tell one row from another, with commas between"),
            "row_count": (
                "bigint",
                "Its rows when this build was checked; of meta.change and meta.check_result null, which come after",
            ),
            "row_count_before": (
                "bigint",
                "Its rows in the build that this one replaced; null where it is new or comes after",
            ),
        },
    ),
    "check_result": (
        "What each expectation and each test found when this build was made, and when the builds before it were: of"
        " up to sixty builds, the newest with some of the failing rows. This build's have the build_id of meta.build.",
        {
            "build_id": ("varchar", "The build; the newest is that of meta.build"),
            "checked_table": (
                "varchar",
                "The table that was checked, with its schema; source.<source_id> for what is asked of a source,"
                " published.health_justice for what is asked of this file, null for a test of several tables",
            ),
            "check_name": ("varchar", "What was checked"),
            "made_by": ("varchar", "expectations (Great Expectations suites) or dbt"),
            "severity": (
                "varchar",
                "How bad it is where it does not hold: error or warn. An error of marts, meta or the file stops"
                " publication; one of landing or of a source does not",
            ),
            "has_passed": ("boolean", "Whether it held"),
            "expected": ("varchar", "What was expected"),
            "observed": ("varchar", "What was found"),
            "unexpected_count": ("bigint", "How many rows did not hold"),
            "sample": (
                "varchar",
                "Some of those rows and of exempt ones, as JSON; null for builds before the newest",
            ),
            "advice": ("varchar", "What to do next"),
            "checked_at": ("timestamptz", "When it was checked"),
            "failing_since": (
                "timestamptz",
                "When it was first found not to hold, of this unbroken run of failures; null where it holds",
            ),
            "builds_failing": (
                "bigint",
                "How many builds running it has not held, this one with them; 0 where it holds",
            ),
        },
    ),
    "change": (
        "What differs from the build before: rows added, removed and changed by table, and changes of columns.",
        {
            "build_id": ("varchar", "This build"),
            "previous_build_id": ("varchar", "The build it is compared with"),
            "table_name": ("varchar", "The table, with its schema"),
            "change": (
                "varchar",
                "rows_added, rows_removed, rows_changed, table_added, table_removed, column_added, column_removed"
                " or type_changed",
            ),
            "count": ("bigint", "How many"),
            "detail": ("varchar", "Which column, or from which type to which; null for rows"),
        },
    ),
}

#: What one row of each of them is.
GRAINS = {
    "meta.build": ("build_id",),
    "meta.column": ("table_schema", "table_name", "column_name"),
    "meta.published_table": ("table_schema", "table_name"),
    "meta.check_result": ("build_id", "made_by", "checked_table", "check_name"),
    "meta.change": ("table_name", "change", "detail"),
}
#: Filled when the file is published.
_FILLED_LATER = ("change", "check_result")
#: Filled before the checks: assets of their own.
WRITTEN = tuple(name for name in TABLES if name not in _FILLED_LATER)


def create(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make one of the tables anew, empty, with its comments."""
    comment, columns = TABLES[name]
    definition = ", ".join(f"{quote(column)} {type_}" for column, (type_, _) in columns.items())
    connection.execute(f"create or replace table meta.{quote(name)} ({definition})")
    connection.execute(f"comment on table meta.{quote(name)} is {literal(comment)}")
    for column, (_, description) in columns.items():
        connection.execute(f"comment on column meta.{quote(name)}.{quote(column)} is {literal(description)}")


def insert(connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Sequence[object]]) -> None:
    """Put rows into one of the tables, values in the order of its columns."""
    if rows:
        marks = ", ".join("?" * len(TABLES[name][1]))
        connection.executemany(f"insert into meta.{quote(name)} values ({marks})", [list(row) for row in rows])


def _published_tables(
    connection: duckdb.DuckDBPyConnection, grains: Mapping[str, Sequence[str]], rows_before: Mapping[str, int]
) -> list[tuple[object, ...]]:
    rows = []
    for schema, table, comment in connection.execute(
        "select schema_name, table_name, comment from duckdb_tables()"
        " where database_name = current_database() and schema_name in ('marts', 'meta') order by all"
    ).fetchall():
        name = f"{schema}.{table}"
        counted, before = None, None
        if schema != "meta" or table not in _FILLED_LATER:
            counted = connection.execute(f"select count(*) from {schema}.{quote(table)}").fetchone()
            before = rows_before.get(name)
        grain = ", ".join(grains.get(name, ())) or None
        rows.append((schema, table, comment, grain, counted[0] if counted else None, before))
    return rows


def describe(home: Home, run_id: str, grains: Mapping[str, Sequence[str]] | None = None) -> str:
    """Write the tables into the working file; returns the new build's id.

    ``grains`` has for each table of the models the columns that tell its rows apart.
    """
    built_at = clock.now()
    build_id = built_at.strftime("%Y%m%dT%H%M%S%fZ")
    record = build_record(home)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'; create schema if not exists meta")
        for name in TABLES:
            create(connection, name)
        insert(
            connection,
            "build",
            [
                (
                    build_id,
                    record["build_id"] if record else None,
                    built_at,
                    home.day,
                    home.edition,
                    home.is_synthetic,
                    SYNTHETIC_NOTE if home.is_synthetic else REAL_NOTE,
                    inputs_fingerprint(home),
                    run_id,
                    version("rebalance"),
                    duckdb.__version__,
                    version("dbt-core"),
                )
            ],
        )
        connection.execute(
            'insert into meta."column" select schema_name, table_name, column_name, column_index, data_type, comment'
            " from duckdb_columns() where database_name = current_database() and schema_name in ('marts', 'meta')"
            " order by all"
        )
        rows_before = record.get("rows", {}) if record else {}
        tables = _published_tables(connection, {**(grains or {}), **GRAINS}, rows_before)
        insert(connection, "published_table", tables)
        connection.execute(
            "update meta.published_table set row_count = (select count(*) from meta.published_table)"
            " where table_schema = 'meta' and table_name = 'published_table'"
        )
    return build_id


def grains_of(built: Sequence[dg.AssetsDefinition]) -> dict[str, tuple[str, ...]]:
    """The grain of each table of the published schemas, as its model states it."""
    return {
        ".".join(spec.key.path): tuple(str(spec.metadata["grain"]).split(", "))
        for asset in built
        for spec in asset.specs
        if spec.key.path[0] in SCHEMAS and spec.metadata.get("grain")
    }


def build_describing(built: Sequence[dg.AssetsDefinition]) -> dg.AssetsDefinition:
    """The assets ``meta/build``, ``meta/column`` and ``meta/published_table``, after the models and the estimates."""
    # On what lies below the marts, and on the marts without checks of their own: the marts' checks wait for these
    # tables, and would go round in a circle.
    models, *others = built
    deps = [spec.key for spec in models.specs if spec.key.path[0] == "indicators"]
    deps += [spec.key for asset in others for spec in asset.specs]
    specs = [
        dg.AssetSpec(
            dg.AssetKey(["meta", name]),
            deps=deps,
            description=TABLES[name][0],
            group_name="meta",
            kinds={"duckdb"},
            owners=["team:data-engineering"],
        )
        for name in WRITTEN
    ]
    grains = grains_of(built)

    @dg.multi_asset(specs=specs, name="describe_build", can_subset=False)
    def describe_build(context: dg.AssetExecutionContext, refresh: dg.ResourceParam[Refresh]):
        describe(refresh.home, context.run_id, grains)
        for spec in specs:
            yield dg.MaterializeResult(asset_key=spec.key)

    return describe_build
