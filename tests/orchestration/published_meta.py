"""A published file with some tables of ``meta`` as their models declare them, for tests of what reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import yaml

from sources.home import Home
from sources.landing import quote

_META = Path(__file__).parents[2] / "dbt_project" / "models" / "meta" / "_meta.yml"

Rows = Sequence[Mapping[str, object]]


def columns(table: str) -> dict[str, str]:
    """A table's columns with their types, as its contract has them."""
    models = yaml.safe_load(_META.read_text(encoding="utf-8"))["models"]
    (model,) = [model for model in models if model["name"] == table]
    return {column["name"]: column["data_type"] for column in model["columns"]}


def publish(home: Home, **tables: Rows) -> None:
    """Write the published file anew with these tables of ``meta``; a column that a row does not name is null."""
    home.make()
    home.published_file.unlink(missing_ok=True)
    with duckdb.connect(str(home.published_file)) as connection:
        connection.execute("create schema meta")
        connection.execute("create table meta.build (built_at timestamptz, reckoned_on date)")
        connection.execute("insert into meta.build values ('2026-06-10 02:10:00+00', '2026-06-10')")
        for table, rows in tables.items():
            types = columns(table)
            defined = ", ".join(f"{quote(name)} {type_}" for name, type_ in types.items())
            connection.execute(f"create table meta.{quote(table)} ({defined})")
            for row in rows:
                assert set(row) <= set(types), set(row) - set(types)
                marks = ", ".join("?" * len(types))
                connection.execute(f"insert into meta.{quote(table)} values ({marks})", [row.get(n) for n in types])
