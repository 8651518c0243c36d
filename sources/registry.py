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
        "threshold_reason": "varchar",
        "incident_after": "bigint",
        "sender_level": "varchar",
        "sender": "varchar",
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
    "table": {
        "source_id": "varchar",
        "table_name": "varchar",
        "description": "varchar",
        "kind": "varchar",
        "period_column": "varchar",
        "tested_on": "varchar",
        "ended_after": "date",
        "ended_why": "varchar",
        "replaced_by": "varchar",
    },
    "promise": {"source_id": "varchar", "period_end": "date", "promised_on": "date", "where_promised": "varchar"},
    "ask": {
        "source_id": "varchar",
        "asked_on": "date",
        "asked_at": "timestamptz",
        "requests": "bigint",
        "failed": "bigint",
        "problem": "varchar",
    },
    "unread": {
        "source_id": "varchar",
        "source_file": "varchar",
        "archive_sha256": "varchar",
        "problem": "varchar",
        "first_received_at": "timestamptz",
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


#: Each day on which a source was asked: what failed of the last that was asked of each address, so that a file that
#: came at the second try counts as come.
_ASKS = """
select
    source_id, asked_on, max(received_at) as asked_at, count(*) as requests,
    count(*) filter (where status = 'failed') as failed, max(problem) as problem
from (
    select
        *, substr(received_at, 1, 10) as asked_on,
        row_number() over (
            partition by source_id, address, substr(received_at, 1, 10) order by receipt_id desc
        ) as age
    from receipt
)
where age = 1
group by source_id, asked_on
order by source_id, asked_on
"""
#: Files that today's reader could not read, and when their bytes first came.
_UNREAD = """
select
    reading.source_id, reading.name as source_file, reading.blob_sha256 as archive_sha256, reading.problem,
    reading.fingerprint, coalesce(min(receipt.received_at), reading.read_at) as first_received_at
from reading
left join receipt on receipt.source_id = reading.source_id and receipt.sha256 = reading.blob_sha256
where reading.outcome <> 'landed'
group by reading.source_id, reading.name, reading.content_sha256
order by reading.source_id, first_received_at, source_file
"""


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
        asks = [dict(row) for row in ledger.execute(_ASKS)]
        unread = [
            dict(row)
            for row in ledger.execute(_UNREAD)
            if (source := catalogue.get(row["source_id"])) and row["fingerprint"] == source.fingerprint
        ]
    for release in releases:
        release["landing_file"] = release.pop("file_name")
    landed = {release["source_id"] for release in releases if release["rows_landed"]}
    rows: dict[str, Sequence[dict[str, object]]] = {
        "source": list(_sources(catalogue, landed, receipts)),
        "table": list(_tables(catalogue)),
        "promise": list(_promises(catalogue)),
        "ask": asks,
        "unread": unread,
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
            "threshold_reason": contract.cadence.reason,
            "incident_after": contract.cadence.incident_after,
            "sender_level": contract.senders.level if contract.senders else None,
            "sender": contract.senders.who if contract.senders else None,
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


def _tables(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    for source, table_name, table in catalogue.tables():
        yield {
            "source_id": source.id,
            "table_name": table_name,
            "description": table.description.strip(),
            "kind": table.kind,
            "period_column": table.period_column,
            "tested_on": source.contract.evidence(table_name),
            "ended_after": table.ended.after if table.ended else None,
            "ended_why": table.ended.why if table.ended else None,
            "replaced_by": table.ended.replaced_by if table.ended else None,
        }


def _promises(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    for source in catalogue.values():
        for promise in source.contract.cadence.promised:
            yield {
                "source_id": source.id,
                "period_end": promise.period_end,
                "promised_on": promise.promised_on,
                "where_promised": promise.where,
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
