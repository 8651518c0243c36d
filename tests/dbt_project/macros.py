"""The statistical macros as SQL: rendered with Jinja and run in DuckDB, without dbt and without a warehouse."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pandas as pd

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
MACROS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((PROJECT / "macros/statistics").glob("*.sql")))
POISSON = pd.read_csv(PROJECT / "seeds/reference/poisson_limit.csv")


class RaisesCompilerError:
    """What dbt calls `exceptions` in a macro."""

    @staticmethod
    def raise_compiler_error(message: str) -> None:
        raise ValueError(message)


ENGINE = jinja2.Environment(extensions=["jinja2.ext.do"])
ENGINE.globals["exceptions"] = RaisesCompilerError
ENGINE.globals |= {
    name: macro for name, macro in vars(ENGINE.from_string(MACROS).module).items() if not name.startswith("_")
}


def rendered(sql: str) -> str:
    """A query with the macros in it, as dbt would compile it."""
    return ENGINE.from_string(sql).render()


@functools.cache
def engine() -> duckdb.DuckDBPyConnection:
    """A database with the Poisson limits in it."""
    connection = duckdb.connect()
    connection.execute("set threads to 1")
    connection.register("poisson_limit", POISSON)
    return connection


def rows(sql: str, **tables: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows of a query over data frames."""
    for name, frame in tables.items():
        engine().register(name, frame)
    return engine().execute(rendered(sql)).fetchall()


def values(expressions: str) -> tuple[Any, ...]:
    """The one row of some expressions."""
    (row,) = rows(f"select {expressions}")
    return row
