"""What the warehouse remembers from one build to the next, brought back where its file is new.

The working file can be made again from the archive at any time; when a gap was first seen cannot, so that it is read
back from the published file.
"""

from __future__ import annotations

import duckdb

from sources.home import Home
from sources.landing import literal, quote

#: Tables that dbt brings up to date and never builds from nothing, and that are published.
REMEMBERED = (("marts", "data_gap"),)


def restore(home: Home) -> list[str]:
    """Copy what the published file has and the warehouse has not; returns the tables copied.

    Call it before dbt builds, when nobody else has the warehouse open.
    """
    if not home.published_file.exists():
        return []
    restored: list[str] = []
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(home.published_file)} as published (read_only)")
        for schema, table in REMEMBERED:
            held = {
                row[0]
                for row in connection.execute(
                    "select database_name from duckdb_tables() where schema_name = ? and table_name = ?",
                    [schema, table],
                ).fetchall()
            }
            if held == {"published"}:
                full = f"{quote(schema)}.{quote(table)}"
                connection.execute(f"create schema if not exists {quote(schema)}")
                connection.execute(f"create table {full} as select * from published.{full}")
                restored.append(f"{schema}.{table}")
    return restored
