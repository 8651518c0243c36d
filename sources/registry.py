"""The ledger and the contracts as landing tables, so that models can say where every figure came from.

Written as ``rebalance__<name>`` beside the sources' own tables after each intake; rewritten whole, being small.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from sources.catalogue import Catalogue
from sources.contract import PROVENANCE
from sources.home import Home
from sources.landing import literal, quote

#: Each table's columns and their DuckDB types.
SCHEMAS: dict[str, dict[str, str]] = {
    "source": {
        "source_id": "varchar",
        "title": "varchar",
        "description": "varchar",
        "publisher": "varchar",
        "licence": "varchar",
        "attribution": "varchar",
        "landing_page": "varchar",
        "level": "varchar",
        "cadence": "varchar",
        "usual_lag_days": "bigint",
        "warn_after_days": "bigint",
        "fail_after_days": "bigint",
        "coverage": "varchar",
        "area_levels": "varchar",
        "recipients": "varchar",
        "weaknesses": "varchar",
        "disclosure": "varchar",
        "rounded_to": "double",
        "suppressed_below": "double",
        "tested_on": "varchar",
        "tested_periods": "varchar",
        "has_rows": "boolean",
        "latest_retrieved_at": "timestamptz",
        "latest_published_on": "date",
    },
    "release": {
        "source_id": "varchar",
        "table_name": "varchar",
        "release_id": "varchar",
        "source_file": "varchar",
        "archive_sha256": "varchar",
        "origin": "varchar",
        "address": "varchar",
        "published_on": "date",
        "retrieved_at": "timestamptz",
        "landed_at": "timestamptz",
        "rows_in": "bigint",
        "rows_landed": "bigint",
        "rows_quarantined": "bigint",
        "notes": "varchar",
        "latest_period": "date",
        "landing_file": "varchar",
    },
    "quarantine": {
        "source_id": "varchar",
        "table_name": "varchar",
        "release_id": "varchar",
        "source_file": "varchar",
        "source_sheet": "varchar",
        "source_row": "bigint",
        "source_column": "varchar",
        "cell": "varchar",
        "reason": "varchar",
    },
    "source_column": {
        "source_id": "varchar",
        "table_name": "varchar",
        "column_name": "varchar",
        "type": "varchar",
        "unit": "varchar",
        "description": "varchar",
        "published_as": "varchar",
        "tested_on": "varchar",
    },
    "series_break": {
        "source_id": "varchar",
        "table_name": "varchar",
        "since": "date",
        "what": "varchar",
        "effect": "varchar",
        "applies_to": "varchar",
    },
    "unrecognised": {"address": "varchar", "size_bytes": "bigint", "nearest": "varchar"},
}


def write(home: Home, catalogue: Catalogue) -> dict[str, int]:
    """Write every registry table to landing; returns the rows of each."""
    with home.open_ledger() as ledger:
        releases = [
            dict(row) for row in ledger.execute("select * from landed order by source_id, table_name, release_id")
        ]
        quarantine = [dict(row) for row in ledger.execute("select * from quarantined")]
        unrecognised = [dict(row) for row in ledger.execute("select address, size_bytes, nearest from unrecognised")]
        receipts = {
            row["source_id"]: (row["retrieved_at"], row["published_on"])
            for row in ledger.execute(
                "select source_id, max(received_at) as retrieved_at, max(published_on) as published_on"
                " from receipt where status <> 'failed' group by source_id"
            )
        }
    for release in releases:
        release["landing_file"] = release.pop("file_name")
    landed = {release["source_id"] for release in releases if release["rows_landed"]}
    rows: dict[str, Sequence[dict[str, object]]] = {
        "source": list(_sources(catalogue, landed, receipts)),
        "release": releases,
        "quarantine": quarantine,
        "source_column": list(_columns(catalogue)),
        "series_break": list(_breaks(catalogue)),
        "unrecognised": unrecognised,
    }
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, schema in SCHEMAS.items():
            _write_table(connection, home.landing / f"rebalance__{name}", schema, rows[name])
    return {name: len(table) for name, table in rows.items()}


def _write_table(
    connection: duckdb.DuckDBPyConnection, folder: Path, schema: dict[str, str], rows: Sequence[dict[str, object]]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame([[row.get(name) for name in schema] for row in rows], columns=list(schema), dtype=object)
    columns = ", ".join(f"cast({quote(name)} as {type_}) as {quote(name)}" for name, type_ in schema.items())
    connection.register("rows", frame)
    temporary = folder / ".writing"
    connection.execute(f"copy (select {columns} from rows) to {literal(temporary)} (format parquet)")
    temporary.replace(folder / "registry.parquet")
    connection.unregister("rows")


def _sources(
    catalogue: Catalogue, landed: set[str], receipts: dict[str, tuple[str, str | None]]
) -> Iterator[dict[str, object]]:
    for source in catalogue.values():
        contract = source.contract
        retrieved_at, published_on = receipts.get(source.id, (None, None))
        yield {
            "source_id": source.id,
            "title": contract.title,
            "description": contract.description.strip(),
            "publisher": contract.publisher,
            "licence": contract.licence,
            "attribution": contract.attribution,
            "landing_page": contract.landing_page,
            "level": contract.level,
            "cadence": contract.cadence.every,
            "usual_lag_days": contract.cadence.usual_lag_days,
            "warn_after_days": contract.cadence.warn_after_days,
            "fail_after_days": contract.cadence.fail_after_days,
            "coverage": contract.coverage,
            "area_levels": ", ".join(contract.area_levels),
            "recipients": ", ".join(contract.recipients),
            "weaknesses": "\n".join(contract.weaknesses),
            "disclosure": contract.disclosure.rule,
            "rounded_to": contract.disclosure.rounded_to,
            "suppressed_below": contract.disclosure.suppressed_below,
            "tested_on": contract.tested_on.evidence,
            "tested_periods": contract.tested_on.periods,
            "has_rows": source.id in landed,
            "latest_retrieved_at": retrieved_at,
            "latest_published_on": published_on,
        }


def _columns(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    for source, table_name, table in catalogue.tables():
        for name, column in table.columns.items():
            yield {
                "source_id": source.id,
                "table_name": table_name,
                "column_name": name,
                "type": column.type,
                "unit": column.unit,
                "description": column.description,
                "published_as": json.dumps([published.name for published in column.published_as]),
                "tested_on": source.contract.evidence(table_name),
            }
        for name in table.provenance:
            yield {
                "source_id": source.id,
                "table_name": table_name,
                "column_name": name,
                "type": "integer" if name == "source_row" else "text",
                "unit": None,
                "description": PROVENANCE[name],
                "published_as": "[]",
                "tested_on": source.contract.evidence(table_name),
            }


def _breaks(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    for source in catalogue.values():
        for at in source.contract.breaks:
            yield {
                "source_id": source.id,
                "table_name": at.table,
                "since": at.since,
                "what": at.what,
                "effect": at.effect,
                "applies_to": json.dumps(at.where),
            }
